//! What the actors ask the rules: each question is put to the very functions of the rules, by way of
//! a real snapshot. `answers` keeps what they say.

use crate::record::{ADDED, Said, Token};
use crate::snapshot::{MOMENT, OWED, leg_id, money, timestamp};
use crate::words::{Change, Plan, Question};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::action::Script;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::cancelling::{self, Wish};
use holdfast_booking_rules::command::{self, Command};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::leg::{self, Of};
use holdfast_booking_rules::paying::{self, Attempt};
use holdfast_booking_rules::request::{LegRequest, PaymentRequest};
use holdfast_booking_rules::transition::Transition;
use holdfast_booking_rules::unwinding::Work;
use holdfast_booking_rules::waiting::{self, Listener};
use holdfast_booking_rules::{closing, deciding, desk, opening, settling, unwinding, withdrawing};
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::payment::Method;
use holdfast_core::time::Timestamp;
use serde_json::json;
use std::sync::OnceLock;
use std::time::Duration;

/// The rules, or some that have been tampered with.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) change: fn(&Snapshot, Change, &Terms) -> Result<Option<Transition>, Failure>,
    pub(crate) ask: fn(&Snapshot, Question, &Terms) -> Result<bool, Failure>,
}

impl Rules {
    pub(crate) const REAL: Self = Self { change, ask };
}

/// The terms upon which the rules decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Terms {
    pub(crate) now: u8,
    /// How long a payment may keep the timer from firing, in moments.
    pub(crate) lease: u8,
    /// When the supplier's hold of the first leg ends, where that is early.
    pub(crate) hold_ends: Option<u8>,
}

impl Terms {
    pub(crate) fn now(&self) -> Timestamp {
        timestamp(self.now)
    }

    pub(crate) fn stamp(&self) -> Stamp<'static> {
        Stamp {
            actor: "model",
            at: self.now(),
        }
    }

    pub(crate) fn lease(&self) -> Duration {
        MOMENT * u32::from(self.lease)
    }
}

/// Decides with the real rules.
pub(crate) fn change(
    snapshot: &Snapshot,
    change: Change,
    terms: &Terms,
) -> Result<Option<Transition>, Failure> {
    let stamp = terms.stamp();
    match change {
        Change::Take(said) => command::take(snapshot, &command_of(said), stamp),
        Change::Wait(token) => wait(snapshot, token, terms),
        Change::Wake(generation) => Ok(waiting::wake(snapshot, u32::from(generation), stamp)),
        Change::Begin(number) => {
            let attempt = Attempt {
                number: u32::from(number),
                method: Method::default(),
                amount: None,
                lease: terms.lease(),
                simulate: &Script::default(),
            };
            paying::begin(snapshot, attempt, stamp)
        }
        Change::Authorized(number) => Ok(paying::authorized(
            snapshot,
            u32::from(number),
            None,
            terms.lease(),
            stamp,
        )),
        Change::Declined(number) => Ok(paying::declined(snapshot, u32::from(number), "no", stamp)),
        Change::Pending(number) => Ok(deciding::pending(
            snapshot,
            u32::from(number),
            None,
            Duration::ZERO,
            stamp,
        )),
        Change::Await(number, token) => await_decision(snapshot, number, token, terms),
        Change::Withdrawn(number) => Ok(withdrawing::withdrawn(snapshot, u32::from(number), stamp)),
        Change::Unclear(same) => Ok(paying::unclear(snapshot, u32::from(same), "lost", stamp)),
        Change::EndPause(same) => Ok(paying::end_pause(snapshot, u32::from(same), stamp)),
        Change::Commit => settling::commit(snapshot, stamp),
        Change::Captured => Ok(settling::captured(snapshot, None, stamp)),
        Change::GiveUp => Ok(settling::give_up(snapshot, "no", stamp)),
        Change::GivenBack(action) => Ok(settling::given_back(snapshot, action, stamp)),
        Change::CancelBooked(leg) => cancel_booked(snapshot, leg, stamp),
        Change::CancelAgain => cancel_again(snapshot, stamp),
        Change::Refunded(number, sum) => Ok(cancelling::refunded(
            snapshot,
            u32::from(number),
            &money(sum),
            stamp,
        )),
        Change::TurnBack(why) => Ok(unwinding::turn_back(snapshot, &why.cause(), stamp)),
        Change::TakeUp(execution) => Ok(opening::take_up(snapshot, &execution.to_string(), stamp)),
        Change::Close(number) => {
            let number = number.map(u32::from);
            Ok(closing::close(snapshot, number, stamp))
        }
        Change::Conclude => Ok(closing::conclude(snapshot, stamp)),
        Change::Leave(_) | Change::Leg(..) | Change::HandOverLeg(_) => {
            change_leg(snapshot, change, stamp)
        }
        _ => change_at_the_desk(snapshot, change, stamp),
    }
}

/// The traveller agrees to what comes back at this moment.
fn cancel_booked(
    snapshot: &Snapshot,
    leg: Option<u8>,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let legs = leg.map(|leg| vec![leg_id(leg)]);
    let quote = cancelling::quote(snapshot, legs.as_deref(), stamp.at)?;
    let refund = Some(quote.refund);
    cancelling::begin(snapshot, &Wish { legs, refund }, stamp)
}

