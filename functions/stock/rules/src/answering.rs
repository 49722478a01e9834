//! What a request leads to: pure functions of how it stands with the order, what happened, and when.

use holdfast_core::change::Change;
use holdfast_core::fault::Fault;
use holdfast_core::ids::Sku;
use holdfast_core::time::Timestamp;

use crate::event::{Event, EventName};
use crate::items::Items;
use crate::request::{Request, Wish};
use crate::reservation::{Happened, Lost, Reservation, State};

/// Who answers.
const ACTOR: &str = "stock";

/// A product of which there is not as much as an order wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Which.
    pub sku: Sku,
    /// What is left of it; `None` where there is no such product.
    pub left: Option<u64>,
}

/// A change of a reservation and the answer that tells it, to be written as a whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The answer.
    pub event: Event,
    /// The reservation after it.
    pub reservation: Reservation,
    /// The goods that change hands.
    pub moved: Moved,
}

/// Goods that change hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// None.
    Nothing,
    /// From the stock to the order.
    Out(Items),
    /// From the order to the stock.
    Back(Items),
}

/// Answers a request, where `short` of the goods it asks for were found short.
pub fn answer(
    was: Option<&Reservation>,
    request: &Request,
    short: &[Shortage],
    at: Timestamp,
) -> Transition {
    match &request.wish {
        Wish::PutBack => put_back(was, request, at),
        Wish::Take(_) if request.fault == Fault::Refuse => {
            refuse(was, request, "refused, as scripted".to_owned(), at)
        }
        Wish::Take(items) if short.is_empty() => take(was, request, items, at),
        Wish::Take(items) => refuse(was, request, reason(items, short), at),
    }
}

/// The order gets all that it wants; `stock_available`, unless something else is recorded.
pub fn take(
    was: Option<&Reservation>,
    request: &Request,
    items: &Items,
    at: Timestamp,
) -> Transition {
    after(was, request, &Happened::Wanted(items.clone()), at)
}

/// The order gets nothing; `stock_unavailable`, unless something else is recorded.
pub fn refuse(
    was: Option<&Reservation>,
    request: &Request,
    reason: String,
    at: Timestamp,
) -> Transition {
    after(was, request, &Happened::Refused(reason), at)
}

/// The stock gets back what the order has, if it has anything; `stock_returned`.
pub fn put_back(was: Option<&Reservation>, request: &Request, at: Timestamp) -> Transition {
    after(was, request, &Happened::GivenUp, at)
}

fn after(
    was: Option<&Reservation>,
    request: &Request,
    happened: &Happened,
    at: Timestamp,
) -> Transition {
    let before = was.map(|reservation| &reservation.state);
    let state = State::after(before, happened);
    let change = match was {
        Some(was) => Change::step(was.version, &was.state, &state),
        None => Change::born(&state),
    };
    let lost = was.map(|was| was.lost).unwrap_or_default();
    let (is_lost, lost) = lose(request, lost);
    let reservation = Reservation {
        order_id: request.order_id.clone(),
        created: was.map_or(at, |was| was.created),
        updated: at,
        version: change.version,
        state: state.clone(),
        lost,
    };
    Transition {
        moved: moved(before, &state),
        event: event(request, is_lost, change, at),
        reservation,
    }
}

fn moved(before: Option<&State>, after: &State) -> Moved {
    match (before, after) {
        (None, State::Taken { items }) => Moved::Out(items.clone()),
        (Some(State::Taken { .. }), State::Returned { items }) => Moved::Back(items.clone()),
        _ => Moved::Nothing,
    }
}

fn event(request: &Request, is_lost: bool, reservation: Change<State>, at: Timestamp) -> Event {
    let told = Told::of(&request.wish, &reservation.after);
    let (name, items, reason) = match told {
        _ if is_lost => (EventName::StockAnswerLost, None, None),
        Told::Available(items) => (EventName::StockAvailable, Some(items), None),
        Told::Unavailable(reason) => (EventName::StockUnavailable, None, Some(reason)),
        Told::Returned => (EventName::StockReturned, None, None),
    };
    Event {
        order_id: request.order_id.clone(),
        name,
        at,
        actor: ACTOR.to_owned(),
        trace_id: request.trace_id.clone(),
        request_id: request.id.clone(),
        items,
        reason,
        reservation,
    }
}

/// What an order is told.
enum Told {
    Available(Items),
    Unavailable(String),
    Returned,
}

impl Told {
    /// The answer to a request is what is recorded.
    fn of(wish: &Wish, state: &State) -> Self {
        match (wish, state) {
            (Wish::PutBack, _) => Self::Returned,
            (Wish::Take(_), State::Taken { items }) => Self::Available(items.clone()),
            (Wish::Take(_), State::Refused { reason }) => Self::Unavailable(reason.clone()),
            (Wish::Take(_), State::Returned { .. }) => {
                Self::Unavailable("the goods were put back".to_owned())
            }
            (Wish::Take(_), State::ReturnedBeforeTaken) => {
                Self::Unavailable("the order gave up before it asked".to_owned())
            }
        }
    }
}

/// Whether the answer to a request is lost as scripted, and how many are lost then.
fn lose(request: &Request, mut lost: Lost) -> (bool, Lost) {
    let counted = match request.wish {
        Wish::Take(_) => &mut lost.taking,
        Wish::PutBack => &mut lost.putting_back,
    };
    let Fault::Lost(times) = request.fault else {
        return (false, lost);
    };
    if times.is_some_and(|times| *counted >= times) {
        return (false, lost);
    }
    *counted = counted.saturating_add(1);
    (true, lost)
}

/// Names each product that is short, what was wanted and what is left.
fn reason(items: &Items, short: &[Shortage]) -> String {
    let each = short.iter().map(|Shortage { sku, left }| {
        let wanted = items.quantity(sku);
        match left {
            Some(left) => format!("{sku}: {wanted} wanted, {left} left"),
            None => format!("{sku}: {wanted} wanted, there is no such product"),
        }
    });
    each.collect::<Vec<_>>().join("; ")
}
