//! Scripted mishaps: each step of an order may die before or after its work, or be delivered three times.
//! The order ends as it would have ended, and everything is done once.

use holdfast_core::fault::Mishap;
use holdfast_core::verb::Verb;
use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::event::EventName;
use holdfast_order_rules::order::OrderStatus;
use serde_json::json;

use crate::support::{Bench, Machine, order};

const FORWARD: &[Action] = &[
    Action::PlaceOrder,
    Action::CheckCredit,
    Action::AuthorizePayment,
    Action::RemoveFromStock,
    Action::GenerateInvoice,
    Action::ShipOrder,
    Action::CapturePayment,
];
const BACK: &[Action] = &[
    Action::TurnBack,
    Action::CancelShipment,
    Action::CancelInvoice,
    Action::ReturnStock,
    Action::VoidPayment,
    Action::CloseOrder,
];

#[tokio::test]
async fn every_mishap_of_every_step_forward_is_survived() {
    for action in FORWARD {
        for mishap in Mishap::ALL {
            let bench = Bench::of_mishaps().await;
            let script = json!({action.as_str(): mishap.as_str()});
            let mut machine = Machine::new(&bench, "o-1", order(script));
            let ended = machine.runs().await;
            assert_eq!(ended, OrderStatus::Completed, "{action} {mishap}");
            bench.is_everywhere(&machine.id).await;
        }
    }
}

#[tokio::test]
async fn every_mishap_of_every_step_back_is_survived() {
    for action in BACK {
        for mishap in Mishap::ALL {
            let bench = Bench::of_mishaps().await;
            let script = json!({action.as_str(): mishap.as_str(), "capture_payment": "refuse"});
            let mut machine = Machine::new(&bench, "o-1", order(script));
            let ended = machine.runs().await;
            assert_eq!(ended, OrderStatus::Failed, "{action} {mishap}");
            bench.is_nowhere(&machine.id).await;
        }
    }
}

#[tokio::test]
async fn every_mishap_of_a_refund_is_survived() {
    for mishap in Mishap::ALL {
        let bench = Bench::of_mishaps().await;
        let script = json!({"refund_payment": mishap.as_str(), "capture_payment": "refuse"});
        let mut machine = Machine::new(&bench, "o-1", order(script));
        machine.places().await.expect("an order");
        let up_to = StepName::ShipOrder;
        let shipped = machine.goes_forward(StepName::CheckCredit, up_to).await;
        shipped.expect("shipped");
        // A clerk takes the money at the supplier's own counter.
        let money = json!({"order": "o-1", "attempt": 1});
        assert_eq!(bench.tell_suppliers("/payment/capture", money).await, 200);
        let ended = machine.goes_on(StepName::CapturePayment).await;
        assert_eq!(ended, OrderStatus::Failed, "{mishap}");
        bench.is_nowhere(&machine.id).await;
        let history = bench.history(&machine.id).await;
        let refunded = history
            .iter()
            .filter(|event| event.name == EventName::PaymentRefunded);
        assert_eq!(refunded.count(), 1, "{mishap}");
    }
}
