//! Files with trips and legs: read, changed as the command line says, and where in them a field is.

use std::fs;
use std::io::{self, Read};

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::client::Refusal;
use crate::fields::child;
use crate::problem::Problem;

const STDIN: &str = "-";
const TRIP: &str = r#"{"legs": [{"id": "out", "kind": "flight", "spec": {…}}]}"#;
const LEG: &str = r#"{"id": "car", "kind": "car", "spec": {…}}"#;

/// The text of a file, and its name.
#[derive(Debug)]
pub(crate) struct Source {
    name: String,
    text: String,
}

/// A scripted fault: of a part of the trip, or of a step that is about the whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    part: Option<String>,
    action: String,
    fault: String,
}

impl Fault {
    /// `hotel.confirm=refuse`, `payment.capture=lost` or `settle=crash_before`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (path, fault) = text.split_once('=')?;
        let (part, action) = match path.rsplit_once('.') {
            Some((part, action)) => (Some(part.to_owned()), action),
            None => (None, path),
        };
        let whole = !action.is_empty() && !fault.is_empty() && part.as_deref() != Some("");
        whole.then(|| Self {
            part,
            action: action.to_owned(),
            fault: fault.to_owned(),
        })
    }
}

impl Source {
    /// Reads a file, or the standard input where it is called `-`.
    pub(crate) fn read(name: &str) -> Result<Self, Problem> {
        let text = match name {
            STDIN => {
                let mut text = String::new();
                io::stdin().read_to_string(&mut text).map(|_| text)
            }
            file => fs::read_to_string(file),
        };
        let name = match name {
            STDIN => "standard input".to_owned(),
            file => file.to_owned(),
        };
        match text {
            Ok(text) => Ok(Self { name, text }),
            Err(problem) => Err(Problem::File(unreadable(&name, &problem))),
        }
    }

    /// A trip: the body of `POST /bookings`.
    pub(crate) fn trip(&self) -> Result<Map<String, Value>, Problem> {
        let trip = self.object("trip", TRIP)?;
        match trip.get("legs") {
            Some(Value::Array(_)) => Ok(trip),
            found => {
                let line = self.line_of("legs").unwrap_or(1);
                let is = found.map_or("is missing", |_| "must be a list");
                let problem = format!("{}, line {line}: legs: {is}; a trip is {TRIP}", self.name);
                Err(Problem::File(problem))
            }
        }
    }

    /// A leg: the body of `POST /bookings/{id}/legs`.
    pub(crate) fn leg(&self) -> Result<Map<String, Value>, Problem> {
        self.object("leg", LEG)
    }

    fn object(&self, what: &str, example: &str) -> Result<Map<String, Value>, Problem> {
        let name = &self.name;
        match serde_json::from_str(&self.text) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Problem::File(format!(
                "{name}, line 1: this is no {what}; a {what} is {example}"
            ))),
            Err(_) if self.text.trim().is_empty() => Err(Problem::File(format!(
                "{name}, line 1: it is empty; a {what} is {example}"
            ))),
            Err(problem) => {
                let (line, column) = (problem.line(), problem.column());
                Err(Problem::File(format!(
                    "{name}, line {line}, column {column}: not JSON from here on; a {what} is {example}"
                )))
            }
        }
    }

    /// What the API found wrong, with the lines of this file where it is; anything else as it is.
    pub(crate) fn blame(&self, problem: Problem) -> Problem {
        match problem {
            Problem::Refused(refusal) if !refusal.fields().is_empty() => {
                Problem::File(self.located(&refusal))
            }
            other => other,
        }
    }

    fn located(&self, refusal: &Refusal) -> String {
        let wrong = refusal.fields().iter().map(|wrong| {
            let line = self.line_of(&wrong.field);
            let line = line.map(|line| format!(", line {line}"));
            let line = line.unwrap_or_default();
            format!("{}{line}: {}: {}", self.name, wrong.field, wrong.problem)
        });
        wrong.collect::<Vec<_>>().join("; ")
    }

    /// The line of a field such as `legs[0].spec.date`, or of the innermost part around it that is there.
    fn line_of(&self, field: &str) -> Option<usize> {
        let mut found = serde_json::from_str::<&RawValue>(&self.text).ok()?;
        let path = field.replace('[', ".").replace(']', "");
        for name in path.split('.').filter(|name| !name.is_empty()) {
            match child(found, name) {
                Some(inner) => found = inner,
                None => break,
            }
        }
        // A part of a text lies behind its beginning.
        let offset = (found.get().as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let before = self.text.get(..offset)?;
        Some(before.matches('\n').count() + 1)
    }

    /// The text, as it is.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Its name, for people.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

fn unreadable(name: &str, problem: &io::Error) -> String {
    match problem.kind() {
        io::ErrorKind::NotFound => format!(
            "{name}: there is no such file; `holdfast help book` shows a trip, `holdfast help add` a leg"
        ),
        io::ErrorKind::PermissionDenied => format!("{name}: you may not read it"),
        io::ErrorKind::IsADirectory => format!("{name}: this is a folder; name a file"),
        io::ErrorKind::InvalidData => format!("{name}: this is no text; name a JSON file"),
        _ => format!("{name}: it cannot be read: {problem}"),
    }
}

/// Writes scripted faults into a trip.
pub(crate) fn script(trip: &mut Map<String, Value>, faults: &[Fault]) -> Result<(), Problem> {
    for fault in faults {
        let part = match fault.part.as_deref() {
            None => Some(&mut *trip),
            Some("payment") => trip.get_mut("payment").and_then(Value::as_object_mut),
            Some(leg) => leg_of(trip, leg),
        };
        let Some(part) = part else {
            let name = fault.part.as_deref().unwrap_or_default();
            let parts = parts(trip).join(", ");
            return Err(Problem::Usage(format!(
                "--simulate {name}.{}: the trip has no `{name}`; it has {parts}",
                fault.action
            )));
        };
        let script = part.entry("simulate").or_insert_with(|| Map::new().into());
        if let Value::Object(script) = script {
            script.insert(fault.action.clone(), fault.fault.clone().into());
        }
    }
    Ok(())
}

fn leg_of<'a>(trip: &'a mut Map<String, Value>, id: &str) -> Option<&'a mut Map<String, Value>> {
    let legs = trip.get_mut("legs")?.as_array_mut()?;
    let leg = legs.iter_mut().find(|leg| leg["id"] == *id);
    leg?.as_object_mut()
}

