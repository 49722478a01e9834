//! The desk of bookings, as callers use it that serve the desks of all sagas.

use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_core::failure::Failure;
use holdfast_core::ids::SagaId;
use holdfast_kit::sagas::{
    Act, Acted, Asked, Counter, Leftover, Looked, Narrowed, Task, Waits, id_of, word,
};
use holdfast_kit::table::Aggregate;
use serde_json::json;

use super::{Clerk, Filter, Left, Report, Waiting};
use crate::store::Bookings;

impl Counter for Clerk {
    fn kind(&self) -> &'static str {
        Bookings::NAME
    }

    fn knows(&self, participant: &str) -> bool {
        Participant::try_from(participant.to_owned()).is_ok()
    }

    fn waiting<'a>(&'a self, narrowed: &'a Narrowed) -> Asked<'a, Vec<Waits>> {
        Box::pin(async move {
            let Ok(kind) = kind_of(narrowed.participant.as_deref()) else {
                return Ok(Vec::new());
            };
            let filter = Filter {
                kind,
                older_than: narrowed.older_than,
                overdue: narrowed.overdue,
            };
            let waiting = self.list(&filter).await?;
            waiting.iter().map(waits).collect()
        })
    }

    fn look<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Looked> {
        Box::pin(async move {
            let shown = self.show(&id_of::<Bookings>(id)?).await?;
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
            let errand = task.errand::<Bookings>()?;
            let report: Report = match act {
                Act::Redrive(supplier) => self.redrive(&errand, supplier).await?,
                Act::Resolve => self.resolve(&errand).await?,
                Act::Abandon => self.abandon(&errand).await?,
            };
            Ok(Acted::of(&report, told))
        })
    }
}

fn kind_of(participant: Option<&str>) -> Result<Option<Participant>, Failure> {
    let named = participant.map(|name| Participant::try_from(name.to_owned()));
    let named = named.transpose();
    named.map_err(|problem| Failure::invalid("kind", problem.to_string()))
}

fn waits(waiting: &Waiting) -> Result<Waits, Failure> {
    let id = waiting.booking_id.as_str().parse();
    let mut json = json!(waiting);
    json["saga_name"] = json!(Bookings::NAME);
    Ok(Waits {
        kind: Bookings::NAME,
        id: id.map_err(|problem| Failure::invalid("booking_id", format!("{problem}")))?,
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
        why: left.last_error.clone().or_else(|| left.cause.clone()),
    }
}

fn told(work: &Work) -> String {
    format!("{} {}", work.action, work.leg)
}
