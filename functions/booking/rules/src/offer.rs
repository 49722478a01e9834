//! What may be chosen: offers of the suppliers, and the question that they answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::spec::{Kind, Spec};
use holdfast_core::money::Money;
pub use holdfast_core::refund::Refund;

/// Where trips go when the question names no place.
const PLACES: &[&str] = &[
    "AMS", "BCN", "CDG", "EZE", "FCO", "GIG", "GRU", "JFK", "LIS", "MAD", "NRT", "SCL",
];

/// Something that may be chosen: `kind` and `spec` can be posted as a leg's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "RawOffer")]
pub struct Offer {
    /// What sort of thing it is.
    pub kind: Kind,
    /// What to reserve.
    pub spec: Spec,
    /// What it costs, all persons and days together.
    pub price: Money,
    /// How many of it are left. They may be gone a moment later: only a hold reserves.
    pub available: u32,
    /// What is given back to those who do not travel.
    pub refund: Refund,
}

#[derive(Deserialize)]
struct RawOffer {
    kind: Kind,
    spec: Value,
    price: Money,
    available: u32,
    refund: Refund,
}

impl TryFrom<RawOffer> for Offer {
    type Error = String;
    fn try_from(raw: RawOffer) -> Result<Self, String> {
        let spec = Spec::read(raw.kind, &raw.spec);
        Ok(Self {
            kind: raw.kind,
            spec: spec.map_err(|(field, problem)| format!("spec.{field}: {problem}"))?,
            price: raw.price,
            available: raw.available,
            refund: raw.refund,
        })
    }
}

/// What is wrong with a question: the parameter, and the problem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{parameter}: {problem}")]
pub struct BadQuestion {
    /// The parameter.
    pub parameter: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Reads a question: `kind`, and the fields of its spec as parameters. The place to go to may be
/// left out, and so may the number of persons, which is then 1. Answers with all specs that are meant.
///
/// # Errors
/// [`BadQuestion`], naming the first parameter that is wrong.
pub fn candidates(parameters: &BTreeMap<String, String>) -> Result<Vec<Spec>, BadQuestion> {
    let kind = parameters
        .get("kind")
        .map(String::as_str)
        .unwrap_or_default();
    let kind: Kind = kind
        .parse()
        .map_err(|problem: crate::spec::NotAKind| bad("kind", problem.to_string()))?;
    let (place, persons) = kind.optional_fields();
    let mut fields = Map::new();
    for (name, text) in parameters.iter().filter(|(name, _)| *name != "kind") {
        fields.insert(name.clone(), field(name, text, persons)?);
    }
    if let Some(persons) = persons {
        fields.entry(persons).or_insert_with(|| 1.into());
    }
    match place {
        Some(place) if !fields.contains_key(place) => everywhere(kind, &fields, place),
        _ => Ok(vec![read(kind, fields)?]),
    }
}

fn everywhere(
    kind: Kind,
    fields: &Map<String, Value>,
    place: &str,
) -> Result<Vec<Spec>, BadQuestion> {
    let start = fields.get("from").and_then(Value::as_str);
    let elsewhere = PLACES.iter().filter(|code| Some(**code) != start);
    let specs = elsewhere.map(|code| {
        let mut fields = fields.clone();
        fields.insert(place.to_owned(), (*code).into());
        read(kind, fields)
    });
    specs.collect()
}

fn field(name: &str, text: &str, persons: Option<&str>) -> Result<Value, BadQuestion> {
    if Some(name) != persons {
        return Ok(text.into());
    }
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let count = text.parse::<u32>().ok().filter(|_| plain);
    count
        .map(Value::from)
        .ok_or_else(|| bad(name, "must be 1 to 9"))
}

fn read(kind: Kind, fields: Map<String, Value>) -> Result<Spec, BadQuestion> {
    Spec::read(kind, &Value::Object(fields)).map_err(|(field, problem)| {
        let field = if field == "." { "query" } else { &field };
        bad(field, problem)
    })
}

fn bad(parameter: &str, problem: impl Into<String>) -> BadQuestion {
    BadQuestion {
        parameter: parameter.to_owned(),
        problem: problem.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &[(&str, &str)]) -> Result<Vec<Spec>, BadQuestion> {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        candidates(&query.iter().map(owned).collect())
    }

    #[test]
    fn a_question_that_names_the_place_has_one_answer() {
        let query = [
            ("kind", "flight"),
            ("from", "GRU"),
            ("to", "LIS"),
            ("date", "2027-03-01"),
        ];
        let found = ask(&query).unwrap();
        assert!(matches!(&found[..], [Spec::Flight(flight)] if flight.passengers == 1));
    }

    #[test]
    fn a_question_without_a_place_is_about_all_of_them() {
        let flights = ask(&[("kind", "flight"), ("from", "GRU"), ("date", "2027-03-01")]).unwrap();
        assert_eq!(flights.len(), PLACES.len() - 1);
        let days = [
            ("kind", "car"),
            ("pick_up", "2027-03-01"),
            ("drop_off", "2027-03-02"),
        ];
        assert_eq!(ask(&days).unwrap().len(), PLACES.len());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, parameter) in [
            (&[][..], "kind"),
            (&[("kind", "boat")], "kind"),
            (&[("kind", "flight"), ("from", "GRU")], "query"),
            (
                &[("kind", "flight"), ("from", "GRU"), ("date", "soon")],
                "date",
            ),
            (
                &[("kind", "flight"), ("from", "gru"), ("date", "2027-03-01")],
                "from",
            ),
            (
                &[
                    ("kind", "insurance"),
                    ("from", "2027-03-01"),
                    ("to", "2027-03-02"),
                    ("travellers", "+1"),
                ],
                "travellers",
            ),
            (
                &[
                    ("kind", "insurance"),
                    ("from", "2027-03-01"),
                    ("to", "2027-03-02"),
                    ("x", "1"),
                ],
                "x",
            ),
        ] {
            assert_eq!(ask(query).unwrap_err().parameter, parameter, "{query:?}");
        }
    }
}
