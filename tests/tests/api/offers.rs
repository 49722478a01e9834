//! What there is to choose from.

use serde_json::{Value, json};

use holdfast_tests::guest::Guest;

const ALL: [&str; 5] = [
    "kind=flight&from=GRU&to=LIS&date=2027-03-01&passengers=2",
    "kind=hotel&city=LIS&check_in=2027-03-01&check_out=2027-03-15&guests=2",
    "kind=car&city=LIS&pick_up=2027-03-01&drop_off=2027-03-15",
    "kind=insurance&from=2027-03-01&to=2027-03-15&travellers=2",
    "kind=train&from=LIS&to=OPO&date=2027-03-05&passengers=2",
];

#[tokio::test]
async fn what_is_offered_can_be_held_as_it_is_at_the_price_that_was_offered() {
    let ana = Guest::arrives("offers").await;
    let mut legs = Vec::new();
    let mut total = 0;
    for query in ALL {
        let offers = ana.get(&format!("/offers?{query}")).await.expect(200);
        let offer = &offers["offers"][0];
        assert!(offer["available"].as_u64().unwrap() > 0, "{offer}");
        assert!(
            offer["refund"]["percent"].as_u64().unwrap() <= 100,
            "{offer}"
        );
        total += offer["price"]["amount"].as_u64().unwrap();
        let id = offer["kind"].as_str().unwrap();
        legs.push(json!({"id": id, "kind": offer["kind"], "spec": offer["spec"]}));
    }
    let id = ana.holds(&json!({"legs": legs})).await;
    let booking = ana.get(&format!("/bookings/{id}")).await.expect(200);
    assert_eq!(booking["total"]["amount"], total, "{booking}");
    assert_eq!(
        booking["actions"],
        json!(["pay", "add_leg", "drop_leg", "cancel"])
    );
}

#[tokio::test]
async fn without_a_place_there_is_something_for_each() {
    let ana = Guest::arrives("places").await;
    let flights = ana
        .get("/offers?kind=flight&from=GRU&date=2027-03-01")
        .await;
    let flights = flights.expect(200);
    let offers = flights["offers"].as_array().unwrap();
    assert!(offers.len() > 5, "{flights}");
    let mut prices: Vec<_> = offers
        .iter()
        .map(|offer| offer["price"].to_string())
        .collect();
    prices.sort();
    prices.dedup();
    assert!(prices.len() > 5, "they cost different things: {prices:?}");
}

#[tokio::test]
async fn what_is_sold_out_says_so() {
    let ana = Guest::arrives("sold-out").await;
    let query = "/offers?kind=hotel&city=XXX&check_in=2027-03-01&check_out=2027-03-02";
    let offers = ana.get(query).await.expect(200);
    assert_eq!(offers["offers"][0]["available"], 0);
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_refused_by_name() {
    let ana = Guest::arrives("question").await;
    for (query, field) in [
        ("", "kind"),
        ("kind=boat", "kind"),
        ("kind=flight&from=GRU&to=GRU&date=2027-03-01", "to"),
        ("kind=flight&from=GRU&to=LIS&date=someday", "date"),
        ("kind=flight&from=GRU&to=LIS&date=2020-03-01", "date"),
        (
            "kind=hotel&city=LIS&check_in=2027-03-02&check_out=2027-03-01",
            "check_out",
        ),
        (
            "kind=hotel&city=LIS&check_in=2027-03-01&check_out=2027-03-02&guests=10",
            "guests",
        ),
        (
            "kind=car&city=LIS&pick_up=2027-03-01&drop_off=2027-03-02&colour=red",
            "colour",
        ),
    ] {
        let problem = ana.get(&format!("/offers?{query}")).await;
        let problem: Value = problem.problem(422, "invalid-fields");
        assert_eq!(problem["errors"][0]["field"], field, "{query}: {problem}");
    }
}
