//! Why something was not done: one line each, with the remedy.

use std::io;
use std::path::PathBuf;

use holdfast_core::ids::BookingId;

use crate::client::Refusal;
use crate::desk;
use crate::exit::Exit;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// A setting is missing.
    #[error("{variable} is not set: {remedy}")]
    Setting {
        variable: &'static str,
        remedy: &'static str,
    },
    /// A setting makes no sense.
    #[error("{variable} is not an address such as https://example.com/v1")]
    BadAddress { variable: &'static str },
    /// A file or what is in it makes no sense.
    #[error("{0}")]
    File(String),
    /// Something that was named is not there, or the words make no sense after all.
    #[error("{0}")]
    Usage(String),
    /// No connection came about.
    #[error("nothing answers at {0}: start the stack with `make up`, or see `make status`")]
    Unreachable(String),
    /// No answer came.
    #[error("{what}: no answer {why}; try again, or see `make status`")]
    Silent { what: String, why: String },
    /// An answer makes no sense.
    #[error("{what}: the answer makes no sense ({why}); is HOLDFAST_API_URL the API of Holdfast?")]
    Nonsense { what: String, why: String },
    /// The API would not.
    #[error("{0}")]
    Refused(#[from] Box<Refusal>),
    /// The credentials are wrong.
    #[error(
        "{0} cannot sign in: HOLDFAST_CUSTOMER_EMAIL or HOLDFAST_CUSTOMER_PASSWORD is wrong; \
         `source .local/env` sets those of the demo customer"
    )]
    WrongPassword(String),
    /// The refund is another than the one that was agreed to.
    #[error("{0}")]
    NotAgreed(String),
    /// It was still under way when the time to wait was over.
    #[error("{id} waits for {what}, after {seconds} s; go on with: holdfast follow {id}")]
    TimedOut {
        id: BookingId,
        what: String,
        seconds: u64,
    },
    /// Ctrl-C.
    #[error("the booking goes on: holdfast follow {0}")]
    Interrupted(BookingId),
    /// The random numbers of this machine fail.
    #[error("this machine has no random numbers")]
    NoChance,
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// The desk could not.
    #[error(transparent)]
    Desk(#[from] desk::Problem),
}

impl Problem {
    /// What the program ends with.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Setting { .. }
            | Self::BadAddress { .. }
            | Self::File(_)
            | Self::Usage(_)
            | Self::WrongPassword(_) => Exit::Misused,
            Self::Refused(refusal) if refusal.is_misuse() => Exit::Misused,
            Self::TimedOut { .. } => Exit::TimedOut,
            Self::Interrupted(_) => Exit::Interrupted,
            Self::Desk(problem) => problem.exit(),
            _ => Exit::Failed,
        }
    }

    /// Whether the reader of the output has gone.
    pub(crate) fn is_about_a_closed_pipe(&self) -> bool {
        let (Self::Output(problem) | Self::Desk(desk::Problem::Output(problem))) = self else {
            return false;
        };
        problem.kind() == io::ErrorKind::BrokenPipe
    }

    /// A setting that `.local/env` sets.
    pub(crate) fn setting(variable: &'static str) -> Self {
        let remedy = match written_by_make_up() {
            Some(_) => "run `source .local/env` in the checkout",
            None => "run `make up` and then `source .local/env`, or set it for a stack on AWS",
        };
        Self::Setting { variable, remedy }
    }
}

/// `.local/env` here or in a folder above, if there is one.
fn written_by_make_up() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut files = here.ancestors().map(|folder| folder.join(".local/env"));
    files.find(|file| file.exists())
}
