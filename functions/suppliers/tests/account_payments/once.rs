//! Each call acts once, however often it comes and whatever gets lost.

use serde_json::json;

use crate::till::{Till, brl};

const AT_ONCE: usize = 20;

#[tokio::test]
async fn twenty_identical_calls_move_money_once_and_get_one_answer() {
    let till = Till::with(5_000).await;
    for (booking, action, sums) in [
        ("b1", "authorize", [4_000, 1_000, 0]),
        ("b1", "capture", [4_000, 0, 1_000]),
        ("b1", "refund", [5_000, 0, 0]),
        ("b2", "authorize", [4_000, 1_000, 0]),
        ("b2", "void", [5_000, 0, 0]),
    ] {
        let calls = (0..AT_ONCE).map(|_| {
            let till = till.clone();
            tokio::spawn(async move { till.pay(booking, action, json!({})).await })
        });
        let mut replies = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            replies.push(call.await.unwrap());
        }
        replies[0].expect(200);
        assert!(
            replies.iter().all(|reply| *reply == replies[0]),
            "{replies:?}"
        );
        assert_eq!(till.sums("123").await, sums, "{booking} {action}");
    }
    assert_eq!(till.statement("123").await.len(), 6);
}

#[tokio::test]
async fn a_transaction_whose_answer_got_lost_is_found() {
    let till = Till::with(5_000).await;
    for (action, sums) in [
        ("authorize", [4_000, 1_000, 0]),
        ("capture", [4_000, 0, 1_000]),
        ("refund", [5_000, 0, 0]),
    ] {
        let deaf = till.behind_silence(1).await;
        let reply = deaf.pay("b1", action, json!({})).await;
        reply.expect(200);
        assert_eq!(till.pay("b1", action, json!({})).await, reply, "{action}");
        assert_eq!(till.sums("123").await, sums, "{action}");
    }
    // Nobody has written their lines; the next to settle the account does.
    till.wait(60);
    let account = till.look("123").await;
    till.accounts
        .settle(&account, till.clock.now())
        .await
        .unwrap();
    assert_eq!(till.statement("123").await.len(), 4);
}

#[tokio::test]
async fn a_call_whose_answer_got_lost_on_the_way_back_is_found_by_its_key() {
    let till = Till::with_simulation("on").await;
    till.account_of("123", 5_000).await;
    let lost = json!({ "simulate": "lost:1" });
    let reply = till.pay("b1", "authorize", lost.clone()).await;
    assert_eq!(reply.status, 504);
    let found = till.get("/operations?key=b1/payment.1/authorize").await;
    assert_eq!(found.expect(200)["body"]["status"], "authorized");
    till.pay("b1", "authorize", lost).await.expect(200);
    assert_eq!(till.sums("123").await, [4_000, 1_000, 0]);
}

#[tokio::test]
async fn faults_are_played_in_a_simulation_only() {
    let (real, simulated) = (Till::open().await, Till::with_simulation("on").await);
    for till in [&real, &simulated] {
        till.account_of("123", 5_000).await;
    }
    let fault = json!({ "simulate": "decline" });
    real.pay("b1", "authorize", fault.clone()).await.expect(200);
    let declined = simulated.pay("b1", "authorize", fault).await;
    assert_eq!(declined.problem(402), "declined, as scripted");
    assert_eq!(simulated.sums("123").await, [5_000, 0, 0]);
}

#[tokio::test]
async fn a_key_that_comes_back_with_another_account_is_a_mistake() {
    let till = Till::with(5_000).await;
    till.account_of("456", 5_000).await;
    till.pay("b1", "authorize", json!({})).await.expect(200);
    let other = json!({ "token": "acct_456" });
    till.pay("b1", "authorize", other).await.problem(422);
    let dearer = json!({ "amount": brl(2_000) });
    till.pay("b1", "authorize", dearer).await.problem(422);
    assert_eq!(till.sums("456").await, [5_000, 0, 0]);
    assert_eq!(till.sums("123").await, [4_000, 1_000, 0]);
}
