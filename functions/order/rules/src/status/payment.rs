//! How the payment of an order stands.

use serde::{Deserialize, Serialize};

use super::Progress;

/// How the payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
// Another saga may have a status of the same name.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OrderPaymentStatus))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// No money was asked for.
    None,
    /// The money is reserved.
    Authorized,
    /// The money is taken.
    Captured,
    /// The supplier would not.
    Declined,
    /// The reservation of the money is undone.
    Voided,
    /// The money was given back.
    Refunded,
    /// Could not be undone: it waits at the desk.
    ReleaseFailed,
    /// May have been done or undone: the supplier did not say.
    Unknown,
}

impl PaymentStatus {
    /// The payment whose authorization and capture stand like this.
    pub fn of(authorize: Progress, capture: Progress) -> Self {
        match (authorize, capture) {
            (_, Progress::SUCCESS) => Self::Captured,
            (_, Progress::COMPENSATED) => Self::Refunded,
            (_, Progress::NOT_UNDONE) | (Progress::NOT_UNDONE, _) => Self::ReleaseFailed,
            (_, Progress::COMPENSATING) | (Progress::COMPENSATING | Progress::RUNNING, _) => {
                Self::Unknown
            }
            (Progress::SUCCESS, _) => Self::Authorized,
            (Progress::FAILED, _) => Self::Declined,
            (Progress::COMPENSATED, _) => Self::Voided,
            _ => Self::None,
        }
    }
}

#[test]
fn a_payment_is_what_its_two_steps_are() {
    let of = PaymentStatus::of;
    let (pending, failed) = (Progress::PENDING, Progress::FAILED);
    assert_eq!(of(pending, pending), PaymentStatus::None);
    assert_eq!(of(Progress::RUNNING, pending), PaymentStatus::Unknown);
    assert_eq!(of(failed, Progress::SKIPPED), PaymentStatus::Declined);
    let reserved = Progress::SUCCESS;
    assert_eq!(of(reserved, Progress::RUNNING), PaymentStatus::Authorized);
    assert_eq!(of(reserved, failed), PaymentStatus::Authorized);
    assert_eq!(of(reserved, Progress::SUCCESS), PaymentStatus::Captured);
    assert_eq!(of(Progress::COMPENSATED, failed), PaymentStatus::Voided);
    let refunded = Progress::COMPENSATED;
    assert_eq!(of(refunded, refunded), PaymentStatus::Refunded);
    assert_eq!(
        of(Progress::NOT_UNDONE, Progress::SKIPPED),
        PaymentStatus::ReleaseFailed
    );
}
