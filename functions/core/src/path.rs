//! The path of an execution through its state machine: the states that it entered, in order, as its
//! history tells them.
//!
//! Each event of a history names the event that led to it. So the state that an event is about is found
//! where branches of a `Map` or a `Parallel` run side by side, and states have the same name.

use std::collections::HashMap;

use serde::Serialize;

use crate::time::Timestamp;

/// An execution, and the states that it entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutionPath {
    /// Its name.
    pub name: String,
    /// How it stands, in Step Functions' words: `running`, `succeeded`, `failed`, `timed_out`, `aborted`.
    pub status: String,
    /// When it was started.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub started: Timestamp,
    /// When it ended.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub ended: Option<Timestamp>,
    /// The states, in the order in which it entered them.
    pub states: Vec<Visit>,
    /// Whether that is all of them: of a long history the beginning is read.
    pub is_complete: bool,
}

/// A state that was entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Visit {
    /// Its name.
    pub name: String,
    /// When it was entered.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub entered: Timestamp,
    /// When it was left, or the execution ended in it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub left: Option<Timestamp>,
    /// The `Map` or `Parallel` that it is a part of.
    pub within: Option<String>,
    /// Whether it failed in the end. Left out where it did not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// An event of an execution's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its number.
    pub id: i64,
    /// The number of the event that led to it.
    pub after: i64,
    /// When.
    pub at: Timestamp,
    /// What it tells.
    pub what: What,
}

/// What an event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A state was entered.
    Entered {
        /// Its name.
        name: String,
        /// What sort of state it is.
        sort: Sort,
    },
    /// The state of this name was left, and with it all that is within.
    Exited(String),
    /// A try of a state's task went well.
    Done,
    /// A try of a state's task failed.
    Failed,
    /// A `Map` begins with one of its items.
    Iterated,
    /// A `Map` or a `Parallel` failed as a whole.
    WholeFailed,
    /// The execution ended.
    Ended,
    /// Something else.
    Other,
}

/// What sort of state one is, as far as its path is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// `Map` or `Parallel`: it has states within.
    Whole,
    /// `Fail`: it is never left, for what is around it fails.
    Fail,
    /// Any other.
    Single,
}

/// The states that were entered, in order.
pub fn visits(history: &[Told]) -> Vec<Visit> {
    let mut walk = Walk::default();
    for told in history {
        let place = walk.go(told);
        walk.places.insert(told.id, place);
    }
    walk.visits
}

/// The number of a visit.
type Number = usize;

#[derive(Default)]
struct Walk {
    visits: Vec<Visit>,
    /// What is around each visit, and whether it has states within itself.
    around: Vec<(Option<Number>, Sort)>,
    /// Where the execution was after each event: the innermost state.
    places: HashMap<i64, Option<Number>>,
}

impl Walk {
    /// Where the execution is after an event.
    fn go(&mut self, told: &Told) -> Option<Number> {
        let place = self.places.get(&told.after).copied().flatten();
        match &told.what {
            What::Entered { name, sort } => self.enter(place, name, *sort, told.at),
            What::Exited(name) => self.leave(place, name, told.at),
            What::Done => self.mark(place, false),
            What::Failed => self.mark(place, true),
            What::Iterated => self.whole(place),
            What::WholeFailed => self.mark(self.whole(place), true),
            What::Ended => {
                self.leave_all(|_| true, told.at);
                None
            }
            What::Other => place,
        }
    }

    fn enter(
        &mut self,
        place: Option<Number>,
        name: &str,
        sort: Sort,
        at: Timestamp,
    ) -> Option<Number> {
        let is_end = sort == Sort::Fail;
        let around = place.and_then(|place| self.visits.get(place));
        self.visits.push(Visit {
            name: name.to_owned(),
            entered: at,
            left: is_end.then_some(at),
            within: around.map(|around| around.name.clone()),
            failed: is_end,
        });
        self.around.push((place, sort));
        match is_end {
            true => place,
            false => Some(self.visits.len() - 1),
        }
    }

    fn leave(&mut self, place: Option<Number>, name: &str, at: Timestamp) -> Option<Number> {
        let is_named = |number: &Number| self.visits[*number].name == name;
        let Some(left) = self.outward(place).find(is_named) else {
            return place;
        };
        let is_within: Vec<_> = (0..self.visits.len())
            .map(|number| self.outward(Some(number)).any(|around| around == left))
            .collect();
        self.leave_all(|number| is_within[number], at);
        self.around[left].0
    }

    fn leave_all(&mut self, is_left: impl Fn(Number) -> bool, at: Timestamp) {
        let open = self.visits.iter_mut().enumerate();
        let open = open.filter(|(number, visit)| visit.left.is_none() && is_left(*number));
        open.for_each(|(_, visit)| visit.left = Some(at));
    }

    fn mark(&mut self, place: Option<Number>, failed: bool) -> Option<Number> {
        if let Some(visit) = place.and_then(|place| self.visits.get_mut(place)) {
            visit.failed = failed;
        }
        place
    }

