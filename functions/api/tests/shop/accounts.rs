//! Accounts: operators open them and have money come in, their owners see what is there and what happened.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use holdfast_authorizer::accounts::Credit;
use holdfast_authorizer::authorizer::Authorizer;
use holdfast_authorizer::doubts::Doubts;
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_core::ids::AccountId;
use serde_json::{Value, json};

use crate::operators::stored;
use crate::stage::{Guest, Stage, goods};

/// What a terminal is told in time is tested elsewhere.
const PATIENCE: Duration = Duration::from_secs(20);
const PATH: &str = "/accounts/123";

fn opening(owner: &Guest) -> Value {
    json!({"account_id": "123", "customer_id": owner.id, "balances": {"FOOD": 10_000, "CASH": 3_000}})
}

/// An operator, and an owner whose account is open.
async fn opened(stage: &Stage) -> (Guest, Guest) {
    let (olga, ana) = (stage.operator("olga").await, stage.customer("ana").await);
    let opened = stage.post(&olga, "/accounts", &opening(&ana)).await;
    opened.expect(201);
    (olga, ana)
}

/// A terminal asks, and gets this code.
async fn pays(stage: &Stage, id: &str, amount: &str, code: &str) {
    let (accounts, clock) = (stage.accounts.clone(), stage.bench.clock());
    let authorizer = Authorizer::new(accounts, Doubts::kept(), clock).with_patience(PATIENCE);
    let body = format!(
        r#"{{"id": "{id}", "account": "123", "totalAmount": {amount}, "mcc": "5411", "merchant": "MERCADO   SAO PAULO BR"}}"#
    );
    let answer = json!(authorizer.ask(&body).await);
    assert_eq!(answer["code"], code, "{answer}");
}

#[tokio::test]
async fn an_account_is_opened_once_with_its_balances() {
    let stage = Stage::new().await;
    let (olga, ana) = opened(&stage).await;
    let shown = json!({
        "account_id": "123",
        "customer_id": ana.id,
        "balances": {"FOOD": 10_000, "MEAL": 0, "MOBILITY": 0, "HEALTH": 0, "CASH": 3_000},
        "reserved": 0,
    });
    assert_eq!(stage.get(&ana, PATH).await.expect(200), shown);
    let again = stage.post(&olga, "/accounts", &opening(&ana)).await;
    assert_eq!(again.expect(200), shown);
    let mut padded = opening(&ana);
    padded["balances"]["MEAL"] = json!(0);
    let again = stage.post(&olga, "/accounts", &padded).await;
    assert_eq!(again.expect(200), shown, "no money is no difference");
}

#[tokio::test]
async fn an_account_that_is_opened_many_times_at_once_is_opened_once() {
    let stage = Stage::new().await;
    let (olga, ana) = (stage.operator("olga").await, stage.customer("ana").await);
    let body = opening(&ana);
    let all = (0..8).map(|_| stage.post(&olga, "/accounts", &body));
    for answer in join_all(all).await {
        assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
    }
    let shown = stage.get(&ana, PATH).await.expect(200);
    assert_eq!(shown["balances"]["FOOD"], 10_000);
    let lines = stage.get(&ana, &format!("{PATH}/statement")).await;
    assert_eq!(lines.expect(200)["lines"].as_array().unwrap().len(), 2);
}

/// Puts the first row of an opening there, as if the process had ended after it.
async fn begun(stage: &Stage, account: &str) {
    let client = stage.bookings.items().client();
    let text = |text: String| AttributeValue::S(text);
    let found = client.get_item().table_name("accounts");
    let found = found.key("pk", text("ACCOUNT#123".to_owned()));
    let found = found.key("sk", text("OPENING".to_owned())).send().await;
    let mut item = found.unwrap().item.unwrap();
    item.insert("pk".to_owned(), text(format!("ACCOUNT#{account}")));
    let put = client.put_item().table_name("accounts");
    put.set_item(Some(item)).send().await.unwrap();
}

#[tokio::test]
async fn an_opening_that_broke_off_goes_on_when_it_is_sent_again() {
    let stage = Stage::new().await;
    let (olga, ana) = opened(&stage).await;
    for (name, steps) in [("a", 0), ("b", 1), ("c", 2)] {
        begun(&stage, name).await;
        let id: AccountId = name.parse().unwrap();
        let now = stage.bench.clock().now();
        if steps > 0 {
            let account = Account::new(id.clone(), ana.id.parse().unwrap(), now);
            let _ = stage.accounts.open(&account).await.unwrap();
        }
        if steps > 1 {
            let credit = Credit {
                id: "opening-FOOD".parse().unwrap(),
                category: "FOOD".parse().unwrap(),
                amount: Cents(10_000),
            };
            let _ = stage.accounts.credit(&id, &credit, now).await.unwrap();
        }
        let mut same = opening(&ana);
        same["account_id"] = json!(name);
        let made = stage.post(&olga, "/accounts", &same).await.expect(201);
        assert_eq!(made["balances"]["FOOD"], 10_000, "{name}");
        assert_eq!(made["balances"]["CASH"], 3_000, "{name}");
        let account = stage.accounts.account(&id).await.unwrap();
        account.unwrap().adds_up().unwrap();
    }
}

