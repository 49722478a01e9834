//! Parameters of the API's lists and offers.

use serde_json::{Value, json};

use super::nonsense::texts;
use super::{Came, Walk};
use crate::stage::Stage;

#[tokio::test]
async fn parameters_that_are_wrong_are_told_what_is_right_in_plain_words() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    let order = stage.orders(&olga, "key", json!({})).await;
    let account = json!({"account_id": "card-1", "customer_id": olga.id});
    stage.post(&olga, "/accounts", &account).await.expect(201);
    let (events, invoice) = (
        format!("/orders/{order}/events"),
        format!("/orders/{order}/invoice"),
    );
    let mut walk = Walk::default();
    for (path, parameters) in [
        (
            "/offers",
            &[
                "kind=flight",
                "from=GRU",
                "to=LIS",
                "date=2027-03-01",
                "passengers=2",
            ][..],
        ),
        (
            "/offers",
            &[
                "kind=hotel",
                "city=LIS",
                "check_in=2027-03-01",
                "check_out=2027-03-05",
                "guests=2",
            ],
        ),
        (
            "/offers",
            &[
                "kind=car",
                "city=LIS",
                "pick_up=2027-03-01",
                "drop_off=2027-03-05",
            ],
        ),
        (
            "/offers",
            &[
                "kind=insurance",
                "from=2027-03-01",
                "to=2027-03-05",
                "travellers=2",
            ],
        ),
        ("/bookings", &["limit=2", "after="]),
        ("/customers/me/export", &["after="]),
        ("/orders", &["limit=2", "after="]),
        (&events, &["after="]),
        (&invoice, &["lang=en"]),
        ("/accounts/card-1/statement", &["limit=2", "after="]),
        (
            "/sagas",
            &[
                "kind=order",
                "status=invoiced",
                "customer=cus_1",
                "limit=2",
                "after=",
            ],
        ),
        ("/timers", &["kind=order", "limit=2", "after="]),
        (
            "/desk",
            &[
                "kind=order",
                "saga=o-1",
                "status=needs_attention",
                "customer=cus_1",
                "participant=carrier",
                "limit=2",
                "after=",
            ],
        ),
    ] {
        for (index, parameter) in parameters.iter().enumerate() {
            let name = parameter.split('=').next().unwrap();
            for text in texts() {
                let mut query: Vec<_> = parameters.iter().map(|it| (*it).to_owned()).collect();
                query[index] = format!("{name}={text}");
                let answer = stage
                    .get(&olga, &format!("{path}?{}", query.join("&")))
                    .await;
                let nonsense: String = text.chars().take(40).collect();
                walk.count(path, name, &nonsense, Came::answered(&answer));
            }
        }
    }
    println!("parameters: {} inputs", walk.inputs);
    assert!(walk.broken.is_empty(), "{}", walk.broken.join("\n"));
}

#[tokio::test]
async fn every_route_refuses_a_parameter_that_it_does_not_know() {
    let stage = Stage::new().await;
    let olga = stage.operator("olga").await;
    let document = stage.get(&olga, "/openapi.json").await.expect(200);
    let mut routes = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        // Terminals talk to another program, which answers everything with a code.
        if path == "/transactions" {
            continue;
        }
        for method in methods.as_object().unwrap().keys() {
            let path = path.replace(['{', '}'], "");
            let body = (method != "get" && method != "delete").then(|| json!({}));
            let headers = [("idempotency-key", "key")];
            let kind = if path == "/offers" { "kind=car&" } else { "" };
            let path = format!("{path}?{kind}colour=red");
            let method = method.to_uppercase();
            let answer = stage.ask(&olga, &method, &path, &headers, body.as_ref());
            let refused = answer.await.problem(422, "invalid-fields");
            let told = &refused["errors"][0];
            assert_eq!(told["field"], "colour", "{method} {path}: {refused}");
            let problem = told["problem"].as_str().unwrap();
            assert!(
                problem.starts_with("is not known here; "),
                "{method} {path}: {problem}"
            );
            routes += 1;
        }
    }
    println!("routes: {routes}");
    assert!(routes > 30, "{routes}");
}

#[tokio::test]
async fn a_parameter_that_is_given_twice_is_refused() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    for path in ["/orders?limit=1&limit=2", "/offers?kind=car&kind=hotel"] {
        let refused = stage.get(&ana, path).await.problem(422, "invalid-fields");
        let problem = &refused["errors"][0]["problem"];
        assert_eq!(
            *problem,
            Value::from("is given twice; send it once"),
            "{path}"
        );
    }
}
