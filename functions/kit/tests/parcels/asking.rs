//! Couriers are asked in the words of parcels.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::Method;
use holdfast_core::breaker::Rules;
use holdfast_core::fault::Script;
use holdfast_core::ids::StepKey;
use holdfast_core::verb::Verb;
use holdfast_kit::breakers::Breakers;
use holdfast_kit::clock::Clock;
use holdfast_kit::https::Https;
use holdfast_kit::suppliers::{Call, Endpoint, Outcome, Supplier};
use serde_json::{Value, json};

use crate::outside::{Asked, Outside};
use crate::{Depot, at};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// What is done to a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Send,
    Fetch,
    CallOff,
}

impl Verb for Deed {
    const ALL: &[Self] = &[Self::Send, Self::Fetch, Self::CallOff];

    fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Fetch => "fetch_parcel",
            Self::CallOff => "call_off",
        }
    }

    fn asked_as(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            other => other.as_str(),
        }
    }

    fn is_asked(self) -> bool {
        self != Self::Send
    }

    fn is_guarded(self) -> bool {
        self == Self::Fetch
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn endpoint(outside: &Outside) -> Endpoint {
    Endpoint::new(Https::default(), &outside.address, Duration::from_secs(5))
}

async fn ask(couriers: &Endpoint, action: Deed, script: &Script<Deed>) -> Outcome {
    let call = Call {
        supplier: Supplier::Named("courier"),
        action,
        script,
        key: StepKey::of(&[&"p1", &action]),
        trace_id: TRACE,
        deadline: None,
        body: json!({"parcel": "p1"}),
    };
    couriers.ask(&call).await
}

fn is_done(outcome: &Outcome, reference: &str) -> bool {
    matches!(outcome, Outcome::Done(answer) if answer.reference.as_deref() == Some(reference))
}

#[tokio::test]
async fn a_courier_is_asked_by_its_own_word_under_the_key_of_the_parcel() {
    let fetched = json!({"status": "fetched", "reference": "C-1"});
    let outside = Outside::answering(move |_| (200, fetched.clone())).await;
    let script = serde_json::from_str(r#"{"fetch_parcel": "lost:1", "send": "twice"}"#).unwrap();
    let outcome = ask(&endpoint(&outside), Deed::Fetch, &script).await;
    assert!(is_done(&outcome, "C-1"), "{outcome:?}");
    let asked = Asked {
        method: Method::POST,
        what: "/courier/fetch".to_owned(),
        key: Some("p1/fetch_parcel".to_owned()),
        body: json!({"parcel": "p1", "simulate": "lost:1"}),
    };
    assert_eq!(outside.asked(), [asked]);
}

#[tokio::test]
async fn a_courier_that_gives_no_answer_is_asked_what_became_of_the_call() {
    let known = json!({"http_status": 200, "body": {"status": "fetched", "reference": "C-2"}});
    let answers = move |asked: &Asked| match asked.method {
        Method::GET => (200, known.clone()),
        _ => (500, json!({})),
    };
    let outside = Outside::answering(answers).await;
    let outcome = ask(&endpoint(&outside), Deed::Fetch, &Script::default()).await;
    assert!(is_done(&outcome, "C-2"), "{outcome:?}");
    let question = "/operations?key=p1%2Ffetch_parcel";
    assert_eq!(outside.asked_to(question), [Value::Null]);
}

#[tokio::test]
async fn a_breaker_holds_up_the_way_forward_and_no_undo() {
    let outside = Outside::answering(|_| (503, json!({"message": "no van"}))).await;
    let rules = Rules {
        failures: NonZeroU32::MIN,
        memory: Duration::from_secs(60),
        open: Duration::from_secs(30),
        lease: Duration::from_secs(9),
    };
    let clock = Clock::from_fn(|| at("08:00:00"));
    let breakers = Breakers::new(Depot::new().await.store, rules, clock);
    let couriers = endpoint(&outside).with_breakers(breakers);
    let (nothing, not_done) = (Script::default(), Outcome::NotDone("no van".to_owned()));
    assert_eq!(ask(&couriers, Deed::Fetch, &nothing).await, not_done);
    let down = ask(&couriers, Deed::Fetch, &nothing).await;
    assert!(
        matches!(&down, Outcome::Down(why) if why.starts_with("the courier supplier keeps failing")),
        "{down:?}"
    );
    assert_eq!(ask(&couriers, Deed::CallOff, &nothing).await, not_done);
    let scripted = serde_json::from_str(r#"{"fetch_parcel": "unavailable"}"#).unwrap();
    assert_eq!(ask(&couriers, Deed::Fetch, &scripted).await, not_done);
    let asked = outside.asked().into_iter().map(|asked| asked.what);
    let asked: Vec<_> = asked.collect();
    assert_eq!(
        asked,
        ["/courier/fetch", "/courier/call_off", "/courier/fetch"]
    );
}

#[test]
fn a_script_is_read_in_the_words_of_parcels() {
    let read = |json: &str| serde_json::from_str::<Script<Deed>>(json);
    let unknown = read(r#"{"hold": "lost"}"#).unwrap_err().to_string();
    let words = "`hold` is never done; use send, fetch_parcel or call_off";
    assert!(unknown.starts_with(words), "{unknown}");
    let script = read(r#"{"send": "lost", "call_off": "crash_after"}"#).unwrap();
    assert_eq!(script.addressed_to_nobody(), Some(Deed::Send));
}
