//! What a leg is to reserve, by kind.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The kinds of legs. A new kind is a variant and a spec in this file, what a supplier sells of it in
/// `suppliers/src/catalogue.rs`, and a function in the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A flight, one way.
    Flight,
    /// A hotel room.
    Hotel,
    /// A rental car.
    Car,
    /// Travel insurance.
    Insurance,
    /// A train, one way.
    Train,
}

impl Kind {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::Flight,
        Self::Hotel,
        Self::Car,
        Self::Insurance,
        Self::Train,
    ];

    /// The word used in requests and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flight => "flight",
            Self::Train => "train",
            Self::Hotel => "hotel",
            Self::Car => "car",
            Self::Insurance => "insurance",
        }
    }

    /// The field of its spec that names where one goes, and the one that counts persons. A question
    /// for offers may leave out both.
    pub fn optional_fields(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Self::Flight | Self::Train => (Some("to"), Some("passengers")),
            Self::Hotel => (Some("city"), Some("guests")),
            Self::Car => (Some("city"), None),
            Self::Insurance => (None, Some("travellers")),
        }
    }

    /// All words, as a sentence lists them: `flight, hotel, car or insurance`.
    pub fn words(conjunction: &str) -> String {
        let words: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
        match words.as_slice() {
            [most @ .., last] if !most.is_empty() => {
                format!("{} {conjunction} {last}", most.join(", "))
            }
            words => words.concat(),
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word is no kind of leg.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind; use {}", Kind::words("or"))]
pub struct NotAKind;

impl std::str::FromStr for Kind {
    type Err = NotAKind;
    fn from_str(text: &str) -> Result<Self, NotAKind> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or(NotAKind)
    }
}

/// What to reserve. It is read by its kind, for two kinds may have the same fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Spec {
    /// A flight, one way.
    Flight(FlightSpec),
    /// A train, one way.
    Train(TrainSpec),
    /// A hotel room.
    Hotel(HotelSpec),
    /// A rental car.
    Car(CarSpec),
    /// Travel insurance.
    Insurance(InsuranceSpec),
}

/// A flight from one place to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FlightSpec {
    /// Airport, three capital letters.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{3}$", example = "GRU"))]
    pub from: String,
    /// Airport, three capital letters.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{3}$", example = "LIS"))]
    pub to: String,
    /// Day of departure.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-01")
    )]
    pub date: Date,
    /// Seats.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 2))]
    pub passengers: u32,
}

/// A train from one place to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrainSpec {
    /// Station or city, three capital letters.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{3}$", example = "LIS"))]
    pub from: String,
    /// Station or city, three capital letters.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{3}$", example = "MAD"))]
    pub to: String,
    /// Day of departure.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-01")
    )]
    pub date: Date,
    /// Seats.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 2))]
    pub passengers: u32,
}

/// A hotel room for some nights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HotelSpec {
    /// City, three capital letters.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{3}$", example = "LIS"))]
    pub city: String,
    /// First night.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-01")
    )]
    pub check_in: Date,
    /// Day of leaving.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-15")
    )]
    pub check_out: Date,
    /// Persons.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 2))]
    pub guests: u32,
}

/// A rental car for some days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CarSpec {
    /// City, three capital letters.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{3}$", example = "LIS"))]
    pub city: String,
    /// First day.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-01")
    )]
    pub pick_up: Date,
    /// Last day.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-15")
    )]
    pub drop_off: Date,
}

/// Insurance for the time of a trip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InsuranceSpec {
    /// First day.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-01")
    )]
    pub from: Date,
    /// Last day.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-15")
    )]
    pub to: Date,
    /// Persons.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 2))]
    pub travellers: u32,
}

/// A field of a spec and what is wrong with it.
pub type Flaw = (&'static str, &'static str);

const PLACE: &str = "must be three capital letters such as LIS";
const PERSONS: &str = "must be 1 to 9";
const LONGEST_STAY_DAYS: i32 = 365;

impl Spec {
    /// Reads a spec of this kind, and names what is wrong with it: the path within the spec and the problem.
    ///
    /// # Errors
    /// The path of the bad field (empty for the spec itself) and what is wrong with it.
    pub fn read(kind: Kind, json: &serde_json::Value) -> Result<Self, (String, String)> {
        let spec = match kind {
            Kind::Flight => typed(json).map(Self::Flight),
            Kind::Train => typed(json).map(Self::Train),
            Kind::Hotel => typed(json).map(Self::Hotel),
            Kind::Car => typed(json).map(Self::Car),
            Kind::Insurance => typed(json).map(Self::Insurance),
        }?;
        match spec.flaw() {
            Some((field, problem)) => Err((field.to_owned(), problem.to_owned())),
            None => Ok(spec),
        }
    }

    /// The kind of leg this is the spec of.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Flight(_) => Kind::Flight,
            Self::Train(_) => Kind::Train,
            Self::Hotel(_) => Kind::Hotel,
            Self::Car(_) => Kind::Car,
            Self::Insurance(_) => Kind::Insurance,
        }
    }

    fn flaw(&self) -> Option<Flaw> {
        match self {
            Self::Flight(flight) => journey(&flight.from, &flight.to, flight.passengers),
            Self::Train(train) => journey(&train.from, &train.to, train.passengers),
            Self::Hotel(hotel) => place("city", &hotel.city)
                .or_else(|| persons("guests", hotel.guests))
                .or_else(|| stay("check_out", hotel.check_in, hotel.check_out, 1)),
            Self::Car(car) => {
                place("city", &car.city).or_else(|| stay("drop_off", car.pick_up, car.drop_off, 0))
            }
            Self::Insurance(insurance) => persons("travellers", insurance.travellers)
                .or_else(|| stay("to", insurance.from, insurance.to, 0)),
        }
    }
}

fn journey(from: &str, to: &str, passengers: u32) -> Option<Flaw> {
    let round_trip = || (from == to).then_some(("to", "must differ from `from`"));
    place("from", from)
        .or_else(|| place("to", to))
        .or_else(round_trip)
        .or_else(|| persons("passengers", passengers))
}

fn typed<T: serde::de::DeserializeOwned>(json: &serde_json::Value) -> Result<T, (String, String)> {
    serde_path_to_error::deserialize(json)
        .map_err(|error| (error.path().to_string(), error.inner().to_string()))
}

fn place(field: &'static str, code: &str) -> Option<Flaw> {
    let good = code.len() == 3 && code.chars().all(|c| c.is_ascii_uppercase());
    (!good).then_some((field, PLACE))
}

fn persons(field: &'static str, count: u32) -> Option<Flaw> {
    (!(1..=9).contains(&count)).then_some((field, PERSONS))
}

/// The last day must come at least `shortest` days after the first, and not more than a year.
fn stay(field: &'static str, first: Date, last: Date, shortest: i32) -> Option<Flaw> {
    let days = (last - first).get_days();
    if days < shortest {
        let after = "must be later than the day it starts";
        let same = "must not be earlier than the day it starts";
        return Some((field, if shortest > 0 { after } else { same }));
    }
    (days > LONGEST_STAY_DAYS).then_some((field, "must be within a year of the day it starts"))
}
