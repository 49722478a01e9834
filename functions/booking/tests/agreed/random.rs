//! Random trips at random prices, some of their legs at offers of a while ago, paid for by random travellers:
//! what is captured is what was agreed, to the cent. There are 100 of them, or `HOLDFAST_ROUNDS`.

use std::time::Duration;

use holdfast_booking_rules::action::Action;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use serde_json::{Value, json};

use crate::stage::brl;
use crate::support::{Bench, TOKEN};

const TRIPS: usize = 100;
/// How long an offer's price holds.
const HOLDS: u64 = 900;

fn random_leg(random: &mut fastrand::Rng, number: usize) -> Value {
    let kinds = ["flight", "train", "hotel", "car", "insurance"];
    let kind = *random.choice(&kinds).unwrap();
    let (first, days) = (random.i64(20..60), random.i64(1..9));
    let day = |after: i64| {
        let base = jiff::civil::date(2027, 1, 10);
        let day = base.checked_add(jiff::Span::new().days(after));
        day.unwrap().to_string()
    };
    let (from, to) = (day(first), day(first + days));
    let persons = random.u32(1..=9);
    let spec = match kind {
        "flight" | "train" => {
            json!({"from": "GRU", "to": "LIS", "date": from, "passengers": persons})
        }
        "hotel" => json!({"city": "LIS", "check_in": from, "check_out": to, "guests": persons}),
        "car" => json!({"city": "LIS", "pick_up": from, "drop_off": to}),
        _ => json!({"from": from, "to": to, "travellers": persons}),
    };
    json!({"id": format!("leg-{number}"), "kind": kind, "spec": spec})
}

/// What a trip has come to.
#[derive(Debug, Default)]
struct Tally {
    booked: u32,
    late: u32,
    beyond: u32,
    another: u32,
}

struct Round<'a> {
    bench: &'a Bench,
    random: fastrand::Rng,
    tally: Tally,
}

impl Round<'_> {
    async fn trip(&mut self, number: usize) {
        let before = self.bench.at_prices(self.random.u32(1..=400)).await;
        let today = self.bench.at_prices(self.random.u32(1..=400)).await;
        let waited = self.random.u64(0..HOLDS + 200);
        let (mut legs, mut agreed, mut has_offers) = (Vec::new(), 0, false);
        for place in 0..self.random.usize(1..=4) {
            let mut leg = random_leg(&mut self.random, place);
            let kind = leg["kind"].as_str().unwrap().to_owned();
            let seller = match self.random.bool() {
                true => &before,
                false => &today,
            };
            let offer = seller.offer(&kind, &leg["spec"]).await;
            if std::ptr::eq(seller, &before) || self.random.bool() {
                leg["offer"] = json!(offer.id);
                has_offers = true;
            }
            agreed += offer.price.amount;
            legs.push(leg);
        }
        self.bench.clock.advance(Duration::from_secs(waited));
        let is_late = has_offers && waited > HOLDS;
        let bound = agreed.saturating_add_signed(self.random.i64(-3..=3)).max(1);
        let more = match self.random.bool() {
            true => json!({"max_total": brl(bound)}),
            false => json!({}),
        };
        let is_beyond = more.get("max_total").is_some() && bound < agreed;
        let name = format!("trip-{number}");
        let opened = today.open_saying(&name, json!(legs), more).await;
        let id = opened.booking_id;
        match today.all_legs(&id, Action::Hold).await {
            Ok(()) => assert!(!is_late, "{id}: held after {waited} seconds"),
            Err(refused) => {
                assert!(is_late, "{id}: {refused} after {waited} seconds");
                self.tally.late += 1;
                return self.is_undone(&today, &id).await;
            }
        }
        self.pays(&today, &id, agreed, is_beyond).await;
    }

    /// Pays the amount agreed, or another one first.
    async fn pays(&mut self, bench: &Bench, id: &BookingId, agreed: u64, is_beyond: bool) {
        if self.random.bool() {
            let other = agreed + self.random.u64(1..=3);
            let payment = json!({"token": TOKEN, "amount": brl(other)});
            let refused = bench.pay(id, 1, payment).await.expect_err("another amount");
            assert_eq!(
                is_beyond,
                matches!(refused, Failure::Refused(_)),
                "{refused}"
            );
            assert_eq!(bench.captured(id).await, 0);
            self.tally.another += 1;
        }
        let payment = json!({"token": TOKEN, "amount": brl(agreed)});
        let paid = bench.pay(id, 1, payment).await;
        if is_beyond {
            assert!(matches!(paid, Err(Failure::Refused(_))), "{id}: {paid:?}");
            self.tally.beyond += 1;
            return self.is_undone(bench, id).await;
        }
        paid.expect("the amount agreed");
        bench.finishes(id).await.expect("booked");
        assert_eq!(bench.captured(id).await, agreed, "{id}");
        self.tally.booked += 1;
    }

    async fn is_undone(&self, bench: &Bench, id: &BookingId) {
        bench.unwind_and_close(id, "Refused").await;
        assert!(bench.audit_items(id).await.is_empty(), "{id}");
    }
}

#[tokio::test]
async fn what_is_captured_is_what_was_agreed_to_the_cent() {
    let seed = fastrand::u64(..);
    let rounds = std::env::var("HOLDFAST_ROUNDS").ok();
    let trips = rounds.map_or(TRIPS, |rounds| rounds.parse().unwrap());
    println!("seed {seed}, {trips} trips");
    let bench = Bench::new().await;
    let mut round = Round {
        bench: &bench,
        random: fastrand::Rng::with_seed(seed),
        tally: Tally::default(),
    };
    for number in 0..trips {
        round.trip(number).await;
    }
    println!("{:?}: every cent is the one agreed", round.tally);
    assert!(usize::try_from(round.tally.booked).unwrap() > trips / 5);
}
