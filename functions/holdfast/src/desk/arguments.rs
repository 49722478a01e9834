//! What is asked, from the command line.

use std::time::Duration;

use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::ids::SagaId;
use holdfast_kit::sagas::Narrowed;
use holdfast_order_rules::desk::is_part;
use lexopt::prelude::*;

use crate::arguments::{Misuse, wait, words};
use crate::commands::Topic;

pub(crate) const TOPIC: Topic = Topic {
    name: "desk",
    about: "sees to what could not be undone, or not be paid for",
    help: "\
Sees to bookings and orders that could not be undone, or not be paid for (status needs_attention).
It works on the tables, with the AWS credentials of the shell; `holdfast book` and the others do not.

Usage: holdfast desk COMMAND [SAGA] [OPTIONS]

SAGA is the id of a booking or of an order.

Commands:
  list            what waits, the longest first
  show SAGA       all that is known of one: its steps, and what is left to do
  history SAGA    what happened to it, who did it and why
  replay SAGA     how it stood after each of its events
  wait SAGA       waits until it has ended, and shows how
  redrive SAGA    do again what could not be done; safe to repeat
  resolve SAGA    it was done by hand: its parts become released, voided, refunded, captured …
  abandon SAGA    give up what is left: it ends, and is not tried again
  letters         letters that were not sent: see holdfast help desk letters

In place of SAGA, redrive, resolve and abandon take all that wait and match:
  --all              every one
  --kind KIND        with work left for a kind of leg, such as hotel, for payment, or for an
                     order's participant: carrier, invoices, stock
  --older-than AGE   waiting at least this long: 90s, 30m, 1h, 2d
The last two narrow list as well.

Options:
  --saga KIND        only bookings (booking), or only orders (order)
  --overdue AGE      list also what has not ended, this long after their next change was due
  --part PART        redrive, resolve: only this leg, payment, or participant of an order
  --reason TEXT      why; needed to resolve and to abandon
  --as NAME          redrive, resolve, abandon: who does it (default: $USER)
  --dry-run          only tell what would be tried; needs no name
  --wait SECONDS     wait: no longer than this (default: 300)
  --json             print JSON
  --table NAME       the bookings' table (default: $BOOKINGS_TABLE, $HOLDFAST_BOOKINGS_TABLE)
  --orders-table NAME  the orders' table (default: $ORDERS_TABLE, $HOLDFAST_ORDERS_TABLE)
  --suppliers-url U  the suppliers (default: $SUPPLIERS_URL, $HOLDFAST_SUPPLIERS_URL)
                     $SUPPLIERS_KEY, $HOLDFAST_SUPPLIERS_KEY: the key that each call to them carries;
                     payments from accounts: $ACCOUNT_PAYMENTS_URL, $HOLDFAST_API_URL/account-payments
  --profile NAME     a profile of the AWS configuration (default: $AWS_PROFILE)
  -h, --help         this text

Examples:
  holdfast desk list --kind hotel --older-than 1h
  holdfast desk redrive b-0123abcd --dry-run
  holdfast desk resolve b-0123abcd --part hotel --reason 'cancelled by telephone'",
};

/// The words that may follow `desk`.
pub(crate) const WORDS: &str = "list show history replay wait redrive resolve abandon letters";

/// Time enough for all the tries that a step has.
const USUAL_WAIT: Duration = Duration::from_secs(300);

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    List,
    Show,
    History,
    Replay,
    Wait,
    Redrive,
    Resolve,
    Abandon,
}

impl Command {
    /// Whether it changes nothing.
    pub(crate) fn only_reads(self) -> bool {
        matches!(
            self,
            Self::List | Self::Show | Self::History | Self::Replay | Self::Wait
        )
    }
}

/// A kind of saga.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saga {
    Booking,
    Order,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) command: Command,
    pub(crate) saga_id: Option<SagaId>,
    pub(crate) saga: Option<Saga>,
    pub(crate) narrowed: Narrowed,
    pub(crate) all: bool,
    pub(crate) part: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) dry_run: bool,
    pub(crate) json: bool,
    pub(crate) wait: Duration,
    pub(crate) table: Option<String>,
    pub(crate) orders_table: Option<String>,
    pub(crate) suppliers_url: Option<String>,
    pub(crate) profile: Option<String>,
}

