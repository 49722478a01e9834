//! How an order's shipment stands.

use serde::{Deserialize, Serialize};

use super::Progress;

/// How an order's shipment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShipmentStatus {
    /// Nothing was asked for.
    None,
    /// Asked for, and not answered yet.
    Requested,
    /// The carrier is booked.
    Booked,
    /// Refused: there is none.
    Refused,
    /// Being cancelled.
    Cancelling,
    /// Cancelled.
    Cancelled,
    /// Could not be cancelled: it waits at the desk.
    CancelFailed,
}

impl From<Progress> for ShipmentStatus {
    fn from(step: Progress) -> Self {
        match step {
            Progress::RUNNING => Self::Requested,
            Progress::SUCCESS => Self::Booked,
            Progress::FAILED => Self::Refused,
            Progress::COMPENSATING => Self::Cancelling,
            Progress::COMPENSATED => Self::Cancelled,
            Progress::NOT_UNDONE => Self::CancelFailed,
            _ => Self::None,
        }
    }
}

#[test]
fn it_stands_as_its_step_does() {
    let of = ShipmentStatus::from;
    assert_eq!(of(Progress::PENDING), ShipmentStatus::None);
    assert_eq!(of(Progress::SUCCESS), ShipmentStatus::Booked);
    assert_eq!(of(Progress::COMPENSATED), ShipmentStatus::Cancelled);
}
