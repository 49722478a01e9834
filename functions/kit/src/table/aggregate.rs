//! The seam: what a service says of its aggregate, so that the rest of the kit can keep it.
//!
//! An aggregate is an empty type that stands for the service's table (`Bookings`). Its heads change
//! together and are read together; its parts are as many as it likes. Each of them is a row with a
//! version of its own. Its events are only added to.

use std::fmt::{Debug, Display};
use std::future::ready;
use std::str::FromStr;
use std::time::Duration;

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Meaning, Timer};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Table;
use super::besides::{Besides, Short};
use super::item::Item;
use crate::subject::Subject;
use crate::task_tokens::Word;

/// What a table keeps.
pub trait Aggregate: Subject + Copy + Debug + Eq + Send + Sync {
    /// The word for one of them: `booking`.
    const NAME: &'static str;
    /// What its partition keys begin with: `BOOKING#`.
    const PARTITION: &'static str;
    /// The sort keys of its heads. The first one is in the indexes.
    const HEADS: &'static [&'static str];
    /// What the sort keys of its parts begin with, where it has parts.
    const PARTS: Option<&'static str>;
    /// The sort key of the messages from outside that were received, and the beginning of their
    /// partition keys.
    const INBOX: &'static str = "INBOX";
    /// Whether every change writes a head. Then heads are read before parts, and a change that is
    /// decided upon what was read is only written where nothing has changed since.
    const IN_ONE_ORDER: bool = false;
    /// How long an event is kept.
    const KEPT: Duration;

    /// Its name.
    type Id: Clone + Debug + Display + Eq + FromStr + Serialize + DeserializeOwned + Send + Sync;
    /// All its rows together, as rules and steps know them.
    type View: View<Self> + Send;
    /// One of its rows.
    type Row: Row;
    /// A change as the rules decide it: rows, each one version further, and the event.
    type Transition;
    /// What tells a change.
    type Event: Serialize + DeserializeOwned + Send;

    /// The rows together; `None` where one is missing that must be there. Parts come in the order of
    /// their sort keys.
    fn assemble(rows: Vec<Self::Row>) -> Option<Self::View>;
    /// The rows that a change writes.
    fn rows(transition: &Self::Transition) -> Vec<Self::Row>;
    /// The event that tells a change.
    fn event(transition: &Self::Transition) -> &Self::Event;
    /// What else the change does in its transaction.
    fn besides(_: &Self::Transition) -> Besides {
        Besides::default()
    }
    /// What tells an event from all others.
    fn mark(event: &Self::Event) -> Mark<Self>;
}

/// What tells an event from all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark<A: Aggregate> {
    /// Whose event it is.
    pub id: A::Id,
    /// When it happened.
    pub at: Timestamp,
    /// Tells it from the others of the same aggregate: the version that it made of a row.
    pub unique: String,
}

/// One row of an aggregate, at one version.
pub trait Row: Clone + Debug + Send + Sync + Sized + 'static {
    /// Its sort key.
    fn sort(&self) -> String;
    /// Its version; 1 for a new one.
    fn version(&self) -> u32;
    /// Its attributes without its key: the record, what it is indexed by, its time to live. `at` is
    /// when it is written.
    ///
    /// # Errors
    /// When the record is none that DynamoDB can hold.
    fn to_item(&self, at: Timestamp) -> Result<Item, serde_dynamo::Error>;
    /// The row of an item with this sort key.
    ///
    /// # Errors
    /// When the item holds something else.
    fn from_item(sort: &str, item: Item) -> Result<Self, serde_dynamo::Error>;
    /// The attributes that may differ between a change and its replay.
    fn bookkeeping(&self) -> &'static [&'static str];
}

/// What can be decided upon: a whole aggregate, or one of its rows.
pub trait View<A: Aggregate>: Sized + Send {
    /// Takes over rows that are newer, as far as they are a part of it.
    fn absorb(&mut self, rows: Vec<A::Row>);
    /// Catches up with whoever was first; these rows are not what was decided upon.
    fn catch_up(
        mut self,
        _: &Table<A>,
        rows: Vec<A::Row>,
    ) -> impl Future<Output = Result<Self, Failure>> + Send {
        self.absorb(rows);
        ready(Ok(self))
    }
    /// Learns which tallies did not have what was to be drawn from them.
    fn fall_short(&mut self, _: Vec<Short>) {}
}

/// A saga: an aggregate that must come to an end by a deadline.
pub trait Saga: Aggregate {
    /// How far it has come.
    type Status: Copy + Send + Sync;
    /// Where it may be when its execution is lost. The sweep looks at these.
    const RUNNING: &'static [Self::Status];

    /// The word for a status in the index `unfinished`.
    fn word(status: Self::Status) -> &'static str;
    /// Its deadline.
    fn timer(view: &Self::View) -> &Timer;
    /// The trace that it follows.
    fn trace_id(view: &Self::View) -> &str;
    /// The execution that drives it.
    fn execution(view: &Self::View) -> &str;

    /// What a wake-up for the deadline of this generation means.
    fn meaning(view: &Self::View, generation: u32) -> Meaning;
    /// What such a wake-up changes: it fires the timer, or frees it from a pause that is over. `None`
    /// where there is nothing to change.
    fn wake(view: &Self::View, generation: u32, stamp: Stamp<'_>) -> Option<Self::Transition>;
    /// The task token of an execution that waits though it need not any more, and what it is told;
    /// `None` where none waits, or there is nothing to tell it.
    fn told(view: &Self::View) -> Option<(&str, Word)>;

    /// Where it waits for a person. The sweep reminds of these.
    const WAITING: &'static [Self::Status] = &[];
    /// The message that has a piece of what waits done.
    type Errand: Serialize + Send;
    /// What is to be done about a saga that waits and that nobody has tried of late; `None` where
    /// there is no need.
    fn remind(view: &Self::View, now: Timestamp) -> Option<Reminder<Self::Errand>>;
}

/// What waits for a person, and of which the messages may be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder<E> {
    /// A message for each piece of it.
    pub errands: Vec<E>,
    /// How long it takes at least until the next reminder.
    pub pause: Duration,
}
