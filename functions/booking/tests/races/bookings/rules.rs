//! The rule behind each event, asked again upon the state before it.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{Leg, Snapshot, Waiting};
use holdfast_booking_rules::cancelling::{self, MoneyBack, Wish};
use holdfast_booking_rules::command::{self, Command};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::leg::{self, Held, Of, Outcome};
use holdfast_booking_rules::opening::{self, Execution};
use holdfast_booking_rules::paying::{self, Attempt};
use holdfast_booking_rules::request::{BookingRequest, LegRequest, PaymentRequest};
use holdfast_booking_rules::spec::Spec;
use holdfast_booking_rules::transition::Transition;
use holdfast_booking_rules::unwinding::{self, Work};
use holdfast_booking_rules::waiting::{self, Listener, Since};
use holdfast_booking_rules::{closing, deciding, desk, settling, withdrawing};
use holdfast_core::cause::Cause;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::fault::Script;
use holdfast_core::payment::Method;
use serde_json::{Value, json};

use super::fences::check_fences;
use crate::support::{LEASE, MARGIN, PENDING, TOKEN};

/// What a booking was opened with.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) name: String,
    pub(crate) execution: String,
    pub(crate) input: Value,
}

type Decision = Result<Option<Transition>, Failure>;

/// The booking that a change opens.
pub(crate) fn opened(change: &Transition) -> Result<Snapshot, String> {
    match (&change.booking, &change.payment) {
        (Some(booking), Some(payment)) => Ok(Snapshot {
            booking: booking.clone(),
            legs: change.legs.clone(),
            payment: payment.clone(),
        }),
        _ => Err("a history does not begin like this".to_owned()),
    }
}

/// Whether a change is the opening of the booking that was asked for.
pub(crate) fn opens(change: &Transition, asked: &Opening) -> Result<(), String> {
    let request = BookingRequest::read(&asked.input, change.event.at);
    let request = request.map_err(|failure| failure.to_string())?;
    let execution = Execution {
        name: &asked.name,
        arn: &asked.execution,
        definition: "test",
    };
    let new = opening::open(execution, &request, change.event.at);
    let new = new.map_err(|failure| failure.to_string())?;
    agree(change, vec![Ok(Some(Transition::opening(&new, "open")))])
}

/// Whether a rule makes just this change of the state before it.
pub(crate) fn explain(before: &Snapshot, change: &Transition) -> Result<(), String> {
    check_fences(before, change)?;
    agree(change, decisions(before, change))
}

fn agree(change: &Transition, decisions: Vec<Decision>) -> Result<(), String> {
    let is_it = |decision: &Decision| match decision {
        Ok(Some(decided)) => is_same(decided, change),
        _ => false,
    };
    if decisions.iter().any(is_it) {
        return Ok(());
    }
    let name = change.event.name;
    Err(format!(
        "{name:?} is not what the rules make of it: {decisions:#?}"
    ))
}

/// The same event and the same rows. How often a leg was tried is no part of a change.
fn is_same(decided: &Transition, change: &Transition) -> bool {
    let plain = |legs: &[Leg]| -> Vec<Leg> {
        let legs = legs.iter().cloned();
        legs.map(|leg| Leg {
            attempts: 0,
            last_error: None,
            ..leg
        })
        .collect()
    };
    decided.event == change.event
        && decided.booking == change.booking
        && decided.payment == change.payment
        && plain(&decided.legs) == plain(&change.legs)
}

pub(crate) fn stamp(change: &Transition) -> Stamp<'_> {
    Stamp {
        actor: &change.event.actor,
        at: change.event.at,
    }
}

