//! An order as it is stored, without what the rules do not look at: a few bytes instead of texts,
//! prices and versions. It is turned into a real [`Snapshot`] for each decision and back again.
//!
//! Versions are left out. A process keeps, beside what it has read, which of the rows have been written
//! since ([`Rows`]): comparing versions means just that.

use std::hash::{Hash, Hasher};
use std::sync::LazyLock;
use std::time::Duration;

use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, State, Timer};
use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::asking::{Since, Waiting};
use holdfast_order_rules::order::{Ending, OrderStatus, Progress, Snapshot};
use holdfast_order_rules::placing::{Execution, place};
use holdfast_order_rules::request::OrderRequest;
use holdfast_order_rules::transition::Transition;
use serde_json::json;

/// One moment lasts this long. The deadline comes after one.
pub(crate) const MOMENT: Duration = Duration::from_secs(10);
pub(crate) const DEADLINE: u8 = 1;

/// An order as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    pub(crate) head: Head,
    /// How its steps stand: for each, its place among all that there are, in three bits.
    steps: u32,
}

/// The head of an order as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: OrderStatus,
    pub(crate) timer: Clock,
    pub(crate) ending: Option<Ending>,
    reason: Reason,
    pub(crate) execution: u8,
    pub(crate) waiting: Option<Waits>,
}

// In one piece: most of the time of a check goes into hashing.
impl Hash for Head {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let waits = self.waiting.map_or(0, |waits| {
            let token = waits.token;
            let token = u64::from(token.entered) << 8 | u64::from(token.retry);
            token << 8 | (waits.action as u64 + 1)
        });
        let ending = self.ending.map_or(0, |ending| ending as u64 + 1);
        let state = (self.status as u64) << 8 | (self.timer as u64) << 4 | ending << 2;
        let state = state | self.reason as u64;
        hasher.write_u64(waits << 24 | u64::from(self.execution) << 16 | state);
    }
}

/// The state of the timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Clock {
    Running,
    Fired,
    Committed,
    Released,
}

/// Why an order is not completed. Only one reason is ever compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reason {
    None,
    Given,
    Owed,
}

/// What is said where only the capture is owed.
pub(crate) const OWED: &str = "owed";

/// The execution that waits, by its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Waits {
    pub(crate) action: Action,
    pub(crate) token: Token,
}

/// A task token: how often executions have come to wait, and how often that was tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Token {
    pub(crate) entered: u8,
    pub(crate) retry: u8,
}

impl Token {
    /// As a text: the handle.
    pub(crate) fn handle(self) -> String {
        format!("{}.{}", self.entered, self.retry)
    }

    pub(crate) fn since(self) -> Since {
        Since {
            entered: Some(timestamp(self.entered)),
            retry: Some(u32::from(self.retry)),
        }
    }

    fn of(handle: &str) -> Self {
        let (entered, retry) = handle.split_once('.').unwrap();
        Self {
            entered: entered.parse().unwrap(),
            retry: retry.parse().unwrap(),
        }
    }
}

/// Some of the rows of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Rows(u8);

impl Rows {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const HEAD: Self = Self(1);
    pub(crate) const ALL: Self = Self(u8::MAX);

    pub(crate) fn step(name: StepName) -> Self {
        Self(2 << name.place())
    }

