//! Those who travel, by name. A name is personal: it goes to the suppliers, to the booking's owner and to
//! operators, and into no log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most passengers that a booking may name.
pub const MOST_PASSENGERS: usize = 9;
/// A name has no more characters.
pub const LONGEST_NAME: usize = 100;
/// Letters and marks of all scripts, from and to, without blanks, control characters, and what hides in a
/// line or turns its direction.
pub const LETTERS: [(char, char); 14] = [
    ('A', 'Z'),
    ('a', 'z'),
    ('\u{a1}', '\u{61b}'),
    ('\u{61d}', '\u{167f}'),
    ('\u{1681}', '\u{180d}'),
    ('\u{180f}', '\u{1fff}'),
    ('\u{200c}', '\u{200d}'),
    ('\u{2010}', '\u{2027}'),
    ('\u{2030}', '\u{205e}'),
    ('\u{2070}', '\u{2fff}'),
    ('\u{3001}', '\u{d7ff}'),
    ('\u{f900}', '\u{fefe}'),
    ('\u{ff01}', '\u{ffef}'),
    ('\u{10000}', '\u{3ffff}'),
];
/// What stands between them. A name ends with one of the last two, or with a letter.
pub const SIGNS: &str = " -,.'";
const LAST: &str = ".'";

/// The name of somebody who travels.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Passenger(String);

/// A text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a name of 1 to {LONGEST_NAME} characters, such as Ana Souza: letters, blanks, `'`, `-`, `.` and `,`"
)]
pub struct NotAName;

impl Passenger {
    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Passenger {
    type Error = NotAName;
    fn try_from(text: String) -> Result<Self, NotAName> {
        let is_short = text.chars().count() <= LONGEST_NAME;
        let begins_well = text.chars().next().is_some_and(is_letter);
        let ends_well = text
            .chars()
            .last()
            .is_some_and(|c| is_letter(c) || LAST.contains(c));
        let is_plain = text.chars().all(|c| is_letter(c) || SIGNS.contains(c));
        match is_short && begins_well && ends_well && is_plain {
            true => Ok(Self(text)),
            false => Err(NotAName),
        }
    }
}

fn is_letter(c: char) -> bool {
    LETTERS.iter().any(|(from, to)| (*from..=*to).contains(&c))
}

/// Shows nothing of the name.
impl fmt::Debug for Passenger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passenger(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Passenger, NotAName> {
        text.to_owned().try_into()
    }

    #[test]
    fn names_of_many_scripts_are_names() {
        let longest = "x".repeat(LONGEST_NAME);
        for name in [
            "Ana Souza",
            "O'Neill-Peña",
            "Dr. José d’Ávila, Jr.",
            "Zoe\u{301}",
            "李小龍",
            "प्रिया",
            "Ó",
            &longest,
        ] {
            assert_eq!(read(name).unwrap().name(), name);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let too_long = "x".repeat(LONGEST_NAME + 1);
        for text in [
            "",
            " ",
            " Ana",
            "Ana\n",
            "Ana\tSouza",
            "A\u{7}",
            "4111 1111 1111 1111",
            "Ana 2",
            "<b>Ana</b>",
            "ana@example.com",
            "Ana\u{202e}azuoS",
            "Ana\u{200b}",
            "--",
            "- Ana",
            "Ana,",
            "Ana\u{3000}Souza",
            &too_long,
        ] {
            assert_eq!(read(text), Err(NotAName), "{text:?}");
        }
    }

    #[test]
    fn a_name_is_not_shown_to_those_who_debug() {
        assert!(!format!("{:?}", read("Ana Souza").unwrap()).contains("Ana"));
    }
}
