//! A supplier out of order, by an operator's switch: whatever it is asked for it answers with 503 and
//! does nothing. The switch lies in the table, so that all who serve obey it, within [`FRESH`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde_json::json;

use crate::Supplies;
use crate::answer::Answer;
use crate::http::unreachable_table;
use crate::request::{Call, no_such_supplier};
use crate::store::{Outage, StoreError};
use crate::who::Supplier;

/// How long a look at a switch is good for, so that not every call pays for one.
const FRESH: Duration = Duration::from_secs(1);

/// The switches as they were when last looked at. Clones are the same ones.
#[derive(Clone, Default)]
pub(crate) struct Switches(Arc<Mutex<HashMap<Supplier, Seen>>>);

#[derive(Clone, Copy)]
struct Seen {
    out_of_order: bool,
    at: Instant,
}

impl Switches {
    fn last_seen(&self, supplier: Supplier) -> Option<bool> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = seen.get(&supplier)?;
        (seen.at.elapsed() < FRESH).then_some(seen.out_of_order)
    }

    fn remember(&self, supplier: Supplier, out_of_order: bool) {
        let at = Instant::now();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(supplier, Seen { out_of_order, at });
    }
}

impl Supplies {
    /// What a supplier answers that is out of order; nothing if it works.
    pub(crate) async fn out_of_order(&self, call: &Call) -> Option<Answer> {
        match self.count_if_out_of_order(call).await {
            Ok(true) => Some(Answer::unavailable("out of order; nothing was done")),
            Ok(false) => None,
            Err(problem) => {
                tracing::warn!(%problem, "the switch cannot be seen");
                None
            }
        }
    }

    async fn count_if_out_of_order(&self, call: &Call) -> Result<bool, StoreError> {
        let supplier = call.supplier();
        let suspected = match self.switches.last_seen(supplier) {
            Some(seen) => seen,
            None => self.store.outage(supplier).await?.is_some(),
        };
        let out_of_order = suspected && self.store.count_in_outage(supplier, call.action).await?;
        self.switches.remember(supplier, out_of_order);
        Ok(out_of_order)
    }
}

type Named = Result<Path<String>, PathRejection>;

/// `PUT /outage/{supplier}`
pub(crate) async fn begin(State(supplies): State<Supplies>, name: Named) -> Answer {
    let supplier = match supplier(name) {
        Ok(supplier) => supplier,
        Err(problem) => return problem,
    };
    let begun = supplies.store.begin_outage(supplier, supplies.now()).await;
    supplies.switches.remember(supplier, true);
    tell(supplier, begun.map(|()| Some(Outage::default())), true)
}

/// `GET /outage/{supplier}`
pub(crate) async fn look(State(supplies): State<Supplies>, name: Named) -> Answer {
    let supplier = match supplier(name) {
        Ok(supplier) => supplier,
        Err(problem) => return problem,
    };
    let outage = supplies.store.outage(supplier).await;
    let out_of_order = matches!(outage, Ok(Some(_)));
    tell(supplier, outage, out_of_order)
}

/// `DELETE /outage/{supplier}`
pub(crate) async fn end(State(supplies): State<Supplies>, name: Named) -> Answer {
    let supplier = match supplier(name) {
        Ok(supplier) => supplier,
        Err(problem) => return problem,
    };
    let ended = supplies.store.end_outage(supplier).await;
    supplies.switches.remember(supplier, false);
    tell(supplier, ended, false)
}

fn supplier(name: Named) -> Result<Supplier, Answer> {
    let name = name.map_err(|_| no_such_supplier())?.0;
    Supplier::of(&name).ok_or_else(no_such_supplier)
}

fn tell(
    supplier: Supplier,
    outage: Result<Option<Outage>, StoreError>,
    out_of_order: bool,
) -> Answer {
    match outage {
        Ok(outage) => Answer::ok(json!({
            "supplier": supplier.as_str(),
            "out_of_order": out_of_order,
            "calls": outage.unwrap_or_default().calls,
        })),
        Err(error) => unreachable_table(&error),
    }
}
