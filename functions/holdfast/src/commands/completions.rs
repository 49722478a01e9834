//! `holdfast completions`: what a shell needs to complete command lines.

use lexopt::prelude::*;

use super::TOPICS;
use super::help::Topic;
use crate::arguments::{Misuse, named, words};
use crate::exit::Exit;
use crate::output::line;
use crate::problem::Problem;

pub(super) const TOPIC: Topic = Topic {
    name: "completions",
    about: "prints what bash, zsh or fish completes commands with",
    help: "\
Prints a script with which a shell completes commands and options. `.local/env` loads it in bash.

Usage: holdfast completions bash|zsh|fish

Examples:
  eval \"$(holdfast completions bash)\"
  holdfast completions zsh > \"${fpath[1]}/_holdfast\"
  holdfast completions fish > ~/.config/fish/completions/holdfast.fish",
};

/// A shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let mut shell = None;
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if shell.is_none() => shell = Some(to_shell(&word.string()?)?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                other => return Err(other.unexpected().into()),
            }
        }
        named(shell, "a shell: bash, zsh or fish")
    }

    pub(super) fn run(self) -> Result<Exit, Problem> {
        line(&self.script())?;
        Ok(Exit::Done)
    }

    fn script(self) -> String {
        match self {
            Self::Bash => bash(),
            Self::Zsh => zsh(),
            Self::Fish => fish(),
        }
    }
}

fn to_shell(word: &str) -> Result<Shell, Misuse> {
    match word {
        "bash" => Ok(Shell::Bash),
        "zsh" => Ok(Shell::Zsh),
        "fish" => Ok(Shell::Fish),
        _ => Err(words(format!(
            "`{word}` is no shell of these: bash, zsh, fish"
        ))),
    }
}

/// The commands that have no parent, and `help`.
fn commands() -> Vec<&'static str> {
    let names = TOPICS.iter().map(|topic| topic.name);
    let first = names.filter(|name| !name.contains(' '));
    first.chain(["help"]).collect()
}

/// What may follow a command: its options, and the words that it knows.
fn following(topic: &Topic) -> String {
    let known = match topic.name {
        "offers" => "flight train hotel car insurance",
        "desk" => crate::desk::WORDS,
        "completions" => "bash zsh fish",
        "api" => "GET POST PUT DELETE",
        _ => "",
    };
    let options = topic.options().join(" ");
    format!("{known} {options} --help").trim_start().to_owned()
}

fn cases(indent: &str) -> String {
    let topics = TOPICS.iter().filter(|topic| !topic.name.contains(' '));
    let cases = topics.map(|topic| {
        let words = following(topic);
        format!("{indent}{}) known='{words}' ;;", topic.name)
    });
    let help = format!("{indent}help) known='{}' ;;", commands().join(" "));
    cases.chain([help]).collect::<Vec<_>>().join("\n")
}

fn bash() -> String {
    let (commands, cases) = (commands().join(" "), cases("        "));
    format!(
        r#"_holdfast() {{
    local known=''
    if [ "$COMP_CWORD" -eq 1 ]; then
        known='{commands} --help --version'
    else
        case ${{COMP_WORDS[1]}} in
{cases}
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$known" -- "${{COMP_WORDS[COMP_CWORD]}}")
}}
complete -o default -F _holdfast holdfast"#
    )
}

fn zsh() -> String {
    let (commands, cases) = (commands().join(" "), cases("        "));
    format!(
        r#"#compdef holdfast
_holdfast() {{
    local command=$words[2] known=''
    if (( CURRENT == 2 )); then
        known='{commands} --help --version'
    else
        case $command in
{cases}
        esac
    fi
    compadd -- ${{=known}}
    _files
}}
compdef _holdfast holdfast"#
    )
}

fn fish() -> String {
    let mut lines = vec!["complete -c holdfast -f -n __fish_use_subcommand -a help".to_owned()];
    for topic in TOPICS.iter().filter(|topic| !topic.name.contains(' ')) {
        let Topic { name, about, .. } = topic;
        lines.push(format!(
            "complete -c holdfast -f -n __fish_use_subcommand -a {name} -d '{about}'"
        ));
        lines.push(format!(
            "complete -c holdfast -n '__fish_seen_subcommand_from {name}' -a '{}'",
            following(topic)
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    /// What bash completes a line with.
    fn completed(line: &str) -> Vec<String> {
        let words: Vec<_> = line.split(' ').collect();
        let script = format!(
            "{}\nCOMP_WORDS=({}); COMP_CWORD={}; _holdfast; echo \"${{COMPREPLY[@]}}\"\n",
            bash(),
            words
                .iter()
                .map(|word| format!("'{word}'"))
                .collect::<Vec<_>>()
                .join(" "),
            words.len() - 1
        );
        let mut bash = Command::new("bash");
        let bash = bash
            .args(["--norc", "-s"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut bash = bash.spawn().unwrap();
        bash.stdin
            .take()
            .unwrap()
            .write_all(script.as_bytes())
            .unwrap();
        let printed = String::from_utf8(bash.wait_with_output().unwrap().stdout).unwrap();
        printed.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn bash_completes_commands_and_their_options() {
        assert_eq!(completed("holdfast bo"), ["book"]);
        assert_eq!(
            completed("holdfast desk re"),
            ["replay", "redrive", "resolve"]
        );
        assert_eq!(completed("holdfast book --fo"), ["--follow"]);
        assert_eq!(completed("holdfast offers ho"), ["hotel"]);
        assert_eq!(
            completed("holdfast offers --check-"),
            ["--check-in", "--check-out"]
        );
        assert_eq!(completed("holdfast help ca"), ["cancel"]);
    }

    #[test]
    fn every_shell_knows_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = shell.script();
            for command in commands() {
                assert!(script.contains(command), "{shell:?}: {command}");
            }
        }
    }
}
