//! Follows a booking: tells each event as it comes, until what is waited for has come about, the time to
//! wait is over, or the person who looks on presses Ctrl-C. The booking goes on in any case.

use std::time::{Duration, Instant};

use holdfast_core::ids::{BookingId, LegId};
use serde_json::Value;

use crate::answers::{Booking, Happened, News, Verdict};
use crate::client::{Api, Request, encoded, read};
use crate::exit::Exit;
use crate::output::line;
use crate::problem::Problem;
use crate::telling::Reader;

/// How long the API may hold an answer back, in seconds.
const LONGEST_HOLD: u64 = 2;
/// No answer is held back after a booking's end.
const LOOKS_EVERY: Duration = Duration::from_millis(500);
/// A person who looks on hears something as often as this.
const LONGEST_SILENCE: Duration = Duration::from_secs(15);

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// It waits for its traveller, or has ended.
    Still,
    /// It has ended.
    Ended,
    /// These legs of a booked trip are given back; all of them, if none is named.
    GivenBack(Vec<LegId>),
}

/// A booking, and how it is followed.
#[derive(Clone, Debug)]
pub(crate) struct Follow {
    pub(crate) id: BookingId,
    /// What was seen before; the whole history is told where this is empty.
    pub(crate) after: String,
    pub(crate) until: Until,
    pub(crate) wait: Duration,
    pub(crate) reader: Reader,
}

impl Until {
    fn has_come(&self, booking: &Booking) -> bool {
        let verdict = booking.verdict();
        let ended = booking.status.has_ended();
        match self {
            Self::Still => ended || verdict == Verdict::Waits,
            Self::Ended => ended,
            Self::GivenBack(_) if verdict != Verdict::Booked => ended,
            Self::GivenBack(legs) if legs.is_empty() => false,
            Self::GivenBack(legs) => legs.iter().all(|leg| {
                let leg = booking.leg(leg);
                leg.is_none_or(|leg| leg.status.is_gone())
            }),
        }
    }
}

/// A booking, with what the API told of it.
pub(crate) async fn booking(api: &mut Api, id: &BookingId) -> Result<(Value, Booking), Problem> {
    let request = Request::get(format!("/bookings/{id}"));
    let raw = api
        .ask(&request)
        .await
        .map_err(|problem| missing(problem, id))?;
    let booking = read(&request.to_string(), raw.clone())?;
    Ok((raw, booking))
}

/// The whole API may be missing, too; only a document of its own says that the booking is.
fn missing(problem: Problem, id: &BookingId) -> Problem {
    match problem {
        Problem::Refused(refusal) if refusal.is_not_found() => Problem::Usage(format!(
            "there is no booking {id}, or it is another customer's; holdfast list shows yours"
        )),
        other => other,
    }
}

/// Where a booking's history ends now: what comes later is new.
pub(crate) async fn end_of_history(api: &mut Api, id: &BookingId) -> Result<String, Problem> {
    let mut after = String::new();
    loop {
        let news = news(api, id, &after, 0).await?;
        after = news.next;
        if news.events.is_empty() {
            return Ok(after);
        }
    }
}

async fn news(api: &mut Api, id: &BookingId, after: &str, hold: u64) -> Result<News, Problem> {
    let after = encoded(after);
    let request = Request::get(format!("/bookings/{id}/events?after={after}&wait={hold}"));
    let raw = api
        .ask(&request)
        .await
        .map_err(|problem| missing(problem, id))?;
    read(&request.to_string(), raw)
}

impl Follow {
    /// Follows the booking, and tells how it stands in the end.
    pub(crate) async fn run(self, api: &mut Api) -> Result<Booking, Problem> {
        let id = self.id.clone();
        tokio::select! {
            followed = self.follow(api) => followed,
            pressed = tokio::signal::ctrl_c() => {
                pressed?;
                Err(Problem::Interrupted(id))
            }
        }
    }

