//! Random histories: whatever is asked for in whatever order, the account's sums follow its payments, and
//! its statement tells how.

use holdfast_authorizer::authorizer::Authorizer;
use holdfast_authorizer::doubts::Doubts;
use serde_json::json;

use crate::till::{RESERVATION, Till, brl};

const HISTORIES: u64 = 8;
const STEPS: u32 = 50;
const BOOKINGS: u32 = 5;

#[tokio::test]
async fn whatever_happens_the_sums_follow_the_payments() {
    for seed in 0..HISTORIES {
        let mut random = fastrand::Rng::with_seed(seed);
        let till = Till::with(3_000).await;
        till.account_of("456", 0).await;
        let doubts = Doubts::kept();
        let authorizer = Authorizer::new(till.accounts.clone(), doubts.clone(), till.clock.shown());
        for step in 0..STEPS {
            step_of(&till, &authorizer, &mut random, step).await;
            let settled = doubts.take();
            for doubt in &settled {
                let settled = till.accounts.settle_doubt(doubt, till.clock.now());
                settled.await.unwrap();
            }
            check(&till, &format!("seed {seed}, step {step}")).await;
        }
        for account in ["123", "456"] {
            till.statement(account).await;
        }
    }
}

/// One thing happens.
async fn step_of(till: &Till, authorizer: &Authorizer, random: &mut fastrand::Rng, step: u32) {
    let booking = format!("b{}", random.u32(..BOOKINGS));
    let amount = brl(random.u64(1..=1_500));
    let account = ["123", "456"][random.usize(..2)];
    match random.u32(..13) {
        0..=3 => {
            let token = format!("acct_{account}");
            let attempt = random.u32(1..=3);
            let more = json!({ "token": token, "amount": amount, "attempt": attempt });
            till.pay(&booking, "authorize", more).await;
        }
        4..=5 => {
            let body = json!({ "booking": booking, "amount": amount });
            let key = format!("{booking}/capture/{step}");
            till.post("/payment/capture", &key, &body).await;
        }
        6 => drop(till.pay(&booking, "void", json!({})).await),
        12 => {
            let attempt = json!({ "attempt": random.u32(1..=2) });
            till.pay(&booking, "withdraw", attempt).await;
        }
        7 => drop(till.pay(&booking, "refund", json!({})).await),
        8 => till.credit(account, "CASH", random.u64(1..=2_000)).await,
        9 => till.wait(RESERVATION / 3),
        10 => drop(till.sweep().await),
        _ => {
            let body = json!({
                "account": account, "totalAmount": random.u32(1..=9), "mcc": "5812",
                "merchant": "LUNCH",
            });
            authorizer.ask(&body.to_string()).await;
        }
    }
}

/// What is put aside and taken of all accounts is what the payments say.
async fn check(till: &Till, when: &str) {
    let audit = till.audit("").await;
    let of = |status: &str| {
        let lines = audit.iter().map(|line| line.split(' ').collect::<Vec<_>>());
        let lines = lines.filter(|words| words[1] == status);
        lines
            .map(|words| words[2].parse::<u64>().unwrap())
            .sum::<u64>()
    };
    let [_, reserved, captured] = till.sums("123").await;
    let [_, others_reserved, others_captured] = till.sums("456").await;
    assert_eq!(reserved + others_reserved, of("authorized"), "{when}");
    assert_eq!(captured + others_captured, of("captured"), "{when}");
}
