//! `holdfast desk wait`: waits until a saga has ended, and shows how.

use std::time::{Duration, Instant};

use holdfast_booking_rules::booking::BookingStatus;
use holdfast_core::ids::SagaId;
use holdfast_kit::sagas::{AnySaga, Looked};
use holdfast_order_rules::order::OrderStatus;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use super::arguments::Arguments;
use super::output::steps;
use super::places::Places;
use super::run::{Problem, show_as_json};
use crate::exit::Exit;
use crate::output::{Paint, line};

/// A table tells nobody of its changes.
const LOOKS_EVERY: Duration = Duration::from_millis(500);

/// How a saga ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Done,
    Undone,
    NeedsAttention,
}

impl End {
    /// Nothing as long as the saga is under way.
    fn of(status: &str) -> Option<Self> {
        let booking: Option<BookingStatus> = known(status);
        let order: Option<OrderStatus> = known(status);
        let has_ended = booking.is_some_and(BookingStatus::has_ended)
            || order.is_some_and(OrderStatus::has_ended);
        has_ended.then_some(match (booking, order) {
            (Some(BookingStatus::Booked), _) | (_, Some(OrderStatus::Completed)) => Self::Done,
            (Some(BookingStatus::NeedsAttention), _) | (_, Some(OrderStatus::NeedsAttention)) => {
                Self::NeedsAttention
            }
            _ => Self::Undone,
        })
    }

    fn exit(self) -> Exit {
        match self {
            Self::Done => Exit::Done,
            Self::Undone => Exit::Undone,
            Self::NeedsAttention => Exit::NeedsAttention,
        }
    }
}

fn known<'a, Status: Deserialize<'a>>(word: &'a str) -> Option<Status> {
    let word: StrDeserializer<'_, Error> = word.into_deserializer();
    Status::deserialize(word).ok()
}

/// Waits. A saga that is not there may have been started a moment ago.
pub(super) async fn run(
    arguments: &Arguments,
    places: &Places,
    id: &SagaId,
) -> Result<Exit, Problem> {
    let began = Instant::now();
    loop {
        let seen = look(places, id).await;
        let is_over = began.elapsed() >= arguments.wait;
        match seen {
            Ok((saga, looked)) => match End::of(&saga.status) {
                Some(end) if arguments.json => {
                    show_as_json(places, id).await?;
                    return Ok(end.exit());
                }
                Some(end) => {
                    line(&told(end, &saga, &looked))?;
                    return Ok(end.exit());
                }
                None if is_over => return Err(still(id, &saga.status, arguments.wait)),
                None => {}
            },
            Err(Problem::NoSuchSaga(id)) if is_over => return Err(Problem::NoSuchSaga(id)),
            Err(Problem::NoSuchSaga(_)) => {}
            Err(problem) => return Err(problem),
        }
        tokio::time::sleep(LOOKS_EVERY).await;
    }
}

async fn look(places: &Places, id: &SagaId) -> Result<(AnySaga, Looked), Problem> {
    let kind = places.which(id).await?;
    let story = kind.story(id).await?;
    let looked = kind.counter.look(id).await?;
    Ok((story.saga, looked))
}

fn still(id: &SagaId, status: &str, waited: Duration) -> Problem {
    Problem::StillUnderWay {
        id: id.clone(),
        status: status.to_owned(),
        seconds: waited.as_secs(),
    }
}

fn told(end: End, saga: &AnySaga, looked: &Looked) -> String {
    let paint = Paint::of_stdout();
    let (id, status) = (&saga.saga_id, &saga.status);
    let reason = looked.waits.reason.as_deref();
    let because = reason
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    let head = match end {
        End::Done => format!("{}  {id}", paint.good(&status.to_uppercase())),
        End::Undone => format!("{}  {id}  {status}{because}", paint.bad("UNDONE")),
        End::NeedsAttention => {
            let attention = paint.bad("NEEDS ATTENTION");
            format!("{attention}  {id}{because}")
        }
    };
    let steps = steps(saga);
    match end {
        End::Undone => format!(
            "{head}\n{steps}\nundone: nothing is left behind. The execution SUCCEEDED, for it kept \
             the promise: all, or nothing."
        ),
        End::Done | End::NeedsAttention => format!("{head}\n{steps}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_bookings_and_orders_are_told_apart() {
        for (status, end) in [
            ("booked", Some(End::Done)),
            ("completed", Some(End::Done)),
            ("failed", Some(End::Undone)),
            ("expired", Some(End::Undone)),
            ("cancelled", Some(End::Undone)),
            ("needs_attention", Some(End::NeedsAttention)),
            ("confirming", None),
            ("shipped", None),
            ("dancing", None),
        ] {
            assert_eq!(End::of(status), end, "{status}");
        }
    }
}
