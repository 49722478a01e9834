//! The desk of orders, as callers use it that serve the desks of all sagas.

use holdfast_core::failure::Failure;
use holdfast_core::ids::SagaId;
use holdfast_kit::sagas::{
    Act, Acted, Asked, Counter, Leftover, Looked, Narrowed, Task, Waits, id_of, word,
};
use holdfast_kit::table::Aggregate;
use holdfast_order_rules::desk::is_part;
use holdfast_order_rules::undoing::Work;
use serde_json::json;

use super::{Clerk, Left, Report, Waiting};
use crate::store::Orders;

impl Counter for Clerk {
    fn kind(&self) -> &'static str {
        Orders::NAME
    }

    fn knows(&self, participant: &str) -> bool {
        is_part(participant)
    }

    fn waiting<'a>(&'a self, narrowed: &'a Narrowed) -> Asked<'a, Vec<Waits>> {
        Box::pin(async move {
            let waiting = self.list(narrowed).await?;
            waiting.iter().map(waits).collect()
        })
    }

    fn look<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Looked> {
        Box::pin(async move {
            let shown = self.show(&id_of::<Orders>(id)?).await?;
            Ok(Looked {
                customer: shown.customer.to_string(),
                trace_id: shown.trace_id,
                execution: shown.execution,
                waits: waits(&shown.waiting)?,
            })
        })
    }

    fn act<'a>(&'a self, act: Act<'a>, task: &'a Task) -> Asked<'a, Acted> {
        Box::pin(async move {
            let errand = task.errand::<Orders>()?;
            let report: Report = match act {
                Act::Redrive(supplier) => self.redrive(&errand, supplier).await?,
                Act::Resolve => self.resolve(&errand).await?,
                Act::Abandon => self.abandon(&errand).await?,
            };
            Ok(Acted::of(&report, told))
        })
    }
}

fn waits(waiting: &Waiting) -> Result<Waits, Failure> {
    let id = waiting.order_id.as_str().parse();
    let mut json = json!(waiting);
    json["saga_name"] = json!(Orders::NAME);
    Ok(Waits {
        kind: Orders::NAME,
        id: id.map_err(|problem| Failure::invalid_order("order_id", format!("{problem}")))?,
        status: word(&waiting.status),
        customer: waiting.customer.clone(),
        since: waiting.since,
        reason: waiting.reason.clone(),
        left: waiting.left.iter().map(left).collect(),
        json,
    })
}

fn left(left: &Left) -> Leftover {
    Leftover {
        work: told(&left.work),
        attempts: left.attempts,
        handed_over: left.handed_over,
        why: left.cause.clone(),
    }
}

fn told(work: &Work) -> String {
    work.action.to_string()
}
