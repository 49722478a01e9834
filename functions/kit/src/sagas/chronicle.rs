//! What a service says of its saga, so that operators see it as they see any other; and the sagas of one
//! kind, folded from their events.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use futures_util::future::try_join_all;
use holdfast_core::failure::Failure;
use holdfast_core::figures::{Begun, Figures, Hour};
use holdfast_core::ids::SagaId;
use holdfast_core::saga::{Happened, SagaLine, SagaView, TimerLine};
use holdfast_core::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::page::Wanted;
use super::place::Mark;
use super::{AnySaga, Asked};
use crate::table::{Alike, Saga, Table};

/// More sagas of one status than this are not counted.
const MOST_COUNTED: usize = 10_000;
/// How often a history is read anew that does not hold together: a change may be written while it is read.
const MOST_READS: u32 = 3;

/// A saga that operators see as they see any other. Its kind is [`Aggregate::NAME`](crate::table::Aggregate::NAME).
pub trait Chronicle: Saga {
    /// What is known of a step.
    type Data: Serialize;
    /// Where its timer may still fire. Of the index these are looked through.
    const TIMED: &'static [Self::Status] = Self::RUNNING;

    /// The words for all its statuses.
    fn statuses() -> Vec<&'static str>;
    /// How it stands, in short, by its rows.
    ///
    /// # Errors
    /// [`Failure`] where its id is none of a saga's.
    fn line(view: &Self::View) -> Result<SagaLine, Failure>;
    /// How it stands, by these of its events; its rows say only what no event tells.
    ///
    /// # Errors
    /// [`broken`] where the events do not hold together.
    fn folded(view: &Self::View, events: &[Self::Event]) -> Result<SagaView<Self::Data>, Failure>;
    /// Its events, each behind all that it builds upon.
    fn in_order(events: Vec<Self::Event>) -> Vec<Self::Event>;
    /// The names of its executions: its own, which is named after it, and those that later commands
    /// started. The one that drives it now may be another still.
    fn executions(view: &Self::View) -> Vec<String>;
    /// What an event tells.
    fn happened(event: &Self::Event) -> Happened;
}

/// The failure of a history that does not hold together.
pub fn broken(id: impl Display, problem: impl Display) -> Failure {
    Failure::Conflict(format!(
        "the events of {id} do not hold together: {problem}"
    ))
}

/// A saga, folded from its events, and the events.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Story {
    /// How it stands.
    #[serde(flatten)]
    pub saga: AnySaga,
    /// What happened, in order.
    pub events: Vec<Happened>,
}

/// An event, and the saga as it stood then.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// What happened.
    pub event: Happened,
    /// How the saga stood after it.
    pub saga: AnySaga,
}

/// The sagas of one kind, whatever it is.
pub trait Sagas: Send + Sync {
    /// The word for one of them.
    fn kind(&self) -> &'static str;
    /// The words for all their statuses.
    fn statuses(&self) -> Vec<&'static str>;
    /// Whether there is one of this name.
    fn holds<'a>(&'a self, id: &'a SagaId) -> Asked<'a, bool>;
    /// How one stands, in short; `None` where there is none.
    fn line<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<SagaLine>>;
    /// One with its history; `None` where there is none.
    fn story<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<Story>>;
    /// How one stood after each of its events; `None` where there is none.
    fn replay<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<Vec<Moment>>>;
    /// Some of them, the newest first.
    fn newest<'a>(&'a self, wanted: &'a Wanted) -> Asked<'a, Vec<Mark>>;
    /// Some of those whose timers may still fire, by when they are due: from this time on, so many of each
    /// status, in any order.
    fn due(&self, from: Option<Timestamp>, most: i32) -> Asked<'_, Vec<Mark>>;
    /// The timer of one; `None` where there is none that can still fire.
    fn timer<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<TimerLine>>;
    /// The names of the executions of one, each once; `None` where there is none.
    fn executions<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<Vec<String>>>;
    /// How many began within an hour, and how they stand. One that changes its status while they are counted
    /// may be missing.
    fn figures<'a>(&'a self, hour: &'a Hour) -> Asked<'a, Figures>;
}

