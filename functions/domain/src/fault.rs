//! Scripted faults: what `simulate` in a booking asks of the simulated suppliers, and of nobody else.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::Action;

/// How a simulated supplier answers one kind of call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Fault {
    /// As it should.
    #[default]
    Ok,
    /// Refuses for good (a payment supplier says: declines).
    Refuse,
    /// Does nothing and says so, this many times; without a number, always.
    Unavailable(Option<u32>),
    /// Does it, but the answer is lost, this many times; without a number, always.
    Lost(Option<u32>),
    /// Takes this many milliseconds before it does anything.
    Slow(u32),
}

/// The text is none of the faults.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no fault; use ok, refuse, decline, unavailable, unavailable:N, lost, lost:N or slow:MS (at most 60000)"
)]
pub struct NotAFault(String);

const SLOWEST_MS: u32 = 60_000;

impl FromStr for Fault {
    type Err = NotAFault;
    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let bad = || NotAFault(text.chars().take(40).collect());
        let (word, number) = match text.split_once(':') {
            Some((word, number)) => (word, Some(number.parse::<u32>().map_err(|_| bad())?)),
            None => (text, None),
        };
        match (word, number) {
            ("ok", None) => Ok(Self::Ok),
            ("refuse" | "decline", None) => Ok(Self::Refuse),
            ("unavailable", times) => Ok(Self::Unavailable(times)),
            ("lost", times) => Ok(Self::Lost(times)),
            ("slow", Some(ms)) if ms <= SLOWEST_MS => Ok(Self::Slow(ms)),
            _ => Err(bad()),
        }
    }
}

impl TryFrom<String> for Fault {
    type Error = NotAFault;
    fn try_from(text: String) -> Result<Self, NotAFault> {
        text.parse()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Refuse => f.write_str("refuse"),
            Self::Unavailable(None) => f.write_str("unavailable"),
            Self::Unavailable(Some(times)) => write!(f, "unavailable:{times}"),
            Self::Lost(None) => f.write_str("lost"),
            Self::Lost(Some(times)) => write!(f, "lost:{times}"),
            Self::Slow(ms) => write!(f, "slow:{ms}"),
        }
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.to_string()
    }
}

/// The faults scripted for one leg or for the payment, by action.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct Script(BTreeMap<Action, Fault>);

/// A script that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAScript {
    /// The word is no action.
    #[error("`{0}` is never done; use hold, confirm, release, authorize, capture, void or refund")]
    Action(String),
    /// The action is given something that is no fault.
    #[error("{0}: {1}")]
    Fault(Action, NotAFault),
}

// Not derived: with an enum for a key, the path of a mistake could not be told.
impl TryFrom<BTreeMap<String, String>> for Script {
    type Error = NotAScript;
    fn try_from(words: BTreeMap<String, String>) -> Result<Self, NotAScript> {
        let read = words.into_iter().map(|(action, fault)| {
            let action = Action::ALL
                .iter()
                .copied()
                .find(|known| known.as_str() == action)
                .ok_or_else(|| NotAScript::Action(action.chars().take(40).collect()))?;
            Ok((
                action,
                fault
                    .parse()
                    .map_err(|problem| NotAScript::Fault(action, problem))?,
            ))
        });
        read.collect::<Result<_, _>>().map(Self)
    }
}

impl Script {
    /// What is scripted for an action.
    pub fn of(&self, action: Action) -> Fault {
        self.0.get(&action).copied().unwrap_or_default()
    }

    /// The first action in the script that is none of `allowed`.
    pub fn stranger(&self, allowed: &[Action]) -> Option<Action> {
        self.0
            .keys()
            .copied()
            .find(|action| !allowed.contains(action))
    }

    /// Whether nothing is scripted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_reads_back_as_it_was_written() {
        for text in [
            "ok",
            "refuse",
            "unavailable",
            "unavailable:2",
            "lost",
            "lost:1",
            "slow:250",
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        assert_eq!("decline".parse::<Fault>().unwrap(), Fault::Refuse);
    }

    #[test]
    fn what_is_no_fault_is_refused_by_name() {
        for text in [
            "",
            "refuse:1",
            "slow",
            "slow:x",
            "slow:99999",
            "lost:-1",
            "explode",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
