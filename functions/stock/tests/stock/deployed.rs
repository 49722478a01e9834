//! What the template must know of this service.

use holdfast_stock::handlers;
use holdfast_stock_rules::request::Request;

const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// The bus passes on what this service understands, and nothing else.
#[test]
fn the_rule_on_the_bus_names_all_requests_and_no_other_event() {
    let (_, rule) = TEMPLATE.split_once("\n  StockRequests:\n").unwrap();
    let line = rule
        .lines()
        .find(|line| line.contains("detail-type:"))
        .unwrap();
    let (_, names) = line.split_once('[').unwrap();
    let names = names.split(']').next().unwrap().split(", ");
    assert_eq!(names.collect::<Vec<_>>(), Request::NAMES);
}

#[test]
fn each_handler_has_a_name_that_its_program_knows() {
    let mut names = handlers::NAMES.to_vec();
    names.sort_unstable();
    assert_eq!(names, handlers::NAMES, "in order, so that none is twice");
    let (_, section) = TEMPLATE
        .split_once("  # ================================================================ stock\n")
        .unwrap();
    for name in names {
        assert!(
            section.contains(&format!("      Handler: {name}\n")),
            "{name}"
        );
    }
}
