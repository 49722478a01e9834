//! Bookings and what happens to them, as lines for people and as JSON for programs.

use holdfast_booking_rules::booking::{LegStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::next::Next;
use serde::Serialize;
use serde_json::{Value, json};

use crate::answers::{Booking, Happened, LegChange, Verdict, spoken};
use crate::output::{Paint, clock, columns, money};

/// Why an undone trip is no failure of the machine, in the words that stand below each of them.
const UNDONE: &str = "undone: nothing is left behind, and nothing is charged. The execution \
    SUCCEEDED, for it kept the promise: all of the trip, or nothing of it.";

const WAITS: &str = "waits      for its traveller";

/// Who reads: a person, or a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    Person(Paint),
    Program,
}

impl Reader {
    pub(crate) fn of(json: bool) -> Self {
        match json {
            true => Self::Program,
            false => Self::Person(Paint::of_stdout()),
        }
    }

    /// A booking that was accepted a moment ago, before it is followed.
    pub(crate) fn begun(self, raw: &Value, booking: &Booking) -> String {
        match self {
            Self::Person(_) => format!("accepted   {}", booking.booking_id),
            Self::Program => self.booking(raw, booking),
        }
    }

    /// Something that happened, as one line.
    pub(crate) fn event(self, raw: &Value, happened: &Happened) -> String {
        match self {
            Self::Person(_) => told(happened),
            Self::Program => json!({"event": raw}).to_string(),
        }
    }

    /// A booking that stands still.
    pub(crate) fn booking(self, raw: &Value, booking: &Booking) -> String {
        match self {
            Self::Person(paint) => shown(booking, paint),
            Self::Program => {
                json!({"booking": raw, "outcome": word(&Outcome(booking))}).to_string()
            }
        }
    }

    /// What a booking waits for in which nothing has happened for a while.
    pub(crate) fn still(self, awaited: &str) -> String {
        match self {
            Self::Person(_) => format!("          waits for {awaited}"),
            Self::Program => json!({"waits_for": awaited}).to_string(),
        }
    }

    /// How long is left to pay, for those who look on.
    pub(crate) fn left_to_pay(self, seconds: u64) -> String {
        match self {
            Self::Person(_) => format!("          {} left to pay", clock(seconds)),
            Self::Program => json!({"seconds_left": seconds}).to_string(),
        }
    }
}

struct Outcome<'a>(&'a Booking);

fn word(Outcome(booking): &Outcome) -> &'static str {
    match booking.verdict() {
        Verdict::Booked => "booked",
        Verdict::Undone => "undone",
        Verdict::NeedsAttention => "needs_attention",
        Verdict::Waits => "waits",
        Verdict::UnderWay => "under_way",
    }
}

/// A booking in a few lines, of which the first says how it went.
pub(crate) fn shown(booking: &Booking, paint: Paint) -> String {
    let mut lines = vec![headline(booking, paint)];
    lines.extend(parts(booking));
    lines.extend(hint(booking));
    lines.join("\n")
}

fn headline(booking: &Booking, paint: Paint) -> String {
    let id = &booking.booking_id;
    let status = spoken(booking.status.as_str());
    let total = booking.total.as_ref().map(money).unwrap_or_default();
    let reason = booking.reason.as_deref().unwrap_or_default();
    let line = match booking.verdict() {
        Verdict::Booked => format!("{}  {id}  {total}", paint.good("BOOKED")),
        Verdict::Undone => {
            let undone = paint.bad("NOT BOOKED");
            format!("{undone}  {id}  {status}: {reason}")
        }
        Verdict::NeedsAttention => {
            let attention = paint.bad("NEEDS ATTENTION");
            format!("{attention}  {id}  {reason}")
        }
        Verdict::Waits => format!("{}  {id}  {total}", paint.notable("HELD, NOT PAID")),
        Verdict::UnderWay => {
            let waits = booking.awaited();
            format!("{}  {id}  waits for {waits}", paint.notable("UNDER WAY"))
        }
    };
    line.trim_end_matches([' ', ':']).to_owned()
}

fn parts(booking: &Booking) -> Vec<String> {
    let legs = booking.legs.iter().map(|leg| {
        vec![
            format!("  {}", leg.id),
            leg.kind.to_string(),
            serialized(&leg.status),
            leg.reference.clone().unwrap_or_default(),
            leg.price.as_ref().map(money).unwrap_or_default(),
            leg.reason.clone().unwrap_or_default(),
        ]
    });
    let payment = &booking.payment;
    let refunded = payment.refunded.as_ref().map(money);
    let paid = vec![
        "  payment".to_owned(),
        String::new(),
        serialized(&payment.status),
        payment.reference.clone().unwrap_or_default(),
        refunded
            .map(|back| format!("{back} given back"))
            .unwrap_or_default(),
    ];
    columns(legs.chain([paid]))
}

