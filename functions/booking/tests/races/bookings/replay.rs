//! The order that won, as the table's stream tells it, run again with the rules: each change is what
//! a rule makes of the state before it.

use std::collections::BTreeMap;

use holdfast_booking_rules::booking::{BookingStatus, Leg, Snapshot};
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::transition::Transition;
use holdfast_core::ids::BookingId;

use super::rules::{self, Opening};
use super::stream::Written;

/// What the stream tells of a booking.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// A transaction: rows, and the event that tells it.
    Change(Box<Transition>),
    /// A try of a leg was counted.
    Attempt(Box<Leg>),
}

/// What came of a replay.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    /// How many changes there were, by the event.
    pub(crate) changes: BTreeMap<String, usize>,
    /// Those that were decided before a row was changed which they do not write.
    pub(crate) stale: Vec<String>,
    /// Whether it ever waited at the desk.
    pub(crate) attended: bool,
    /// The booking as it stands after the last change.
    pub(crate) end: Option<Snapshot>,
}

/// Puts the rows of a booking together to changes.
pub(crate) fn entries(id: &BookingId, rows: Vec<Written>) -> Vec<Entry> {
    let (mut entries, mut open) = (Vec::new(), Open::default());
    let mine = format!("BOOKING#{id}");
    for Written { sort, row, .. } in rows.into_iter().filter(|row| row.partition == mine) {
        match sort.split('#').next() {
            Some("BOOKING") => open.booking = Some(serde_json::from_value(row).unwrap()),
            Some("PAYMENT") => open.payment = Some(serde_json::from_value(row).unwrap()),
            Some("LEG") => {
                let leg: Leg = serde_json::from_value(row).unwrap();
                let known = open.versions.insert(leg.id.to_string(), leg.version);
                match known == Some(leg.version) {
                    true => entries.push(Entry::Attempt(Box::new(leg))),
                    false => open.legs.push(leg),
                }
            }
            Some("EVENT") => {
                let event = serde_json::from_value(row).unwrap();
                entries.push(Entry::Change(Box::new(open.close(event))));
            }
            Some("WATCH") => {}
            other => panic!("{other:?} is no row of a booking"),
        }
    }
    entries
}

/// A transaction of which not all rows have been seen.
#[derive(Default)]
struct Open {
    booking: Option<holdfast_booking_rules::booking::Booking>,
    payment: Option<holdfast_booking_rules::booking::Payment>,
    legs: Vec<Leg>,
    versions: BTreeMap<String, u32>,
}

impl Open {
    fn close(&mut self, event: Event) -> Transition {
        Transition {
            event,
            booking: self.booking.take(),
            legs: std::mem::take(&mut self.legs),
            payment: self.payment.take(),
        }
    }
}

/// Replays the order. The first disagreement with the rules is the error.
pub(crate) fn replay(entries: &[Entry], opening: &Opening) -> Result<Replayed, String> {
    let mut replayed = Replayed::default();
    let mut states: Vec<Snapshot> = Vec::new();
    for entry in entries {
        let now = match (entry, states.last()) {
            (Entry::Attempt(leg), Some(before)) => {
                let mut now = before.clone();
                put(&mut now.legs, leg);
                now
            }
            (Entry::Attempt(leg), None) => return Err(format!("{leg:?} before it was opened")),
            (Entry::Change(change), _) => {
                let stale = check(&states, change, opening)
                    .map_err(|problem| format!("{problem}\n{change:#?}\n{:#?}", states.last()))?;
                let name = format!("{:?}", change.event.name);
                replayed.stale.extend(stale.then(|| name.clone()));
                *replayed.changes.entry(name).or_default() += 1;
                after(states.last(), change)?
            }
        };
        replayed.attended |= now.booking.state.status == BookingStatus::NeedsAttention;
        states.push(now);
    }
    replayed.end = states.pop();
    Ok(replayed)
}

