//! `holdfast book`: books the trip of a file.

use holdfast_core::ids::BookingId;
use lexopt::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::help::Topic;
use crate::answers::Booking;
use crate::arguments::{Misuse, Patience, named, wait, words};
use crate::client::{Api, Request, key, read};
use crate::exit::Exit;
use crate::follow::{Follow, Until, exit};
use crate::output::line;
use crate::problem::Problem;
use crate::telling::Reader;
use crate::trip::{Fault, Source, script};

pub(super) const TOPIC: Topic = Topic {
    name: "book",
    about: "books the trip of a file",
    help: "\
Books the trip of a file: all of its legs, or none. With a payment it is booked at once; without
one its legs are held, and it waits for `holdfast pay`.

Usage: holdfast book FILE [OPTIONS]

FILE is a trip in JSON; - reads it from the standard input:
  {\"legs\": [{\"id\": \"out\", \"kind\": \"flight\",
             \"spec\": {\"from\": \"GRU\", \"to\": \"LIS\", \"date\": \"2027-03-01\", \"passengers\": 2}}],
   \"hold_seconds\": 900, \"payment\": {\"token\": \"tok_visa\"},
   \"max_total\": {\"amount\": 700000, \"currency\": \"BRL\"}, \"passengers\": [\"Ana Souza\", \"Rui Souza\"]}
A trip that costs more than its max_total is not paid for. A leg that names an \"offer\" has its price.
The traveller is the customer who is signed in.

Options:
  --pay TOKEN          pays with this, whatever the file says
  --unpaid             pays nothing yet, whatever the file says
  --hold-seconds N     how long there is to pay
  --follow             tells what happens, until the trip is booked, is undone, or waits to be paid
  --wait SECONDS       follows no longer than this (default: 300)
  --quiet              prints the booking's id and nothing else
  --json               prints JSON; while following, one object a line
  --key KEY            names the request: the same key and trip give the same booking
  --simulate FAULT     where the stack simulates: hotel.confirm=refuse, payment.capture=unavailable,
                       settle=crash_before; may be repeated
  -h, --help           this text

Examples:
  holdfast book trip.json --follow
  holdfast book trip.json --unpaid --quiet
  holdfast book tests/trips/sample.json --follow --simulate hotel.confirm=refuse",
};

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    file: String,
    payment: Paid,
    hold_seconds: Option<u32>,
    faults: Vec<Fault>,
    patience: Patience,
    quiet: bool,
    json: bool,
    key: Option<String>,
}

