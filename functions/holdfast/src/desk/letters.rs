//! `holdfast desk letters`: letters that were not sent, or may have been.

use aws_config::SdkConfig;
use holdfast_kit::clock::Clock;
use holdfast_kit::later::Later;
use holdfast_kit::queue::Queue;
use holdfast_letters::desk::{Clerk, Waiting};
use holdfast_letters::rules::LetterId;
use holdfast_letters::store::Store;
use lexopt::prelude::*;

use super::run::Problem;
use super::settings::{Missing, aws, first_set};
use super::trouble;
use crate::arguments::{Misuse, words};
use crate::commands::Topic;
use crate::exit::Exit;
use crate::output::{table, tell};

pub(crate) const TOPIC: Topic = Topic {
    name: "desk letters",
    about: "sees to letters that were not sent, or may have been",
    help: "\
Sees to letters that were not sent, or may have been.

Usage: holdfast desk letters [COMMAND LETTER] [OPTIONS]

Commands:
  (none)           what waits, the longest first
  redrive LETTER   send it once more; one that is `unknown` may arrive twice
  drop LETTER      give it up

Options:
  --reason TEXT    why; needed to drop
  --as NAME        redrive, drop: who does it (default: $USER)
  --json           print JSON
  --table NAME     the letters' table (default: $LETTERS_TABLE, $HOLDFAST_LETTERS_TABLE)
  --queue-url URL  redrive: the letters' queue (default: $LETTERS_QUEUE_URL,
                   $HOLDFAST_LETTERS_QUEUE_URL)
  --profile NAME   a profile of the AWS configuration (default: $AWS_PROFILE)
  -h, --help       this text

Examples:
  holdfast desk letters
  holdfast desk letters drop b-0123abcd/booking.7 --reason 'told by telephone'",
};

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Act {
    List,
    Redrive(LetterId),
    Drop(LetterId),
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    act: Act,
    reason: Option<String>,
    name: Option<String>,
    json: bool,
    table: Option<String>,
    queue_url: Option<String>,
    profile: Option<String>,
}

impl Asked {
    /// Reads what follows the word `letters`.
    pub(crate) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let (mut command, mut letter) = (None, None);
        let mut read = Self {
            act: Act::List,
            reason: None,
            name: None,
            json: false,
            table: None,
            queue_url: None,
            profile: None,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if command.is_none() => command = Some(word.string()?),
                Value(id) if letter.is_none() => letter = Some(id.parse()?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("json") => read.json = true,
                Long("reason") => read.reason = Some(parser.value()?.string()?),
                Long("as") => read.name = Some(parser.value()?.string()?),
                Long("table") => read.table = Some(parser.value()?.string()?),
                Long("queue-url") => read.queue_url = Some(parser.value()?.string()?),
                Long("profile") => read.profile = Some(parser.value()?.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        read.act = act(command.as_deref(), letter, read.reason.is_some())?;
        Ok(read)
    }
}

fn act(command: Option<&str>, letter: Option<LetterId>, has_reason: bool) -> Result<Act, Misuse> {
    match (command, letter) {
        (None, None) => Ok(Act::List),
        (Some("redrive"), Some(letter)) => Ok(Act::Redrive(letter)),
        (Some("drop"), Some(letter)) if has_reason => Ok(Act::Drop(letter)),
        (Some("drop"), Some(_)) => Err(words("--reason is needed")),
        (Some("redrive" | "drop"), None) => Err(words("name a letter")),
        (Some(other), _) => Err(words(format!("`{other}` is no command for letters"))),
        (None, Some(_)) => Err(words("say what to do")),
    }
}

/// Does what is asked.
pub(crate) async fn run(asked: &Asked) -> Result<Exit, Problem> {
    let table = setting(
        &asked.table,
        "the letters' table",
        "--table",
        "LETTERS_TABLE",
    )?;
    let config = aws(asked.profile.as_ref()).await;
    trouble::check(&config).await?;
    let client = aws_sdk_dynamodb::Client::new(&config);
    let name = asked
        .name
        .clone()
        .or_else(|| first_set(&["USER", "LOGNAME"]));
    let clerk = Clerk {
        store: Store::new(client.clone(), table.clone()),
        clock: Clock::system(),
        name: name.unwrap_or_default(),
    };
    match letters(asked, &clerk, config).await {
        Ok(letters) => {
            tell(asked.json, &letters, || listed(&letters))?;
            Ok(Exit::Done)
        }
        Err(problem) => Err(problem.explained(&client, &[table]).await),
    }
}

async fn letters(asked: &Asked, clerk: &Clerk, config: SdkConfig) -> Result<Vec<Waiting>, Problem> {
    Ok(match &asked.act {
        Act::List => clerk.waiting().await?,
        Act::Redrive(letter) => {
            let url = setting(
                &asked.queue_url,
                "the letters' queue",
                "--queue-url",
                "LETTERS_QUEUE_URL",
            )?;
            let sqs = Later::new(move || aws_sdk_sqs::Client::new(&config));
            let queue = Queue { sqs, url };
            let reason = asked.reason.as_deref();
            vec![clerk.redrive(letter, reason, &queue).await?]
        }
        Act::Drop(letter) => {
            let reason = asked.reason.as_deref().unwrap_or_default();
            vec![clerk.drop_letter(letter, reason).await?]
        }
    })
}

fn setting(
    given: &Option<String>,
    what: &'static str,
    option: &'static str,
    variable: &'static str,
) -> Result<String, Missing> {
    let named = format!("HOLDFAST_{variable}");
    let found = given.clone().or_else(|| first_set(&[variable, &named]));
    found.ok_or(Missing {
        what,
        option,
        variable,
    })
}

fn listed(letters: &[Waiting]) -> String {
    if letters.is_empty() {
        return "nothing waits".to_owned();
    }
    let rows = letters.iter().map(|letter| {
        let customer = letter.customer_id.as_ref();
        vec![
            letter.letter_id.to_string(),
            letter.kind.to_owned(),
            customer.map_or_else(|| "operators".to_owned(), ToString::to_string),
            letter.status.as_str().to_owned(),
            letter.since.to_string(),
            letter.tries.to_string(),
            letter.problem.clone().unwrap_or_default(),
        ]
    });
    let head = [
        "LETTER", "KIND", "TO", "STATUS", "SINCE", "TRIES", "PROBLEM",
    ];
    table(&head, rows)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Asked, Misuse> {
        let words = ["desk"].into_iter().chain(line.split_whitespace());
        Asked::read(lexopt::Parser::from_iter(words))
    }

    #[test]
    fn letters_are_listed_sent_once_more_and_given_up() {
        let letter: LetterId = "b-1/booking.7".parse().unwrap();
        assert_eq!(read("--json").unwrap().act, Act::List);
        let again = read("redrive b-1/booking.7 --as ana").unwrap();
        assert_eq!(again.act, Act::Redrive(letter.clone()));
        let dropped = read("drop b-1/booking.7 --reason told").unwrap();
        assert_eq!(dropped.act, Act::Drop(letter));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "redrive",
            "drop b-1/booking.7",
            "drop --reason x",
            "send b-1/booking.7",
            "redrive b-1/booking.7 b-2/booking.7",
            "--fast",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
