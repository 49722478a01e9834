//! What `make bench` measures.
//!
//! - `bench start-up FOLDER`: the start of every Lambda whose release program is in FOLDER, beside
//!   that of an empty one
//! - `bench trips`: latency and rate of trips on the stack that the environment names
//! - `bench authorizer DYNOXIDE`: card transactions, beside a lock in Redis, on the DynamoDB of this file
//!
//! # Layout
//! - `functions`: which programs there are, and what the template gives to each
//! - `launch`, `runtime_api`, `dynamodb`: starts a program with mocks of what it talks to
//! - `instructions`, `size`: what else is counted
//! - `start_up`, `trips`, `authorizer`: the measurements; `table`: how they are printed

mod authorizer;
#[cfg(feature = "stack")]
mod dynamodb;
#[cfg(feature = "stack")]
mod functions;
#[cfg(feature = "stack")]
mod instructions;
#[cfg(feature = "stack")]
mod launch;
#[cfg(feature = "stack")]
mod runtime_api;
#[cfg(feature = "stack")]
mod size;
#[cfg(feature = "stack")]
mod start_up;
#[cfg_attr(not(feature = "stack"), allow(dead_code))] // the rest uses all of it
mod table;
#[cfg(feature = "stack")]
mod trips;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        #[cfg(feature = "stack")]
        ["start-up", folder] => start_up::measure(Path::new(folder)),
        #[cfg(feature = "stack")]
        ["trips"] => trips::measure(),
        ["authorizer", dynoxide] => authorizer::measure(Path::new(dynoxide)),
        _ => {
            Err("usage: bench start-up FOLDER | bench trips | bench authorizer DYNOXIDE".to_owned())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}
