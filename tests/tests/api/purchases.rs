//! Accounts: from the operator who opens one to the letter about a purchase.

use holdfast_tests::client::ask;
use holdfast_tests::fresh_name;
use holdfast_tests::guest::Guest;
use holdfast_tests::mailbox::{letter_to, letters_to};
use holdfast_tests::{Stack, output};
use serde_json::{Value, json};

use crate::desk::operator;

/// A terminal asks for money.
async fn pays(account: &str, id: &str, amount: u32) -> Value {
    let asked = json!({
        "id": id, "account": account, "totalAmount": amount, "mcc": "5811",
        "merchant": "PADARIA DO ZE               SAO PAULO BR",
    });
    let asking = ask("POST", "/transactions").token(&output("TERMINAL_KEY"));
    asking.json(&asked).send().await.expect(200)
}

#[tokio::test]
async fn a_purchase_is_in_the_statement_and_in_one_letter_to_its_owner() {
    let stack = Stack::connect().await;
    let (ana, olga) = tokio::join!(Guest::arrives("payer"), operator("teller"));
    let account = fresh_name("account");
    let new = json!({"account_id": account, "customer_id": ana.id, "balances": {"MEAL": 10_000}});
    olga.post("/accounts", &new).await.expect(201);
    olga.post("/accounts", &new).await.expect(200);
    let credit = json!({"id": "gift", "category": "CASH", "amount": 500});
    let path = format!("/accounts/{account}");
    let credited = olga.post(&format!("{path}/credits"), &credit).await;
    assert_eq!(credited.expect(201)["balances"]["CASH"], 500);

    assert_eq!(pays(&account, "t-1", 60).await["code"], "00");
    assert_eq!(pays(&account, "t-1", 60).await["code"], "00");
    assert_eq!(pays(&account, "t-2", 60).await["code"], "51");
    let shown = ana.get(&path).await.expect(200);
    assert_eq!(shown["balances"]["MEAL"], 4_000, "{shown}");
    let statement = ana.get(&format!("{path}/statement?limit=2")).await;
    let statement = statement.expect(200);
    let codes = [0, 1].map(|line| &statement["lines"][line]["code"]);
    assert_eq!(codes, ["51", "00"], "{statement}");
    assert!(statement["next"].is_string(), "{statement}");

    let letter = letter_to(&ana.email).await;
    assert_eq!(
        letter.subject,
        "You paid BRL 60.00 to PADARIA DO ZE SAO PAULO BR"
    );
    assert!(letter.text.contains("Transaction: t-1"), "{letter:?}");
    stack.all_letters_are_written().await;
    assert_eq!(letters_to(&ana.email).await.len(), 1);
}

#[tokio::test]
async fn another_customers_account_is_as_good_as_missing() {
    let (ana, bob) = tokio::join!(Guest::arrives("owner"), Guest::arrives("other"));
    let (olga, account) = (operator("teller").await, fresh_name("account"));
    let new = json!({"account_id": account, "customer_id": ana.id});
    olga.post("/accounts", &new).await.expect(201);
    for path in [
        format!("/accounts/{account}"),
        format!("/accounts/{account}/statement"),
        "/accounts/nobodys".to_owned(),
    ] {
        bob.get(&path).await.problem(404, "not-found");
    }
    let refused = ana.post("/accounts", &new).await;
    refused.problem(403, "forbidden");
}

#[tokio::test]
async fn the_demo_customer_and_the_demo_operator_can_sign_in() {
    for (who, role) in [("CUSTOMER", "customer"), ("OPERATOR", "operator")] {
        let (email, password) = (
            output(&format!("{who}_EMAIL")),
            output(&format!("{who}_PASSWORD")),
        );
        let credentials = json!({"email": email, "password": password});
        let session = ask("POST", "/sessions").json(&credentials).send().await;
        let session = session.expect(200);
        assert_eq!(session["role"], role);
        let path = format!("/accounts/{}", output("ACCOUNT"));
        let token = session["access_token"].as_str().unwrap();
        let account = ask("GET", &path).token(token).send().await.expect(200);
        for category in ["FOOD", "MEAL", "MOBILITY", "HEALTH", "CASH"] {
            assert!(account["balances"][category].is_u64(), "{account}");
        }
    }
}