    /// The rows that a change writes: the head, always.
    pub(crate) fn of(change: &Transition) -> Self {
        let steps = change.steps.iter().map(|step| Self::step(step.name));
        steps.fold(Self::HEAD, Self::and)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

pub(crate) fn timestamp(moment: u8) -> Timestamp {
    Timestamp::from_millis(0) + MOMENT * u32::from(moment)
}

impl Clock {
    fn of(state: State) -> Self {
        match state {
            State::Running | State::Paused { .. } => Self::Running,
            State::Fired => Self::Fired,
            State::Cancelled {
                by: Cancellation::Committed,
            } => Self::Committed,
            State::Cancelled {
                by: Cancellation::Released,
            } => Self::Released,
        }
    }

    fn state(self) -> State {
        let cancelled = |by| State::Cancelled { by };
        match self {
            Self::Running => State::Running,
            Self::Fired => State::Fired,
            Self::Committed => cancelled(Cancellation::Committed),
            Self::Released => cancelled(Cancellation::Released),
        }
    }
}

impl Reason {
    fn of(text: Option<&str>) -> Self {
        match text {
            None => Self::None,
            Some(OWED) => Self::Owed,
            Some(_) => Self::Given,
        }
    }

    fn text(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Given => Some("given".to_owned()),
            Self::Owed => Some(OWED.to_owned()),
        }
    }
}

/// An order as the rules place it.
static PLACED: LazyLock<Snapshot> = LazyLock::new(|| {
    let request = json!({
        "customer": {"id": "y", "email": "y@example.com"},
        "items": [{"sku": "MUG-001", "quantity": 1}],
        "deliver_to": {"name": "Y", "postcode": "01310-100", "city": "Z", "country": "BR"},
        "payment": {"token": "t"},
    });
    let execution = Execution {
        name: "x",
        arn: "0",
        definition: "",
    };
    let asked = OrderRequest::read(&request).unwrap();
    let lifetime = MOMENT * u32::from(DEADLINE);
    place(execution, &asked, lifetime, timestamp(0)).unwrap()
});

impl Record {
    /// What a process has read that has read nothing, or needs it no more.
    pub(crate) const BLANK: Self = Self {
        head: Head {
            status: OrderStatus::Pending,
            timer: Clock::Running,
            ending: None,
            reason: Reason::None,
            execution: 0,
            waiting: None,
        },
        steps: 0,
    };

    /// An order of which the steps before this are done.
    pub(crate) fn before(next: StepName, status: OrderStatus) -> Self {
        let mut record = Self::BLANK;
        record.head.status = status;
        let done = StepName::ALL.iter().take_while(|step| **step < next);
        for step in done {
            record.set(*step, Progress::SUCCESS);
        }
        record
    }

    pub(crate) fn step(&self, name: StepName) -> Progress {
        let place = self.steps >> (3 * name.place()) & 7;
        Progress::ALL[usize::try_from(place).unwrap()]
    }

    fn set(&mut self, name: StepName, progress: Progress) {
        let place = Progress::ALL.iter().position(|known| *known == progress);
        let place = u32::try_from(place.unwrap()).unwrap();
        self.steps = self.steps & !mask(name) | place << (3 * name.place());
    }

    /// The whole order, as the rules want it.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut snapshot = PLACED.clone();
        let (order, head) = (&mut snapshot.order, &self.head);
        order.state.status = head.status;
        order.state.timer = Timer {
            state: head.timer.state(),
            ..order.state.timer
        };
        order.state.ending = head.ending;
        order.state.reason = head.reason.text();
        order.execution = head.execution.to_string();
        order.waiting = head.waiting.map(|waits| Waiting {
            handle: waits.token.handle(),
            action: waits.action,
            since: waits.token.since(),
        });
        for step in &mut snapshot.steps {
            let progress = self.step(step.name);
            step.state.progress = progress;
            // However often a step is tried, it is counted once.
            step.state.attempts = u32::from(progress != Progress::PENDING);
        }
        snapshot
    }

    /// This order after a change.
    pub(crate) fn after(mut self, change: &Transition) -> Self {
        let (order, state) = (&change.order, &change.order.state);
        let waits = order.waiting.as_ref().map(|waiting| Waits {
            action: waiting.action,
            token: Token::of(&waiting.handle),
        });
        self.head = Head {
            status: state.status,
            timer: Clock::of(state.timer.state),
            ending: state.ending,
            reason: Reason::of(state.reason.as_deref()),
            execution: order.execution.parse().unwrap(),
            waiting: waits,
        };
        for step in &change.steps {
            self.set(step.name, step.state.progress);
        }
        self
    }

    /// Takes over these rows from another reading.
    pub(crate) fn absorb(&mut self, rows: Rows, from: &Self) {
        if rows.has(Rows::HEAD) {
            self.head = from.head;
        }
        let steps = StepName::ALL.iter();
        let steps = steps.filter(|step| rows.has(Rows::step(**step)));
        let mask = steps.fold(0, |all, step| all | mask(*step));
        self.steps = self.steps & !mask | from.steps & mask;
    }

    /// The same, without what its head says but whether its time runs.
    pub(crate) fn without_head(mut self) -> Self {
        let timer = self.head.timer;
        self.head = Head {
            timer,
            ..Self::BLANK.head
        };
        self
    }

    /// Only these rows of it.
    pub(crate) fn only(&self, rows: Rows) -> Self {
        let mut only = Self::BLANK;
        only.absorb(rows, self);
        only
    }
}

/// The bits of a step.
fn mask(name: StepName) -> u32 {
    7 << (3 * name.place())
}