#[tokio::test]
async fn other_contents_are_a_conflict_and_change_nothing() {
    let stage = Stage::new().await;
    let (olga, ana) = opened(&stage).await;
    let bob = stage.customer("bob").await;
    let mut others = vec![opening(&bob)];
    for balances in [
        json!({"FOOD": 10_000}),
        json!({"FOOD": 10_000, "CASH": 3_001}),
        json!({"FOOD": 10_000, "CASH": 3_000, "MEAL": 1}),
        json!({}),
    ] {
        let mut other = opening(&ana);
        other["balances"] = balances;
        others.push(other);
    }
    for other in others {
        let refused = stage.post(&olga, "/accounts", &other).await;
        refused.problem(409, "account-conflict");
    }
    let shown = stage.get(&ana, PATH).await.expect(200);
    assert_eq!(shown["balances"]["MEAL"], 0);
    assert_eq!(shown["balances"]["CASH"], 3_000);
}

#[tokio::test]
async fn an_account_that_was_opened_in_another_way_is_not_taken_over() {
    let stage = Stage::new().await;
    let (olga, ana) = (stage.operator("olga").await, stage.customer("ana").await);
    let id = "123".parse().unwrap();
    let account = Account::new(id, "cus_other".parse().unwrap(), stage.bench.clock().now());
    let _ = stage.accounts.open(&account).await.unwrap();
    let refused = stage.post(&olga, "/accounts", &opening(&ana)).await;
    refused.problem(409, "account-conflict");
    stage.get(&ana, PATH).await.problem(404, "not-found");
}

