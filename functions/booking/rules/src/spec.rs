//! What a leg is to reserve, by kind.

use holdfast_core::reading::{self, Flaw, day, whole};
use holdfast_core::time::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::places::today;

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
#[error("must be {}", Kind::words("or"))]
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
    #[serde(deserialize_with = "day")]
    pub date: Date,
    /// Seats.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 2))]
    #[serde(deserialize_with = "whole::<_, _, 1, 9>")]
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
    #[serde(deserialize_with = "day")]
    pub date: Date,
    /// Seats.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 2))]
    #[serde(deserialize_with = "whole::<_, _, 1, 9>")]
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
    #[serde(deserialize_with = "day")]
    pub check_in: Date,
    /// Day of leaving.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-15")
    )]
    #[serde(deserialize_with = "day")]
    pub check_out: Date,
    /// Persons.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 2))]
    #[serde(deserialize_with = "whole::<_, _, 1, 9>")]
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
    #[serde(deserialize_with = "day")]
    pub pick_up: Date,
    /// Last day.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-15")
    )]
    #[serde(deserialize_with = "day")]
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
    #[serde(deserialize_with = "day")]
    pub from: Date,
    /// Last day.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = Date, example = "2027-03-15")
    )]
    #[serde(deserialize_with = "day")]
    pub to: Date,
    /// Persons.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 2))]
    #[serde(deserialize_with = "whole::<_, _, 1, 9>")]
    pub travellers: u32,
}

const PLACE: &str = "must be three capital letters such as LIS";
const LONGEST_STAY_DAYS: i32 = 365;

/// The day on which a leg begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning<'a> {
    /// The field of the spec that names it.
    pub field: &'static str,
    /// The day.
    pub day: Date,
    /// Where the leg begins; `None` where that may be anywhere.
    pub place: Option<&'a str>,
}

impl Spec {
    /// Reads a spec of this kind, of whatever day.
    ///
    /// # Errors
    /// The first [`Flaw`], its path within the spec.
    pub fn read(kind: Kind, json: &Value) -> Result<Self, Flaw> {
        Self::typed(kind, json)?.checked()
    }

    /// Reads a spec of this kind that has not begun before `now`.
    ///
    /// # Errors
    /// The first [`Flaw`], its path within the spec.
    pub fn read_ahead(kind: Kind, json: &Value, now: Timestamp) -> Result<Self, Flaw> {
        let spec = Self::typed(kind, json)?;
        let Beginning { field, day, place } = spec.begins();
        let today = today(place, now);
        if day < today {
            let problem = format!("has passed; use {today} or a later date");
            return Err(Flaw::at(field, problem));
        }
        spec.checked()
    }

    fn typed(kind: Kind, json: &Value) -> Result<Self, Flaw> {
        match kind {
            Kind::Flight => reading::read(json).map(Self::Flight),
            Kind::Train => reading::read(json).map(Self::Train),
            Kind::Hotel => reading::read(json).map(Self::Hotel),
            Kind::Car => reading::read(json).map(Self::Car),
            Kind::Insurance => reading::read(json).map(Self::Insurance),
        }
    }

    fn checked(self) -> Result<Self, Flaw> {
        match self.flaw() {
            Some(flaw) => Err(flaw),
            None => Ok(self),
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

    /// When and where it begins.
    pub fn begins(&self) -> Beginning<'_> {
        let (field, day, place) = match self {
            Self::Flight(flight) => ("date", flight.date, Some(flight.from.as_str())),
            Self::Train(train) => ("date", train.date, Some(train.from.as_str())),
            Self::Hotel(hotel) => ("check_in", hotel.check_in, Some(hotel.city.as_str())),
            Self::Car(car) => ("pick_up", car.pick_up, Some(car.city.as_str())),
            Self::Insurance(insurance) => ("from", insurance.from, None),
        };
        Beginning { field, day, place }
    }

    fn flaw(&self) -> Option<Flaw> {
        match self {
            Self::Flight(flight) => journey(&flight.from, &flight.to),
            Self::Train(train) => journey(&train.from, &train.to),
            Self::Hotel(hotel) => place("city", &hotel.city)
                .or_else(|| stay("check_out", hotel.check_in, hotel.check_out, 1)),
            Self::Car(car) => {
                place("city", &car.city).or_else(|| stay("drop_off", car.pick_up, car.drop_off, 0))
            }
            Self::Insurance(insurance) => stay("to", insurance.from, insurance.to, 0),
        }
    }
}

fn journey(from: &str, to: &str) -> Option<Flaw> {
    let round_trip = || (from == to).then(|| Flaw::at("to", "must differ from `from`"));
    place("from", from)
        .or_else(|| place("to", to))
        .or_else(round_trip)
}

fn place(field: &str, code: &str) -> Option<Flaw> {
    let good = code.len() == 3 && code.chars().all(|c| c.is_ascii_uppercase());
    (!good).then(|| Flaw::at(field, PLACE))
}

/// The last day must come at least `shortest` days after the first, and not more than a year.
fn stay(field: &str, first: Date, last: Date, shortest: i32) -> Option<Flaw> {
    let days = (last - first).get_days();
    let problem = match days {
        days if days < shortest && shortest > 0 => format!("must be later than {first}"),
        days if days < shortest => format!("must not be earlier than {first}"),
        days if days > LONGEST_STAY_DAYS => format!("must be within a year of {first}"),
        _ => return None,
    };
    Some(Flaw::at(field, problem))
}
