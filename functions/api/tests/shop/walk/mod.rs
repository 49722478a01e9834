//! The walk over all inputs: every field of every input gets a dozen kinds of nonsense, and each answer is
//! held against a pattern. It names the field by its path, says what is right, and shows nothing of the
//! program.
//!
//! - `nonsense`: what is put into fields
//! - `bodies`: what the API is sent; `queries`: parameters of its lists
//! - `payloads`: what functions and readers are given; `outside`: what suppliers and terminals send

mod bodies;
mod nonsense;
mod outside;
mod payloads;
mod queries;

use serde_json::Value;

use crate::stage::Answer;

/// What no message shows.
const INNARDS: [&str; 22] = [
    "::",
    "Error {",
    "Error(",
    "Some(",
    "None",
    "expected ",
    "invalid type",
    "invalid value",
    "invalid length",
    "at line",
    "missing field",
    "unknown field",
    "unknown variant",
    "did not match",
    "too large to fit",
    "failed to parse",
    "u8",
    "u16",
    "u32",
    "u64",
    "i64",
    "struct ",
];

/// What tells the reader what is right.
const REMEDIES: [&str; 9] = [
    "must ",
    "is missing",
    "is not known here; ",
    "has passed; use ",
    "is given twice; ",
    "is never done; use ",
    "leave it out",
    "is no cursor; send ",
    "send ",
];

/// What came of an input.
pub(crate) enum Came {
    /// It was taken, or refused for another reason than its form.
    Taken,
    /// A field of it is wrong.
    Refused { field: String, problem: String },
    /// The answer is none that a caller should see.
    Broken(String),
}

/// How far the walk has come.
#[derive(Default)]
pub(crate) struct Walk {
    inputs: usize,
    refused: usize,
    broken: Vec<String>,
}

impl Walk {
    /// Counts one input, with what came of it; `path` is where the nonsense stands.
    pub(crate) fn count(&mut self, input: &str, path: &str, nonsense: &str, came: Came) {
        self.inputs += 1;
        let problem = match came {
            Came::Taken => return,
            Came::Broken(why) => Some(why),
            Came::Refused { field, problem } => {
                self.refused += 1;
                wrong((path, nonsense), &field, &problem)
            }
        };
        if let Some(problem) = problem {
            let broken = format!("{input}, `{path}` is {nonsense}: {problem}");
            self.broken.push(broken);
        }
    }

    fn tell(&self, part: &str) {
        let Self {
            inputs, refused, ..
        } = self;
        let broken = self.broken.len();
        println!("{part}: {inputs} inputs, {refused} refused, {broken} break the pattern");
        assert!(self.broken.is_empty(), "{}", self.broken.join("\n"));
        assert!(*refused * 2 > *inputs, "most nonsense is refused");
    }
}

impl Came {
    /// What an answer of the API means.
    pub(crate) fn answered(answer: &Answer) -> Self {
        // A good answer may hold a random token, in which any letters may follow one another.
        if let Some(shown) = innards(&answer.text).filter(|_| answer.status >= 400) {
            return Self::Broken(format!("shows `{shown}`: {}", answer.text));
        }
        let text = |pointer: &str| answer.json.pointer(pointer).and_then(Value::as_str);
        match (
            answer.status,
            text("/errors/0/field"),
            text("/errors/0/problem"),
        ) {
            (422, Some(field), Some(problem)) => Self::Refused {
                field: field.to_owned(),
                problem: problem.to_owned(),
            },
            (500.., ..) | (422, ..) => Self::Broken(answer.text.clone()),
            _ => Self::Taken,
        }
    }
}

/// What is wrong with a message about nonsense at this path.
fn wrong((path, nonsense): (&str, &str), field: &str, problem: &str) -> Option<String> {
    let told = format!("{field}: {problem}");
    if let Some(shown) = innards(&told) {
        return Some(format!("shows `{shown}`: {told}"));
    }
    if told.chars().any(char::is_control) || told.len() > 500 {
        return Some(format!("repeats what was sent: {told:?}"));
    }
    // The message about a payment does not name an unknown field: it may be the token.
    let is_nameless = nonsense == "unknown" && field == "body" && problem.contains("token");
    let is_near = path.starts_with(field) || field.starts_with(path) || path.is_empty();
    if !is_near && !is_nameless {
        return Some(format!("names another field: {told}"));
    }
    let has_remedy = REMEDIES.iter().any(|remedy| problem.contains(remedy));
    (!has_remedy).then(|| format!("does not say what is right: {told}"))
}

fn innards(text: &str) -> Option<&'static str> {
    INNARDS.into_iter().find(|shown| text.contains(shown))
}
