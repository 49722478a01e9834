//! What the program ends with, so that scripts can tell a booked trip from an undone one.

use std::process::ExitCode;

/// What the program ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Booked, or done as asked.
    Done,
    /// Anything that no other code names.
    Failed,
    /// The options, a file or an id make no sense.
    Misused,
    /// The trip is undone: expired, cancelled or failed.
    Undone,
    /// Something is left that waits at the desk.
    NeedsAttention,
    /// It was still under way when the time to wait was over.
    TimedOut,
    /// Ctrl-C, in the middle of following.
    Interrupted,
}

/// The codes, as every help text tells them.
pub(crate) const CODES: &str = "\
Exit status:
  0    booked, or done as asked
  1    anything else: refused, declined, no answer
  2    wrong usage: options, settings, a file or an id
  3    undone: expired, cancelled or failed; nothing is left behind
  4    needs attention: something is left, see holdfast desk
  5    still under way when --wait was over
  130  Ctrl-C while following; the booking goes on";

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Misused => 2,
            Self::Undone => 3,
            Self::NeedsAttention => 4,
            Self::TimedOut => 5,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_told_in_the_help() {
        let all = [
            Exit::Done,
            Exit::Failed,
            Exit::Misused,
            Exit::Undone,
            Exit::NeedsAttention,
            Exit::TimedOut,
            Exit::Interrupted,
        ];
        for exit in all {
            let line = format!("\n  {} ", exit.code());
            assert!(CODES.contains(&line), "{exit:?}");
        }
    }
}
