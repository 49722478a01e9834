//! Scripted faults: what `simulate` in a request asks of the simulated suppliers alone;
//! and scripted mishaps, which are our own and which no supplier ever hears of.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::reading::listed;
use crate::verb::{Verb, named};

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

/// The text is none of the faults. It is not repeated: a script may stand beside a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be ok, refuse, decline, unavailable, unavailable:N, lost, lost:N or slow:MS (at most 60000)"
)]
pub struct NotAFault;

const SLOWEST_MS: u32 = 60_000;

impl FromStr for Fault {
    type Err = NotAFault;
    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let (word, number) = match text.split_once(':') {
            Some((word, number)) => (word, Some(number.parse::<u32>().map_err(|_| NotAFault)?)),
            None => (text, None),
        };
        match (word, number) {
            ("ok", None) => Ok(Self::Ok),
            ("refuse" | "decline", None) => Ok(Self::Refuse),
            ("unavailable", times) => Ok(Self::Unavailable(times)),
            ("lost", times) => Ok(Self::Lost(times)),
            ("slow", Some(ms)) if ms <= SLOWEST_MS => Ok(Self::Slow(ms)),
            _ => Err(NotAFault),
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

/// What befalls one of our own steps: the first time that it is tried, and not again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// The process ends before the step does anything.
    CrashBefore,
    /// The process ends when the step has done its work and before it answers.
    CrashAfter,
    /// The step is delivered twice at the same time, and once more afterwards.
    Twice,
}

impl Mishap {
    /// All of them.
    pub const ALL: &[Self] = &[Self::CrashBefore, Self::CrashAfter, Self::Twice];

    /// The word for it in a script.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CrashBefore => "crash_before",
            Self::CrashAfter => "crash_after",
            Self::Twice => "twice",
        }
    }
}

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is scripted for one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
enum Scripted {
    /// The supplier's fault.
    Theirs(Fault),
    /// Our own.
    Ours(Mishap),
}

impl FromStr for Scripted {
    type Err = NotAFault;
    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let known = Mishap::ALL.iter().find(|mishap| mishap.as_str() == text);
        match known {
            Some(mishap) => Ok(Self::Ours(*mishap)),
            None => text.parse().map(Self::Theirs),
        }
    }
}

impl From<Scripted> for String {
    fn from(scripted: Scripted) -> Self {
        match scripted {
            Scripted::Theirs(fault) => fault.to_string(),
            Scripted::Ours(mishap) => mishap.to_string(),
        }
    }
}

impl<'de> Deserialize<'de> for Scripted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl Visitor<'_> for Words {
            type Value = Scripted;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text such as refuse or unavailable:2")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Scripted, E> {
                let ours = "; or crash_before, crash_after, twice";
                text.parse()
                    .map_err(|problem: NotAFault| E::custom(format!("{problem}{ours}")))
            }
        }
        deserializer.deserialize_str(Words)
    }
}

/// What is scripted for a saga or for a part of it, by action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script<V>(BTreeMap<V, Scripted>);

/// The word for an action, as it stands in a script.
struct Word<V>(V);

impl<'de, V: Verb> Deserialize<'de> for Word<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = || {
            let words: Vec<_> = V::ALL.iter().map(|verb| verb.as_str()).collect();
            D::Error::custom(format!("is never done; use {}", listed(&words)))
        };
        named(&word).map(Self).ok_or_else(known)
    }
}

// Not derived: a mistake is told by the path of its action.
impl<'de, V: Verb> Deserialize<'de> for Script<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(PhantomData<V>);
        impl<'de, V: Verb> Visitor<'de> for Entries<V> {
            type Value = Script<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let example = V::ALL.iter().find(|verb| verb.is_asked());
                let example = example.map_or("open", |verb| verb.as_str());
                write!(f, r#"a JSON object such as {{"{example}": "refuse"}}"#)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Script<V>, A::Error> {
                let mut script = BTreeMap::new();
                while let Some(Word(verb)) = map.next_key()? {
                    script.insert(verb, map.next_value()?);
                }
                Ok(Script(script))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<V> Default for Script<V> {
    /// Nothing is scripted.
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<V: Verb> Serialize for Script<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.iter();
        serializer.collect_map(entries.map(|(verb, scripted)| (verb.as_str(), scripted)))
    }
}

impl<V: Verb> Script<V> {
    /// What is scripted for the supplier that is asked for an action.
    pub fn of(&self, action: V) -> Fault {
        match self.0.get(&action) {
            Some(Scripted::Theirs(fault)) => *fault,
            _ => Fault::Ok,
        }
    }

    /// What is scripted for our own step that takes an action.
    pub fn mishap(&self, action: V) -> Option<Mishap> {
        match self.0.get(&action) {
            Some(Scripted::Ours(mishap)) => Some(*mishap),
            _ => None,
        }
    }

    /// All that is scripted for our own steps.
    pub fn mishaps(&self) -> impl Iterator<Item = (V, Mishap)> {
        let actions = self.0.keys().copied();
        actions.filter_map(|action| self.mishap(action).map(|mishap| (action, mishap)))
    }

    /// The first action for which a supplier's fault is scripted though no supplier is asked for it.
    pub fn addressed_to_nobody(&self) -> Option<V> {
        let theirs = |verb: &V| matches!(self.0.get(verb), Some(Scripted::Theirs(_)));
        let mut own = V::ALL.iter().copied().filter(|verb| !verb.is_asked());
        own.find(theirs)
    }

    /// The first action in the script that is none of `allowed`.
    pub fn stranger(&self, allowed: &[V]) -> Option<V> {
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
