//! What is scripted and cannot be: refused by name, and nothing is written.

use std::time::Duration;

use holdfast_booking::commands::{CommandRequest, Commands};
use holdfast_booking::steps::OpenRequest;
use holdfast_booking_rules::action::Action;
use holdfast_core::failure::Failure;
use holdfast_core::fault::Mishap;
use holdfast_core::verb::Verb;
use holdfast_kit::executions::Executions;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::task_tokens::TaskTokens;
use serde_json::json;

use crate::support::Bench;
use crate::{cases, open, stage, trip};

#[tokio::test]
async fn where_simulation_is_off_a_mishap_is_refused_by_name_and_nothing_is_written() {
    let bench = Bench::new().await;
    for (action, mishap) in cases(Action::ALL) {
        let told = format!("{action}-{mishap}");
        let request = OpenRequest {
            name: told.clone(),
            execution: told.clone(),
            started: None,
            input: trip(action, mishap),
            retry: 0,
        };
        let refused = open(&bench, &request).await;
        let Err(Failure::InvalidBooking { field, problem }) = refused else {
            panic!("{told}: {refused:?}");
        };
        assert!(field.ends_with(&format!("simulate.{action}")), "{field}");
        assert!(problem.contains(mishap.as_str()), "{problem}");
        assert!(problem.contains("Simulation=on"), "{problem}");
        let found = bench.store.find(&told.parse().unwrap()).await;
        assert_eq!(found, Ok(None), "{told}");
    }
    assert!(bench.wakes.notes().is_empty());
}

#[tokio::test]
async fn where_simulation_is_off_a_command_with_a_mishap_is_refused_by_name() {
    let bench = Bench::new().await;
    let nowhere = aws_sdk_sfn::Config::builder().behavior_version_latest();
    let nowhere = aws_sdk_sfn::Client::from_conf(nowhere.build());
    let commands = Commands {
        store: bench.store.clone(),
        task_tokens: TaskTokens(nowhere.clone().into()),
        executions: Executions {
            step_functions: nowhere.into(),
            state_machine_arn: "machine".to_owned(),
        },
        clock: bench.clock(),
        simulation: Simulation::default(),
        patience: Duration::ZERO,
    };
    let payment = json!({"token": "tok_visa", "simulate": {"authorize": "crash_after"}});
    let mut leg = trip(Action::Hold, Mishap::Twice)["legs"][0].clone();
    leg["simulate"] = json!({"hold": "twice"});
    for (command, field) in [
        (
            json!({"command": "pay", "payment": payment}),
            "payment.simulate.authorize",
        ),
        (
            json!({"command": "add_leg", "leg": leg}),
            "leg.simulate.hold",
        ),
    ] {
        let mut command = command;
        command["booking_id"] = json!("b-1");
        let command = CommandRequest::read(&command).unwrap();
        match commands.take(&command).await {
            Err(Failure::InvalidBooking { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_suppliers_fault_for_a_step_without_a_supplier_is_refused_by_name() {
    let bench = stage().await;
    for fault in ["refuse", "unavailable:2", "slow:5"] {
        let mut input = trip(Action::Settle, Mishap::Twice);
        input["simulate"]["settle"] = json!(fault);
        let request = OpenRequest {
            name: "odd".to_owned(),
            execution: "odd".to_owned(),
            started: None,
            input,
            retry: 0,
        };
        let refused = open(&bench, &request).await.unwrap_err();
        let told = refused.to_string();
        assert!(told.starts_with("simulate.settle: "), "{told}");
    }
}
