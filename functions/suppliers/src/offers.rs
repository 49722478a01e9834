//! What the suppliers offer: an answer to each question that can be asked, at the price that a hold
//! would have. Offering reserves nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use holdfast_booking_rules::offer::{Offer, candidates};
use holdfast_booking_rules::spec::Spec;
use serde_json::json;

use crate::Supplies;
use crate::answer::Answer;
use crate::catalogue;

/// How long the table may take for all offers together.
const PATIENCE: Duration = Duration::from_millis(2_500);

impl Supplies {
    /// Answers a question.
    pub(crate) async fn offer(&self, question: &BTreeMap<String, String>) -> Answer {
        let specs = match candidates(question) {
            Ok(specs) => specs,
            Err(problem) => return Answer::invalid(problem.to_string()),
        };
        let priced = async {
            let mut offers = Vec::with_capacity(specs.len());
            for spec in specs {
                let taken = self.store.taken(&catalogue::stock(&spec).name).await?;
                offers.push(offer(spec, self.settings.capacity, taken));
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

fn offer(spec: Spec, capacity: u32, taken: u32) -> Offer {
    Offer {
        kind: spec.kind(),
        price: catalogue::price(&spec),
        available: catalogue::capacity(&spec, capacity).saturating_sub(taken),
        refund: catalogue::refund(&spec),
        spec,
    }
}

#[cfg(test)]
mod tests {
    use holdfast_booking_rules::spec::Kind;

    use super::*;

    fn hotel(city: &str) -> Spec {
        let json =
            json!({"city": city, "check_in": "2027-03-01", "check_out": "2027-03-03", "guests": 2});
        Spec::read(Kind::Hotel, &json).unwrap()
    }

    #[test]
    fn an_offer_has_the_price_of_a_hold_and_says_what_is_left_and_given_back() {
        let offer = offer(hotel("LIS"), 10, 4);
        assert_eq!(offer.price, catalogue::price(&hotel("LIS")));
        assert_eq!(offer.available, 6);
        assert_eq!(offer.refund.percent, 100);
        assert_eq!(offer.refund.until, Some(jiff::civil::date(2027, 2, 26)));
    }

    #[test]
    fn nothing_is_left_of_what_is_sold_out() {
        assert_eq!(offer(hotel("XXX"), 10, 0).available, 0);
        assert_eq!(offer(hotel("LIS"), 10, 12).available, 0);
    }
}
