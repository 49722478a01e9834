//! The desk of bookings and orders: lists what could not be undone, shows all that is known of it, tells
//! and replays its history, and redrives, resolves or abandons what waits.
//!
//! # Layout
//! - `arguments`: what is asked, from the command line
//! - `settings`: where the bookings, the orders and the suppliers are
//! - `places`: the kinds of sagas that are looked through
//! - `run`: does what is asked
//! - `wait`: waits until a saga has ended
//! - `letters`: letters that were not sent
//! - `trouble`: why a table or AWS itself does not answer
//! - `output`: tables and timelines

mod arguments;
mod letters;
mod output;
mod places;
mod run;
mod settings;
mod trouble;
mod wait;

use arguments::Arguments;

use crate::arguments::Misuse;
use crate::exit::Exit;

pub(crate) use arguments::{TOPIC, WORDS};
pub(crate) use letters::TOPIC as LETTERS;
pub(crate) use run::Problem;

/// What is asked, and of what.
#[derive(Debug)]
pub(crate) enum Asked {
    Sagas(Arguments),
    Letters(letters::Asked),
}

impl Asked {
    /// Reads what follows the word `desk`.
    pub(crate) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let mut rest = parser.raw_args()?;
        let is_about_letters = rest.next_if(|word| word == "letters").is_some();
        let rest: Vec<_> = rest.collect();
        let parser = lexopt::Parser::from_args(rest);
        match is_about_letters {
            true => letters::Asked::read(parser).map(Self::Letters),
            false => Arguments::read(parser).map(Self::Sagas),
        }
    }

    /// Does it.
    pub(crate) async fn run(&self) -> Result<Exit, Problem> {
        match self {
            Self::Sagas(arguments) => run::run(arguments).await,
            Self::Letters(asked) => letters::run(asked).await,
        }
    }
}
