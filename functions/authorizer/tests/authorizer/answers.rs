//! What cannot be approved: 07 with a reason, nothing debited, and a line where there is an account.

use holdfast_authorizer_rules::movement::Code;

use crate::bank::{Bank, balances, body};

#[tokio::test]
async fn what_makes_no_sense_is_07_with_a_reason_that_names_the_field() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("CASH", 1_000_000)]).await;
    let fields = |account: &str, amount: &str, mcc: &str, merchant: &str| {
        format!(
            r#"{{"account": {account}, "totalAmount": {amount}, "mcc": {mcc}, "merchant": {merchant}}}"#
        )
    };
    let cases = [
        (String::new(), "body"),
        ("hello".to_owned(), "body"),
        ("[]".to_owned(), "body"),
        ("null".to_owned(), "body"),
        ("{\"account\": \"1\"".to_owned(), "body"),
        (
            format!("{{\"account\": \"1\", \"x\": \"{}\"}}", "x".repeat(20_000)),
            "body",
        ),
        ("{}".to_owned(), "account: is missing"),
        (fields("\"a b\"", "1", "\"5411\"", "\"A\""), "account"),
        (
            fields("1", "1", "\"5411\"", "\"A\""),
            "account: must be text",
        ),
        (
            fields("\"9\"", "1", "\"5411\"", "\"A\""),
            "account: there is no such account",
        ),
        (
            fields("\"1\"", "0", "\"5411\"", "\"A\""),
            "totalAmount: must be more than 0",
        ),
        (
            fields("\"1\"", "-1", "\"5411\"", "\"A\""),
            "totalAmount: must be more than 0",
        ),
        (
            fields("\"1\"", "0.001", "\"5411\"", "\"A\""),
            "totalAmount: must have at most two decimals",
        ),
        (
            fields("\"1\"", "1000000.01", "\"5411\"", "\"A\""),
            "totalAmount: must be at most",
        ),
        (
            fields("\"1\"", "\"1\"", "\"5411\"", "\"A\""),
            "totalAmount: must be a number",
        ),
        (fields("\"1\"", "null", "\"5411\"", "\"A\""), "totalAmount"),
        (
            fields("\"1\"", "1", "\"54\"", "\"A\""),
            "mcc: must be four digits",
        ),
        (fields("\"1\"", "1", "{}", "\"A\""), "mcc: must be text"),
        (
            fields("\"1\"", "1", "\"5411\"", "\"\""),
            "merchant: must be a name",
        ),
        (
            fields("\"1\"", "1", "\"5411\"", "7"),
            "merchant: must be text",
        ),
        (
            fields("\"1\"", "1", "\"5411\"", "\"A\"").replace('}', ", \"id\": \"a b\"}"),
            "id: must be",
        ),
    ];
    for (body, reason) in &cases {
        let answer = bank.authorizer.ask(body).await;
        assert_eq!(answer.code, Code::Refused, "{body}");
        let told = answer.reason.unwrap_or_default();
        assert!(told.contains(reason), "{body}: {told}");
        for rust in ["::", "Error {", "expected "] {
            assert!(!told.contains(rust), "{body}: {told}");
        }
    }
    let lines = bank.check(&account).await;
    assert_eq!(
        balances(&bank.account(&account).await),
        [("CASH", 1_000_000)].into()
    );
    let refused = lines.iter().filter(|line| line.code == Code::Refused);
    assert_eq!(
        refused.count(),
        11,
        "each that names the account is a line of it"
    );
}

#[tokio::test]
async fn an_id_that_was_used_for_another_transaction_is_07_and_debits_nothing() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("CASH", 10_000)]).await;
    let first = bank
        .authorizer
        .ask(&body("t", &account, 100, "5411", "A"))
        .await;
    assert_eq!(first.code, Code::Approved);
    for other in [
        body("t", &account, 101, "5411", "A"),
        body("t", &account, 100, "5812", "A"),
        body("t", &account, 100, "5411", "B"),
    ] {
        let answer = bank.authorizer.ask(&other).await;
        assert_eq!(answer.code, Code::Refused);
        assert!(answer.reason.unwrap().contains("used before"));
    }
    assert_eq!(
        balances(&bank.account(&account).await),
        [("CASH", 9_900)].into()
    );
    bank.later(60);
    let again = bank
        .authorizer
        .ask(&body("t", &account, 100, "5411", "A"))
        .await;
    assert_eq!(again, first);
    assert_eq!(bank.check(&account).await.len(), 1 + 1 + 3);
}
