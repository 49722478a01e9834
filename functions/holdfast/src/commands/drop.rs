//! `holdfast drop`: gives a leg of a trip back that is held.

use holdfast_core::ids::{BookingId, LegId};
use lexopt::prelude::*;

use super::change::Change;
use super::help::Topic;
use crate::arguments::{Misuse, Patience, booking, leg, named, wait};
use crate::client::{Api, Request};
use crate::exit::Exit;
use crate::follow::{Until, exit};
use crate::problem::Problem;
use crate::telling::Reader;

pub(super) const TOPIC: Topic = Topic {
    name: "drop",
    about: "gives back a leg of a trip that is held",
    help: "\
Gives back a leg of a trip that is held and not paid. To give back a leg of a booked trip, use
`holdfast cancel ID LEG`.

Usage: holdfast drop ID LEG [OPTIONS]

Options:
  --no-follow      returns as soon as it is accepted
  --wait SECONDS   follows no longer than this (default: 300)
  --json           prints JSON; while following, one object a line
  -h, --help       this text

Example:
  holdfast drop b-0123abcd hotel",
};

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    id: BookingId,
    leg: LegId,
    patience: Patience,
    json: bool,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let (mut id, mut dropped, mut json) = (None, None, false);
        let mut patience = Patience::following(true);
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if id.is_none() => id = Some(booking(word)?),
                Value(word) if dropped.is_none() => dropped = Some(leg(word)?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("follow") => patience.follow = true,
                Long("no-follow") => patience.follow = false,
                Long("wait") => patience.wait = wait(&mut parser)?,
                Long("json") => json = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self {
            id: named(id, "a booking; `holdfast list` shows yours")?,
            leg: named(dropped, "a leg; `holdfast show ID` lists them")?,
            patience,
            json,
        })
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let mut api = Api::from_env()?;
        let change = Change {
            id: &self.id,
            request: Request::delete(format!("/bookings/{}/legs/{}", self.id, self.leg)),
            until: Until::Still,
            patience: &self.patience,
            reader: Reader::of(self.json),
        };
        let booking = change.make(&mut api).await?;
        Ok(booking.map_or(Exit::Done, |booking| exit(&booking)))
    }
}
