//! `holdfast`, the program of travellers and operators. A traveller's commands go over the HTTP API, as the
//! customer whom the environment names; the operator's go to the tables, as the AWS environment allows.
//!
//! # Layout
//! - `commands/`: one file per command: its help, its options, what it does
//! - `desk/`: the operator's commands
//! - `client/`: the HTTP API: requests, the session that is kept, what it refuses
//! - `answers`: what the API tells of bookings
//! - `follow`: follows a booking until it waits for its traveller or has ended
//! - `trip`: files with trips and legs, and where in them something is wrong
//! - `fields`: JSON in the order in which it is written
//! - `telling`, `output`: lines and tables, for people and for programs
//! - `arguments`, `exit`, `problem`: what every command reads, ends with and complains about

mod answers;
mod arguments;
mod client;
mod commands;
mod desk;
mod exit;
mod fields;
mod follow;
mod output;
mod problem;
mod telling;
mod trip;

use std::process::ExitCode;

use arguments::Misuse;
use commands::Command;
use exit::Exit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let command = match Command::read(lexopt::Parser::from_env()) {
        Ok(command) => command,
        Err((_, Misuse::Told(text))) => return told(&text),
        Err((help, problem)) => {
            eprintln!("holdfast: {problem}; see `{help}`");
            return Exit::Misused.into();
        }
    };
    match command.run().await {
        Ok(exit) => exit.into(),
        // A reader that has had enough, such as `head`, needs no words.
        Err(problem) if problem.is_about_a_closed_pipe() => problem.exit().into(),
        Err(problem) => {
            eprintln!("holdfast: {problem}");
            problem.exit().into()
        }
    }
}

fn told(text: &str) -> ExitCode {
    match output::line(text) {
        Ok(()) => Exit::Done.into(),
        Err(_) => Exit::Failed.into(),
    }
}
