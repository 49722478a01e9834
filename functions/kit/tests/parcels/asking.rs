//! Couriers are asked in the words of parcels.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::Method;
use holdfast_core::breaker::Rules;
use holdfast_core::fault::Script;
use holdfast_core::ids::StepKey;
use holdfast_core::payment;
use holdfast_core::verb::Verb;
use holdfast_kit::breakers::Breakers;
use holdfast_kit::clock::Clock;
use holdfast_kit::https::Https;
use holdfast_kit::suppliers::{Call, Endpoint, Outcome, Supplier};
use serde_json::{Value, json};

use crate::outside::{Asked, Outside};
use crate::{Depot, at};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

const COURIER: Supplier = Supplier::Named("courier");
const CARD: Supplier = Supplier::Payment(payment::Method::Card);
const ACCOUNT: Supplier = Supplier::Payment(payment::Method::Account);

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
    ask_of(couriers, COURIER, action, script).await
}

async fn ask_of(
    outside: &Endpoint,
    supplier: Supplier,
    action: Deed,
    script: &Script<Deed>,
) -> Outcome {
    let call = Call {
        supplier,
        action,
        script,
        key: StepKey::of(&[&"p1", &action]),
        trace_id: TRACE,
        deadline: None,
        body: json!({"parcel": "p1"}),
    };
    outside.ask(&call).await
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
        authorization: None,
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
    let couriers = endpoint(&outside).with_breakers(breakers().await);
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

/// Breakers that open at the first failure.
async fn breakers() -> Breakers {
    let rules = Rules {
        failures: NonZeroU32::MIN,
        memory: Duration::from_secs(60),
        open: Duration::from_secs(30),
        lease: Duration::from_secs(9),
    };
    let clock = Clock::from_fn(|| at("08:00:00"));
    Breakers::new(Depot::new().await.store, rules, clock)
}

#[tokio::test]
async fn every_call_and_every_question_carries_the_key_and_no_text_shows_it() {
    let outside = Outside::answering(|_| (500, json!({}))).await;
    let suppliers = endpoint(&outside).with_account_payments(&outside.address);
    let suppliers = suppliers.with_key("a-secret".parse().unwrap());
    for supplier in [COURIER, CARD, ACCOUNT] {
        ask_of(&suppliers, supplier, Deed::Fetch, &Script::default()).await;
    }
    suppliers.get("offers", TRACE).await.expect("an answer");
    let asked = outside.asked();
    assert_eq!(
        asked.len(),
        7,
        "three calls, what became of them, and offers"
    );
    for asked in asked {
        assert_eq!(asked.authorization.as_deref(), Some("Bearer a-secret"));
    }
    let shown = format!("{suppliers:?}");
    assert!(!shown.contains("a-secret"), "{shown}");
}

#[tokio::test]
async fn payments_from_accounts_are_at_an_address_of_their_own_under_the_same_paths() {
    let answers = |asked: &Asked| match asked.method {
        Method::GET => (404, json!({})),
        _ => (500, json!({})),
    };
    let (others, accounts) = (
        Outside::answering(answers).await,
        Outside::answering(answers).await,
    );
    let address = format!("{}/v1/account-payments/", accounts.address);
    let suppliers = endpoint(&others).with_account_payments(&address);
    let (nothing, trace) = (Script::default(), TRACE);
    for supplier in [ACCOUNT, CARD, COURIER] {
        ask_of(&suppliers, supplier, Deed::CallOff, &nothing).await;
        let key = StepKey::of(&[&"p2", &"call_off"]);
        assert_eq!(suppliers.inspect(supplier, &key, trace).await, None);
    }
    let asked = |outside: &Outside| {
        let asked = outside.asked().into_iter().map(|asked| asked.what);
        asked.collect::<Vec<_>>()
    };
    let questions = [
        "/operations?key=p1%2Fcall_off",
        "/operations?key=p2%2Fcall_off",
    ];
    let place = "/v1/account-payments";
    let of_accounts = ["/payment/call_off", questions[0], questions[1]];
    let of_accounts = of_accounts.map(|path| format!("{place}{path}"));
    assert_eq!(asked(&accounts), of_accounts);
    let of_others = ["/payment/call_off", questions[0], questions[1]];
    let couriers = ["/courier/call_off", questions[0], questions[1]];
    assert_eq!(asked(&others), [of_others, couriers].concat());
}

#[tokio::test]
async fn a_function_behind_the_api_of_the_accounts_is_told_the_apis_id_by_its_requests() {
    let outside = Outside::answering(|_| (503, json!({"message": "no"}))).await;
    let address = format!("{}/own-api/v1", outside.address);
    let suppliers = endpoint(&outside).with_account_payments(&address);
    let nothing = Script::default();
    ask_of(
        &suppliers.behind_api("abc123"),
        ACCOUNT,
        Deed::CallOff,
        &nothing,
    )
    .await;
    assert_eq!(outside.asked()[0].what, "/abc123/v1/payment/call_off");
}

#[tokio::test]
async fn where_no_address_of_the_accounts_is_known_nothing_is_done_and_nobody_else_is_asked() {
    let outside = Outside::answering(|_| (200, json!({"status": "done"}))).await;
    let outcome = ask_of(
        &endpoint(&outside),
        ACCOUNT,
        Deed::Fetch,
        &Script::default(),
    )
    .await;
    let problem = "the address of payments from accounts is not known";
    assert_eq!(outcome, Outcome::NotDone(problem.to_owned()));
    assert_eq!(outside.asked(), []);
}

#[tokio::test]
async fn while_the_accounts_fail_cards_pay_and_the_other_way_round() {
    let fails = |_: &Asked| (503, json!({"message": "no"}));
    let works = |_: &Asked| (200, json!({"status": "done"}));
    let (failing, working) = (
        Outside::answering(fails).await,
        Outside::answering(works).await,
    );
    for (bank, accounts, down, up) in [
        (&failing, &working, CARD, ACCOUNT),
        (&working, &failing, ACCOUNT, CARD),
    ] {
        let suppliers = endpoint(bank).with_account_payments(&accounts.address);
        let suppliers = suppliers.with_breakers(breakers().await);
        let nothing = Script::default();
        let pay = async |supplier| ask_of(&suppliers, supplier, Deed::Fetch, &nothing).await;
        assert_eq!(pay(down).await, Outcome::NotDone("no".to_owned()));
        let held_up = pay(down).await;
        let why = format!("the {down} supplier keeps failing");
        assert!(
            matches!(&held_up, Outcome::Down(said) if said.starts_with(&why)),
            "{held_up:?}"
        );
        assert!(matches!(pay(up).await, Outcome::Done(_)), "{up}");
    }
}

#[test]
fn a_script_is_read_in_the_words_of_parcels() {
    let read = |json: &str| serde_json::from_str::<Script<Deed>>(json);
    let unknown = read(r#"{"hold": "lost"}"#).unwrap_err().to_string();
    let words = "is never done; use send, fetch_parcel or call_off";
    assert!(unknown.starts_with(words), "{unknown}");
    let script = read(r#"{"send": "lost", "call_off": "crash_after"}"#).unwrap();
    assert_eq!(script.addressed_to_nobody(), Some(Deed::Send));
}
