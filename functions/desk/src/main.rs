//! The desk of bookings and orders: lists what could not be undone, shows all that is known of it, tells
//! and replays its history, and redrives, resolves or abandons what waits.
//!
//! # Layout
//! - `arguments`: what is asked, from the command line
//! - `settings`: where the bookings, the orders and the suppliers are
//! - `places`: the kinds of sagas that are looked through
//! - `run`: does what is asked
//! - `letters`: letters that were not sent
//! - `output`: tables and timelines

mod arguments;
mod letters;
mod output;
mod places;
mod run;
mod settings;

use std::process::ExitCode;

use arguments::{Arguments, Misuse};

/// Something is left, or could not be done.
const FAILED: u8 = 1;
/// What was asked makes no sense.
const MISUSED: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let asked = match read() {
        Ok(asked) => asked,
        Err(Misuse::Help(help)) => {
            println!("{help}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("desk: {problem}\nTry `desk --help`.");
            return ExitCode::from(MISUSED);
        }
    };
    let done = match &asked {
        Asked::Bookings(arguments) => run::run(arguments).await,
        Asked::Letters(asked) => letters::run(asked).await.map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(problem) => {
            eprintln!("desk: {problem}");
            ExitCode::from(problem.exit_code())
        }
    }
}

/// What is asked, and of what.
enum Asked {
    Bookings(Arguments),
    Letters(letters::Asked),
}

fn read() -> Result<Asked, Misuse> {
    let mut words = std::env::args_os().peekable();
    let program = words.next();
    let is_about_letters = words.next_if(|word| word == "letters").is_some();
    let parser = lexopt::Parser::from_iter(program.into_iter().chain(words));
    match is_about_letters {
        true => letters::Asked::read(parser).map(Asked::Letters),
        false => Arguments::read(parser).map(Asked::Bookings),
    }
}
