//! What an offer promises: a price for one spec, until a moment. The offer's id says so itself, and is
//! sealed, so that nothing is kept of an offer, and none can be made up.
//!
//! An id is `<currency>.<amount>.<until>.<seal>`, the moment in seconds, the seal in hexadecimal digits.

use holdfast_booking_rules::spec::Spec;
use holdfast_core::hex::hex;
use holdfast_core::ids::OfferId;
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use ring::hmac;
use serde_json::json;

/// So many bytes of the seal are in an id.
const SEALED: usize = 16;

/// Seals offers, and knows its own again.
#[derive(Clone)]
pub(crate) struct Seal(hmac::Key);

/// Why an offer is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTaken {
    /// It is none of ours, or it was made for something else.
    #[error("this offer is not for this {0}; ask for offers again")]
    Strange(&'static str),
    /// Its time is over.
    #[error("the price of this offer held until {0}; ask for offers again")]
    Over(Timestamp),
}

impl Seal {
    /// Seals with this key.
    pub(crate) fn new(key: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()))
    }

    /// The id of an offer at this price, which holds until then. Nothing where an id cannot say so.
    pub(crate) fn offer(&self, spec: &Spec, price: &Money, until: Timestamp) -> Option<OfferId> {
        let promise = format!("{}.{}.{}", price.currency, price.amount, until.as_seconds());
        let seal = self.seal(spec, &promise);
        format!("{promise}.{seal}").parse().ok()
    }

    /// The price that an offer promises for a spec at this moment.
    pub(crate) fn price(
        &self,
        offer: &OfferId,
        spec: &Spec,
        now: Timestamp,
    ) -> Result<Money, NotTaken> {
        let strange = NotTaken::Strange(spec.kind().as_str());
        let Some((promise, seal)) = offer.as_str().rsplit_once('.') else {
            return Err(strange);
        };
        let known = self.seal(spec, promise);
        // Compared in a time that tells nothing of them.
        let resealed = |seal: &str| hmac::sign(&self.0, seal.as_bytes());
        let is_ours = resealed(&known).as_ref() == resealed(seal).as_ref();
        let (Some((price, until)), true) = (read(promise), is_ours) else {
            return Err(strange);
        };
        match now <= until {
            true => Ok(price),
            false => Err(NotTaken::Over(until)),
        }
    }

    fn seal(&self, spec: &Spec, promise: &str) -> String {
        let sealed = json!(["offer", spec.kind(), spec, promise]).to_string();
        let seal = hmac::sign(&self.0, sealed.as_bytes());
        hex(&seal.as_ref()[..SEALED])
    }
}

fn read(promise: &str) -> Option<(Money, Timestamp)> {
    let mut parts = promise.split('.');
    let (currency, amount, until) = (parts.next()?, parts.next()?, parts.next()?);
    let until: i64 = until.parse().ok()?;
    let price = Money::new(amount.parse().ok()?, currency);
    Some((price, Timestamp::from_millis(until.checked_mul(1_000)?)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use holdfast_booking_rules::spec::Kind;

    use super::*;

    fn spec(kind: Kind, passengers: u32) -> Spec {
        let json =
            json!({"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": passengers});
        Spec::read(kind, &json).unwrap()
    }

    #[test]
    fn an_offer_is_taken_for_its_spec_until_its_time_is_over() {
        let seal = Seal::new("key");
        let (flight, price) = (spec(Kind::Flight, 2), Money::new(172_920, "BRL"));
        let until: Timestamp = "2027-01-10T12:15:00Z".parse().unwrap();
        let offer = seal.offer(&flight, &price, until).unwrap();
        let strange = |kind| Err(NotTaken::Strange(kind));
        let (second, hour) = (Duration::from_secs(1), Duration::from_secs(3600));
        let forged: OfferId = offer.as_str().replace("172920", "172921").parse().unwrap();
        let later = offer
            .as_str()
            .replace(&until.as_seconds().to_string(), "99999999999");
        let later: OfferId = later.parse().unwrap();
        let table = [
            (
                &seal,
                &offer,
                spec(Kind::Flight, 2),
                until,
                Ok(price.clone()),
            ),
            (
                &seal,
                &offer,
                spec(Kind::Flight, 2),
                until + second,
                Err(NotTaken::Over(until)),
            ),
            (
                &seal,
                &offer,
                spec(Kind::Flight, 2),
                until + hour,
                Err(NotTaken::Over(until)),
            ),
            (
                &seal,
                &offer,
                spec(Kind::Flight, 3),
                until,
                strange("flight"),
            ),
            // A train may have the same spec as a flight.
            (&seal, &offer, spec(Kind::Train, 2), until, strange("train")),
            (
                &seal,
                &forged,
                spec(Kind::Flight, 2),
                until,
                strange("flight"),
            ),
            (
                &seal,
                &later,
                spec(Kind::Flight, 2),
                until,
                strange("flight"),
            ),
            (
                &Seal::new("another"),
                &offer,
                spec(Kind::Flight, 2),
                until,
                strange("flight"),
            ),
        ];
        for (number, (seal, offer, spec, now, expected)) in table.into_iter().enumerate() {
            assert_eq!(seal.price(offer, &spec, now), expected, "row {number}");
        }
    }

    #[test]
    fn what_is_no_offer_at_all_is_refused() {
        let seal = Seal::new("key");
        for text in [
            "x",
            "BRL",
            "BRL.1",
            "BRL.1.2",
            "BRL.1.2.3.4",
            "..",
            "BRL.x.y.0",
        ] {
            let price = seal.price(
                &text.parse().unwrap(),
                &spec(Kind::Flight, 1),
                Timestamp::from_millis(0),
            );
            assert_eq!(price, Err(NotTaken::Strange("flight")), "{text}");
        }
    }

    #[test]
    fn the_longest_promise_has_an_id() {
        let until = Timestamp::from_millis(i64::MAX);
        let price = Money::new(u64::MAX, "BRL");
        assert!(
            Seal::new("k")
                .offer(&spec(Kind::Flight, 1), &price, until)
                .is_some()
        );
    }
}