impl<A: Chronicle> Sagas for Table<A> {
    fn kind(&self) -> &'static str {
        A::NAME
    }

    fn statuses(&self) -> Vec<&'static str> {
        A::statuses()
    }

    fn holds<'a>(&'a self, id: &'a SagaId) -> Asked<'a, bool> {
        Box::pin(async move { Ok(self.view(id).await?.is_some()) })
    }

    fn line<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<SagaLine>> {
        Box::pin(async move {
            let found = self.view(id).await?;
            found.map(|view| A::line(&view)).transpose()
        })
    }

    fn story<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<Story>> {
        Box::pin(async move {
            let Some((view, events)) = self.chronicle(id).await? else {
                return Ok(None);
            };
            Ok(Some(Story {
                saga: any(A::folded(&view, &events)?),
                events: events.iter().map(A::happened).collect(),
            }))
        })
    }

    fn replay<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<Vec<Moment>>> {
        Box::pin(async move {
            let Some((view, events)) = self.chronicle(id).await? else {
                return Ok(None);
            };
            let moments = (1..=events.len()).map(|count| {
                Ok(Moment {
                    event: A::happened(&events[count - 1]),
                    saga: any(A::folded(&view, &events[..count])?),
                })
            });
            moments.collect::<Result<_, _>>().map(Some)
        })
    }

    fn newest<'a>(&'a self, wanted: &'a Wanted) -> Asked<'a, Vec<Mark>> {
        Box::pin(async move {
            let alike = match &wanted.sought.customer {
                Some(customer) => vec![Alike::Customer(customer)],
                None => {
                    let statuses = A::statuses().into_iter();
                    let sought = statuses.filter(|status| wanted.sought.is_of(status));
                    sought.map(Alike::Status).collect()
                }
            };
            let asked = alike.into_iter();
            let asked = asked.map(|alike| Table::newest(self, alike, wanted.until, wanted.most));
            let found = try_join_all(asked).await?.into_iter().flatten();
            let marks = found.filter_map(|place| mark::<A>(&place.id, place.created));
            Ok(marks.collect())
        })
    }

    fn due(&self, from: Option<Timestamp>, most: i32) -> Asked<'_, Vec<Mark>> {
        Box::pin(async move {
            let asked = A::TIMED.iter();
            let asked = asked.map(|status| Table::due(self, *status, from, most));
            let found = try_join_all(asked).await?.into_iter().flatten();
            let marks = found.filter_map(|(id, due)| mark::<A>(&id, due));
            Ok(marks.collect())
        })
    }

    fn timer<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<TimerLine>> {
        Box::pin(async move {
            let Some(view) = self.view(id).await? else {
                return Ok(None);
            };
            Ok(TimerLine::of(A::line(&view)?, A::timer(&view)))
        })
    }

    fn executions<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Option<Vec<String>>> {
        Box::pin(async move {
            let Some(view) = self.view(id).await? else {
                return Ok(None);
            };
            let mut names = A::executions(&view);
            names.extend(A::execution(&view).rsplit(':').next().map(str::to_owned));
            let mut seen = HashSet::new();
            names.retain(|name| seen.insert(name.clone()));
            Ok(Some(names))
        })
    }

    fn figures<'a>(&'a self, hour: &'a Hour) -> Asked<'a, Figures> {
        Box::pin(async move {
            let statuses = A::statuses();
            let read = statuses.iter();
            let read = read.map(|status| self.begun(status, hour.from, MOST_COUNTED));
            let read = try_join_all(read).await?;
            let is_complete = read.iter().all(|read| read.is_complete);
            // One that changes its status meanwhile may be found twice; it counts once.
            let mut begun = HashMap::new();
            for (status, read) in statuses.into_iter().zip(read) {
                for place in read.places {
                    let at = place.created;
                    begun.insert(place.id.to_string(), Begun { at, status });
                }
            }
            Ok(Figures::of(A::NAME, hour, begun.into_values(), is_complete))
        })
    }
}

impl<A: Chronicle> Table<A> {
    async fn view(&self, id: &SagaId) -> Result<Option<A::View>, Failure> {
        match id.as_str().parse().ok() {
            Some(id) => self.find(&id).await,
            None => Ok(None),
        }
    }

    /// A saga and its events, which hold together unless one was lost.
    async fn chronicle(&self, id: &SagaId) -> Result<Option<(A::View, Vec<A::Event>)>, Failure> {
        let Some(own) = id.as_str().parse().ok() else {
            return Ok(None);
        };
        let mut reads = 1;
        loop {
            let Some(view) = self.find(&own).await? else {
                return Ok(None);
            };
            let events = A::in_order(self.history(&own).await?);
            if A::folded(&view, &events).is_ok() || reads == MOST_READS {
                return Ok(Some((view, events)));
            }
            reads += 1;
        }
    }
}

fn mark<A: Chronicle>(id: &A::Id, at: Timestamp) -> Option<Mark> {
    Some(Mark {
        at,
        kind: A::NAME,
        id: id.to_string().parse().ok()?,
    })
}

fn any<Data: Serialize>(saga: SagaView<Data>) -> AnySaga {
    saga.map(|data| serde_json::to_value(data).unwrap_or(Value::Null))
}
