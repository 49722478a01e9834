//! Processes that end between any two writes: the same transaction, asked for again, is debited once, and
//! one that is not asked for again is given back.

use holdfast_authorizer_rules::movement::Code;

use crate::bank::{Bank, PATIENCE, body};
use crate::wire::Fate;

#[tokio::test]
async fn killed_at_any_request_and_asked_again_it_is_debited_once() {
    let bank = Bank::new().await;
    for fate in [Fate::Lost, Fate::AnswerLost, Fate::Late] {
        for nth in 0.. {
            let name = format!("{fate:?}-{nth}");
            let account = bank.open(&name, &[("CASH", 1_000)]).await;
            let asked = body(&name, &account, 600, "5411", "A");
            let (worker, wire) = bank.behind_a_wire().await;
            let worker = worker.with_patience(PATIENCE);
            wire.one(nth, fate);
            if wire.alive(worker.ask(&asked)).await.is_some() {
                assert_eq!(nth, 3, "it looks, debits and writes the line");
                break;
            }
            let answer = bank.another().ask(&asked).await;
            assert_eq!(answer.code, Code::Approved, "{name}");
            wire.deliver_late().await;
            assert_eq!(bank.another().ask(&asked).await, answer);
            // Whoever comes later settles what was late.
            bank.later(60);
            bank.settle(&account).await;
            assert_eq!(bank.account(&account).await.debited.0, 600, "{name}");
            bank.check(&account).await;
            assert_eq!(bank.another().ask(&asked).await, answer);
        }
    }
}

#[tokio::test]
async fn killed_at_any_request_and_not_asked_again_nothing_stays_debited_that_has_no_line() {
    let bank = Bank::new().await;
    for fate in [Fate::Lost, Fate::AnswerLost, Fate::Late] {
        for nth in 0..3 {
            let name = format!("{fate:?}-{nth}");
            let account = bank.open(&name, &[("CASH", 1_000)]).await;
            let asked = body(&name, &account, 600, "5411", "A");
            let (worker, wire) = bank.behind_a_wire().await;
            let worker = worker.with_patience(PATIENCE);
            wire.one(nth, fate);
            assert_eq!(wire.alive(worker.ask(&asked)).await, None);
            bank.later(60);
            bank.settle(&account).await;
            wire.deliver_late().await;
            bank.later(60);
            bank.settle(&account).await;
            let lines = bank.check(&account).await;
            let approved = lines.iter().filter(|line| line.code == Code::Approved);
            let debits = approved.filter(|line| line.id.as_deref() == Some(name.as_str()));
            let debited: u64 = debits.map(|line| line.amount.0).sum();
            assert_eq!(bank.account(&account).await.debited.0, debited, "{name}");
        }
    }
}

#[tokio::test]
async fn what_settles_may_itself_end_anywhere() {
    let bank = Bank::new().await;
    for nth in 0.. {
        let name = format!("settling-{nth}");
        let account = bank.open(&name, &[("CASH", 1_000)]).await;
        let asked = body(&name, &account, 600, "5411", "A");
        let (worker, wire) = bank.behind_a_wire().await;
        let worker = worker.with_patience(PATIENCE);
        // Debited, and then its worker is gone.
        wire.one(2, Fate::Lost);
        assert_eq!(wire.alive(worker.ask(&asked)).await, None);
        bank.later(60);
        let there = bank.account(&account).await;
        wire.one(nth, Fate::AnswerLost);
        let settled = wire
            .alive(worker.accounts().settle(&there, bank.now()))
            .await;
        wire.pass();
        bank.settle(&account).await;
        bank.later(60);
        bank.settle(&account).await;
        assert_eq!(bank.account(&account).await.debited.0, 0, "{name}");
        let lines = bank.check(&account).await;
        let answer = bank.another().ask(&asked).await;
        assert_eq!(answer.code, Code::Refused, "{lines:?}");
        if settled.is_some() {
            break;
        }
    }
}

#[tokio::test]
async fn a_debit_that_comes_when_all_is_long_done_is_given_back_and_the_statement_says_so() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("CASH", 10_000)]).await;
    let asked = body("t", &account, 600, "5411", "A");
    let (worker, wire) = bank.behind_a_wire().await;
    wire.one(1, Fate::Late);
    assert_eq!(
        wire.alive(worker.with_patience(PATIENCE).ask(&asked)).await,
        None
    );
    assert_eq!(bank.authorizer.ask(&asked).await.code, Code::Approved);
    // Others close the entry, so that nothing but the line remembers the transaction.
    bank.later(60);
    for id in ["u", "v"] {
        let other = body(id, &account, 100, "5411", "A");
        assert_eq!(bank.authorizer.ask(&other).await.code, Code::Approved);
    }
    wire.deliver_late().await;
    assert_eq!(
        bank.account(&account).await.debited.0,
        600 + 200 + 600,
        "for a moment"
    );
    bank.later(60);
    bank.settle(&account).await;
    assert_eq!(bank.account(&account).await.debited.0, 600 + 200);
    let lines = bank.check(&account).await;
    let reasons: Vec<_> = lines
        .iter()
        .filter_map(|line| line.reason.as_deref())
        .collect();
    assert!(reasons[0].starts_with("asked for twice"), "{reasons:?}");
    assert_eq!(bank.authorizer.ask(&asked).await.code, Code::Approved);
}

#[tokio::test]
async fn an_account_whose_workers_come_and_go_stays_small() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("CASH", 1_000_000)]).await;
    // Which look sees all entries is a matter of chance; here always of the same.
    fastrand::seed(7);
    for number in 0..150 {
        // Each worker answers once, and never comes back to close its entry.
        let asked = body(&format!("t-{number}"), &account, 100, "5411", "A");
        assert_eq!(bank.another().ask(&asked).await.code, Code::Approved);
        bank.later(30);
        let open = bank.account(&account).await.open.len();
        assert!(open <= 60, "{open} entries");
    }
    bank.check(&account).await;
}
