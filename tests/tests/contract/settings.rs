//! Each function's handler exists in the program that it is built with, and the function is given
//! exactly the settings that the handler reads.

use std::collections::BTreeSet;

use crate::code::Code;
use crate::document::{entries, text};
use crate::template::{Resource, Template};

/// What every function finds in its environment: Lambda gives it, or local AWS does.
const GIVEN_BY_LAMBDA: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
];

/// The template and the code that it deploys.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) template: Template,
    pub(crate) code: Code,
}

impl Pair {
    /// What is deployed.
    pub(crate) fn real() -> Self {
        Self {
            template: Template::real(),
            code: Code::real(),
        }
    }
}

/// Which Lambda a function is, by its program and its handler.
pub(crate) fn handler(code: &Code, function: &Resource<'_>) -> String {
    let (program, handler) = (code.program(function.id), name(function));
    format!("{program}/{handler}")
}

/// Which Lambda of its service a function is.
fn name<'a>(function: &Resource<'a>) -> &'a str {
    text(function.properties(), "Handler")
}

/// Complaints about handlers and settings.
fn check(pair: &Pair) -> Vec<String> {
    let functions = pair.template.functions();
    let deployed = functions.iter().map(|found| handler(&pair.code, found));
    let deployed: BTreeSet<_> = deployed.collect();
    let idle = pair.code.handlers.keys();
    let idle = idle.filter(|name| !deployed.contains(*name));
    let idle = idle.map(|name| format!("handler {name}: no function runs it"));
    let programs = pair.code.programs().into_iter();
    let unbuilt = programs.filter(|name| !pair.code.release.contains(&format!("\"{name}\"")));
    let unbuilt = unbuilt.map(|name| format!("program {name}: is not built for AWS"));
    let wrong = functions.iter().flat_map(|function| {
        let faults = faults(&pair.code, function).into_iter();
        faults.map(|fault| format!("{}: {fault}", function.id))
    });
    idle.chain(unbuilt).chain(wrong).collect()
}

fn faults(code: &Code, function: &Resource<'_>) -> Vec<String> {
    let handler = handler(code, function);
    if !code.handlers.contains_key(&handler) {
        let (program, name) = (code.program(function.id), name(function));
        return vec![format!("the program {program} has no handler {name}")];
    }
    let given: BTreeSet<_> = entries(&function.properties()["Environment"], "Variables")
        .map(|(name, _)| name.to_owned())
        .collect();
    let settings = code.settings(&handler);
    let missing = settings.needed.difference(&given);
    let missing = missing.filter(|name| !GIVEN_BY_LAMBDA.contains(&name.as_str()));
    let missing = missing.map(|name| format!("is not given {name}"));
    let vain = given.difference(&settings.read);
    let vain = vain.map(|name| format!("is given {name} in vain"));
    missing.chain(vain).collect()
}

mod tests {
    use serde_json::json;

    use super::{Pair, check};
    use crate::document::assert_bites;
    use crate::template::Template;

    #[track_caller]
    fn assert_found(template: Template, words: &[&str]) {
        let broken = Pair {
            template,
            ..Pair::real()
        };
        assert_bites(check, &Pair::real(), &broken, words);
    }

    #[test]
    fn each_function_is_given_what_its_handler_reads() {
        assert_eq!(check(&Pair::real()), Vec::<String>::new());
    }

    #[test]
    fn a_setting_that_is_missing_or_in_vain_is_found() {
        let template = Template::real();
        let variables = |function: &str, name: &str| {
            format!("/Resources/{function}/Properties/Environment/Variables/{name}")
        };
        for (function, name) in [
            ("TimerFunction", "STATE_MACHINE_ARN"),
            ("OpenFunction", "SCHEDULE_GROUP"),
            ("CarFunction", "KIND"),
            ("ApiFunction", "SIGNING_KEY_ID"),
            ("SuppliersFunction", "SUPPLIERS_TABLE"),
            ("AccountPaymentsFunction", "RESERVATION_SECONDS"),
            ("AccountPaymentsFunction", "SUPPLIERS_KEY"),
            ("AccountPaymentsSweepFunction", "AUTHORIZER_TABLE"),
            ("StockRequestsFunction", "STOCK_QUEUE_URL"),
            ("StockPublisherFunction", "EVENT_BUS_NAME"),
            ("StockSeedFunction", "STOCK_TABLE"),
            ("InvoiceRequestsFunction", "INVOICES_TABLE"),
        ] {
            let broken = template.without(&variables(function, name));
            assert_found(broken, &[function, "not given", name]);
        }
        for (function, name) in [
            ("UnwindFunction", "SUPPLIERS_URL"),
            ("SuppliersFunction", "BOOKINGS_TABLE"),
            ("AccountPaymentsFunction", "SUPPLIERS_TABLE"),
            ("AccountPaymentsSweepFunction", "SUPPLIERS_KEY"),
            ("StockSeedFunction", "SIMULATION"),
            ("StockRequestsFunction", "BOOKINGS_TABLE"),
            ("InvoiceRequestsFunction", "BOOKINGS_TABLE"),
        ] {
            let broken = template.with(&variables(function, name), json!("x"));
            assert_found(broken, &[function, name, "in vain"]);
        }
    }

    #[test]
    fn a_handler_that_no_function_runs_or_that_is_not_there_is_found() {
        let template = Template::real().without("/Resources/SettleFunction");
        assert_found(template, &["handler booking/settle"]);
        let template = Template::real().without("/Resources/StockPublisherFunction");
        assert_found(template, &["handler stock/publisher"]);
        let pointer = "/Resources/CloseFunction/Properties/Handler";
        let template = Template::real().with(pointer, json!("clothes"));
        assert_found(template, &["CloseFunction", "no handler clothes"]);
        let template = Template::real().with(pointer, json!("api"));
        assert_found(template, &["CloseFunction", "booking has no handler api"]);
    }

    #[test]
    fn a_function_that_is_built_with_another_program_is_found() {
        let mut broken = Pair::real();
        broken
            .code
            .makefile
            .push_str("\nCloseFunction := suppliers\n");
        let words = ["CloseFunction", "suppliers has no handler close"];
        assert_bites(check, &Pair::real(), &broken, &words);
        let mut broken = Pair::real();
        let own = "StockPublisherFunction := stock";
        broken.code.makefile = broken.code.makefile.replace(own, "");
        let words = ["handler stock/publisher", "no function"];
        assert_bites(check, &Pair::real(), &broken, &words);
        let mut broken = Pair::real();
        broken.code.release = broken.code.release.replace("\"api\"", "\"apis\"");
        assert_bites(check, &Pair::real(), &broken, &["program api", "not built"]);
    }

    #[test]
    fn a_setting_that_the_code_newly_reads_is_found() {
        let mut broken = Pair::real();
        let api = broken.code.handlers.get_mut("api/api").unwrap();
        api.wiring.push_str("seconds(\"PAGE_SECONDS\")?;");
        let words = ["ApiFunction", "PAGE_SECONDS"];
        assert_bites(check, &Pair::real(), &broken, &words);
    }
}
