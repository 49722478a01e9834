//! The rules, with the payloads that terminals send: the category by the code, CASH where it is not
//! enough, the merchant's name before the code.

use serde_json::json;

use crate::bank::{Bank, balances};

/// One transaction on an account: balances before, what is sent, the code, and balances after.
struct Case {
    what: &'static str,
    before: &'static [(&'static str, u64)],
    amount: &'static str,
    mcc: &'static str,
    merchant: &'static str,
    code: &'static str,
    after: &'static [(&'static str, u64)],
}

const PADARIA: &str = "PADARIA DO ZE               SAO PAULO BR";
const TRIP: &str = "UBER TRIP                   SAO PAULO BR";
const EATS: &str = "UBER EATS                   SAO PAULO BR";
const PAG: &str = "PAG*JoseDaSilva          RIO DE JANEI BR";
const TICKET: &str = "PICPAY*BILHETEUNICO           GOIANIA BR";

const fn case(
    what: &'static str,
    before: &'static [(&'static str, u64)],
    (amount, mcc, merchant): (&'static str, &'static str, &'static str),
    code: &'static str,
    after: &'static [(&'static str, u64)],
) -> Case {
    Case {
        what,
        before,
        amount,
        mcc,
        merchant,
        code,
        after,
    }
}

const CASES: &[Case] = &[
    // The category's balance pays.
    case(
        "food",
        &[("FOOD", 10_000)],
        ("100.00", "5411", PADARIA),
        "00",
        &[],
    ),
    case(
        "food, the other code",
        &[("FOOD", 10_000)],
        ("99.99", "5412", PADARIA),
        "00",
        &[("FOOD", 1)],
    ),
    case(
        "a meal",
        &[("MEAL", 10_000)],
        ("100.00", "5811", PADARIA),
        "00",
        &[],
    ),
    case(
        "a meal, the other code",
        &[("MEAL", 10_000)],
        ("40", "5812", PADARIA),
        "00",
        &[("MEAL", 6_000)],
    ),
    case(
        "mobility",
        &[("MOBILITY", 500)],
        ("4.90", "4111", "METRO SP"),
        "00",
        &[("MOBILITY", 10)],
    ),
    case(
        "health",
        &[("HEALTH", 500)],
        ("5.0", "5912", "DROGARIA"),
        "00",
        &[],
    ),
    case(
        "any other code",
        &[("CASH", 10_000), ("FOOD", 7)],
        ("100.00", "9999", PADARIA),
        "00",
        &[("FOOD", 7)],
    ),
    case(
        "not enough anywhere",
        &[("FOOD", 9_999)],
        ("100.00", "5411", PADARIA),
        "51",
        &[("FOOD", 9_999)],
    ),
    case(
        "no other balance helps",
        &[("FOOD", 1), ("MEAL", 99_999)],
        ("100.00", "5411", PADARIA),
        "51",
        &[("FOOD", 1), ("MEAL", 99_999)],
    ),
    // CASH steps in, for all of it.
    case(
        "cash steps in",
        &[("FOOD", 5_000), ("CASH", 10_000)],
        ("100.00", "5411", PADARIA),
        "00",
        &[("FOOD", 5_000)],
    ),
    case(
        "it is never split",
        &[("FOOD", 5_000), ("CASH", 9_999)],
        ("100.00", "5411", PADARIA),
        "51",
        &[("FOOD", 5_000), ("CASH", 9_999)],
    ),
    case(
        "cash is not touched while the category pays",
        &[("FOOD", 10_000), ("CASH", 10_000)],
        ("100.00", "5411", PADARIA),
        "00",
        &[("CASH", 10_000)],
    ),
    // The merchant's name comes before its code.
    case(
        "a trip is mobility",
        &[("MOBILITY", 3_000), ("FOOD", 3_000)],
        ("30.00", "5411", TRIP),
        "00",
        &[("FOOD", 3_000)],
    ),
    case(
        "eats is a meal",
        &[("MEAL", 3_000), ("FOOD", 3_000)],
        ("30.00", "5411", EATS),
        "00",
        &[("FOOD", 3_000)],
    ),
    case(
        "a wallet is cash",
        &[("CASH", 3_000), ("MEAL", 3_000)],
        ("30.00", "5811", PAG),
        "00",
        &[("MEAL", 3_000)],
    ),
    case(
        "a ticket is mobility",
        &[("MOBILITY", 3_000), ("MEAL", 3_000)],
        ("30.00", "5811", TICKET),
        "00",
        &[("MEAL", 3_000)],
    ),
    case(
        "a trip by cash",
        &[("CASH", 3_000), ("FOOD", 3_000)],
        ("30.00", "5411", TRIP),
        "00",
        &[("FOOD", 3_000)],
    ),
    case(
        "case and blanks",
        &[("MEAL", 3_000)],
        ("30.00", "5411", "Uber  Eats"),
        "00",
        &[],
    ),
];

#[tokio::test]
async fn the_rules_hold_with_the_payloads_that_terminals_send() {
    let bank = Bank::new().await;
    for (number, case) in CASES.iter().enumerate() {
        let account = bank.open(&format!("{number}"), case.before).await;
        let body = format!(
            r#"{{"account": "{account}", "totalAmount": {}, "mcc": "{}", "merchant": "{}"}}"#,
            case.amount, case.mcc, case.merchant
        );
        let answer = bank.authorizer.ask(&body).await;
        assert_eq!(answer.code.as_str(), case.code, "{}: {answer:?}", case.what);
        let after = bank.account(&account).await;
        assert_eq!(
            balances(&after),
            case.after.iter().copied().collect(),
            "{}",
            case.what
        );
        let lines = bank.check(&account).await;
        let line = lines.last().unwrap();
        assert_eq!(line.code.as_str(), case.code);
        assert_eq!(line.reason.is_some(), case.code != "00", "{}", case.what);
    }
}

#[tokio::test]
async fn tenths_of_a_cent_do_not_exist_and_a_thousand_tenths_are_a_hundred() {
    let bank = Bank::new().await;
    let account = bank.open("tenths", &[("CASH", 10_000)]).await;
    for _ in 0..1_000 {
        let body = format!(
            r#"{{"account": "{account}", "totalAmount": 0.1, "mcc": "1", "merchant": "A"}}"#
        );
        let body = body.replace("\"1\"", "\"0001\"");
        assert_eq!(bank.authorizer.ask(&body).await.code.as_str(), "00");
    }
    assert_eq!(bank.account(&account).await.balances.sum().0, 0);
    bank.check(&account).await;
}

#[tokio::test]
async fn the_answer_names_the_transaction_and_the_balance() {
    let bank = Bank::new().await;
    let account = bank.open("1", &[("CASH", 10_000)]).await;
    let body = format!(
        r#"{{"id": "t-1", "account": "{account}", "totalAmount": 1.00, "mcc": 5411, "merchant": "A"}}"#
    );
    let answer = bank.authorizer.ask(&body).await;
    let told = json!({"code": "00", "transaction": "t-1", "category": "CASH"});
    assert_eq!(crate::bank::json_of(&answer), told);
}