    /// The innermost `Map` or `Parallel` around a place.
    fn whole(&self, place: Option<Number>) -> Option<Number> {
        let is_whole = |number: &Number| self.around[*number].1 == Sort::Whole;
        self.outward(place).find(is_whole)
    }

    /// A visit and all that is around it, from the innermost outward.
    fn outward(&self, from: Option<Number>) -> impl Iterator<Item = Number> {
        std::iter::successors(from, |number| self.around[*number].0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(name: &str, sort: Sort) -> What {
        let name = name.to_owned();
        What::Entered { name, sort }
    }

    fn exited(name: &str) -> What {
        What::Exited(name.to_owned())
    }

    /// Events with the numbers of those that led to them; each is a second after the one before it.
    fn history(events: impl IntoIterator<Item = (i64, What)>) -> Vec<Told> {
        let told = |(id, (after, what))| Told {
            id,
            after,
            at: Timestamp::from_millis(id * 1_000),
            what,
        };
        (1..).zip(events).map(told).collect()
    }

    /// A visit: its name, what is around it, when it was entered and left, whether it failed.
    type Seen = (String, Option<String>, i64, Option<i64>, bool);

    fn told(events: impl IntoIterator<Item = (i64, What)>) -> Vec<Seen> {
        let visits = visits(&history(events)).into_iter();
        let told = visits.map(|visit| {
            let left = visit.left.map(Timestamp::as_seconds);
            let entered = visit.entered.as_seconds();
            (visit.name, visit.within, entered, left, visit.failed)
        });
        told.collect()
    }

    fn visit(name: &str, within: &str, entered: i64, left: Option<i64>, failed: bool) -> Seen {
        let within = (!within.is_empty()).then(|| within.to_owned());
        (name.to_owned(), within, entered, left, failed)
    }

    #[test]
    fn a_state_is_left_or_the_execution_is_in_it() {
        let events = [
            (0, What::Other),
            (0, entered("Open", Sort::Single)),
            (2, What::Done),
            (3, exited("Open")),
            (4, entered("Wait", Sort::Single)),
        ];
        let open = visit("Open", "", 2, Some(4), false);
        let waits = visit("Wait", "", 5, None, false);
        assert_eq!(told(events.clone()), [open.clone(), waits]);
        let stopped = events.into_iter().chain([(5, What::Ended)]);
        assert_eq!(told(stopped), [open, visit("Wait", "", 5, Some(6), false)]);
    }

    #[test]
    fn branches_side_by_side_are_told_apart_by_what_led_to_their_events() {
        let events = [
            (0, entered("Hold legs", Sort::Whole)),
            (1, What::Iterated),
            (2, entered("Hold", Sort::Single)),
            (1, What::Iterated),
            (4, entered("Hold", Sort::Single)),
            (3, What::Failed),
            (5, What::Done),
            (7, exited("Hold")),
            (6, What::Done),
            (9, exited("Hold")),
            (10, exited("Hold legs")),
            (11, entered("Ready?", Sort::Single)),
        ];
        let expected = [
            visit("Hold legs", "", 1, Some(11), false),
            visit("Hold", "Hold legs", 3, Some(10), false),
            visit("Hold", "Hold legs", 5, Some(8), false),
            visit("Ready?", "", 12, None, false),
        ];
        assert_eq!(told(events), expected);
    }

    #[test]
    fn a_map_that_fails_takes_all_its_branches_along() {
        let events = [
            (0, entered("Confirm legs", Sort::Whole)),
            (1, What::Iterated),
            (2, entered("Confirm", Sort::Single)),
            (1, What::Iterated),
            (4, entered("Confirm", Sort::Single)),
            (3, What::Failed),
            (6, exited("Confirm")),
            (7, entered("Not confirmed", Sort::Fail)),
            (8, What::WholeFailed),
            (9, exited("Confirm legs")),
            (10, entered("Begin unwinding", Sort::Single)),
        ];
        let expected = [
            visit("Confirm legs", "", 1, Some(10), true),
            visit("Confirm", "Confirm legs", 3, Some(7), true),
            visit("Confirm", "Confirm legs", 5, Some(10), false),
            visit("Not confirmed", "Confirm legs", 8, Some(8), true),
            visit("Begin unwinding", "", 11, None, false),
        ];
        assert_eq!(told(events), expected);
    }

    #[test]
    fn items_one_after_another_are_all_within_their_map() {
        let events = [
            (0, entered("Unwind", Sort::Whole)),
            (1, What::Iterated),
            (2, entered("Undo", Sort::Single)),
            (3, exited("Undo")),
            (4, What::Iterated),
            (5, entered("Undo", Sort::Single)),
            (6, exited("Undo")),
            (7, exited("Unwind")),
        ];
        let within = told(events).into_iter().map(|(_, within, ..)| within);
        let around = Some("Unwind".to_owned());
        assert_eq!(within.collect::<Vec<_>>(), [None, around.clone(), around]);
    }
}
