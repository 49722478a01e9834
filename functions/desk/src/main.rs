//! The desk of bookings and orders: lists what could not be undone, shows all that is known of it, tells
//! and replays its history, and redrives, resolves or abandons what waits.
//!
//! # Layout
//! - `arguments`: what is asked, from the command line
//! - `settings`: where the bookings, the orders and the suppliers are
//! - `places`: the kinds of sagas that are looked through
//! - `run`: does what is asked
//! - `output`: tables and timelines

mod arguments;
mod output;
mod places;
mod run;
mod settings;

use std::process::ExitCode;

use arguments::{Arguments, HELP, Misuse};

/// Something is left, or could not be done.
const FAILED: u8 = 1;
/// What was asked makes no sense.
const MISUSED: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::read(lexopt::Parser::from_env()) {
        Ok(arguments) => arguments,
        Err(Misuse::Help) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("desk: {problem}\nTry `desk --help`.");
            return ExitCode::from(MISUSED);
        }
    };
    match run::run(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(problem) => {
            eprintln!("desk: {problem}");
            ExitCode::from(problem.exit_code())
        }
    }
}
