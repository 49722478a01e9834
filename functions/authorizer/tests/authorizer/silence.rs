//! A table that is slow or away: the terminal is told 07 in time, and learns of every debit: what it was
//! not told of is given back.

use std::time::{Duration, Instant};

use holdfast_authorizer_rules::movement::Code;

use crate::bank::{Bank, body};
use crate::wire::Fate;

/// The quickest counts: other tests want the processor at the same time.
const IN_TIME: Duration = Duration::from_millis(90);

#[tokio::test]
async fn a_table_that_does_not_answer_is_07_in_time_and_no_debit() {
    let bank = Bank::new().await;
    let mut quickest = Duration::MAX;
    for fate in [Fate::Lost, Fate::AnswerLost, Fate::Late] {
        for nth in 0..3 {
            let name = format!("{fate:?}-{nth}");
            let account = bank.open(&name, &[("CASH", 1_000)]).await;
            let asked = body(&name, &account, 600, "5411", "A");
            let (worker, wire) = bank.behind_a_wire().await;
            wire.from(nth, fate);
            let began = Instant::now();
            let answer = worker.ask(&asked).await;
            quickest = quickest.min(began.elapsed());
            assert_eq!(answer.code, Code::Refused, "{name}");
            // The doubt is settled before what was late comes to the table, or after it.
            let doubts = bank.doubts.take();
            assert_eq!(doubts.len(), 1, "{name}");
            for late in [false, true] {
                if late {
                    wire.deliver_late().await;
                }
                for doubt in &doubts {
                    bank.accounts.settle_doubt(doubt, bank.now()).await.unwrap();
                }
            }
            bank.later(60);
            bank.settle(&account).await;
            assert_eq!(bank.account(&account).await.debited.0, 0, "{name}");
            let lines = bank.check(&account).await;
            let line = lines
                .iter()
                .find(|line| line.id.as_deref() == Some(name.as_str()));
            let line = line.unwrap_or_else(|| panic!("{name}: no line"));
            assert_eq!(line.code, Code::Refused);
            assert!(line.reason.as_ref().unwrap().contains("no answer in time"));
            assert_eq!(
                bank.another().ask(&asked).await.code,
                Code::Refused,
                "the same answer"
            );
        }
    }
    assert!(quickest < IN_TIME, "{quickest:?}");
}

#[tokio::test]
async fn asked_again_before_it_is_settled_an_approval_that_is_told_stands() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("CASH", 1_000)]).await;
    let asked = body("t", &account, 600, "5411", "A");
    let (worker, wire) = bank.behind_a_wire().await;
    wire.from(2, Fate::AnswerLost);
    assert_eq!(worker.ask(&asked).await.code, Code::Refused);
    let again = bank.another().ask(&asked).await;
    assert_eq!(again.code, Code::Approved, "its line was written");
    bank.settle(&account).await;
    assert_eq!(
        bank.account(&account).await.debited.0,
        600,
        "the terminal knows of it now"
    );
    assert_eq!(bank.another().ask(&asked).await, again);
    bank.check(&account).await;
}

#[tokio::test]
async fn the_doubt_of_one_worker_does_not_take_back_what_another_has_told() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("CASH", 1_000)]).await;
    let asked = body("t", &account, 600, "5411", "A");
    let (worker, wire) = bank.behind_a_wire().await;
    wire.from(1, Fate::Late);
    let (slow, quick) = tokio::join!(worker.ask(&asked), async {
        bank.another().ask(&asked).await
    });
    assert_eq!((slow.code, quick.code), (Code::Refused, Code::Approved));
    bank.settle(&account).await;
    wire.deliver_late().await;
    bank.later(60);
    bank.settle(&account).await;
    assert_eq!(bank.account(&account).await.debited.0, 600);
    bank.check(&account).await;
}

#[tokio::test]
async fn a_slow_table_is_07_in_time_and_a_quick_one_goes_on() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("CASH", 1_000)]).await;
    let (worker, wire) = bank.behind_a_wire().await;
    wire.slow(Duration::from_millis(200));
    let mut quickest = Duration::MAX;
    for id in ["r", "s", "t"] {
        let began = Instant::now();
        let answer = worker.ask(&body(id, &account, 600, "5411", "A")).await;
        quickest = quickest.min(began.elapsed());
        assert_eq!(answer.code, Code::Refused);
    }
    assert!(quickest < IN_TIME, "{quickest:?}");
    wire.pass();
    let answer = worker.ask(&body("u", &account, 600, "5411", "A")).await;
    assert_eq!(answer.code, Code::Approved);
    assert!(wire.requests() >= 3);
    bank.settle(&account).await;
    assert_eq!(bank.account(&account).await.debited.0, 600);
    bank.check(&account).await;
}
