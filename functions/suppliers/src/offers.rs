//! What the suppliers offer: an answer to each question that can be asked, at the price that a hold
//! would have. Offering reserves nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use holdfast_booking_rules::offer::{Offer, candidates};
use holdfast_booking_rules::spec::Spec;
use holdfast_core::time::Timestamp;
use serde_json::json;

use crate::Supplies;
use crate::answer::Answer;
use crate::catalogue;
use crate::request::flawed;

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
        let priced = async {
            let mut offers = Vec::with_capacity(specs.len());
            for spec in specs {
                let taken = self.store.taken(&catalogue::stock(&spec).name).await?;
                offers.push(offer(spec, self.settings.capacity, taken, now));
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

fn offer(spec: Spec, capacity: u32, taken: u32, now: Timestamp) -> Offer {
    Offer {
        kind: spec.kind(),
        price: catalogue::price(&spec),
        available: catalogue::capacity(&spec, capacity).saturating_sub(taken),
        refund: catalogue::refund(&spec, now),
        spec,
    }
}

#[cfg(test)]
mod tests {
    use holdfast_booking_rules::spec::Kind;

    use super::*;

    fn at(moment: &str) -> Timestamp {
        moment.parse().unwrap()
    }

    fn hotel(city: &str) -> Spec {
        let json =
            json!({"city": city, "check_in": "2027-03-01", "check_out": "2027-03-03", "guests": 2});
        Spec::read(Kind::Hotel, &json).unwrap()
    }

    #[test]
    fn an_offer_has_the_price_of_a_hold_and_says_what_is_left_and_given_back() {
        let offer = offer(hotel("LIS"), 10, 4, at("2027-01-01T12:00:00Z"));
        assert_eq!(offer.price, catalogue::price(&hotel("LIS")));
        assert_eq!(offer.available, 6);
        assert_eq!(offer.refund.percent, 100);
        assert_eq!(offer.refund.until, Some(jiff::civil::date(2027, 2, 26)));
    }

    #[test]
    fn nothing_is_left_of_what_is_sold_out() {
        let now = at("2027-01-01T12:00:00Z");
        assert_eq!(offer(hotel("XXX"), 10, 0, now).available, 0);
        assert_eq!(offer(hotel("LIS"), 10, 12, now).available, 0);
    }

    #[test]
    fn nothing_is_given_back_of_what_begins_too_soon() {
        let refund = |now| offer(hotel("LIS"), 10, 0, at(now)).refund;
        assert_eq!(refund("2027-02-27T11:59:59Z").percent, 100);
        let late = refund("2027-02-27T12:00:00Z");
        assert_eq!((late.percent, late.until), (0, None));
    }
}