/// What the rules behind an event make of a state, with the parameters that only what was written can
/// tell.
fn decisions(before: &Snapshot, change: &Transition) -> Vec<Decision> {
    let (event, stamp) = (&change.event, stamp(change));
    let note = event.note.as_deref().unwrap_or_default();
    let attempt = before.payment.state.attempts;
    let paid = change.payment.as_ref();
    let reference = paid.and_then(|paid| paid.state.reference.as_deref());
    match event.name {
        EventName::BookingOpened => vec![],
        EventName::LegHeld
        | EventName::LegRefused
        | EventName::LegConfirmed
        | EventName::LegUnknown
        | EventName::LegReleased
        | EventName::LegReleaseFailed
        | EventName::LegGivenUp => of_a_leg(before, change),
        EventName::PaymentStarted => {
            let (number, method, simulate) = begun(change);
            vec![begin(before, (number, method), &simulate, stamp)]
        }
        EventName::PaymentPending => vec![Ok(deciding::pending(
            before, attempt, reference, PENDING, stamp,
        ))],
        EventName::PaymentAuthorized => vec![Ok(paying::authorized(
            before, attempt, reference, LEASE, stamp,
        ))],
        EventName::PaymentDeclined => vec![Ok(paying::declined(before, attempt, note, stamp))],
        EventName::PaymentWithdrawn => {
            vec![Ok(withdrawing::withdrawn(before, attempt, stamp))]
        }
        EventName::PaymentUnknown => {
            let asked_upon = before.payment.version;
            vec![Ok(paying::unclear(before, asked_upon, note, stamp))]
        }
        EventName::PaymentCaptured | EventName::Booked => {
            vec![Ok(settling::captured(before, reference, stamp))]
        }
        EventName::PaymentVoided => vec![Ok(settling::given_back(before, Action::Void, stamp))],
        EventName::PaymentRefunded => vec![
            Ok(settling::given_back(before, Action::Refund, stamp)),
            Ok(refunded(before, stamp)),
        ],
        EventName::CancellationStarted => vec![cancels(before, change, stamp)],
        EventName::PaymentReleaseFailed => {
            vec![Ok(desk::payment_handed_over(before, note, stamp))]
        }
        EventName::CaptureOwed => vec![Ok(desk::capture_handed_over(before, note, stamp))],
        EventName::Committed => vec![settling::commit(before, stamp)],
        EventName::AwaitingPayment | EventName::TimerTightened => vec![waits(before, change)],
        EventName::CommandTaken => vec![takes(before, change, note)],
        EventName::TimerFired | EventName::TimerResumed => freed(before, change),
        EventName::LeaseRenewed => vec![renews(before, change)],
        EventName::TakenUp => {
            let by = change
                .booking
                .as_ref()
                .map(|booking| booking.execution.as_str());
            vec![Ok(opening::take_up(before, by.unwrap_or_default(), stamp))]
        }
        EventName::UnwindingStarted => turned_back(before, change, note),
        EventName::BookingClosed | EventName::CancellationDone => vec![
            Ok(closing::close(before, cancelling::under_way(before), stamp)),
            Ok(closing::conclude(before, stamp)),
        ],
        EventName::DeskRedriven => {
            let work = waits_about(before, &event.about);
            vec![Ok(desk::set_about(before, &work, note, stamp))]
        }
        EventName::DeskTryFailed => {
            let work = waits_about(before, &event.about);
            vec![Ok(desk::try_failed(before, &work, note, stamp))]
        }
        EventName::DeskResolved => resolved(before, change, note),
        EventName::DeskAbandoned => vec![desk::check_waits(before).map(|()| {
            let after = desk::abandoned(before, note);
            desk::decided(before, &after, event.name, note, stamp)
        })],
    }
}

fn waits_about(before: &Snapshot, parts: &[String]) -> Vec<Work> {
    let mut work = desk::waiting_work(before);
    work.retain(|work| parts.contains(&work.leg));
    work
}

fn refunded(before: &Snapshot, stamp: Stamp<'_>) -> Option<Transition> {
    match cancelling::money_back(before)? {
        MoneyBack::Part { number, sum } => cancelling::refunded(before, number, sum, stamp),
        MoneyBack::Reservation => None,
    }
}

fn cancels(before: &Snapshot, change: &Transition, stamp: Stamp<'_>) -> Decision {
    let booking = change.booking.as_ref();
    let begun = booking.and_then(|booking| booking.state.cancellation.as_ref());
    let wish = Wish {
        legs: begun.map(|begun| begun.legs.clone()),
        refund: begun.and_then(|begun| begun.refund.clone()),
    };
    cancelling::begin(before, &wish, stamp)
}

fn of_a_leg(before: &Snapshot, change: &Transition) -> Vec<Decision> {
    let (event, stamp) = (&change.event, stamp(change));
    let [written] = &change.legs[..] else {
        return vec![];
    };
    let Some(leg) = before.leg(&written.id) else {
        return vec![];
    };
    let of = Of {
        why: event.note.as_deref(),
        booking: &event.booking_id,
        trace_id: &event.trace_id,
    };
    let why = written.last_error.clone().unwrap_or_default();
    let record = |outcome: Outcome| leg::record(leg, &outcome, of, stamp);
    match event.name {
        EventName::LegHeld => vec![record(Outcome::Held(Held {
            reference: written.state.reference.clone(),
            price: written.state.price.clone(),
            refund: written.state.refund.clone(),
            expires: written.state.hold_expires,
        }))],
        EventName::LegRefused => vec![record(Outcome::HoldRefused(why))],
        EventName::LegConfirmed => vec![record(Outcome::Done(Action::Confirm))],
        EventName::LegReleased => {
            // What went wrong last is kept beside the state, and no event tells it.
            let told = Leg {
                last_error: written.last_error.clone(),
                ..leg.clone()
            };
            let released = Outcome::Done(Action::Release);
            vec![leg::record(&told, &released, of, stamp)]
        }
        EventName::LegReleaseFailed => {
            let why = event.note.as_deref().unwrap_or_default();
            vec![Ok(desk::leg_handed_over(leg, of, why, stamp))]
        }
        EventName::LegGivenUp => vec![leg::leave(before, &written.id, stamp)],
        _ => Action::OF_A_LEG
            .iter()
            .map(|action| record(Outcome::Unclear(*action, why.clone())))
            .collect(),
    }
}

