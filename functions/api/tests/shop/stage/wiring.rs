//! The API, wired to the tables and services of the stage.

use std::time::Duration;

use holdfast_api::customers::Customers;
use holdfast_api::{Api, KeyRing, LastFigures, Mail, Push, Shop};
use holdfast_authorizer::openings::Openings;
use holdfast_booking::commands::Commands;
use holdfast_booking::steps::{Decisions, Payments};
use holdfast_booking::store::Store as Bookings;
use holdfast_kit::executions::Executions;
use holdfast_kit::queue::Queue;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::task_tokens::TaskTokens;
use holdfast_letters::Store as Letters;
use holdfast_testing::Index;

use super::cloud::{queues, secrets, step_functions};
use crate::support::Bench;
use crate::support::bench::LIFETIME;

pub(super) const INDEXES: [Index<'_>; 3] = [
    Index {
        name: "by-customer",
        hash: "customer_id",
        range: "created",
    },
    Index {
        name: "unfinished",
        hash: "unfinished",
        range: "due",
    },
    Index {
        name: "by-status",
        hash: "status",
        range: "created",
    },
];

pub(super) fn api(
    bench: &Bench,
    stores: (&Bookings, &Customers, &Letters, &Openings),
    push: Push,
    address: &str,
) -> Api {
    let (bookings, customers, letters, openings) = stores;
    let clock = bench.clock();
    let step_functions = step_functions(address);
    let executions = |machine: &str| Executions {
        step_functions: step_functions.clone().into(),
        state_machine_arn: format!("arn:aws:states:us-east-1:0:stateMachine:{machine}"),
    };
    let tokens = || TaskTokens(step_functions.clone().into());
    let keys = || KeyRing::new(secrets(address).into(), "secret", clock.clone());
    let payments = Payments {
        store: bookings.clone(),
        supplier: bench.supplier.clone(),
        clock: clock.clone(),
        actor: "webhook",
    };
    Api {
        bookings: bookings.clone(),
        customers: customers.clone(),
        letters: letters.clone(),
        mail: Mail {
            queue: Queue {
                sqs: queues(address).into(),
                url: format!("{address}/letters"),
            },
            keys: keys(),
        },
        openings: openings.clone(),
        push,
        commands: Commands {
            store: bookings.clone(),
            task_tokens: tokens(),
            executions: executions("booking"),
            clock: clock.clone(),
            simulation: Simulation::default(),
            patience: Duration::ZERO,
        },
        executions: executions("booking"),
        suppliers: bench.supplier.clone(),
        keys: keys(),
        figures: LastFigures::default(),
        shop: Shop {
            orders: bench.store.clone(),
            executions: executions("order"),
            lifetime: LIFETIME,
            stock: bench.bus.stock.clone(),
            invoices: bench.bus.invoices.clone(),
            task_tokens: tokens(),
        },
        decisions: Decisions {
            payments,
            lease: LIFETIME,
            task_tokens: tokens(),
        },
        webhook_keys: keys(),
        simulation: Simulation::default(),
        clock: clock.clone(),
        cors_origin: None,
    }
}
