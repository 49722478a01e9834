//! Many at once on one account: terminals by plain updates, payments by transactions.

use holdfast_authorizer::authorizer::Authorizer;
use holdfast_authorizer::doubts::Doubts;
use holdfast_authorizer_rules::movement::{Code, Kind};
use serde_json::json;

use crate::till::{Till, brl};

#[tokio::test]
async fn of_payments_at_once_as_many_are_paid_as_the_balance_allows() {
    let till = Till::with(1_000).await;
    let payments = (0..20).map(|n| {
        let till = till.clone();
        let part = json!({ "amount": brl(150) });
        tokio::spawn(async move { till.pay(&format!("b{n}"), "authorize", part).await })
    });
    let mut paid = 0;
    for payment in payments.collect::<Vec<_>>() {
        let reply = payment.await.unwrap();
        match reply.status {
            200 => paid += 1,
            _ => assert_eq!(reply.problem(402), "insufficient balance"),
        }
    }
    assert_eq!(paid, 6);
    assert_eq!(till.sums("123").await, [100, 900, 0]);
    assert_eq!(till.statement("123").await.len(), 7);
}

#[tokio::test]
async fn terminals_and_payments_at_once_agree_to_the_cent() {
    const EACH: usize = 40;
    let till = Till::with(100_000).await;
    let doubts = Doubts::kept();
    let authorizer = Authorizer::new(till.accounts.clone(), doubts.clone(), till.clock.shown());
    let purchases = (0..EACH).map(|n| {
        let authorizer = authorizer.clone();
        tokio::spawn(async move {
            let body = json!({
                "id": format!("t{n}"), "account": "123", "totalAmount": 1.37, "mcc": "5999",
                "merchant": "SHOP",
            });
            authorizer.ask(&body.to_string()).await.code
        })
    });
    let payments = (0..EACH).map(|n| {
        let till = till.clone();
        tokio::spawn(async move {
            let booking = format!("b{n}");
            let part = json!({ "amount": brl(211) });
            till.pay(&booking, "authorize", part).await.expect(200);
            let end = ["capture", "void"][n % 2];
            till.pay(&booking, end, json!({})).await.expect(200);
        })
    });
    let (purchases, payments): (Vec<_>, Vec<_>) = purchases.zip(payments).unzip();
    let mut approved = 0;
    for purchase in purchases {
        approved += u64::from(purchase.await.unwrap() == Code::Approved);
    }
    for payment in payments {
        payment.await.unwrap();
    }
    // On a slow machine some terminals had no answer in time.
    till.wait(60);
    for doubt in doubts.take() {
        let settled = till.accounts.settle_doubt(&doubt, till.clock.now()).await;
        settled.unwrap();
    }
    let account = till.look("123").await;
    till.accounts
        .settle(&account, till.clock.now())
        .await
        .unwrap();
    let account = till.look("123").await;
    assert_eq!(account.debited.0, 137 * approved);
    assert_eq!(account.captured.0, 211 * EACH as u64 / 2);
    assert_eq!(account.reserved.0, 0);
    let lines = till.statement("123").await;
    let of = |kind| lines.iter().filter(|line| line.kind == kind).count();
    let payments = [Kind::Reserve, Kind::Capture, Kind::Release].map(of);
    assert_eq!(payments, [EACH, EACH / 2, EACH / 2]);
}