/// Checks one change; tells whether it was decided upon an older state of a row that it does not write.
fn check(states: &[Snapshot], change: &Transition, opening: &Opening) -> Result<bool, String> {
    let Some(before) = states.last() else {
        return rules::opens(change, opening).map(|()| false);
    };
    check_versions(before, change)?;
    let name = change.event.name;
    let Err(problem) = rules::explain(before, change) else {
        return Ok(false);
    };
    // The rows that a change writes are as they were decided upon. The others may have changed since.
    let older = states.iter().rev().skip(1);
    let mut views = older.map(|older| as_decided_upon(before, older, change));
    let is_explained = may_be_decided_late(name, change)
        && views.any(|view| rules::explain(&view, change).is_ok());
    match is_explained {
        true => Ok(true),
        false => Err(problem),
    }
}

/// Whether it does no harm that a row has changed which was read and not written: the end of an
/// execution finds work left that has been done since, and looks once more; an operator's word about
/// one part stands, whatever has become of the others.
fn may_be_decided_late(name: EventName, change: &Transition) -> bool {
    let booking = change.booking.as_ref();
    let status = booking.map(|booking| booking.state.status);
    match name {
        EventName::BookingClosed => status == Some(BookingStatus::NeedsAttention),
        EventName::DeskResolved => true,
        _ => false,
    }
}

fn as_decided_upon(before: &Snapshot, older: &Snapshot, change: &Transition) -> Snapshot {
    let mut view = older.clone();
    if change.booking.is_some() {
        view.booking.clone_from(&before.booking);
    }
    if change.payment.is_some() {
        view.payment.clone_from(&before.payment);
    }
    for leg in &change.legs {
        if let Some(known) = before.leg(&leg.id) {
            put(&mut view.legs, known);
        }
    }
    view
}

/// Every row is one version further, and its event tells the same of it as the row itself.
fn check_versions(before: &Snapshot, change: &Transition) -> Result<(), String> {
    let event = &change.event;
    let booking = change.booking.as_ref().map(|booking| {
        let told = event.booking.as_ref();
        booking.version == before.booking.version + 1
            && told.is_some_and(|told| {
                told.version == booking.version
                    && told.before.as_ref() == Some(&before.booking.state)
                    && told.after == booking.state
            })
    });
    let payment = change.payment.as_ref().map(|payment| {
        let told = event.payment.as_ref();
        payment.version == before.payment.version + 1
            && told.is_some_and(|told| {
                told.version == payment.version
                    && told.before.as_ref() == Some(&before.payment.state)
                    && told.after == payment.state
            })
    });
    let legs = change.legs.iter().map(|leg| {
        let known = before.leg(&leg.id);
        leg.version == known.map_or(0, |known| known.version) + 1
            && event.legs.get(&leg.id).is_some_and(|told| {
                told.version == leg.version
                    && told.before.as_ref() == known.map(|known| &known.state)
                    && told.after == leg.state
            })
    });
    let told = usize::from(event.booking.is_some()) + usize::from(event.payment.is_some());
    let rows: Vec<bool> = booking.into_iter().chain(payment).chain(legs).collect();
    if rows.len() == told + event.legs.len() && rows.iter().all(|row| *row) {
        return Ok(());
    }
    Err("the event does not tell what was written".to_owned())
}

fn after(before: Option<&Snapshot>, change: &Transition) -> Result<Snapshot, String> {
    let Some(before) = before else {
        return rules::opened(change);
    };
    let mut now = before.clone();
    if let Some(booking) = &change.booking {
        now.booking.clone_from(booking);
    }
    if let Some(payment) = &change.payment {
        now.payment.clone_from(payment);
    }
    for leg in &change.legs {
        put(&mut now.legs, leg);
    }
    Ok(now)
}

fn put(legs: &mut Vec<Leg>, leg: &Leg) {
    match legs.iter_mut().find(|known| known.id == leg.id) {
        Some(known) => known.clone_from(leg),
        None => legs.push(leg.clone()),
    }
    legs.sort_by(|a, b| (a.order, a.id.as_str()).cmp(&(b.order, b.id.as_str())));
}