    async fn follow(mut self, api: &mut Api) -> Result<Booking, Problem> {
        let began = Instant::now();
        let mut quiet = Quiet::begun();
        loop {
            // Asked for first, so that all that has led to its state is among the events.
            let (raw, now) = booking(api, &self.id).await?;
            let come = self.until.has_come(&now);
            let left = self.wait.saturating_sub(began.elapsed());
            let hold = match come || now.status.has_ended() {
                true => 0,
                false => left.as_secs().min(LONGEST_HOLD),
            };
            let asked = Instant::now();
            if self.tell_news(api, hold).await? {
                quiet = Quiet::begun();
            } else if come {
                line(&self.reader.booking(&raw, &now))?;
                return Ok(now);
            } else if left.is_zero() {
                return Err(self.timed_out(&now));
            } else {
                quiet.tell(self.reader, &now)?;
                let pause = LOOKS_EVERY.saturating_sub(asked.elapsed());
                tokio::time::sleep(pause).await;
            }
        }
    }

    /// Tells what happened since, and whether there was anything.
    async fn tell_news(&mut self, api: &mut Api, hold: u64) -> Result<bool, Problem> {
        let news = news(api, &self.id, &self.after, hold).await?;
        self.after = news.next;
        for raw in &news.events {
            let happened: Happened = read("an event", raw.clone())?;
            line(&self.reader.event(raw, &happened))?;
        }
        Ok(!news.events.is_empty())
    }

    fn timed_out(&self, now: &Booking) -> Problem {
        Problem::TimedOut {
            id: self.id.clone(),
            what: now.awaited(),
            seconds: self.wait.as_secs(),
        }
    }
}

/// A time in which nothing happens.
struct Quiet {
    told: Instant,
    minutes: Option<u64>,
}

impl Quiet {
    fn begun() -> Self {
        Self {
            told: Instant::now(),
            minutes: None,
        }
    }

    /// A line each minute in which the traveller may pay; else what is waited for, now and then.
    fn tell(&mut self, reader: Reader, now: &Booking) -> Result<(), Problem> {
        if now.verdict() != Verdict::Waits {
            if self.told.elapsed() >= LONGEST_SILENCE {
                self.told = Instant::now();
                line(&reader.still(&now.awaited()))?;
            }
            return Ok(());
        }
        let minutes = now.seconds_left.map(|seconds| seconds / 60);
        if let Some(seconds) = now.seconds_left.filter(|_| minutes != self.minutes) {
            self.minutes = minutes;
            line(&reader.left_to_pay(seconds))?;
        }
        Ok(())
    }
}

/// How a command ends whose booking was followed to where nobody asked for anything else.
pub(crate) fn exit(booking: &Booking) -> Exit {
    booking.verdict().exit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::tests::booking;

    fn has_come(until: &Until, status: &str, legs: &str) -> bool {
        until.has_come(&booking(status, legs, "none"))
    }

    #[test]
    fn a_booking_stands_still_when_it_waits_for_its_traveller_or_has_ended() {
        for (status, still, ended) in [
            ("holding", false, false),
            ("awaiting_payment", true, false),
            ("paying", false, false),
            ("confirming", false, false),
            ("unwinding", false, false),
            ("booked", true, true),
            ("needs_attention", true, true),
            ("expired", true, true),
        ] {
            assert_eq!(has_come(&Until::Still, status, "held"), still, "{status}");
            assert_eq!(has_come(&Until::Ended, status, "held"), ended, "{status}");
        }
    }

    #[test]
    fn a_booked_trip_gives_back_before_its_cancellation_is_done() {
        let all = Until::GivenBack(Vec::new());
        let hotel = Until::GivenBack(vec!["hotel".parse().unwrap()]);
        for until in [&all, &hotel] {
            assert!(!has_come(until, "booked", "confirmed"));
            assert!(has_come(until, "cancelled", "released"));
            assert!(has_come(until, "needs_attention", "release_failed"));
        }
        assert!(has_come(&hotel, "booked", "released"));
    }
}
