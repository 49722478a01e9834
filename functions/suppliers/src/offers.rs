//! What the suppliers offer: an answer to each question that can be asked, at the price that a hold
//! would have, and will have for a while if it names the offer. Offering reserves nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use holdfast_booking_rules::offer::{Offer, candidates};
use holdfast_booking_rules::spec::Spec;
use holdfast_core::time::Timestamp;
use serde_json::json;

use crate::Supplies;
use crate::answer::Answer;
use crate::catalogue::{self, Prices};
use crate::request::flawed;
use crate::seal::Seal;
use crate::supplies::Settings;

/// How long the table may take for all offers together.
const PATIENCE: Duration = Duration::from_millis(2_500);

impl Supplies {
    /// Answers a question.
    pub(crate) async fn offer(&self, question: &BTreeMap<String, String>) -> Answer {
        let now = self.now();
        let specs = match candidates(question, now) {
            Ok(specs) => specs,
            Err(flaw) => return flawed(flaw),
        };
        let seller = Seller {
            settings: self.settings,
            prices: self.prices(now),
            seal: self.seal.as_ref(),
            now,
        };
        let priced = async {
            let mut offers = Vec::with_capacity(specs.len());
            for spec in specs {
                let taken = self.store.taken(&catalogue::stock(&spec).name).await?;
                offers.push(seller.offer(spec, taken));
            }
            Ok(offers)
        };
        match tokio::time::timeout(PATIENCE, priced).await {
            Ok(Ok(offers)) => Answer::ok(json!({ "offers": offers })),
            Ok(Err(error)) => crate::http::unreachable_table(&error),
            Err(_) => Answer::unavailable("the offers took too long; try again"),
        }
    }
}

/// Who offers, and when.
struct Seller<'a> {
    settings: Settings,
    prices: Prices,
    seal: Option<&'a Seal>,
    now: Timestamp,
}

impl Seller<'_> {
    /// The offer of a spec of which so many are taken.
    fn offer(&self, spec: Spec, taken: u32) -> Offer {
        let price = self.prices.of(&spec);
        // An id tells whole seconds.
        let end = (self.now + self.settings.offer).as_seconds();
        let until = Timestamp::from_millis(end.saturating_mul(1_000));
        let id = self.seal.and_then(|seal| seal.offer(&spec, &price, until));
        let capacity = catalogue::capacity(&spec, self.settings.capacity);
        Offer {
            price_until: id.as_ref().map(|_| until),
            id,
            kind: spec.kind(),
            price,
            available: capacity.saturating_sub(taken),
            refund: catalogue::refund(&spec, self.now),
            spec,
        }
    }
}

#[cfg(test)]
mod tests {
    use holdfast_booking_rules::spec::Kind;

    use super::*;

    fn offered(city: &str, taken: u32, at: &str) -> Offer {
        let now = at.parse().unwrap();
        let seller = Seller {
            settings: Settings {
                capacity: 10,
                ..Settings::default()
            },
            prices: Prices { now, percent: 100 },
            seal: Some(&Seal::new("key")),
            now,
        };
        seller.offer(hotel(city), taken)
    }

    fn hotel(city: &str) -> Spec {
        let json =
            json!({"city": city, "check_in": "2027-03-01", "check_out": "2027-03-03", "guests": 2});
        Spec::read(Kind::Hotel, &json).unwrap()
    }

    #[test]
    fn an_offer_has_the_price_of_a_hold_and_says_what_is_left_and_given_back() {
        let offer = offered("LIS", 4, "2027-01-01T12:00:00.750Z");
        let now = "2027-01-01T12:00:01Z".parse().unwrap();
        let id = offer.id.unwrap();
        let price = Seal::new("key").price(&id, &hotel("LIS"), now);
        assert_eq!(price, Ok(offer.price));
        let until = "2027-01-01T12:15:00Z".parse().unwrap();
        assert_eq!(offer.price_until, Some(until), "fifteen minutes");
        assert_eq!(offer.available, 6);
        assert_eq!(offer.refund.percent, 100);
        assert_eq!(offer.refund.until, Some(jiff::civil::date(2027, 2, 26)));
    }

    #[test]
    fn nothing_is_left_of_what_is_sold_out() {
        let left = |city, taken| offered(city, taken, "2027-01-01T12:00:00Z").available;
        assert_eq!(left("XXX", 0), 0);
        assert_eq!(left("LIS", 12), 0);
    }

    #[test]
    fn nothing_is_given_back_of_what_begins_too_soon() {
        let refund = |now| offered("LIS", 0, now).refund;
        assert_eq!(refund("2027-02-27T11:59:59Z").percent, 100);
        let late = refund("2027-02-27T12:00:00Z");
        assert_eq!((late.percent, late.until), (0, None));
    }
}
