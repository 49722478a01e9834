//! What the rules decide about a call, for [`crate::Supplies`] to carry out in one transaction.

use std::time::Duration;

use holdfast_authorizer_rules::movement::{Movement, Particulars};
use holdfast_core::ids::{AccountId, BookingId, LegId};
use holdfast_core::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answer::Answer;
use crate::catalogue::Stock;

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict<T> {
    /// Nothing changes: keep the answer under the key.
    Keep(Answer),
    /// The thing becomes `to`, the moves are made and the answer is kept, all or nothing.
    Change {
        /// What the thing is from now on.
        to: T,
        /// What happens with it.
        moves: Vec<Move>,
        /// What is answered once all this is written.
        answer: Answer,
    },
}

/// What becomes of a thing by a switch, for [`crate::Supplies`] to carry out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Turn<T> {
    /// The switch does not act on it as it is.
    Refused(Answer),
    /// It is as the switch makes it.
    Already(T),
    /// It becomes this, and the moves are made with it.
    To(T, Vec<Move>),
}

/// One change of something else, made with it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Move {
    /// Takes places, if no more than `room` were taken before.
    Take { stock: Stock, room: u32 },
    /// Gives places back.
    GiveBack(Stock),
    /// Notes that places are taken until a moment only, so that they are found when it has passed.
    Pledge(Pledge),
    /// Strikes that note out.
    Redeem(Pledge),
    /// Gives what was pending under a key its answer.
    Amend { key: String, answer: Answer },
    /// Moves money of an account.
    Account(AccountMove),
}

/// A movement of an account that a payment takes with it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AccountMove {
    pub(crate) account: AccountId,
    pub(crate) movement: Movement,
    /// What is known of it besides, for the account's statement.
    pub(crate) particulars: Particulars,
}

/// Places that are held for a while: where, by whom, until when.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pledge {
    pub(crate) booking: BookingId,
    pub(crate) leg: LegId,
    pub(crate) stock: Stock,
    pub(crate) until: Timestamp,
}

/// How long a reservation or a shipment is remembered after its use or its end.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(90 * 24 * 3600);

/// A thing that calls act on: a leg's reservation, a payment, or a shipment.
pub(crate) trait Kept: Serialize + DeserializeOwned + Send + Sync {
    /// Counts the changes, so that each is made to what was decided upon.
    fn version(&self) -> u32;
    /// Whether it belongs in the audit.
    fn is_alive(&self) -> bool;
    /// When it may be forgotten, if ever.
    fn forget_after(&self) -> Option<Timestamp>;
    /// When the sweep gives back what it reserves, if it does.
    fn due_at(&self) -> Option<Timestamp> {
        None
    }
}