/// The traveller sends the last cancellation once more, with its legs in another order.
fn cancel_again(snapshot: &Snapshot, stamp: Stamp<'_>) -> Result<Option<Transition>, Failure> {
    let Some(last) = &snapshot.booking.state.cancellation else {
        return Ok(None);
    };
    let wish = Wish {
        legs: Some(last.legs.iter().rev().cloned().collect()),
        refund: last.refund.clone().or_else(|| Some(money(0))),
    };
    cancelling::begin(snapshot, &wish, stamp)
}

/// The booking waits, as the rules have it.
pub(crate) fn wait(
    snapshot: &Snapshot,
    token: Token,
    terms: &Terms,
) -> Result<Option<Transition>, Failure> {
    let listener = Listener {
        handle: &token.handle(),
        since: token.since(),
    };
    waiting::wait(snapshot, listener, Duration::ZERO, terms.stamp())
}

/// The booking waits for a decision, as the rules have it.
fn await_decision(
    snapshot: &Snapshot,
    attempt: u8,
    token: Token,
    terms: &Terms,
) -> Result<Option<Transition>, Failure> {
    let listener = Listener {
        handle: &token.handle(),
        since: token.since(),
    };
    let attempt = u32::from(attempt);
    deciding::wait(snapshot, attempt, listener, terms.lease(), terms.stamp())
}

fn change_leg(
    snapshot: &Snapshot,
    change: Change,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let of = Of {
        why: None,
        booking: &snapshot.booking.booking_id,
        trace_id: "",
    };
    let find = |leg| snapshot.leg(&leg_id(leg)).unwrap();
    match change {
        Change::Leave(leg) => leg::leave(snapshot, &leg_id(leg), stamp),
        Change::Leg(leg, came) => leg::record(find(leg), &came.outcome(), of, stamp),
        Change::HandOverLeg(leg) => Ok(desk::leg_handed_over(find(leg), of, "late", stamp)),
        _ => Ok(None),
    }
}

fn change_at_the_desk(
    snapshot: &Snapshot,
    change: Change,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let status = snapshot.booking.state.status;
    let (after, event) = match change {
        Change::HandOverPayment => return Ok(desk::payment_handed_over(snapshot, "late", stamp)),
        Change::HandOverCapture => return Ok(desk::capture_handed_over(snapshot, OWED, stamp)),
        _ if status.is_finished() => return Ok(None),
        Change::Resolve(done) => {
            let work = desk::waiting_work(snapshot);
            check_planned(&work, done)?;
            (desk::done_by_hand(snapshot, &work), EventName::DeskResolved)
        }
        _ => (desk::abandoned(snapshot, "no"), EventName::DeskAbandoned),
    };
    desk::check_waits(snapshot)?;
    Ok(desk::decided(snapshot, &after, event, "why", stamp))
}

/// As the rules have it, of plans: the model keeps no work as a whole.
fn check_planned(work: &[Work], done: Plan) -> Result<(), Failure> {
    let planned = if Plan::of(work) == done { work } else { &[] };
    desk::check_planned(planned, work)
}

/// Answers with the real rules.
pub(crate) fn ask(snapshot: &Snapshot, question: Question, terms: &Terms) -> Result<bool, Failure> {
    let timer = &snapshot.booking.state.timer;
    match question {
        Question::IsToDo(leg, action) => match snapshot.leg(&leg_id(leg)) {
            Some(leg) => leg::is_to_do(leg, action),
            None => Err(Failure::invalid("leg", "there is no such leg")),
        },
        Question::MayCapture => settling::may_capture(snapshot),
        Question::MayGiveBack => {
            settling::to_give_back(snapshot, Action::Void).map(|back| back.is_some())
        }
        Question::IsInTime => Ok(paying::is_in_time(timer, terms.now())),
        Question::ComeTo(number) => {
            paying::come_to(snapshot, u32::from(number), terms.now()).map(|()| true)
        }
        Question::IsOverdue => Ok(deciding::is_overdue(snapshot, terms.now())),
        Question::IsCancelled(number) => {
            let booking = &snapshot.booking;
            Ok(withdrawing::is_cancelled(booking, u32::from(number)))
        }
        Question::IsToWithdraw(number) => withdrawing::is_to_do(snapshot, u32::from(number)),
        Question::Heard(said, told) => {
            let told = told.snapshot(terms.hold_ends);
            command::heard(snapshot, &command_of(said), &told).map(|()| true)
        }
    }
}

/// A command as the rules want it.
pub(crate) fn command_of(said: Said) -> Command {
    static NEW: OnceLock<LegRequest> = OnceLock::new();
    let new_leg = || {
        let spec = json!({"city": "LIS", "check_in": "2027-03-01", "check_out": "2027-03-15", "guests": 2});
        let leg = json!({"id": leg_id(ADDED).as_str(), "kind": "hotel", "spec": spec});
        LegRequest::read("leg", &leg, Timestamp::from_millis(0)).unwrap()
    };
    match said {
        Said::Pay => Command::Pay(PaymentRequest {
            token: "t".to_owned(),
            amount: None,
            simulate: Script::default(),
        }),
        Said::Cancel => Command::Cancel,
        Said::AddLeg => Command::AddLeg(Box::new(NEW.get_or_init(new_leg).clone())),
        Said::DropLeg(leg) => Command::DropLeg(leg_id(leg)),
    }
}
