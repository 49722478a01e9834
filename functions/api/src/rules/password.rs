//! Passwords that anybody would guess are refused when they are chosen. Nobody is kept from signing in
//! with one that was chosen before.
//!
//! One word of `common_words.txt` stands for all its usual disguises: capitals, look-alikes such as `0` for
//! `o`, blanks, and digits and signs around it. The words are what published counts of leaked passwords have
//! at their heads once the disguises are taken off, in the languages of this house's customers.

use holdfast_core::email::Email;

use super::account::Password;

const WORDS: &str = include_str!("common_words.txt");
/// Keys in the order in which fingers run over them.
const RUNS: [&str; 9] = [
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiopqwertyuiop",
    "asdfghjklasdfghjkl",
    "zxcvbnmzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
];
/// A part that is repeated and no longer than this is guessed as soon as the part is.
const SHORT_PART: usize = 5;
/// A name in front of the `@` that is shorter is found in too many good passwords.
const SHORTEST_NAME: usize = 4;

/// Why a password is as good as none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// It is a common one.
    #[error(
        "must not be a common password, in whatever disguise; use four words that have nothing to do with one another"
    )]
    Common,
    /// It is the customer's address, or the name in it.
    #[error(
        "must not be your e-mail address or the name in it; use four words that have nothing to do with one another"
    )]
    Address,
    /// It repeats something short, or has hardly any letters.
    #[error(
        "must not be a repetition, a row of keys or a number; use four words that have nothing to do with one another"
    )]
    Trivial,
}

/// What is wrong with a password that this customer chooses, if anything.
pub fn weakness(password: &Password, email: &Email) -> Option<Weakness> {
    let typed = password.text().to_lowercase();
    let readings = readings(&typed);
    if is_address(&typed, &readings, email) {
        return Some(Weakness::Address);
    }
    if readings.iter().any(|reading| is_common(reading)) {
        return Some(Weakness::Common);
    }
    let has_letters = typed.chars().any(char::is_alphabetic);
    let is_number = !has_letters && typed.chars().any(|c| c.is_ascii_digit());
    let is_row = is_run(&typed) || readings.iter().any(|reading| is_run(reading));
    let is_short = part(&typed).chars().count() <= SHORT_PART;
    (is_number || is_row || is_short).then_some(Weakness::Trivial)
}

/// What the letters of a text spell, as they stand and with look-alikes read as the letters that they
/// stand for. Digits and signs at its ends are decoration.
fn readings(typed: &str) -> Vec<String> {
    let letters = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphabetic())
            .collect::<String>()
    };
    let inner = typed.trim_matches(|c: char| !c.is_alphabetic());
    let undone =
        |text: &str, one: char| letters(&text.chars().map(|c| meant(c, one)).collect::<String>());
    let mut all = vec![letters(typed)];
    for one in ['i', 'l'] {
        all.extend([undone(inner, one), undone(typed, one)]);
        let tail = typed.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
        all.push(undone(tail, one));
    }
    all.retain(|reading| !reading.is_empty());
    all.sort_unstable();
    all.dedup();
    all
}

fn meant(c: char, one: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        other => other,
    }
}

/// A common word, one after another, or one of them again and again.
fn is_common(reading: &str) -> bool {
    let part = part(reading);
    is_word(part) || is_word(reading) || is_two_words(reading)
}

fn is_word(text: &str) -> bool {
    WORDS.split_whitespace().any(|word| word == text)
}

fn is_two_words(text: &str) -> bool {
    let mut places = text.char_indices().map(|(place, _)| place).skip(1);
    places.any(|place| is_word(&text[..place]) && is_word(&text[place..]))
}

fn is_address(typed: &str, readings: &[String], email: &Email) -> bool {
    let address = email.as_str();
    let name = address.split('@').next().unwrap_or_default();
    if typed.contains(address) {
        return true;
    }
    let name: String = name.chars().filter(|c| c.is_alphabetic()).collect();
    name.len() >= SHORTEST_NAME && readings.iter().any(|reading| part(reading) == name)
}

fn is_run(text: &str) -> bool {
    let backwards: String = text.chars().rev().collect();
    let is_long = text.chars().count() > SHORT_PART;
    let mut runs = RUNS.iter();
    is_long && runs.any(|run| run.contains(text) || run.contains(&backwards))
}

/// The shortest part of which a text is a repetition; the text where it repeats nothing.
fn part(text: &str) -> &str {
    let places = text.char_indices().map(|(place, _)| place).skip(1);
    let mut halves = places.filter(|place| *place * 2 <= text.len());
    let repeats = |place: &usize| {
        text[*place..]
            .bytes()
            .eq(text.bytes().take(text.len() - place))
    };
    halves.find(repeats).map_or(text, |place| &text[..place])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Weakness> {
        let password = serde_json::from_value(text.into()).unwrap();
        weakness(&password, &Email::read("maria.silva@example.com").unwrap())
    }

    #[test]
    fn a_common_password_is_refused_in_whatever_disguise() {
        for common in [
            "password12",
            "Password123!",
            "P@ssw0rd2027",
            "passwordpassword",
            "my password 1",
            "qwertyuiop",
            "iloveyou1234",
            "1loveyou!!!!",
            "$unsh1ne2026",
            "Welcome2Holdfast",
            "minhasenha123",
            "admin-admin-admin",
            "tequiero....",
            "footba11football",
            "1q2w3e4r5t6y",
        ] {
            assert_eq!(of(common), Some(Weakness::Common), "{common}");
        }
    }

    #[test]
    fn the_address_and_the_name_in_it_are_refused() {
        for own in [
            "maria.silva@example.com",
            "MariaSilva2027",
            "x maria.silva@example.com x",
        ] {
            assert_eq!(of(own), Some(Weakness::Address), "{own}");
        }
    }

    #[test]
    fn repetitions_rows_of_keys_and_numbers_are_refused() {
        for trivial in [
            "1234567890",
            "0987654321",
            "aaaaaaaaaaaa",
            "ababababab",
            "xk4!xk4!xk4!",
            "2027-01-10-2027",
            "abcdefghijkl",
            "lkjhgfdsapoi",
            "üüüüüüüüüü",
            "..........",
            "11 98765-4321",
        ] {
            assert_eq!(of(trivial), Some(Weakness::Trivial), "{trivial}");
        }
    }

    #[test]
    fn what_nobody_would_guess_is_taken() {
        for good in [
            "correct horse battery",
            "correct horse",
            "tulip engine harvest nine",
            "Xk29!mvQ7pLw",
            "rt5kd9w2mz",
            "#(*&!)_+{}|:<>?",
            "água fria em março",
            "maria likes trains",
        ] {
            assert_eq!(of(good), None, "{good}");
        }
    }

    #[test]
    fn no_word_is_empty_or_has_anything_but_small_letters() {
        let words: Vec<_> = WORDS.split_whitespace().collect();
        assert!(
            words
                .iter()
                .all(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
        );
        // With ten years behind each, and with `123` and `!`: the thousands that are tried first.
        assert!(words.len() > 400, "{}", words.len());
    }
}