fn parts(trip: &Map<String, Value>) -> Vec<String> {
    let legs = trip.get("legs").and_then(Value::as_array);
    let ids = legs
        .into_iter()
        .flatten()
        .filter_map(|leg| leg["id"].as_str());
    let payment = trip.get("payment").filter(|payment| payment.is_object());
    let payment = payment.map(|_| "payment");
    ids.chain(payment).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"{
  "legs": [
    {"id": "out", "kind": "flight", "spec": {"from": "GRU",
       "to": "LIS"}},
    {"id": "hotel", "kind": "hotel", "spec": {}}
  ],
  "payment": {"token": "tok_visa"}
}"#;

    fn source(text: &str) -> Source {
        Source {
            name: "trip.json".to_owned(),
            text: text.to_owned(),
        }
    }

    fn problem(text: &str) -> String {
        source(text).trip().unwrap_err().to_string()
    }

    #[test]
    fn what_is_broken_is_told_with_its_line_and_with_what_is_right() {
        assert_eq!(
            problem("{\n  \"legs\": [\n    oops\n"),
            format!("trip.json, line 3, column 5: not JSON from here on; a trip is {TRIP}")
        );
        assert_eq!(
            problem("[1]"),
            format!("trip.json, line 1: this is no trip; a trip is {TRIP}")
        );
        assert_eq!(
            problem("{\n\"legs\": 1}"),
            format!("trip.json, line 2: legs: must be a list; a trip is {TRIP}")
        );
        assert!(problem("{}").contains("legs: is missing"));
        assert!(problem(" \n").contains("it is empty"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named_with_the_remedy() {
        let told = Source::read("no/such/trip.json").unwrap_err().to_string();
        assert!(told.starts_with("no/such/trip.json: there is no such file; `holdfast help book`"));
        let told = Source::read("/").unwrap_err().to_string();
        assert!(told.contains("folder"), "{told}");
    }

    #[test]
    fn fields_are_found_by_their_lines() {
        let line = |field| source(SAMPLE).line_of(field);
        assert_eq!(line("legs"), Some(2));
        assert_eq!(line("legs[0].spec.to"), Some(4));
        assert_eq!(
            line("legs[1].spec.city"),
            Some(5),
            "the innermost that is there"
        );
        assert_eq!(line("payment.token"), Some(7));
    }

    #[test]
    fn faults_are_written_where_they_belong() {
        let mut trip = source(SAMPLE).trip().unwrap();
        let faults = [
            "hotel.confirm=refuse",
            "payment.capture=lost:2",
            "close=twice",
        ];
        let faults = faults.map(|fault| Fault::read(fault).unwrap());
        script(&mut trip, &faults).unwrap();
        assert_eq!(trip["legs"][1]["simulate"]["confirm"], "refuse");
        assert_eq!(trip["payment"]["simulate"]["capture"], "lost:2");
        assert_eq!(trip["simulate"]["close"], "twice");
        let other = [Fault::read("car.hold=refuse").unwrap()];
        let told = script(&mut trip, &other).unwrap_err().to_string();
        assert!(told.contains("it has out, hotel, payment"), "{told}");
    }

    #[test]
    fn what_is_no_fault_is_refused() {
        for text in [
            "",
            "hotel",
            "hotel.confirm",
            "hotel.=x",
            ".confirm=refuse",
            "hotel.confirm=",
        ] {
            assert_eq!(Fault::read(text), None, "{text}");
        }
    }
}