/// What its traveller may do now, or why the end is what it is.
fn hint(booking: &Booking) -> Option<String> {
    let id = &booking.booking_id;
    match booking.verdict() {
        Verdict::Booked => None,
        Verdict::Undone => Some(undone(booking.payment.status)),
        Verdict::NeedsAttention => Some(format!(
            "something is left, which operators see to: holdfast desk show {id}"
        )),
        Verdict::Waits => {
            let left = booking.seconds_left.map(clock).unwrap_or_default();
            let most = booking.max_total.as_ref();
            let beyond = most.filter(|_| !booking.actions.contains(&Next::Pay));
            Some(match beyond {
                Some(most) => {
                    let most = money(most);
                    format!("{left} left; it is paid for {most} at most: holdfast drop {id} LEG")
                }
                None => format!("{left} left to pay: holdfast pay {id} TOKEN"),
            })
        }
        Verdict::UnderWay => Some(format!("see what becomes of it: holdfast follow {id}")),
    }
}

fn undone(payment: PaymentStatus) -> String {
    match payment {
        PaymentStatus::None | PaymentStatus::Declined | PaymentStatus::Voided => UNDONE.to_owned(),
        paid => {
            let paid = spoken(&serialized(&paid));
            format!("undone: nothing is left behind at the suppliers; the payment is {paid}.")
        }
    }
}

/// One line: when, what, and why. The API tells moments in UTC.
fn told(happened: &Happened) -> String {
    let at = happened.at.to_string();
    let at = at.get(11..19).unwrap_or_default();
    format!("{at}  {}", what(happened)).trim_end().to_owned()
}

fn what(happened: &Happened) -> String {
    let note = happened.note.as_deref();
    let because = note.map(|note| format!(": {note}")).unwrap_or_default();
    match happened.name {
        EventName::BookingOpened => {
            format!("opened     {}", legs_of(happened))
        }
        EventName::CancellationStarted => format!("cancelling {}", legs_of(happened)),
        EventName::TakenUp => "taken up   by another execution".to_owned(),
        EventName::CommandTaken => format!("asked      {}", note.unwrap_or_default()),
        EventName::AwaitingPayment => WAITS.to_owned(),
        EventName::TimerTightened => format!("{WAITS}; the time to pay ends before a hold does"),
        EventName::PaymentStarted => "payment    started".to_owned(),
        EventName::PaymentPending => "payment    pending: the bank has not decided yet".to_owned(),
        EventName::Committed => "committed  from here it only goes forward".to_owned(),
        EventName::Booked => "booked     the money is taken".to_owned(),
        EventName::UnwindingStarted => format!("turns back{because}"),
        EventName::BookingClosed | EventName::CancellationDone => {
            let status = happened.status.map(|status| spoken(status.as_str()));
            format!("closed     {}", status.unwrap_or_default())
        }
        _ => changed(happened, &because),
    }
}

fn legs_of(happened: &Happened) -> String {
    let legs: Vec<_> = happened.legs.keys().map(|id| id.as_str()).collect();
    legs.join(", ")
}

/// The legs or the payment that changed; else the event in plain English.
fn changed(happened: &Happened, because: &str) -> String {
    let legs = happened.legs.iter().map(|(id, leg)| {
        let status = serialized(&leg.status);
        let known = known(leg);
        format!("{:<9}  {status}{known}{}", id.as_str(), why(leg, because))
    });
    let payment = happened.payment.map(|status| {
        let status = serialized(&status);
        format!("payment    {status}{because}")
    });
    let parts: Vec<_> = legs.chain(payment).collect();
    match parts.is_empty() {
        true => format!("{}{because}", spoken(&serialized(&happened.name))),
        false => parts.join(", "),
    }
}

fn known(leg: &LegChange) -> String {
    let reference = leg.reference.clone();
    let price = leg.price.as_ref().map(money);
    match leg.status {
        LegStatus::Held => {
            let parts = [reference, price].into_iter().flatten();
            parts.map(|part| format!("  {part}")).collect()
        }
        _ => String::new(),
    }
}

