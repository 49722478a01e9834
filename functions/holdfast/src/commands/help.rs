//! `holdfast help`: the commands, and what each takes.

use lexopt::prelude::*;

use crate::arguments::{Misuse, words};
use crate::exit::CODES;

use super::TOPICS;

/// A command, as the help tells it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    /// What it does, in a few words.
    pub(crate) about: &'static str,
    /// All that it takes, with examples.
    pub(crate) help: &'static str,
}

const SETTINGS: &str = "\
Settings, which `source .local/env` sets for the stack of `make up`:
  HOLDFAST_API_URL              the API
  HOLDFAST_CUSTOMER_EMAIL, HOLDFAST_CUSTOMER_PASSWORD
                                who travels; the session is kept in HOLDFAST_STATE_DIR, or
                                in ~/.local/state/holdfast
  NO_COLOR                      no colours on a terminal";

const EXAMPLES: &str = "\
Examples:
  holdfast book tests/trips/sample.json --follow
  holdfast offers hotel --city LIS --check-in 2027-03-01 --check-out 2027-03-15
  holdfast pay b-0123abcd tok_visa
  holdfast desk list";

impl Topic {
    /// What `holdfast help NAME` tells.
    pub(crate) fn text(&self) -> String {
        format!("{}\n\n{CODES}", self.help)
    }

    /// The options that its help names.
    pub(crate) fn options(&self) -> Vec<&'static str> {
        let told = self.help.split("\nExample").next().unwrap_or_default();
        let lines = told
            .lines()
            .filter(|line| line.trim_start().starts_with('-'));
        let mut options: Vec<_> = lines
            .flat_map(str::split_whitespace)
            .filter(|word| word.starts_with("--") && *word != "--help")
            .collect();
        options.sort_unstable();
        options.dedup();
        options
    }
}

/// What `holdfast help` tells.
pub(super) fn overview() -> String {
    let lines = TOPICS
        .iter()
        .map(|topic| format!("  {:<14}{}", topic.name, topic.about));
    let commands = lines.collect::<Vec<_>>().join("\n");
    format!(
        "Holdfast books trips that are all or nothing.\n\n\
         Usage: holdfast COMMAND [ARGUMENTS] [OPTIONS]\n\n\
         Commands:\n{commands}\n  help          this text; `holdfast help book` tells about book\n\n\
         {EXAMPLES}\n\n{SETTINGS}\n\n{CODES}"
    )
}

/// The command that helps with this one.
pub(super) fn command(name: &str) -> String {
    match find(name) {
        Some(_) => format!("holdfast help {name}"),
        None => "holdfast help".to_owned(),
    }
}

/// What `holdfast help …` is to tell.
pub(super) fn wanted(mut parser: lexopt::Parser) -> Misuse {
    let mut name = Vec::new();
    loop {
        match parser.next() {
            Ok(Some(Value(word))) => name.push(word.to_string_lossy().into_owned()),
            Ok(None) => break,
            _ => return Misuse::Told(overview()),
        }
    }
    let name = name.join(" ");
    match find(&name) {
        Some(topic) => Misuse::Told(topic.text()),
        None if name.is_empty() => Misuse::Told(overview()),
        None => words(format!("`{name}` is no command")),
    }
}

fn find(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}
