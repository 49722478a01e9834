//! Reports of payments: what is forged, stale, replayed, false or out of order changes nothing.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use holdfast_tests::{Stack, fresh_name, output};
use ring::hmac;
use serde_json::{Value, json};

use holdfast_tests::client::{Answer, Asking, ask};
use holdfast_tests::guest::{Guest, flight};

/// How old a report may be at most.
const TOLERANCE: Duration = Duration::from_secs(300);

/// A report, as the payment supplier would send it.
struct Report {
    id: String,
    age: Duration,
    body: String,
    secret: String,
}

impl Report {
    /// That this attempt to pay was decided.
    async fn of(booking: &str, attempt: u32) -> Self {
        let aws = holdfast_tests::aws().await;
        let secrets = aws_sdk_secretsmanager::Client::new(&aws);
        let secret = secrets
            .get_secret_value()
            .secret_id(output("WEBHOOK_SECRET"));
        let secret = secret.send().await.expect("the secret").secret_string;
        let data = json!({"booking": booking, "attempt": attempt, "reference": "PAY-1"});
        Self {
            id: fresh_name("report"),
            age: Duration::ZERO,
            body: json!({"type": "payment.authorized", "data": data}).to_string(),
            secret: secret.expect("a text"),
        }
    }

    fn seconds(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        (now - self.age).as_secs()
    }

    fn signature(&self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let signed = format!("{}.{}.{}", self.id, self.seconds(), self.body);
        format!("v1,{}", BASE64.encode(hmac::sign(&key, signed.as_bytes())))
    }

    fn asking(&self) -> Asking {
        ask("POST", "/webhooks/payments")
            .header("content-type", "application/json")
            .header("webhook-id", &self.id)
            .header("webhook-timestamp", &self.seconds().to_string())
            .body(&self.body)
    }

    async fn send(&self) -> Answer {
        let signature = self.signature();
        self.asking()
            .header("webhook-signature", &signature)
            .send()
            .await
    }
}

/// A traveller whose payment waits for its bank.
async fn pays_later(stack: &Stack, what: &str) -> (Guest, String) {
    let ana = Guest::arrives(what).await;
    let id = ana.holds(&flight()).await;
    pay(stack, &ana, &id).await;
    (ana, id)
}

async fn pay(stack: &Stack, ana: &Guest, id: &str) {
    let card = json!({"token": "tok_pending"});
    let paid = ana.post(&format!("/bookings/{id}/payment"), &card).await;
    paid.expect(202);
    stack.is_pending(id).await;
}

/// Whether a report has led to anything.
async fn somebody_was_believed(stack: &Stack, id: &str) -> bool {
    let history = stack.history(id).await;
    history.iter().any(|event| event.actor == "webhook")
}

/// What no report may change but a true one.
async fn standing(stack: &Stack, id: &str) -> (Value, Value) {
    let snapshot = stack.booking(id).await;
    let status = json!(snapshot.booking.state.status);
    (status, json!(snapshot.payment.state))
}

#[tokio::test]
async fn a_payment_that_its_bank_decides_later_is_followed_to_booked() {
    let stack = Stack::connect().await;
    let (ana, id) = pays_later(&stack, "later").await;
    let booking = ana.get(&format!("/bookings/{id}")).await.expect(200);
    assert_eq!(booking["status"], "paying");
    assert_eq!(booking["payment"]["status"], "pending");
    assert_eq!(booking["actions"], json!(["pay", "cancel"]));
    assert!(stack.bank(&id, "approve").await, "it is reported");
    let booking = ana.comes_to(&id, "booked").await;
    assert_eq!(booking["payment"]["status"], "captured");
}

#[tokio::test]
async fn what_is_forged_changes_nothing() {
    let stack = Stack::connect().await;
    let (ana, id) = pays_later(&stack, "forged").await;
    // A true decision, so that a report that is believed would be seen to act upon it.
    stack.bank(&id, "approve?report=lost").await;
    let report = Report::of(&id, 1).await;
    let unsigned = report.asking().send().await;
    let problem = unsigned.problem(401, "bad-signature");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("webhook-signature")
    );
    let stranger = Report {
        secret: "another secret of sixty-four characters, more or less".to_owned(),
        ..Report::of(&id, 1).await
    };
    stranger.send().await.problem(401, "bad-signature");
    let signature = Report::of("another", 1).await.signature();
    let changed = report.asking().header("webhook-signature", &signature);
    changed.send().await.problem(401, "bad-signature");
    for nonsense in ["", "v1", "v1,", "v1,AAAA", "v2,AAAA", "none"] {
        let asking = report.asking().header("webhook-signature", nonsense);
        asking.send().await.problem(401, "bad-signature");
    }
    assert!(!somebody_was_believed(&stack, &id).await);
    ana.comes_to(&id, "booked").await;
}