#[tokio::test]
async fn what_is_wrong_with_an_account_is_told_by_its_field() {
    let stage = Stage::new().await;
    let (olga, ana) = (stage.operator("olga").await, stage.customer("ana").await);
    for (pointer, value, field) in [
        ("/account_id", json!("a b"), "account_id"),
        ("/customer_id", json!("cus_nobody"), "customer_id"),
        ("/balances/FOOD", json!(-1), "balances.FOOD"),
        ("/balances/FOOD", json!(0.5), "balances.FOOD"),
        ("/balances/FOOD", json!("1"), "balances.FOOD"),
        ("/balances/CASH", json!(100_000_001), "balances.CASH"),
        ("/balances", json!({"BEER": 1}), "balances.BEER"),
        ("/balances", json!(1), "balances"),
    ] {
        let mut bad = opening(&ana);
        *bad.pointer_mut(pointer).unwrap() = value;
        let refused = stage.post(&olga, "/accounts", &bad).await;
        let problem = refused.problem(422, "invalid-fields");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
}

#[tokio::test]
async fn a_credit_comes_in_once() {
    let stage = Stage::new().await;
    let (olga, ana) = opened(&stage).await;
    let path = format!("{PATH}/credits");
    let credit = json!({"id": "salary-1", "category": "MEAL", "amount": 5_000});
    let come_in = stage.post(&olga, &path, &credit).await.expect(201);
    assert_eq!(come_in["balances"]["MEAL"], 5_000);
    let again = stage.post(&olga, &path, &credit).await.expect(200);
    assert_eq!(again["balances"]["MEAL"], 5_000);
    let other = json!({"id": "salary-1", "category": "MEAL", "amount": 5_001});
    let refused = stage.post(&olga, &path, &other).await;
    refused.problem(409, "idempotency-conflict");

    let nameless = json!({"category": "CASH", "amount": 1});
    for status in [201, 200] {
        let headers = [("idempotency-key", "key-1")];
        let answer = stage
            .ask(&olga, "POST", &path, &headers, Some(&nameless))
            .await;
        assert_eq!(answer.expect(status)["balances"]["CASH"], 3_001);
    }
    for (bad, field) in [
        (nameless, "id"),
        (json!({"id": "a b", "category": "CASH", "amount": 1}), "id"),
        (
            json!({"id": "opening-MEAL", "category": "MEAL", "amount": 1}),
            "id",
        ),
        (
            json!({"id": "x", "category": "CASH", "amount": 0}),
            "amount",
        ),
        (
            json!({"id": "x", "category": "CASH", "amount": 100_000_001}),
            "amount",
        ),
        (
            json!({"id": "x", "category": "BEER", "amount": 1}),
            "category",
        ),
    ] {
        let refused = stage.post(&olga, &path, &bad).await;
        let problem = refused.problem(422, "invalid-fields");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    let nowhere = stage
        .post(&olga, "/accounts/nowhere/credits", &credit)
        .await;
    nowhere.problem(404, "not-found");
    assert_eq!(
        stage.get(&ana, PATH).await.expect(200)["balances"]["MEAL"],
        5_000
    );
}

#[tokio::test]
async fn the_statement_tells_every_answer_newest_first_page_by_page() {
    let stage = Stage::new().await;
    let (olga, ana) = opened(&stage).await;
    pays(&stage, "t-1", "100.00", "00").await;
    pays(&stage, "t-2", "30.00", "00").await;
    pays(&stage, "t-3", "0.01", "51").await;
    let path = format!("{PATH}/statement");
    let all = stage.get(&ana, &path).await.expect(200);
    let seen = |page: &Value| -> Vec<_> {
        let lines = page["lines"].as_array().unwrap().iter();
        let fields = ["seq", "kind", "code", "category", "amount", "transaction"];
        lines
            .map(|line| fields.map(|field| line[field].to_string()).join(" "))
            .collect()
    };
    let lines = seen(&all);
    assert_eq!(lines[0], r#"5 "purchase" "51" "FOOD" 1 "t-3""#);
    assert_eq!(lines[1], r#"4 "purchase" "00" "CASH" 3000 "t-2""#);
    assert_eq!(lines[2], r#"3 "purchase" "00" "FOOD" 10000 "t-1""#);
    let mut opening = lines[3..].to_vec();
    opening.sort();
    assert_eq!(opening.len(), 2, "{lines:?}");
    assert!(opening[0].starts_with(r#"1 "credit" "00" "#), "{opening:?}");
    let first = &all["lines"][0];
    assert_eq!(first["merchant"], "MERCADO   SAO PAULO BR");
    assert_eq!(first["mcc"], "5411");
    assert!(
        first["reason"].is_string() && first["at"].is_string(),
        "{first}"
    );

    let mut paged = Vec::new();
    let mut next = Some(format!("{path}?limit=2"));
    while let Some(page) = next {
        let page = stage.get(&olga, &page).await.expect(200);
        paged.extend(seen(&page));
        next = page["next"]
            .as_str()
            .map(|after| format!("{path}?limit=2&after={after}"));
    }
    assert_eq!(paged, lines);
    for bad in ["limit=0", "limit=26", "after=x", "after=Ing", "cursor=x"] {
        let refused = stage.get(&ana, &format!("{path}?{bad}")).await;
        refused.problem(422, "invalid-fields");
    }
}

#[tokio::test]
async fn owners_see_their_own_operators_all_and_others_nothing() {
    let stage = Stage::new().await;
    let (olga, ana) = opened(&stage).await;
    let bob = stage.customer("bob").await;
    for path in [PATH.to_owned(), format!("{PATH}/statement")] {
        stage.get(&ana, &path).await.expect(200);
        stage.get(&olga, &path).await.expect(200);
        let anothers = stage.get(&bob, &path).await.problem(404, "not-found");
        let nobodys = path.replace("123", "124");
        let missing = stage.get(&bob, &nobodys).await.problem(404, "not-found");
        assert_eq!(anothers["detail"], missing["detail"]);
        stage.get(&olga, &nobodys).await.problem(404, "not-found");
    }
    let mut own = opening(&ana);
    own["account_id"] = json!("125");
    let refused = stage.post(&ana, "/accounts", &own).await;
    refused.problem(403, "forbidden");
    let credit = json!({"id": "x", "category": "CASH", "amount": 1});
    let refused = stage.post(&ana, &format!("{PATH}/credits"), &credit).await;
    refused.problem(403, "forbidden");
}

#[tokio::test]
async fn customers_list_their_own_accounts_alone() {
    let stage = Stage::new().await;
    let (olga, ana) = opened(&stage).await;
    let own = stage.get(&ana, PATH).await.expect(200);
    let listed = stage.get(&ana, "/accounts").await.expect(200);
    assert_eq!(listed, json!({"accounts": [own]}));
    for other in [stage.customer("bob").await, olga] {
        let listed = stage.get(&other, "/accounts").await.expect(200);
        assert_eq!(listed, json!({"accounts": []}));
    }
}

#[tokio::test]
async fn an_account_pays_for_its_owner_alone_and_its_name_tells_nothing() {
    let stage = Stage::new().await;
    let (_, ana) = opened(&stage).await;
    let bob = stage.customer("1").await;
    stored(&stage, "awaiting_payment").await;
    let leg = json!({"id": "out", "kind": "flight",
        "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}});
    let mut problems = BTreeSet::new();
    for account in ["acct_123", "acct_124", "acct_", "acct_a/b"] {
        let payment = json!({"token": account});
        let mut order = goods(json!({}));
        order["payment"] = payment.clone();
        let trip = json!({"legs": [leg], "payment": payment});
        let key = [("idempotency-key", account)];
        let pay = "/bookings/awaiting_payment/payment";
        for refused in [
            stage.place(&bob, account, &order).await,
            stage
                .ask(&bob, "POST", "/bookings", &key, Some(&trip))
                .await,
            stage.post(&bob, pay, &payment).await,
        ] {
            let refused = refused.problem(422, "invalid-fields");
            problems.insert(refused["errors"].to_string());
        }
    }
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems.first().unwrap().contains("payment.token"));
    assert_eq!(stage.executions(), 0);
    let mut order = goods(json!({}));
    order["payment"] = json!({"token": "acct_123"});
    stage.place(&ana, "own", &order).await.expect(202);
}
