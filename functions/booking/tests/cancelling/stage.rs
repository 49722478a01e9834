//! A booked trip, a traveller who gives it back, and the execution that carries it out.

use holdfast_booking::steps::{OpenRequest, UnwindPlan};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::cancelling::{self, Quote, Wish};
use holdfast_booking_rules::unwinding::Work;
use holdfast_booking_rules::view::BookingView;
use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use serde_json::{Value, json};

use crate::support::{Bench, TOKEN};

/// How often a step is tried before its work goes to the desk.
const TRIES: u32 = 4;

impl Bench {
    /// A trip of these legs that is booked and paid for; `simulate` scripts the payment.
    pub(crate) async fn booked(&self, name: &str, legs: Value, simulate: Value) -> BookingId {
        let id = self.open(name, legs).await.booking_id;
        self.all_legs(&id, Action::Hold).await.expect("holds");
        let payment = json!({"token": TOKEN, "simulate": simulate});
        self.pay(&id, 1, payment).await.expect("authorized");
        self.all_legs(&id, Action::Confirm)
            .await
            .expect("confirmed");
        self.settle(&id).await.expect("booked");
        id
    }

    /// What comes back for some legs, or for all.
    pub(crate) async fn quote(
        &self,
        id: &BookingId,
        legs: Option<&[LegId]>,
    ) -> Result<Quote, Failure> {
        let snapshot = self.snapshot(id).await;
        cancelling::quote(&snapshot, legs, self.clock().now())
    }

    /// The traveller agrees to a refund, and gives some legs back, or all.
    pub(crate) async fn gives_back(
        &self,
        id: &BookingId,
        legs: Option<&[LegId]>,
        refund: &Money,
    ) -> Result<Snapshot, Failure> {
        let wish = Wish {
            legs: legs.map(<[_]>::to_vec),
            refund: Some(refund.clone()),
        };
        let begin = |snapshot: &Snapshot| {
            cancelling::begin(snapshot, &wish, self.clock().stamp("traveller"))
        };
        self.store.change(self.snapshot(id).await, begin).await
    }

    /// An execution takes the booking up.
    pub(crate) async fn taken_up(&self, id: &BookingId, execution: &str) {
        let request = OpenRequest {
            name: execution.to_owned(),
            execution: format!("execution:{execution}"),
            started: None,
            input: json!({"unwind": id}),
            retry: 0,
        };
        let opened = self.open_step().open(&request).await.expect("taken up");
        assert!(opened.resumes);
    }

    /// What the execution has to do, in order.
    pub(crate) async fn plan(&self, id: &BookingId) -> UnwindPlan {
        let plan = self.turn_back(id, vec![Cause::default()]).await;
        plan.expect("a plan")
    }

    /// Does a piece of work as the state machine does it, again and again; whether it was done.
    pub(crate) async fn tries(&self, id: &BookingId, work: &Work) -> bool {
        for _ in 0..TRIES {
            match self.work(id, work).await {
                Ok(()) => return true,
                Err(Failure::Unavailable(_)) => {}
                Err(_) => return false,
            }
        }
        false
    }

    /// The execution carries the cancellation out, and ends.
    pub(crate) async fn carries_out(&self, id: &BookingId) -> BookingView {
        self.taken_up(id, &format!("{id}.cancel")).await;
        let plan = self.plan(id).await;
        for work in plan.work {
            self.tries(id, &work).await;
        }
        let closed = self.close_after(id, plan.cancellation).await;
        closed.expect("an end")
    }

    /// How much money the payment supplier has of a booking, in cents.
    pub(crate) async fn money_taken(&self, id: &BookingId) -> u64 {
        let items = self.audit_items(id).await;
        let payment = items.iter().find(|item| item["kind"] == "payment");
        payment.map_or(0, |payment| {
            assert_eq!(payment["status"], "captured", "{payment}");
            payment["amount"]["amount"].as_u64().unwrap()
        })
    }

    /// The legs that suppliers have of a booking, all of them confirmed.
    pub(crate) async fn legs_kept(&self, id: &BookingId) -> Vec<String> {
        let items = self.audit_items(id).await;
        let legs = items.iter().filter(|item| item["kind"] != "payment");
        let mut kept: Vec<_> = legs
            .map(|leg| {
                assert_eq!(leg["status"], "confirmed", "{leg}");
                leg["leg"].as_str().unwrap().to_owned()
            })
            .collect();
        kept.sort();
        kept
    }
}

/// A leg's name.
pub(crate) fn leg(name: &str) -> LegId {
    name.parse().unwrap()
}