#[tokio::test]
async fn what_is_stale_or_false_changes_nothing() {
    let stack = Stack::connect().await;
    let (ana, id) = pays_later(&stack, "stale").await;
    let before = standing(&stack, &id).await;
    // Signed, and sent at once: but the bank has not decided, and it is the supplier who knows.
    let false_report = Report::of(&id, 1).await;
    assert_eq!(false_report.send().await.expect(200)["again"], false);
    let of_no_attempt = Report::of(&id, 7).await;
    of_no_attempt.send().await.expect(200);
    let of_nobody = Report::of(&fresh_name("nobody"), 1).await;
    of_nobody.send().await.expect(200);
    let stale = Report {
        age: TOLERANCE + Duration::from_secs(5),
        ..Report::of(&id, 1).await
    };
    assert_eq!(standing(&stack, &id).await, before);
    stack.bank(&id, "approve?report=lost").await;
    let problem = stale.send().await.problem(401, "bad-signature");
    assert!(problem["detail"].as_str().unwrap().contains("5 minutes"));
    assert!(!somebody_was_believed(&stack, &id).await);
    // What was signed and sent too early may be sent again.
    assert_eq!(false_report.send().await.expect(200)["again"], false);
    ana.comes_to(&id, "booked").await;
}

#[tokio::test]
async fn what_is_replayed_is_recognised_and_changes_nothing() {
    let stack = Stack::connect().await;
    let (ana, id) = pays_later(&stack, "replayed").await;
    stack.bank(&id, "approve?report=lost").await;
    let report = Report::of(&id, 1).await;
    assert_eq!(report.send().await.expect(200)["again"], false);
    assert!(somebody_was_believed(&stack, &id).await);
    ana.comes_to(&id, "booked").await;
    let events = stack.history(&id).await.len();
    for _ in 0..3 {
        assert_eq!(report.send().await.expect(200)["again"], true);
    }
    let another_name = Report::of(&id, 1).await;
    assert_eq!(another_name.send().await.expect(200)["again"], false);
    assert_eq!(stack.history(&id).await.len(), events);
}

#[tokio::test]
async fn what_comes_out_of_order_changes_nothing() {
    let stack = Stack::connect().await;
    let (ana, id) = pays_later(&stack, "order").await;
    stack.bank(&id, "decline?report=lost").await;
    let first = Report::of(&id, 1).await;
    first.send().await.expect(200);
    ana.waits(&id).await;
    pay(&stack, &ana, &id).await;
    let before = standing(&stack, &id).await;
    Report::of(&id, 1).await.send().await.expect(200); // of the first card, when the second is asked
    assert_eq!(standing(&stack, &id).await, before);
    stack.bank(&id, "approve").await;
    let booking = ana.comes_to(&id, "booked").await;
    assert_eq!(booking["payment"]["attempts"], 2);
    let after = standing(&stack, &id).await;
    Report::of(&id, 1).await.send().await.expect(200);
    Report::of(&id, 2).await.send().await.expect(200);
    assert_eq!(standing(&stack, &id).await, after);
}

#[tokio::test]
async fn what_is_signed_and_makes_no_sense_is_refused_by_name() {
    let of = async |body: &str| Report {
        body: body.to_owned(),
        ..Report::of("b", 1).await
    };
    let problem = of("{}").await.send().await.problem(422, "invalid-fields");
    assert!(
        problem["detail"].as_str().unwrap().contains("data"),
        "{problem}"
    );
    let broken = of("{\"data\"").await.send().await;
    broken.problem(400, "bad-json");
    let large = of(&"x".repeat(40_000)).await.send().await;
    large.problem(413, "too-large");
    let report = of("{}").await;
    let text = ask("POST", "/webhooks/payments").header("content-type", "text/plain");
    text.body(&report.body)
        .send()
        .await
        .problem(415, "unsupported-media-type");
}
