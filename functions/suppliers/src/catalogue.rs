//! What the suppliers sell: how much of it there is and what it costs.
//!
//! Nothing is seeded. A resource exists when it is first asked for, and a price follows from the
//! spec alone, so that the same trip costs the same everywhere and always, but for one place whose prices
//! rise.

use holdfast_booking_rules::offer::Refund;
use holdfast_booking_rules::spec::{Kind, Spec};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The place that is always sold out.
const SOLD_OUT: &str = "XXX";
/// The place whose prices rise by a cent each second, and begin anew after this many.
const RISING: &str = "ZZZ";
const RISES_FOR: i64 = 1_000_000;
const CURRENCY: &str = "BRL";

/// What things cost at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Prices {
    pub(crate) now: Timestamp,
    /// How many hundredths of its usual price a thing costs.
    pub(crate) percent: u32,
}

impl Prices {
    /// What a spec costs.
    pub(crate) fn of(self, spec: &Spec) -> Money {
        let usual = price(spec);
        let rise = match places_of(spec).contains(&RISING) {
            true => self.now.as_seconds().rem_euclid(RISES_FOR).unsigned_abs(),
            false => 0,
        };
        Money::new(usual.amount.saturating_add(rise), CURRENCY).percent(self.percent)
    }
}

/// Where it takes its traveller.
fn places_of(spec: &Spec) -> Vec<&str> {
    match spec {
        Spec::Flight(flight) => vec![&flight.from, &flight.to],
        Spec::Train(train) => vec![&train.from, &train.to],
        Spec::Hotel(hotel) => vec![&hotel.city],
        Spec::Car(car) => vec![&car.city],
        Spec::Insurance(_) => Vec::new(),
    }
}

/// Some places of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stock {
    /// The resource, such as `flight/GRU-LIS/2027-03-01`.
    pub(crate) name: String,
    /// How many places of it.
    pub(crate) count: u32,
}

/// What a spec takes of the inventory.
pub(crate) fn stock(spec: &Spec) -> Stock {
    let kind = spec.kind();
    let (name, count) = match spec {
        Spec::Flight(flight) => (
            format!("{kind}/{}-{}/{}", flight.from, flight.to, flight.date),
            flight.passengers,
        ),
        Spec::Train(train) => (
            format!("{kind}/{}-{}/{}", train.from, train.to, train.date),
            train.passengers,
        ),
        Spec::Hotel(hotel) => (
            format!(
                "{kind}/{}/{}..{}",
                hotel.city, hotel.check_in, hotel.check_out
            ),
            rooms(hotel.guests),
        ),
        Spec::Car(car) => (
            format!("{kind}/{}/{}..{}", car.city, car.pick_up, car.drop_off),
            1,
        ),
        Spec::Insurance(insurance) => (
            format!("{kind}/{}..{}", insurance.from, insurance.to),
            insurance.travellers,
        ),
    };
    Stock { name, count }
}

/// How many places of its resource there are, where `usual` is what most have.
pub(crate) fn capacity(spec: &Spec, usual: u32) -> u32 {
    match places_of(spec).contains(&SOLD_OUT) {
        true => 0,
        false => usual,
    }
}

/// What it usually costs, in cents of its currency.
fn price(spec: &Spec) -> Money {
    let amount = match spec {
        Spec::Flight(flight) => {
            let route = format!("{}{}", flight.from, flight.to);
            u64::from(flight.passengers) * between(&route, 48_000, 189_000)
        }
        Spec::Train(train) => {
            let route = format!("{}{}", train.from, train.to);
            u64::from(train.passengers) * between(&route, 6_000, 38_000)
        }
        Spec::Hotel(hotel) => {
            let nights = days(hotel.check_in, hotel.check_out);
            u64::from(rooms(hotel.guests)) * nights * between(&hotel.city, 19_000, 62_000)
        }
        Spec::Car(car) => days(car.pick_up, car.drop_off) * between(&car.city, 9_000, 24_000),
        Spec::Insurance(insurance) => {
            u64::from(insurance.travellers) * days(insurance.from, insurance.to) * 1_450
        }
    };
    Money::new(amount, CURRENCY)
}

/// The last day on which what was reserved is used.
pub(crate) fn last_day(spec: &Spec) -> Date {
    match spec {
        Spec::Flight(flight) => flight.date,
        Spec::Train(train) => train.date,
        Spec::Hotel(hotel) => hotel.check_out,
        Spec::Car(car) => car.drop_off,
        Spec::Insurance(insurance) => insurance.to,
    }
}

/// Flights give most of it back until a fortnight before, trains until the day before, hotels all of it until three days before,
/// cars until the day before; insurance nothing. What could only have been given back in the past is
/// not given back.
pub(crate) fn refund(spec: &Spec, now: Timestamp) -> Refund {
    let (percent, until) = match spec {
        Spec::Flight(flight) => (80, days_before(flight.date, 14)),
        Spec::Train(train) => (90, days_before(train.date, 1)),
        Spec::Hotel(hotel) => (100, days_before(hotel.check_in, 3)),
        Spec::Car(car) => (100, days_before(car.pick_up, 1)),
        Spec::Insurance(_) => (0, None),
    };
    let until = until.filter(|until| *until >= now.day_of_the_last());
    let percent = if until.is_some() { percent } else { 0 };
    Refund { percent, until }
}

