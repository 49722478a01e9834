//! An offer's price holds: for what was offered, until its time is over, whatever it costs by then.

use holdfast_suppliers::{Settings, Supplies, router};
use serde_json::{Value, json};

use crate::shop::{FLIGHT, KINDS, OFFERS_KEY, Shop, TABLE, spec};

impl Shop {
    /// The same suppliers at other prices, in hundredths of the usual ones.
    fn at_prices(&self, price_percent: u32) -> Self {
        self.sealing(price_percent, OFFERS_KEY)
    }

    fn sealing(&self, price_percent: u32, key: &str) -> Self {
        let settings = Settings {
            price_percent,
            ..Settings::default()
        };
        let supplies = Supplies::new(self.client.clone(), TABLE, settings)
            .with_offers_sealed_by(key)
            .with_clock(self.clock.shown());
        Self {
            router: router(supplies),
            ..self.clone()
        }
    }

    /// What is offered of a spec.
    async fn offer(&self, kind: &str, spec: &Value) -> Value {
        let fields = spec.as_object().unwrap().iter();
        let fields = fields.map(|(name, value)| match value {
            Value::String(text) => format!("&{name}={text}"),
            other => format!("&{name}={other}"),
        });
        let query = fields.collect::<String>();
        let offers = self.get(&format!("/offers?kind={kind}{query}")).await;
        offers.expect(200)["offers"][0].clone()
    }
}

#[tokio::test]
async fn a_hold_has_the_price_of_its_offer_whatever_it_costs_by_then() {
    let shop = Shop::open().await;
    for kind in KINDS {
        let offer = shop.offer(kind, &spec(kind)).await;
        assert_eq!(offer["price_until"], "2027-01-10T12:15:00.000Z");
        for percent in [137, 61] {
            let later = shop.at_prices(percent);
            let asked = json!({"offer": offer["id"]});
            let booking = format!("agreed-{kind}-{percent}");
            let held = later.leg(kind, &booking, "hold", asked).await.expect(200);
            assert_eq!(held["price"], offer["price"], "{kind} at {percent} %");
            let plain = format!("plain-{kind}-{percent}");
            let plain = later.leg(kind, &plain, "hold", json!({})).await.expect(200);
            let usual = offer["price"]["amount"].as_u64().unwrap();
            let today = usual * u64::from(percent) / 100;
            assert_eq!(plain["price"]["amount"], today, "{kind}");
        }
    }
}

#[tokio::test]
async fn an_offer_holds_to_its_last_second_and_not_longer() {
    let shop = Shop::open().await;
    let offer = shop.offer("flight", &spec("flight")).await;
    let asked = json!({"offer": offer["id"]});
    shop.wait(900);
    let held = shop.leg("flight", "in-time", "hold", asked.clone()).await;
    held.expect(200);
    shop.wait(1);
    let late = shop.leg("flight", "late", "hold", asked.clone()).await;
    let message = late.problem(409, "refused");
    assert_eq!(
        message,
        "the price of this offer held until 2027-01-10T12:15:00.000Z; ask for offers again"
    );
    // What was held in time is told again, however late.
    let again = shop.leg("flight", "in-time", "hold", asked).await;
    again.expect(200);
    assert_eq!(shop.taken(FLIGHT).await, 2);
}

#[tokio::test]
async fn an_offer_is_good_for_nothing_else_and_none_can_be_made_up() {
    let shop = Shop::open().await;
    let offer = shop.offer("flight", &spec("flight")).await;
    let id = offer["id"].as_str().unwrap();
    let amount = offer["price"]["amount"].to_string();
    let mut other = spec("flight");
    other["passengers"] = json!(3);
    let train = json!({"offer": id, "spec": spec("flight")});
    let cases = [
        ("flight", json!({"offer": id, "spec": other})),
        ("train", train),
        ("flight", json!({"offer": id.replace(&amount, "1")})),
        ("flight", json!({"offer": "BRL.1.1999999999.0000"})),
        ("flight", json!({"offer": "nonsense"})),
    ];
    for (number, (kind, more)) in cases.into_iter().enumerate() {
        let booking = format!("forged-{number}");
        let refused = shop.leg(kind, &booking, "hold", more.clone()).await;
        let message = refused.problem(409, "refused");
        let expected = format!("this offer is not for this {kind}; ask for offers again");
        assert_eq!(message, expected, "{more}");
    }
    let elsewhere = shop.sealing(100, "another key");
    let asked = json!({"offer": id});
    elsewhere
        .leg("flight", "elsewhere", "hold", asked)
        .await
        .problem(409, "refused");
    assert_eq!(shop.taken(FLIGHT).await, 0);
}

#[tokio::test]
async fn a_key_that_comes_back_with_another_offer_or_other_names_is_a_mistake() {
    let shop = Shop::open().await;
    let names = json!({"passengers": ["Ana Souza"]});
    let held = shop.leg("flight", "b1", "hold", names.clone()).await;
    held.expect(200);
    let again = shop.leg("flight", "b1", "hold", names).await;
    again.expect(200);
    let offer = shop.offer("flight", &spec("flight")).await;
    for other in [
        json!({"passengers": ["Rui Souza"]}),
        json!({}),
        json!({"passengers": ["Ana Souza"], "offer": offer["id"]}),
    ] {
        let mistaken = shop.leg("flight", "b1", "hold", other).await;
        mistaken.problem(422, "invalid");
    }
}

#[tokio::test]
async fn of_names_only_a_fingerprint_is_kept() {
    let shop = Shop::open().await;
    let names = json!({"passengers": ["Ana Xylographa"]});
    shop.leg("hotel", "b1", "hold", names).await.expect(200);
    let scanned = shop.client.scan().table_name(TABLE).send().await.unwrap();
    let kept = format!("{:?}", scanned.items);
    assert!(kept.contains("hotel/hold b1"), "{kept}");
    assert!(!kept.contains("Xylographa"), "{kept}");
}
