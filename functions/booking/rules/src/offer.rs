//! What may be chosen: offers of the suppliers, and the question that they answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::places::{PLACES, Place};
use crate::spec::{Kind, NotAKind, Spec};
use holdfast_core::ids::OfferId;
use holdfast_core::money::Money;
use holdfast_core::reading::Flaw;
pub use holdfast_core::refund::Refund;
use holdfast_core::time::Timestamp;

/// Something that may be chosen: `kind` and `spec` can be posted as a leg's, and `id` as its `offer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "RawOffer")]
pub struct Offer {
    /// Its supplier's name for it: a leg that gives it as `offer` has this price. Nothing where the
    /// supplier does not keep its prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 160))]
    pub id: Option<OfferId>,
    /// What sort of thing it is.
    pub kind: Kind,
    /// What to reserve.
    pub spec: Spec,
    /// What it costs, all persons and days together.
    pub price: Money,
    /// Until when the price holds for a leg that names the offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub price_until: Option<Timestamp>,
    /// How many of it are left. They may be gone a moment later: only a hold reserves.
    pub available: u32,
    /// What is given back to those who do not travel.
    pub refund: Refund,
}

#[derive(Deserialize)]
struct RawOffer {
    id: Option<OfferId>,
    kind: Kind,
    spec: Value,
    price: Money,
    price_until: Option<Timestamp>,
    available: u32,
    refund: Refund,
}

impl TryFrom<RawOffer> for Offer {
    type Error = String;
    fn try_from(raw: RawOffer) -> Result<Self, String> {
        let spec = Spec::read(raw.kind, &raw.spec);
        Ok(Self {
            id: raw.id,
            kind: raw.kind,
            spec: spec.map_err(|flaw| flaw.within("spec").to_string())?,
            price: raw.price,
            price_until: raw.price_until,
            available: raw.available,
            refund: raw.refund,
        })
    }
}

/// Reads a question: `kind`, and the fields of its spec as parameters. The place to go to may be
/// left out, and so may the number of persons, which is then 1. Answers with all specs that are meant,
/// none of which has begun before `now`.
///
/// # Errors
/// The first [`Flaw`], which names its parameter.
pub fn candidates(
    parameters: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<Vec<Spec>, Flaw> {
    let kind = parameters.get("kind");
    let kind = kind.ok_or_else(|| {
        let problem = format!("is missing; use {}", Kind::words("or"));
        Flaw::at("kind", problem)
    })?;
    let kind: Kind = kind
        .parse()
        .map_err(|problem: NotAKind| Flaw::at("kind", problem.to_string()))?;
    let (place, persons) = kind.optional_fields();
    let mut fields = Map::new();
    for (name, text) in parameters.iter().filter(|(name, _)| *name != "kind") {
        fields.insert(name.clone(), field(text, Some(name.as_str()) == persons));
    }
    if let Some(persons) = persons {
        fields.entry(persons).or_insert_with(|| 1.into());
    }
    let read = |fields: Map<String, Value>| Spec::read_ahead(kind, &Value::Object(fields), now);
    match place {
        Some(place) if !fields.contains_key(place) => {
            let start = fields.get("from").and_then(Value::as_str);
            let elsewhere = PLACES.iter().filter(|known| Some(known.code) != start);
            let to = |known: &Place| {
                let mut fields = fields.clone();
                fields.insert(place.to_owned(), known.code.into());
                read(fields)
            };
            elsewhere.map(to).collect()
        }
        _ => Ok(vec![read(fields)?]),
    }
}

/// A parameter as the field of a spec. Only a count is a number, and only if it is digits alone.
fn field(text: &str, is_count: bool) -> Value {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let count = text.parse::<u64>().ok().filter(|_| is_count && digits);
    count.map_or_else(|| text.into(), Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &[(&str, &str)]) -> Result<Vec<Spec>, Flaw> {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let now = "2027-03-01T12:00:00Z".parse().unwrap();
        candidates(&query.iter().map(owned).collect(), now)
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
            (&[("kind", "flight"), ("from", "GRU")], "date"),
            (
                &[("kind", "flight"), ("from", "GRU"), ("date", "2027-02-28")],
                "date",
            ),
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
            assert_eq!(ask(query).unwrap_err().field, parameter, "{query:?}");
        }
    }
}
