//! The commands, one file each: its help, its options, and what it does. `change` has what those share that
//! change a booking.

mod add;
mod api;
mod book;
mod cancel;
mod change;
mod completions;
mod drop;
mod follow;
mod help;
mod list;
mod offers;
mod pay;
mod show;

use lexopt::prelude::*;

use crate::arguments::{Misuse, words};
use crate::desk;
use crate::exit::Exit;
use crate::problem::Problem;
pub(crate) use help::Topic;

/// What to do.
#[derive(Debug)]
pub(crate) enum Command {
    Book(book::Asked),
    Show(show::Asked),
    Follow(follow::Asked),
    Pay(pay::Asked),
    Add(add::Asked),
    Drop(drop::Asked),
    Cancel(cancel::Asked),
    Offers(offers::Asked),
    List(list::Asked),
    Api(api::Asked),
    Completions(completions::Shell),
    Desk(Box<desk::Asked>),
}

/// All commands, in the order in which the help tells them.
const TOPICS: &[Topic] = &[
    book::TOPIC,
    show::TOPIC,
    follow::TOPIC,
    pay::TOPIC,
    add::TOPIC,
    drop::TOPIC,
    cancel::TOPIC,
    offers::TOPIC,
    list::TOPIC,
    api::TOPIC,
    desk::TOPIC,
    desk::LETTERS,
    completions::TOPIC,
];

impl Command {
    /// Reads a command line. Beside a misuse stands the command that helps.
    pub(crate) fn read(mut parser: lexopt::Parser) -> Result<Self, (String, Misuse)> {
        let name = first_word(&mut parser).map_err(|problem| (help::command(""), problem))?;
        Self::of(&name, parser).map_err(|problem| (help::command(&name), problem))
    }

    fn of(name: &str, parser: lexopt::Parser) -> Result<Self, Misuse> {
        match name {
            "book" => book::Asked::read(parser).map(Self::Book),
            "show" => show::Asked::read(parser).map(Self::Show),
            "follow" => follow::Asked::read(parser).map(Self::Follow),
            "pay" => pay::Asked::read(parser).map(Self::Pay),
            "add" => add::Asked::read(parser).map(Self::Add),
            "drop" => drop::Asked::read(parser).map(Self::Drop),
            "cancel" => cancel::Asked::read(parser).map(Self::Cancel),
            "offers" => offers::Asked::read(parser).map(Self::Offers),
            "list" => list::Asked::read(parser).map(Self::List),
            "api" => api::Asked::read(parser).map(Self::Api),
            "completions" => completions::Shell::read(parser).map(Self::Completions),
            "desk" => desk::Asked::read(parser).map(|asked| Self::Desk(Box::new(asked))),
            "help" => Err(help::wanted(parser)),
            _ => Err(words(format!("`{name}` is no command"))),
        }
    }

    /// Does it.
    pub(crate) async fn run(self) -> Result<Exit, Problem> {
        match self {
            Self::Book(asked) => asked.run().await,
            Self::Show(asked) => asked.run().await,
            Self::Follow(asked) => asked.run().await,
            Self::Pay(asked) => asked.run().await,
            Self::Add(asked) => asked.run().await,
            Self::Drop(asked) => asked.run().await,
            Self::Cancel(asked) => asked.run().await,
            Self::Offers(asked) => asked.run().await,
            Self::List(asked) => asked.run().await,
            Self::Api(asked) => asked.run().await,
            Self::Completions(shell) => shell.run(),
            Self::Desk(asked) => Ok(asked.run().await?),
        }
    }
}

fn first_word(parser: &mut lexopt::Parser) -> Result<String, Misuse> {
    match parser.next()? {
        Some(Value(word)) => Ok(word.string()?),
        Some(Short('h') | Long("help")) => Err(Misuse::Told(help::overview())),
        Some(Short('V') | Long("version")) => {
            let version = env!("CARGO_PKG_VERSION");
            Err(Misuse::Told(format!("holdfast {version}")))
        }
        Some(other) => Err(other.unexpected().into()),
        None => Err(words(
            "say what to do, such as `holdfast book trip.json --follow`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, (String, Misuse)> {
        let words = ["holdfast"].into_iter().chain(line.split_whitespace());
        Command::read(lexopt::Parser::from_iter(words))
    }

    fn told(line: &str) -> String {
        match read(line) {
            Err((_, Misuse::Told(text))) => text,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn every_command_has_a_help_with_an_example() {
        for Topic { name, .. } in TOPICS {
            let text = told(&format!("help {name}"));
            assert_eq!(text, told(&format!("{name} --help")), "{name}");
            assert!(text.contains("Usage: holdfast"), "{name}");
            assert!(text.contains("Example"), "{name}");
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest < Some(111), "{name} is {widest:?} wide");
        }
    }

    #[test]
    fn the_overview_names_every_command_and_every_exit_status() {
        let text = told("help");
        assert_eq!(text, told("--help"));
        for Topic { name, .. } in TOPICS {
            assert!(text.contains(&format!("\n  {name} ")), "{name}");
        }
        assert!(text.contains(crate::exit::CODES));
    }

    #[test]
    fn the_version_is_that_of_the_package() {
        assert_eq!(
            told("--version"),
            concat!("holdfast ", env!("CARGO_PKG_VERSION"))
        );
    }

    #[test]
    fn a_misuse_names_the_help_of_its_command() {
        for (line, help) in [
            ("", "holdfast help"),
            ("dance", "holdfast help"),
            ("--fast", "holdfast help"),
            ("help dance", "holdfast help"),
            ("book", "holdfast help book"),
            ("book a.json b.json", "holdfast help book"),
            ("book a.json --wait soon", "holdfast help book"),
            ("book a.json --simulate hotel", "holdfast help book"),
            ("show", "holdfast help show"),
            ("show b/1", "holdfast help show"),
            ("follow b-1 --wait -3", "holdfast help follow"),
            ("pay b-1", "holdfast help pay"),
            ("pay b-1 tok_visa tok_visa", "holdfast help pay"),
            ("add b-1", "holdfast help add"),
            ("drop b-1", "holdfast help drop"),
            ("cancel", "holdfast help cancel"),
            ("offers", "holdfast help offers"),
            ("list --limit 0", "holdfast help list"),
            ("api GET", "holdfast help api"),
            ("api GET bookings", "holdfast help api"),
            ("completions powershell", "holdfast help completions"),
            ("desk", "holdfast help desk"),
            ("desk show", "holdfast help desk"),
        ] {
            match read(line) {
                Err((named, Misuse::Words(_) | Misuse::Options(_))) => {
                    assert_eq!(named, help, "{line}");
                }
                other => panic!("{line}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_misuse_is_one_line_without_rust() {
        for line in [
            "book --wait x",
            "list --limit x",
            "show \u{1}",
            "pay b-1 --follow=yes",
        ] {
            let (_, problem) = read(line).unwrap_err();
            let text = problem.to_string();
            assert!(text.lines().count() == 1 && !text.contains("::"), "{text}");
        }
    }
}
