//! `holdfast show`: how a booking stands.

use holdfast_core::ids::BookingId;
use lexopt::prelude::*;

use super::help::Topic;
use crate::arguments::{Misuse, booking, named};
use crate::client::Api;
use crate::exit::Exit;
use crate::output::{Paint, tell};
use crate::problem::Problem;
use crate::telling::shown;

pub(super) const TOPIC: Topic = Topic {
    name: "show",
    about: "shows how a booking stands",
    help: "\
Shows how a booking stands: its legs, its payment, and what can be done next. A look succeeds (exit
status 0) however the booking stands.

Usage: holdfast show ID [OPTIONS]

Options:
  --json       prints the booking as the API tells it
  -h, --help   this text

Example:
  holdfast show b-0123abcd",
};

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    id: BookingId,
    json: bool,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let (mut id, mut json) = (None, false);
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if id.is_none() => id = Some(booking(word)?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("json") => json = true,
                other => return Err(other.unexpected().into()),
            }
        }
        let id = named(id, "a booking; `holdfast list` shows yours")?;
        Ok(Self { id, json })
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let mut api = Api::from_env()?;
        let (raw, booking) = crate::follow::booking(&mut api, &self.id).await?;
        tell(self.json, &raw, || shown(&booking, Paint::of_stdout()))?;
        Ok(Exit::Done)
    }
}
