//! 5,000 bodies that terminals should not send: each gets 200 with a code, or 401 without the key, and
//! nothing is debited that is not approved.

use holdfast_authorizer::gateway::{Request, Response};
use serde_json::{Value, json};

use crate::bank::{Bank, body};

const BODIES: usize = 5_000;
/// Longer than any gateway lets through.
const LONGEST: usize = 1_000_000;
const KEY: &str = "the terminals' key";

fn request(body: &Value, key: Option<&str>) -> Request {
    let headers = key.map(|key| json!({"authorization": format!("Bearer {key}")}));
    let request =
        json!({"httpMethod": "POST", "path": "/transactions", "headers": headers, "body": body});
    serde_json::from_value(request).unwrap()
}

fn said(response: &Response) -> Value {
    serde_json::from_str(&response.body).unwrap()
}

#[tokio::test]
async fn whatever_is_sent_a_terminal_gets_a_code_and_only_approved_amounts_are_debited() {
    let bank = Bank::new().await;
    let account = bank
        .open("123", &[("CASH", 100_000_000), ("FOOD", 100_000_000)])
        .await;
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let good = body(
        "id",
        &account,
        12_345,
        "5411",
        "PADARIA DO ZE               SAO PAULO BR",
    );
    let (mut approved, mut refused) = (0, 0);
    for _ in 0..BODIES {
        let bad = spoilt(&good, &mut random);
        let response = bank
            .authorizer
            .respond(&request(&json!(bad), Some(KEY)), KEY)
            .await;
        assert_eq!(response.status_code, 200, "{bad}");
        let said = said(&response);
        match said["code"].as_str().unwrap() {
            "00" => approved += 1,
            "07" => refused += 1,
            code => panic!("{bad}: {code}"),
        }
        if said["code"] == "07" {
            assert!(
                said["reason"]
                    .as_str()
                    .is_some_and(|reason| !reason.is_empty()),
                "{bad}"
            );
        }
    }
    bank.settle(&account).await;
    let lines = bank.check(&account).await;
    let debits = lines
        .iter()
        .filter(|line| line.code.as_str() == "00" && line.merchant.is_some());
    assert_eq!(
        bank.account(&account).await.debited.0,
        debits.map(|line| line.amount.0).sum::<u64>()
    );
    eprintln!("{refused} refused, {approved} still made sense");
    assert!(refused > BODIES / 2);
}

#[tokio::test]
async fn without_the_key_it_is_401_and_nothing_is_looked_at() {
    let bank = Bank::new().await;
    let account = bank.open("123", &[("CASH", 1_000)]).await;
    let good = json!(body("id", &account, 100, "5411", "A"));
    let wrong = [
        None,
        Some(""),
        Some("the terminals' kez"),
        Some("the terminals' key2"),
        Some("x"),
    ];
    for key in wrong {
        let response = bank.authorizer.respond(&request(&good, key), KEY).await;
        assert_eq!(response.status_code, 401, "{key:?}");
    }
    assert_eq!(bank.account(&account).await.debited.0, 0);
    for body in [Value::Null, json!("")] {
        let response = bank
            .authorizer
            .respond(&request(&body, Some(KEY)), KEY)
            .await;
        assert_eq!(
            (response.status_code, &said(&response)["code"]),
            (200, &json!("07"))
        );
    }
    // An empty key lets nobody in.
    let response = bank.authorizer.respond(&request(&good, Some("")), "").await;
    assert_eq!(response.status_code, 401);
}

/// A body with one to four things wrong.
fn spoilt(good: &str, random: &mut fastrand::Rng) -> String {
    let mut bytes = good.as_bytes().to_vec();
    for _ in 0..random.usize(1..=4) {
        let at = random.usize(..bytes.len().max(1));
        match random.u8(0..8) {
            0 => bytes.truncate(at),
            1 if !bytes.is_empty() => drop(bytes.remove(at)),
            2 => bytes.insert(at.min(bytes.len()), random.u8(..)),
            3 if !bytes.is_empty() => bytes[at] = random.u8(32..127),
            4 => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let values = [
                    "null",
                    "{}",
                    "[]",
                    "-1",
                    "1e999",
                    "0.001",
                    "\"\"",
                    "true",
                    "1E-2",
                    "99999999999",
                ];
                bytes = text
                    .replacen("123.45", random.choice(values).unwrap(), 1)
                    .into_bytes();
            }
            5 => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let word = random
                    .choice(["id", "account", "totalAmount", "mcc", "merchant"])
                    .unwrap();
                let other = random
                    .choice(["", "Account", "amount", "\\u0000", word])
                    .unwrap();
                bytes = text.replacen(word, other, 1).into_bytes();
            }
            6 => bytes.extend_from_slice(b"{\"account\":\"123\"}"),
            _ => {
                bytes = bytes.repeat(random.usize(1..200));
                bytes.truncate(LONGEST);
            }
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // An id of its own, so that what still makes sense is another transaction.
    text.replacen(
        "\"id\":\"id\"",
        &format!("\"id\":\"id-{}\"", random.u64(..)),
        1,
    )
}