fn why(leg: &LegChange, because: &str) -> String {
    match &leg.reason {
        Some(reason) if because.is_empty() => format!(": {reason}"),
        _ => because.to_owned(),
    }
}

/// The word of the API.
fn serialized(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::tests::booking;

    fn line(event: &Value) -> String {
        let mut event = event.clone();
        event["at"] = json!("2027-01-10T12:34:56.789Z");
        let happened = serde_json::from_value(event.clone()).unwrap();
        Reader::Person(Paint::Plain).event(&event, &happened)
    }

    fn first_line(status: &str) -> String {
        let shown = shown(&booking(status, "released", "voided"), Paint::Plain);
        shown.lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn booked_and_undone_trips_differ_in_the_first_word() {
        assert_eq!(first_line("booked"), "BOOKED  b-1  BRL 3,458.40");
        assert_eq!(first_line("expired"), "NOT BOOKED  b-1  expired");
        assert_eq!(first_line("failed"), "NOT BOOKED  b-1  failed");
        assert_eq!(first_line("needs_attention"), "NEEDS ATTENTION  b-1");
        assert_eq!(
            first_line("awaiting_payment"),
            "HELD, NOT PAID  b-1  BRL 3,458.40"
        );
    }

    #[test]
    fn an_undone_trip_says_why_that_is_a_success_of_the_execution() {
        let mut failed = booking("failed", "released", "voided");
        failed.reason = Some("confirm hotel: Refused: full".to_owned());
        let text = shown(&failed, Paint::Plain);
        assert!(text.starts_with("NOT BOOKED  b-1  failed: confirm hotel: Refused: full\n"));
        assert!(
            text.contains("\n  hotel    hotel   released  X-1  BRL 1,729.20\n"),
            "{text}"
        );
        assert!(text.contains("The execution SUCCEEDED, for it kept the promise"));
    }

    #[test]
    fn a_booking_that_waits_says_how_long_is_left_to_pay() {
        let text = shown(&booking("awaiting_payment", "held", "none"), Paint::Plain);
        assert!(
            text.ends_with("13:20 left to pay: holdfast pay b-1 TOKEN"),
            "{text}"
        );
    }

    #[test]
    fn a_booking_beyond_its_bound_says_what_to_do() {
        let mut beyond = booking("awaiting_payment", "held", "none");
        beyond.actions = vec![Next::DropLeg, Next::Cancel];
        beyond.max_total = Some(holdfast_core::money::Money::new(300_000, "BRL"));
        let text = shown(&beyond, Paint::Plain);
        let hint = "13:20 left; it is paid for BRL 3,000.00 at most: holdfast drop b-1 LEG";
        assert!(text.ends_with(hint), "{text}");
    }

    #[test]
    fn every_line_of_a_history_names_its_leg_and_its_reason() {
        let held = json!({"name": "leg_held", "note": null, "status": null, "payment": null,
            "legs": {"out": {"status": "held", "reference": "FL-1",
                "price": {"amount": 172_920, "currency": "BRL"}}}});
        assert_eq!(line(&held), "12:34:56  out        held  FL-1  BRL 1,729.20");
        let refused = json!({"name": "leg_refused", "note": null, "status": null, "payment": null,
            "legs": {"car": {"status": "refused", "reference": null, "price": null,
                "reason": "sold out: 1 of 2 left"}}});
        assert_eq!(
            line(&refused),
            "12:34:56  car        refused: sold out: 1 of 2 left"
        );
        let declined = json!({"name": "payment_declined", "note": "card declined",
            "status": "awaiting_payment", "payment": "declined"});
        assert_eq!(
            line(&declined),
            "12:34:56  payment    declined: card declined"
        );
        let resumed = json!({"name": "timer_resumed", "note": null, "status": null,
            "payment": null});
        assert_eq!(line(&resumed), "12:34:56  timer resumed");
    }

    #[test]
    fn programs_read_one_object_a_line() {
        let event = json!({"name": "booked", "at": "2027-01-10T12:34:56.789Z"});
        let happened = serde_json::from_value(event.clone()).unwrap();
        let line = Reader::Program.event(&event, &happened);
        assert_eq!(line.lines().count(), 1);
        assert_eq!(
            serde_json::from_str::<Value>(&line).unwrap()["event"],
            event
        );
        let raw = json!({"booking_id": "b-1"});
        let line = Reader::Program.booking(&raw, &booking("expired", "released", "none"));
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&read["outcome"], &read["booking"]),
            (&json!("undone"), &raw)
        );
    }
}