#[derive(Debug)]
enum Paid {
    AsTheFileSays,
    With(String),
    NotYet,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let mut file = None;
        let mut read = Self {
            file: String::new(),
            payment: Paid::AsTheFileSays,
            hold_seconds: None,
            faults: Vec::new(),
            patience: Patience::following(false),
            quiet: false,
            json: false,
            key: None,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Value(name) if file.is_none() => file = Some(name.string()?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("pay") => read.payment = Paid::With(parser.value()?.string()?),
                Long("unpaid") => read.payment = Paid::NotYet,
                Long("hold-seconds") => {
                    let most = 86_400;
                    read.hold_seconds = Some(crate::arguments::number(
                        &mut parser,
                        "--hold-seconds",
                        most,
                    )?);
                }
                Long("follow") => read.patience.follow = true,
                Long("wait") => read.patience.wait = wait(&mut parser)?,
                Long("quiet") => read.quiet = true,
                Long("json") => read.json = true,
                Long("key") => read.key = Some(parser.value()?.string()?),
                Long("simulate") => read.faults.push(fault(&mut parser)?),
                other => return Err(other.unexpected().into()),
            }
        }
        read.file = named(file, "a trip's file, such as trip.json")?;
        if read.quiet && (read.patience.follow || read.json) {
            return Err(words(
                "--quiet prints the id alone: leave out --follow and --json",
            ));
        }
        Ok(read)
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let source = Source::read(&self.file)?;
        let trip = self.trip(&source)?;
        let mut api = Api::from_env()?;
        let trip = self.without_customer(trip, &source, &api);
        let key = match &self.key {
            Some(key) => key.clone(),
            None => key()?,
        };
        let request = Request::post("/bookings")
            .keyed(key)
            .json(Json::Object(trip));
        let accepted = api.ask(&request).await;
        let raw = accepted.map_err(|problem| source.blame(problem))?;
        let booking: Booking = read(&request.to_string(), raw.clone())?;
        if self.patience.follow {
            line(&Reader::of(self.json).begun(&raw, &booking))?;
            return self.follow(&mut api, booking.booking_id).await;
        }
        if self.quiet {
            line(booking.booking_id.as_str())?;
        } else {
            line(&Reader::of(self.json).booking(&raw, &booking))?;
        }
        Ok(Exit::Done)
    }

    async fn follow(self, api: &mut Api, id: BookingId) -> Result<Exit, Problem> {
        let follow = Follow {
            id,
            after: String::new(),
            until: Until::Still,
            wait: self.patience.wait,
            reader: Reader::of(self.json),
        };
        Ok(exit(&follow.run(api).await?))
    }

    fn without_customer(
        &self,
        mut trip: Map<String, Json>,
        source: &Source,
        api: &Api,
    ) -> Map<String, Json> {
        if trip.remove("customer").is_some() && !self.quiet {
            let (who, file) = (api.customer(), source.name());
            eprintln!(
                "holdfast: the traveller is {who}, who is signed in; `customer` in {file} is not used"
            );
        }
        trip
    }

    /// The trip of the file, as the options change it.
    fn trip(&self, source: &Source) -> Result<Map<String, Json>, Problem> {
        let mut trip = source.trip()?;
        match &self.payment {
            Paid::AsTheFileSays => {}
            Paid::With(token) => pay_with(&mut trip, token),
            Paid::NotYet => {
                trip.remove("payment");
            }
        }
        if let Some(seconds) = self.hold_seconds {
            trip.insert("hold_seconds".to_owned(), seconds.into());
        }
        script(&mut trip, &self.faults)?;
        Ok(trip)
    }
}

/// Scripted faults of the file's payment stay.
fn pay_with(trip: &mut Map<String, Json>, token: &str) {
    match trip.get_mut("payment").and_then(Json::as_object_mut) {
        Some(payment) => {
            payment.insert("token".to_owned(), token.into());
        }
        None => {
            trip.insert("payment".to_owned(), json!({"token": token}));
        }
    }
}

fn fault(parser: &mut lexopt::Parser) -> Result<Fault, Misuse> {
    let text = parser.value()?.string()?;
    Fault::read(&text).ok_or_else(|| {
        words(format!(
            "`{text}` is no fault such as hotel.confirm=refuse or payment.capture=lost"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trip(line: &str) -> Map<String, Json> {
        let folder = std::env::temp_dir();
        let file = folder.join(format!(
            "holdfast-book-{}-{}.json",
            line.len(),
            std::process::id()
        ));
        let text =
            r#"{"legs": [], "payment": {"token": "tok_visa", "simulate": {"void": "lost"}}}"#;
        std::fs::write(&file, text).unwrap();
        let words = ["book", file.to_str().unwrap()].into_iter();
        let parser = lexopt::Parser::from_iter(words.chain(line.split_whitespace()));
        let asked = Asked::read(parser).unwrap();
        let trip = asked.trip(&Source::read(&asked.file).unwrap()).unwrap();
        std::fs::remove_file(&file).unwrap();
        trip
    }

    #[test]
    fn options_change_the_trip_of_the_file() {
        assert_eq!(trip("")["payment"]["token"], "tok_visa");
        let other = trip("--pay tok_pending --hold-seconds 5 --simulate close=twice");
        assert_eq!(
            other["payment"],
            json!({"token": "tok_pending", "simulate": {"void": "lost"}})
        );
        assert_eq!(other["hold_seconds"], 5);
        assert_eq!(other["simulate"], json!({"close": "twice"}));
        assert_eq!(trip("--unpaid").get("payment"), None);
    }
}
