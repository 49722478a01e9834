//! What is done to a trip or to a part of it, and the keys under which suppliers are asked for it.

use std::fmt;

use holdfast_core::fault;
use holdfast_core::ids::{BookingId, LegId, StepKey};
use holdfast_core::verb::Verb;
use serde::{Deserialize, Serialize};

/// The name of the payment where a leg's name would stand.
pub const PAYMENT: &str = "payment";

/// What is scripted for one leg, for the payment or for the booking as a whole.
pub type Script = fault::Script<Action>;

/// What is done to a trip or to a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Reserve a leg for a while.
    Hold,
    /// Make a held leg definite.
    Confirm,
    /// Undo a leg, held or confirmed.
    Release,
    /// Reserve the money.
    Authorize,
    /// Take the money.
    Capture,
    /// Undo an authorization, and refuse every later one.
    Void,
    /// Undo one attempt to pay, and refuse it for good; another may follow.
    Withdraw,
    /// Undo a capture.
    Refund,
    /// Wait for the supplier's decision about the money.
    Await,
    /// Write a booking and start its timer.
    Open,
    /// Commit to a booking and take its money.
    Settle,
    /// Turn a booking to the way back.
    Unwind,
    /// End a booking that is not booked.
    Close,
}

impl Action {
    /// What may be asked of a leg's supplier.
    pub const OF_A_LEG: &[Self] = &[Self::Hold, Self::Confirm, Self::Release];
    /// What may be asked of the payment supplier.
    pub const OF_A_PAYMENT: &[Self] = &[
        Self::Authorize,
        Self::Capture,
        Self::Void,
        Self::Refund,
        Self::Withdraw,
    ];
    /// What is done to a booking as a whole; no supplier is asked for it.
    pub const OF_A_BOOKING: &[Self] = &[
        Self::Open,
        Self::Await,
        Self::Settle,
        Self::Unwind,
        Self::Close,
    ];
}

impl Verb for Action {
    const ALL: &[Self] = &[
        Self::Hold,
        Self::Confirm,
        Self::Release,
        Self::Authorize,
        Self::Capture,
        Self::Void,
        Self::Refund,
        Self::Withdraw,
        Self::Open,
        Self::Await,
        Self::Settle,
        Self::Unwind,
        Self::Close,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Confirm => "confirm",
            Self::Release => "release",
            Self::Authorize => "authorize",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Withdraw => "withdraw",
            Self::Refund => "refund",
            Self::Await => "await",
            Self::Open => "open",
            Self::Settle => "settle",
            Self::Unwind => "unwind",
            Self::Close => "close",
        }
    }

    fn is_asked(self) -> bool {
        !Self::OF_A_BOOKING.contains(&self)
    }

    fn is_guarded(self) -> bool {
        matches!(self, Self::Hold | Self::Confirm | Self::Authorize)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The key of an action on a leg.
pub fn leg_key(booking: &BookingId, leg: &LegId, action: Action) -> StepKey {
    StepKey::of(&[booking, leg, &action])
}

/// The key of an action on the payment. Each token that the traveller tries is an attempt, and an
/// authorization of its own.
pub fn payment_key(booking: &BookingId, attempt: u32, action: Action) -> StepKey {
    match attempt {
        0 | 1 => StepKey::of(&[booking, &PAYMENT, &action]),
        _ => StepKey::of(&[booking, &format!("{PAYMENT}.{attempt}"), &action]),
    }
}

/// The key of the refund for a cancellation of a booked trip.
pub fn refund_key(booking: &BookingId, cancellation: u32) -> StepKey {
    let refund = Action::Refund;
    StepKey::of(&[booking, &PAYMENT, &format!("{refund}.{cancellation}")])
}

#[cfg(test)]
mod tests {
    use holdfast_core::fault::{Fault, Mishap};
    use holdfast_core::reading::read;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn each_attempt_to_pay_has_a_key_of_its_own() {
        let booking: BookingId = "b1".parse().unwrap();
        let key = |attempt| payment_key(&booking, attempt, Action::Authorize).to_string();
        assert_eq!(key(1), "b1/payment/authorize");
        assert_eq!(key(2), "b1/payment.2/authorize");
        let leg = leg_key(&booking, &"out".parse().unwrap(), Action::Hold);
        assert_eq!(leg.as_str(), "b1/out/hold");
    }

    #[test]
    fn only_the_way_forward_before_the_commit_point_is_guarded() {
        for action in Action::ALL {
            let forward = [Action::Hold, Action::Confirm, Action::Authorize].contains(action);
            assert_eq!(action.is_guarded(), forward, "{action}");
        }
    }

    #[test]
    fn no_supplier_hears_of_a_mishap_of_ours() {
        for mishap in Mishap::ALL {
            let json = format!(r#"{{"hold":"{mishap}","release":"lost:1"}}"#);
            let script: Script = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&script).unwrap(), json);
            assert_eq!(script.of(Action::Hold), Fault::Ok);
            assert_eq!(script.mishap(Action::Hold), Some(*mishap));
            assert_eq!(script.mishap(Action::Release), None);
            assert_eq!(script.of(Action::Release), Fault::Lost(Some(1)));
            assert!(mishap.as_str().parse::<Fault>().is_err());
        }
    }

    #[test]
    fn an_unknown_action_in_a_script_is_refused_with_all_that_are_known() {
        let read = |json: Value| read::<Script>(&json).unwrap_err().to_string();
        let refused = read(json!({"fly": "lost"}));
        let known = "fly: is never done; use hold, confirm, release, authorize, capture, void, \
                     refund, withdraw, open, await, settle, unwind or close";
        assert!(refused.starts_with(known), "{refused}");
        let refused = read(json!({"hold": "fly"}));
        assert!(
            refused.starts_with("hold: must be ok, refuse,"),
            "{refused}"
        );
    }
}
