//! The way back.

use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::beginning::is_to_do;
use holdfast_order_rules::command::cancel;
use holdfast_order_rules::event::EventName;
use holdfast_order_rules::order::{OrderStatus, Progress};
use holdfast_order_rules::status::{InvoiceStatus, PaymentStatus};
use holdfast_order_rules::turning::turn_back;
use holdfast_order_rules::undoing::{instead, is_to_undo};
use holdfast_order_rules::view::OrderView;

use crate::story::Story;

impl Story {
    fn cancels(&mut self) -> Result<bool, Failure> {
        let change = cancel(&self.snapshot, self.stamp())?;
        Ok(self.writes(change))
    }

    fn undoes_all(&mut self) {
        while let Some(action) = self.work().first().copied() {
            self.undoes(action);
        }
    }
}

#[test]
fn a_refusal_turns_the_order_back_in_the_same_change() {
    let mut story = Story::up_to(StepName::CheckCredit);
    story.begins(StepName::AuthorizePayment).unwrap();
    assert!(story.is_refused(StepName::AuthorizePayment));
    let state = &story.snapshot.order.state;
    assert_eq!(state.status, OrderStatus::Cancelling);
    assert_eq!(
        state.reason.as_deref(),
        Some("authorize_payment: Declined: no")
    );
    let told = is_to_do(&story.snapshot, StepName::AuthorizePayment);
    assert_eq!(told, Err(Failure::Declined("no".to_owned())));
    for step in StepName::ALL.iter().skip(3) {
        assert_eq!(story.progress(*step), Progress::SKIPPED, "{step}");
    }
    assert!(story.work().is_empty());
    assert_eq!(story.closes(), OrderStatus::Failed);
}

#[test]
fn a_credit_that_is_refused_is_recorded_once() {
    let mut story = Story::placed();
    story.begins(StepName::CheckCredit).unwrap();
    assert!(story.is_refused(StepName::CheckCredit));
    assert_eq!(story.progress(StepName::CheckCredit), Progress::FAILED);
    assert!(!story.is_refused(StepName::CheckCredit));
}

#[test]
fn an_order_is_undone_in_reverse() {
    let mut story = Story::up_to(StepName::GenerateInvoice);
    story.begins(StepName::ShipOrder).unwrap();
    let cause = Cause {
        step: "ship_order".to_owned(),
        error: "Unavailable".to_owned(),
        message: "no answer".to_owned(),
    };
    let turned = turn_back(&story.snapshot, &cause, story.stamp());
    assert!(story.writes(turned));
    assert!(turn_back(&story.snapshot, &cause, story.stamp()).is_none());
    assert_eq!(
        story.work(),
        [
            Action::CancelShipment,
            Action::CancelInvoice,
            Action::ReturnStock,
            Action::VoidPayment,
        ]
    );
    story.undoes_all();
    assert_eq!(story.closes(), OrderStatus::Failed);
    let view = OrderView::from(&story.snapshot);
    assert_eq!(view.payment.status, PaymentStatus::Voided);
    assert_eq!(view.invoice.status, InvoiceStatus::Cancelled);
    assert_eq!(view.invoice.credit_note.as_deref(), Some("C-1"));
    assert_eq!(story.names().last(), Some(&EventName::OrderFailed));
}

#[test]
fn a_customer_cancels_until_the_order_is_being_shipped() {
    let mut story = Story::up_to(StepName::GenerateInvoice);
    assert!(story.cancels().unwrap());
    assert!(!story.cancels().unwrap());
    let refused = story.begins(StepName::ShipOrder).unwrap_err();
    assert_eq!(refused.name(), "Cancelled");
    story.undoes_all();
    assert_eq!(story.closes(), OrderStatus::Cancelled);
    assert!(!story.cancels().unwrap());

    let mut late = Story::up_to(StepName::GenerateInvoice);
    late.begins(StepName::ShipOrder).unwrap();
    assert_eq!(late.cancels().unwrap_err().name(), "Conflict");
    assert_eq!(late.status(), OrderStatus::Invoiced);
}

#[test]
fn what_has_failed_or_is_completed_cannot_be_cancelled() {
    let mut failed = Story::placed();
    failed.begins(StepName::CheckCredit).unwrap();
    failed.is_refused(StepName::CheckCredit);
    assert_eq!(failed.cancels().unwrap_err().name(), "Conflict");
    let mut completed = Story::up_to(StepName::CapturePayment);
    assert_eq!(completed.cancels().unwrap_err().name(), "Conflict");
}

#[test]
fn a_late_answer_for_a_cancelled_order_is_known_and_undone() {
    let mut story = Story::up_to(StepName::CheckCredit);
    story.begins(StepName::AuthorizePayment).unwrap();
    story.cancels().unwrap();
    assert!(story.is_done(StepName::AuthorizePayment));
    assert_eq!(story.status(), OrderStatus::Cancelling);
    story.undoes_all();
    assert!(!story.is_done(StepName::AuthorizePayment));
    assert!(!story.is_refused(StepName::AuthorizePayment));
    assert_eq!(story.closes(), OrderStatus::Cancelled);
}

#[test]
fn nothing_is_undone_of_an_order_that_stands() {
    let mut story = Story::up_to(StepName::ShipOrder);
    for action in [
        Action::CancelShipment,
        Action::ReturnStock,
        Action::VoidPayment,
    ] {
        let refused = is_to_undo(&story.snapshot, action).unwrap_err();
        assert_eq!(refused.name(), "Conflict", "{action}");
        assert!(!story.is_undone(action), "{action}");
    }
    assert!(story.closes() == OrderStatus::Shipped);
}

#[test]
fn a_capture_that_is_refused_undoes_everything() {
    let mut story = Story::up_to(StepName::ShipOrder);
    story.begins(StepName::CapturePayment).unwrap();
    assert!(story.is_refused(StepName::CapturePayment));
    assert_eq!(story.status(), OrderStatus::Cancelling);
    assert!(story.snapshot.order.state.timer.is_committed());
    assert_eq!(story.work().len(), 4);
    let state = &story.snapshot.order.state;
    assert_eq!(
        instead(state, Action::VoidPayment),
        Some(Action::RefundPayment)
    );
    story.undoes_all();
    assert_eq!(story.closes(), OrderStatus::Failed);
}

#[test]
fn money_that_was_taken_though_its_capture_was_refused_is_refunded() {
    let mut story = Story::up_to(StepName::ShipOrder);
    story.begins(StepName::CapturePayment).unwrap();
    story.is_refused(StepName::CapturePayment);
    assert!(story.is_done(StepName::CapturePayment));
    assert_eq!(story.names().last(), Some(&EventName::PaymentCaptured));
    assert_eq!(story.work().last(), Some(&Action::RefundPayment));
    story.undoes_all();
    assert_eq!(
        story.progress(StepName::AuthorizePayment),
        Progress::COMPENSATED
    );
    let view = OrderView::from(&story.snapshot);
    assert_eq!(view.payment.status, PaymentStatus::Refunded);
    assert_eq!(story.closes(), OrderStatus::Failed);
}