impl Arguments {
    /// Reads a command line.
    pub(crate) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let mut read = Self::of(Command::List);
        let mut command = None;
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if command.is_none() => command = Some(to_command(&word.string()?)?),
                Value(id) if read.saga_id.is_none() => read.saga_id = Some(id.parse()?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("all") => read.all = true,
                Long("dry-run") => read.dry_run = true,
                Long("json") => read.json = true,
                Long("wait") => read.wait = wait(&mut parser)?,
                Long("saga") => read.saga = Some(to_saga(&parser.value()?.string()?)?),
                Long("kind") => read.narrowed.participant = Some(participant(&mut parser)?),
                Long("older-than") => {
                    read.narrowed.older_than = age(&parser.value()?.string()?)?;
                }
                Long("overdue") => read.narrowed.overdue = Some(age(&parser.value()?.string()?)?),
                Long("part") => read.part = Some(parser.value()?.string()?),
                Long("reason") => read.reason = Some(parser.value()?.string()?),
                Long("as") => read.name = Some(parser.value()?.string()?),
                Long("table") => read.table = Some(parser.value()?.string()?),
                Long("orders-table") => read.orders_table = Some(parser.value()?.string()?),
                Long("suppliers-url") => read.suppliers_url = Some(parser.value()?.string()?),
                Long("profile") => read.profile = Some(parser.value()?.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        read.command =
            command.ok_or_else(|| words("say what to do, such as `holdfast desk list`"))?;
        read.check()?;
        Ok(read)
    }

    fn of(command: Command) -> Self {
        Self {
            command,
            saga_id: None,
            saga: None,
            narrowed: Narrowed::default(),
            all: false,
            part: None,
            reason: None,
            name: None,
            dry_run: false,
            json: false,
            wait: USUAL_WAIT,
            table: None,
            orders_table: None,
            suppliers_url: None,
            profile: None,
        }
    }

    fn check(&self) -> Result<(), Misuse> {
        let filtered = self.all || self.narrowed != Narrowed::default();
        let one = self.saga_id.is_some();
        match self.command {
            Command::List if one => return Err(words("list takes no id")),
            Command::Show | Command::History | Command::Replay | Command::Wait
                if !one || filtered =>
            {
                return Err(words("name one booking or order, without a filter"));
            }
            Command::Redrive | Command::Resolve | Command::Abandon if one == filtered => {
                return Err(words(
                    "name either a booking or order, or a filter such as --all",
                ));
            }
            _ => {}
        }
        if self.narrowed.overdue.is_some() && self.command != Command::List {
            return Err(words("--overdue is for list"));
        }
        if self.part.is_some() && !matches!(self.command, Command::Redrive | Command::Resolve) {
            return Err(words("--part is for redrive and resolve"));
        }
        let decides = matches!(self.command, Command::Resolve | Command::Abandon);
        if decides && self.reason.is_none() {
            return Err(words("--reason is needed"));
        }
        Ok(())
    }
}

fn to_command(word: &str) -> Result<Command, Misuse> {
    match word {
        "list" => Ok(Command::List),
        "show" => Ok(Command::Show),
        "history" => Ok(Command::History),
        "replay" => Ok(Command::Replay),
        "wait" => Ok(Command::Wait),
        "redrive" => Ok(Command::Redrive),
        "resolve" => Ok(Command::Resolve),
        "abandon" => Ok(Command::Abandon),
        _ => Err(words(format!("`{word}` is no command"))),
    }
}

fn to_saga(word: &str) -> Result<Saga, Misuse> {
    match word {
        "booking" => Ok(Saga::Booking),
        "order" => Ok(Saga::Order),
        _ => Err(words(format!("`{word}` is neither booking nor order"))),
    }
}

/// Who may have work left, of any kind of saga.
fn participant(parser: &mut lexopt::Parser) -> Result<String, Misuse> {
    let name = parser.value()?.string()?;
    match Participant::try_from(name.clone()) {
        Err(problem) if !is_part(&name) => Err(words(format!(
            "{problem}, or an order's participant: carrier, invoices, stock"
        ))),
        _ => Ok(name),
    }
}

/// A time such as `90s`, `30m`, `1h` or `2d`.
fn age(text: &str) -> Result<Duration, Misuse> {
    let bad = || words(format!("`{text}` is no time such as 90s, 30m, 1h or 2d"));
    let unit = text.chars().last().ok_or_else(bad)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(bad()),
    };
    let count: u64 = text[..text.len() - 1].parse().map_err(|_| bad())?;
    let seconds = count.checked_mul(seconds).ok_or_else(bad)?;
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, Misuse> {
        let words = ["desk"].into_iter().chain(line.split_whitespace());
        Arguments::read(lexopt::Parser::from_iter(words))
    }

    #[test]
    fn a_batch_is_named_by_a_filter() {
        let asked = read("redrive --kind hotel --older-than 1h --dry-run").unwrap();
        assert_eq!(asked.command, Command::Redrive);
        assert_eq!(asked.narrowed.older_than, Duration::from_secs(3_600));
        assert!(asked.narrowed.participant.is_some() && asked.dry_run);
    }

    #[test]
    fn participants_of_orders_and_of_bookings_narrow_a_batch() {
        for kind in ["hotel", "payment", "carrier", "invoices", "stock"] {
            let asked = read(&format!("list --kind {kind}")).unwrap();
            assert_eq!(asked.narrowed.participant.as_deref(), Some(kind));
        }
        let asked = read("replay o-1 --saga order").unwrap();
        assert_eq!(
            (asked.command, asked.saga),
            (Command::Replay, Some(Saga::Order))
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "",
            "dance",
            "show",
            "redrive",
            "redrive b1 --all",
            "resolve b1",
            "abandon --all",
            "abandon b1 --part hotel --reason x",
            "list b1",
            "list --older-than soon",
            "list --older-than 5\u{fc}",
            "list --kind yacht",
            "list --saga trip",
            "replay",
            "replay o1 --all",
            "wait",
            "wait o1 --wait soon",
            "show b1 --fast",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
