//! `holdfast follow`: what happens to a booking.

use std::time::Duration;

use holdfast_core::ids::BookingId;
use lexopt::prelude::*;

use super::help::Topic;
use crate::arguments::{Misuse, Patience, booking, named, wait};
use crate::client::Api;
use crate::exit::Exit;
use crate::follow::{Follow, Until, exit};
use crate::problem::Problem;
use crate::telling::Reader;

pub(super) const TOPIC: Topic = Topic {
    name: "follow",
    about: "tells what happens to a booking, as it happens",
    help: "\
Tells what happened to a booking, and what happens, a line for each leg, payment and decision,
until it waits for its traveller or has ended. Ctrl-C ends the telling, not the booking.

Usage: holdfast follow ID [OPTIONS]

Options:
  --to-end         goes on while it waits for its traveller, and tells how long is left to pay
  --wait SECONDS   follows no longer than this (default: 300)
  --json           prints one JSON object a line: {\"event\": …}, {\"seconds_left\": …} or
                   {\"waits_for\": …} while nothing happens, and in the end {\"booking\": …,
                   \"outcome\": …}, which is booked, undone, needs_attention or waits
  -h, --help       this text

Examples:
  holdfast follow b-0123abcd
  holdfast follow b-0123abcd --to-end --wait 900",
};

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    id: BookingId,
    until: Until,
    wait: Duration,
    json: bool,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let (mut id, mut until, mut json) = (None, Until::Still, false);
        let mut patience = Patience::following(true);
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if id.is_none() => id = Some(booking(word)?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("to-end") => until = Until::Ended,
                Long("wait") => patience.wait = wait(&mut parser)?,
                Long("json") => json = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self {
            id: named(id, "a booking; `holdfast list` shows yours")?,
            until,
            wait: patience.wait,
            json,
        })
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let mut api = Api::from_env()?;
        let follow = Follow {
            id: self.id,
            after: String::new(),
            until: self.until,
            wait: self.wait,
            reader: Reader::of(self.json),
        };
        Ok(exit(&follow.run(&mut api).await?))
    }
}
