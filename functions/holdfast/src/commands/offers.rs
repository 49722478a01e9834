//! `holdfast offers`: what there is to choose from.

use holdfast_booking_rules::offer::Offer;
use holdfast_booking_rules::spec::{Kind, Spec};
use holdfast_core::ids::{LegId, OfferId};
use lexopt::prelude::*;
use serde::Serialize;

use super::help::Topic;
use crate::answers::{Offers, spoken};
use crate::arguments::{Misuse, leg, named, words};
use crate::client::{Api, Request, encoded, read};
use crate::exit::Exit;
use crate::fields::{Fields, bare};
use crate::output::{line, money, table, tell};
use crate::problem::Problem;

pub(super) const TOPIC: Topic = Topic {
    name: "offers",
    about: "shows what there is to choose from",
    help: "\
Shows what suppliers offer: for how much, how much of it is left, and what comes back to a traveller
who cancels. Without a place to go to, there is an offer for each of a dozen places.

Usage: holdfast offers KIND [OPTIONS]

KIND is flight, train, hotel, car or insurance. The fields of a leg's spec are options:
  --from PLACE --to PLACE --date DATE --passengers N            flight, train
  --city PLACE --check-in DATE --check-out DATE --guests N      hotel
  --city PLACE --pick-up DATE --drop-off DATE                   car
  --from DATE --to DATE --travellers N                          insurance
A place has three letters, such as LIS; a date is written 2027-03-01.

A leg that names an offer's ID as its `offer` has the offer's price, until the offer's `price_until`
(see --json), whatever it costs by then.

Other options:
  --leg ID     prints the first offer as a leg of this id, at its price, for a trip's file or
               `holdfast add`
  --json       prints JSON
  -h, --help   this text

Examples:
  holdfast offers flight --from GRU --to LIS --date 2027-03-01 --passengers 2
  holdfast offers hotel --city LIS --check-in 2027-03-01 --check-out 2027-03-15 --leg hotel",
};

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    kind: Kind,
    fields: Vec<(String, String)>,
    leg: Option<LegId>,
    json: bool,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let (mut kind, mut fields, mut chosen, mut json) = (None, Vec::new(), None, false);
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if kind.is_none() => kind = Some(to_kind(&word.string()?)?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("leg") => chosen = Some(leg(parser.value()?)?),
                Long("json") => json = true,
                Long(field) => {
                    let field = field.replace('-', "_");
                    fields.push((field, parser.value()?.string()?));
                }
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self {
            kind: named(kind, "a kind, such as flight")?,
            fields,
            leg: chosen,
            json,
        })
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let mut api = Api::from_env()?;
        let request = Request::get(self.path());
        let raw = api.ask(&request).await?;
        let Offers { offers } = read(&request.to_string(), raw.clone())?;
        let Some(first) = offers.first() else {
            return Err(Problem::NotAgreed("there is no such offer".to_owned()));
        };
        match &self.leg {
            Some(id) => line(&as_leg(id, first))?,
            None => tell(self.json, &raw["offers"], || listed(&offers))?,
        }
        Ok(Exit::Done)
    }

    fn path(&self) -> String {
        let fields = self.fields.iter();
        let fields = fields.map(|(name, value)| format!("&{}={}", encoded(name), encoded(value)));
        format!("/offers?kind={}{}", self.kind, fields.collect::<String>())
    }
}

fn to_kind(word: &str) -> Result<Kind, Misuse> {
    let known = word.parse();
    known.map_err(|problem| words(format!("`{word}`: {problem}")))
}

/// A leg, as a trip's file has it.
#[derive(Serialize)]
struct NewLeg<'a> {
    id: &'a LegId,
    kind: Kind,
    spec: &'a Spec,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<&'a OfferId>,
}

fn as_leg(id: &LegId, offer: &Offer) -> String {
    let leg = NewLeg {
        id,
        kind: offer.kind,
        spec: &offer.spec,
        offer: offer.id.as_ref(),
    };
    serde_json::to_string(&leg).unwrap_or_default()
}

fn listed(offers: &[Offer]) -> String {
    let rows = offers.iter().map(|offer| {
        vec![
            particulars(offer),
            money(&offer.price),
            offer.available.to_string(),
            terms(offer),
            offer
                .id
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ]
    });
    table(&["OFFER", "PRICE", "LEFT", "COMES BACK", "ID"], rows)
}

/// The spec in one line: `from GRU, to LIS, date 2027-03-01, passengers 2`.
fn particulars(offer: &Offer) -> String {
    let spec = serde_json::to_string(&offer.spec).unwrap_or_default();
    let Ok(Fields(fields)) = serde_json::from_str(&spec) else {
        return spec;
    };
    let fields = fields.iter();
    let fields = fields.map(|(name, value)| format!("{} {}", spoken(name), bare(value)));
    fields.collect::<Vec<_>>().join(", ")
}

fn terms(offer: &Offer) -> String {
    match offer.refund.until {
        Some(until) if offer.refund.percent > 0 => {
            format!("{} % until {until}", offer.refund.percent)
        }
        _ => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn offer() -> Offer {
        serde_json::from_value(
            json!({"id": "BRL.235200.1", "kind": "car", "price": {"amount": 235_200, "currency": "BRL"},
            "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"},
            "available": 7, "refund": {"percent": 80, "until": "2027-02-27"}}),
        )
        .unwrap()
    }

    #[test]
    fn options_are_the_parameters_of_the_question() {
        let line = "offers car --city LIS --pick-up 2027-03-01 --drop-off=2027-03-15";
        let asked = Asked::read(lexopt::Parser::from_iter(
            line.split(' ').map(str::to_owned),
        ));
        // The first word stands for the program.
        assert_eq!(
            asked.unwrap().path(),
            "/offers?kind=car&city=LIS&pick_up=2027-03-01&drop_off=2027-03-15"
        );
    }

    #[test]
    fn an_offer_is_a_line_with_its_terms() {
        let text = listed(&[offer()]);
        let line = text.lines().nth(1).unwrap();
        let start = "city LIS, pick up 2027-03-01, drop off 2027-03-15  BRL 2,352.00";
        assert!(line.starts_with(start), "{line}");
        assert!(
            line.ends_with("80 % until 2027-02-27  BRL.235200.1"),
            "{line}"
        );
    }

    #[test]
    fn an_offer_is_a_leg_under_a_name() {
        assert_eq!(
            as_leg(&"car".parse().unwrap(), &offer()),
            r#"{"id":"car","kind":"car","spec":{"city":"LIS","pick_up":"2027-03-01","drop_off":"2027-03-15"},"offer":"BRL.235200.1"}"#
        );
        let mut nameless = offer();
        nameless.id = None;
        let leg = as_leg(&"car".parse().unwrap(), &nameless);
        assert!(leg.ends_with(r#""drop_off":"2027-03-15"}}"#), "{leg}");
    }
}
