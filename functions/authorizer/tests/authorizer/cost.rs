//! What a transaction costs, as the engine counts it.

use crate::bank::{Bank, body};

#[tokio::test]
async fn a_transaction_takes_two_write_units() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("FOOD", 100_000), ("CASH", 50_000)]).await;
    let before = bank.accounts.spent().write_units();
    let merchant = "PADARIA DO ZE               SAO PAULO BR";
    for number in 0..200 {
        // Approved from FOOD, then from CASH, then insufficient.
        let asked = body(
            &format!("terminal-7-{number:06}"),
            &account,
            1_000,
            "5411",
            merchant,
        );
        bank.authorizer.ask(&asked).await;
    }
    let units = bank.accounts.spent().write_units() - before;
    assert_eq!(units, 400);
    bank.check(&account).await;
}