fn begun(change: &Transition) -> (u32, Method, Script<Action>) {
    let paid = change.payment.as_ref();
    paid.map_or_else(Default::default, |paid| {
        let state = &paid.state;
        (state.attempts, state.method, paid.simulate.clone())
    })
}

fn begin(
    before: &Snapshot,
    (number, method): (u32, Method),
    simulate: &Script<Action>,
    stamp: Stamp<'_>,
) -> Decision {
    let attempt = Attempt {
        number,
        method,
        amount: None,
        lease: LEASE,
        simulate,
    };
    paying::begin(before, attempt, stamp)
}

/// How the execution is reached that waits since this change.
fn listener(change: &Transition) -> Option<(&Waiting, Listener<'_>)> {
    let waiting = change.booking.as_ref()?.waiting.as_ref()?;
    let listener = Listener {
        handle: &waiting.handle,
        since: waiting.since,
    };
    Some((waiting, listener))
}

fn waits(before: &Snapshot, change: &Transition) -> Decision {
    let Some((_, listener)) = listener(change) else {
        return Ok(None);
    };
    waiting::wait(before, listener, MARGIN, stamp(change))
}

fn renews(before: &Snapshot, change: &Transition) -> Decision {
    let Some((waiting, listener)) = listener(change) else {
        return Ok(None);
    };
    let attempt = waiting.decision.unwrap_or_default();
    deciding::wait(before, attempt, listener, LEASE, stamp(change))
}

fn takes(before: &Snapshot, change: &Transition, note: &str) -> Decision {
    let command = match note.split_once(' ') {
        None if note == "cancel" => Command::Cancel,
        None => Command::Pay(PaymentRequest::read(&json!({"token": TOKEN}))?),
        Some(("drop_leg", id)) => Command::DropLeg(id.parse().unwrap()),
        Some(_) => Command::AddLeg(Box::new(added(change)?)),
    };
    command::take(before, &command, stamp(change))
}

fn added(change: &Transition) -> Result<LegRequest, Failure> {
    let leg = change.legs.first();
    let leg = leg.ok_or_else(|| Failure::invalid("leg", "no leg was added"))?;
    let spec = Spec::read(leg.kind, &leg.spec);
    Ok(LegRequest {
        id: leg.id.clone(),
        offer: leg.offer.clone(),
        spec: spec.map_err(|flaw| Failure::invalid(flaw.field, flaw.problem))?,
        simulate: leg.simulate.clone(),
    })
}

/// Time has won, or a pause is over: a wake-up found it, or a payment, or an execution that waits.
fn freed(before: &Snapshot, change: &Transition) -> Vec<Decision> {
    let (booking, stamp) = (&before.booking, stamp(change));
    let anybody = Listener {
        handle: "",
        since: Since::default(),
    };
    let next = before.payment.state.attempts + 1;
    match change.event.actor.as_str() {
        "timer" => vec![Ok(waiting::wake(
            before,
            booking.state.timer.generation,
            stamp,
        ))],
        "payment" => vec![
            begin(before, (next, Method::default()), &Script::default(), stamp),
            Ok(paying::end_pause(before, booking.version, stamp)),
        ],
        _ => vec![waiting::wait(before, anybody, MARGIN, stamp)],
    }
}

/// The note is all that is left of the cause: a step and the name of a failure, or either.
fn turned_back(before: &Snapshot, change: &Transition, note: &str) -> Vec<Decision> {
    let parts: Vec<_> = note.splitn(3, ": ").collect();
    let cause = |step: &str, error: &str, message: &str| Cause {
        step: step.to_owned(),
        error: error.to_owned(),
        message: message.to_owned(),
    };
    let two = note.split_once(": ");
    let mut causes = vec![Cause::default(), cause("", note, "")];
    if let Some((first, rest)) = two {
        causes.extend([cause(first, rest, ""), cause("", first, rest)]);
    }
    if let [step, error, message] = parts[..] {
        causes.push(cause(step, error, message));
    }
    let turned = causes.iter();
    let turned = turned.map(|cause| Ok(unwinding::turn_back(before, cause, stamp(change))));
    let given_up = Ok(settling::give_up(before, note, stamp(change)));
    turned.chain([given_up]).collect()
}

/// An operator says that some of what waits was done: all of it, or one part.
fn resolved(before: &Snapshot, change: &Transition, note: &str) -> Vec<Decision> {
    let waits = desk::waiting_work(before);
    let part = |part: &str| -> Vec<Work> {
        let of_it = waits.iter().filter(|work| work.leg == part);
        of_it.cloned().collect()
    };
    let parts = waits.iter().map(|work| part(&work.leg));
    let resolved = parts.chain([waits.clone()]).map(|work| {
        desk::check_waits(before)?;
        let after = desk::done_by_hand(before, &work);
        let (name, stamp) = (change.event.name, stamp(change));
        Ok(desk::decided(before, &after, name, note, stamp))
    });
    resolved.collect()
}
