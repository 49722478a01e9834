//! Reads what callers send into types, and says in plain words what is wrong with it: the field by its full
//! path, and what is right. No message names a Rust type or repeats a value.
//!
//! - `json`: walks through JSON, and keeps the path
//! - `values`: values with bounds or a form of their own: [`day`], [`whole`]

mod json;
mod values;

use std::fmt::{self, Display};

use serde::de::{Deserialize, Error, Expected, Unexpected};
use serde_json::Value;

use json::{Json, Tagged};
pub use values::{currency, day, perhaps_text, perhaps_whole, text, whole};

/// The name of a field in a message has no more characters.
const LONGEST_NAME: usize = 60;

/// A field that is wrong, and what is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The path of the field, such as `legs[0].spec.from`; empty for the whole.
    pub field: String,
    /// What is wrong with it, and what is right.
    pub problem: String,
}

/// Reads JSON into a type.
///
/// # Errors
/// The first [`Flaw`].
pub fn read<'de, T: Deserialize<'de>>(json: &'de Value) -> Result<T, Flaw> {
    T::deserialize(Json::of(json))
}

/// Reads the part of a whole that stands at this path.
///
/// # Errors
/// The first [`Flaw`], its path beginning with the part's.
pub fn read_part<'de, T: Deserialize<'de>>(path: &str, json: &'de Value) -> Result<T, Flaw> {
    read(json).map_err(|flaw: Flaw| flaw.within(path))
}

/// Reads an object whose field `tag` says which variant of an enum it is.
///
/// # Errors
/// The first [`Flaw`].
pub fn read_tagged<'de, T: Deserialize<'de>>(
    tag: &'static str,
    json: &'de Value,
) -> Result<T, Flaw> {
    T::deserialize(Tagged { tag, json })
}

/// Reads the parameters of a query: an object whose values are all texts, in which numbers are digits.
///
/// # Errors
/// The first [`Flaw`].
pub fn read_query<'de, T: Deserialize<'de>>(parameters: &'de Value) -> Result<T, Flaw> {
    T::deserialize(Json::of_a_query(parameters))
}

/// The parameters of a query as [`read_query`] wants them.
///
/// # Errors
/// A [`Flaw`] where one is given twice.
pub fn parameters(pairs: Vec<(String, String)>) -> Result<Value, Flaw> {
    let mut parameters = serde_json::Map::new();
    for (name, text) in pairs {
        if parameters.contains_key(&name) {
            return Err(Flaw::at(&name, "is given twice; send it once"));
        }
        parameters.insert(name, text.into());
    }
    Ok(Value::Object(parameters))
}

/// Words as a sentence lists them: `pay, cancel or add_leg`.
pub fn listed(words: &[&str]) -> String {
    match words {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        words => words.concat(),
    }
}

impl Flaw {
    /// A field of the whole, and what is wrong with it.
    pub fn at(field: &str, problem: impl Into<String>) -> Self {
        Self {
            field: readable(field),
            problem: problem.into(),
        }
    }

    /// The whole is wrong.
    pub fn of_all(problem: impl Into<String>) -> Self {
        Self {
            field: String::new(),
            problem: problem.into(),
        }
    }

    /// The same flaw, seen from where the part stands at this path.
    #[must_use]
    pub fn within(self, path: &str) -> Self {
        let field = match (path, self.field.as_str()) {
            ("", field) => field.to_owned(),
            (path, "") => path.to_owned(),
            (path, field) if field.starts_with('[') => format!("{path}{field}"),
            (path, field) => format!("{path}.{field}"),
        };
        Self { field, ..self }
    }

    /// The path of the field, or this word where the whole is wrong.
    #[must_use]
    pub fn named(self, whole: &str) -> Self {
        let field = match self.field.as_str() {
            "" => whole.to_owned(),
            _ => self.field,
        };
        Self { field, ..self }
    }
}

impl Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => f.write_str(&self.problem),
            field => write!(f, "{field}: {}", self.problem),
        }
    }
}

impl std::error::Error for Flaw {}

impl Error for Flaw {
    fn custom<T: Display>(problem: T) -> Self {
        Self::of_all(problem.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of_all(format!("must be {}", plain(&expected.to_string())))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::of_all(format!("must be {}", plain(&expected.to_string())))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::of_all(format!("must be {}", listed(expected)))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let problem = match expected {
            [] => "is not known here; leave it out".to_owned(),
            known => format!("is not known here; use {}", listed(known)),
        };
        // The key's reader adds the name.
        let _ = field;
        Self::of_all(problem)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::at(field, "is missing")
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::at(field, "is given twice; send it once")
    }
}

/// The words for what serde's own types expect. Our types say it in plain words themselves.
fn plain(expected: &str) -> &str {
    match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" | "u128" => "a whole number of 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" | "i128" => "a whole number",
        "f32" | "f64" => "a number",
        "a string" | "a borrowed string" | "string" | "str" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a JSON object",
        "unit" => "null",
        object if object.starts_with("struct ") => "a JSON object",
        words if words.starts_with("a ") || words.starts_with("an ") => words,
        _ => "of another type",
    }
}

/// A name that a caller made up, fit for a message: short, on one line.
fn readable(name: &str) -> String {
    let plain = |c: char| if c.is_control() { '?' } else { c };
    name.chars().take(LONGEST_NAME).map(plain).collect()
}

#[cfg(test)]
mod tests;