fn days_before(day: Date, days: i32) -> Option<Date> {
    day.checked_sub(days.days()).ok()
}

/// How the references of a kind of leg begin.
pub(crate) fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Flight => "FL",
        Kind::Train => "TR",
        Kind::Hotel => "HO",
        Kind::Car => "CA",
        Kind::Insurance => "IN",
    }
}

/// What its stock is counted in.
pub(crate) fn places(kind: Kind) -> &'static str {
    match kind {
        Kind::Flight | Kind::Train => "seats",
        Kind::Hotel => "rooms",
        Kind::Car => "cars",
        Kind::Insurance => "policies",
    }
}

/// A fresh reference: eight signs that are not mistaken for one another.
pub(crate) fn reference(prefix: &str) -> String {
    const SIGNS: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let sign = || char::from(SIGNS[fastrand::usize(..SIGNS.len())]);
    let signs: String = std::iter::repeat_with(sign).take(8).collect();
    format!("{prefix}-{signs}")
}

/// A number that is the same for the same text, on every machine and in every release (FNV-1a).
pub(crate) fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Two guests share a room.
fn rooms(guests: u32) -> u32 {
    guests.div_ceil(2)
}

/// Days begun: a car that is brought back on the same day costs one.
fn days(first: Date, last: Date) -> u64 {
    u64::try_from((last - first).get_days()).map_or(1, |days| days.max(1))
}

/// A price between two bounds, in whole tens of cents, that goes with a name.
fn between(name: &str, least: u64, most: u64) -> u64 {
    (least + digest(name) % (most - least)) / 10 * 10
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec(kind: Kind, json: serde_json::Value) -> Spec {
        Spec::read(kind, &json).unwrap()
    }

    fn sample() -> [Spec; 4] {
        [
            spec(
                Kind::Flight,
                json!({"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}),
            ),
            spec(
                Kind::Flight,
                json!({"from": "LIS", "to": "GRU", "date": "2027-03-15", "passengers": 2}),
            ),
            spec(
                Kind::Hotel,
                json!({"city": "LIS", "check_in": "2027-03-01", "check_out": "2027-03-15", "guests": 2}),
            ),
            spec(
                Kind::Car,
                json!({"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}),
            ),
        ]
    }

    #[test]
    fn the_sample_trip_costs_what_such_a_trip_costs() {
        let prices: Vec<Money> = sample().iter().map(price).collect();
        let total = Money::sum(&prices).unwrap().unwrap();
        assert!(
            (500_000..2_500_000).contains(&total.amount),
            "{prices:?} is {total:?}"
        );
        assert_eq!(prices, sample().iter().map(price).collect::<Vec<_>>());
    }

    #[test]
    fn a_price_grows_with_the_people_and_the_days() {
        let flight = |n| {
            let json = json!({"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": n});
            price(&spec(Kind::Flight, json)).amount
        };
        assert_eq!(flight(4), 2 * flight(2));
        let car = |last| {
            let json = json!({"city": "LIS", "pick_up": "2027-03-01", "drop_off": last});
            price(&spec(Kind::Car, json)).amount
        };
        assert_eq!(car("2027-03-01"), car("2027-03-02"));
        assert_eq!(car("2027-03-05"), 4 * car("2027-03-02"));
    }

    #[test]
    fn a_price_is_the_usual_one_but_for_the_percentage_and_the_place_whose_prices_rise() {
        let prices = |millis, percent| Prices {
            now: Timestamp::from_millis(millis),
            percent,
        };
        let usual = sample();
        assert_eq!(prices(1_000, 100).of(&usual[0]), price(&usual[0]));
        let dearer = prices(1_000, 125).of(&usual[0]).amount;
        assert_eq!(dearer, price(&usual[0]).amount * 125 / 100);
        let json = json!({"from": "GRU", "to": "ZZZ", "date": "2027-03-01", "passengers": 1});
        let rising = spec(Kind::Flight, json);
        let (first, later) = (prices(1_000, 100), prices(9_000, 100));
        assert_eq!(later.of(&rising).amount, first.of(&rising).amount + 8);
    }

    #[test]
    fn nothing_goes_to_the_place_that_is_sold_out() {
        let json = json!({"from": "GRU", "to": "XXX", "date": "2027-03-01", "passengers": 1});
        assert_eq!(capacity(&spec(Kind::Flight, json), 10), 0);
        assert_eq!(capacity(&sample()[0], 10), 10);
    }

    #[test]
    fn stock_is_counted_in_seats_rooms_cars_and_persons() {
        let counts: Vec<u32> = sample().iter().map(|spec| stock(spec).count).collect();
        assert_eq!(counts, [2, 2, 1, 1]);
        assert_eq!(stock(&sample()[0]).name, "flight/GRU-LIS/2027-03-01");
    }
}
