//! The same transaction again: the same answer, and nothing is debited.

use std::collections::BTreeSet;

use holdfast_authorizer_rules::movement::Code;

use crate::bank::{Bank, balances, body};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_fifty_times_at_once_debits_once_and_has_one_answer() {
    let bank = Bank::new().await;
    for round in 0..40 {
        let name = format!("round-{round}");
        let account = bank.open(&name, &[("CASH", 1_000)]).await;
        let workers: Vec<_> = (0..10).map(|_| bank.another()).collect();
        let asked = (0..50).map(|number| {
            let worker = workers[number % workers.len()].clone();
            let body = body(&name, &account, 600, "5411", "A");
            tokio::spawn(async move { worker.ask(&body).await })
        });
        let mut codes = BTreeSet::new();
        for answer in asked.collect::<Vec<_>>() {
            codes.insert(answer.await.unwrap().code.as_str());
        }
        assert_eq!(codes, ["00"].into());
        bank.settle(&account).await;
        assert_eq!(
            balances(&bank.account(&account).await),
            [("CASH", 400)].into()
        );
        bank.check(&account).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn others_on_the_account_do_not_make_a_repetition_debit_twice() {
    let bank = Bank::new().await;
    let account = bank.open("busy", &[("CASH", 1_000_000)]).await;
    let mut asked = Vec::new();
    for number in 0..600 {
        // Ten ids, sixty times each, from workers that close each other's entries at once.
        let (id, worker) = (number % 10, bank.another());
        let body = body(&format!("t-{id}"), &account, 100, "5411", "A");
        asked.push(tokio::spawn(async move { worker.ask(&body).await }));
        if asked.len() == 50 {
            for answer in asked.drain(..) {
                assert_eq!(answer.await.unwrap().code, Code::Approved);
            }
        }
    }
    bank.settle(&account).await;
    assert_eq!(bank.account(&account).await.debited.0, 1_000);
    bank.check(&account).await;
}

#[tokio::test]
async fn a_transaction_without_an_id_is_one_of_its_own() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("CASH", 1_000)]).await;
    let body = body("x", &account, 100, "5411", "A").replace("\"id\":\"x\",", "");
    let (one, other) = (
        bank.authorizer.ask(&body).await,
        bank.authorizer.ask(&body).await,
    );
    assert_ne!(one.transaction, other.transaction);
    assert_eq!(
        balances(&bank.account(&account).await),
        [("CASH", 800)].into()
    );
    let id = one.transaction.unwrap();
    let again = body.replace('{', &format!("{{\"id\":\"{id}\","));
    assert_eq!(bank.authorizer.ask(&again).await.code, Code::Approved);
    assert_eq!(
        balances(&bank.account(&account).await),
        [("CASH", 800)].into()
    );
}

#[tokio::test]
async fn what_was_insufficient_once_stays_so() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("FOOD", 10)]).await;
    let asked = body("t", &account, 100, "5411", "A");
    assert_eq!(bank.authorizer.ask(&asked).await.code, Code::Insufficient);
    let _ = bank.credit(&account, "c", "FOOD", 1_000).await;
    for _ in 0..2 {
        assert_eq!(bank.another().ask(&asked).await.code, Code::Insufficient);
        bank.later(60);
    }
    let new = body("u", &account, 100, "5411", "A");
    assert_eq!(bank.authorizer.ask(&new).await.code, Code::Approved);
    bank.check(&account).await;
}
