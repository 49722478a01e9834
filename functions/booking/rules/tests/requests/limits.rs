//! Each rule at its boundary: the last value that is taken, and the first that is not.

use holdfast_booking_rules::request::MOST_LEGS;
use serde_json::json;

use super::{refused_for, taken, trip, with};

#[test]
fn numbers_are_bounded() {
    for (pointer, least, most) in [
        ("/hold_seconds", 1, 86_400),
        ("/legs/0/spec/passengers", 1, 9),
        ("/legs/1/spec/guests", 1, 9),
        ("/legs/3/spec/travellers", 1, 9),
    ] {
        assert!(
            taken(pointer, json!(least)) && taken(pointer, json!(most)),
            "{pointer}"
        );
        assert!(!taken(pointer, json!(least - 1)), "{pointer}");
        assert!(!taken(pointer, json!(most + 1)), "{pointer}");
        assert!(!taken(pointer, json!(-1)), "{pointer}");
        assert!(!taken(pointer, json!(1.5)), "{pointer}");
        assert!(!taken(pointer, json!("2")), "{pointer}");
    }
}

#[test]
fn a_place_is_three_capital_letters() {
    for pointer in [
        "/legs/0/spec/from",
        "/legs/0/spec/to",
        "/legs/1/spec/city",
        "/legs/2/spec/city",
    ] {
        assert!(
            taken(pointer, json!("AAA")) && taken(pointer, json!("ZZZ")),
            "{pointer}"
        );
        for bad in ["", "AA", "AAAA", "aaa", "A A", "A1A", "ÄÖ", "ÀÀÀ", "ＡＡＡ"] {
            assert!(!taken(pointer, json!(bad)), "{pointer}: {bad}");
        }
    }
}

#[test]
fn a_flight_leads_elsewhere() {
    assert!(!taken("/legs/0/spec/to", json!("GRU")));
}

#[test]
fn a_stay_is_in_order_and_within_a_year() {
    for (pointer, shortest) in [
        ("/legs/1/spec/check_out", "2027-03-02"),
        ("/legs/2/spec/drop_off", "2027-03-01"),
        ("/legs/3/spec/to", "2027-03-01"),
    ] {
        // 2027-03-01 and 365 days, of which one is the 29th of February 2028.
        assert!(taken(pointer, json!(shortest)), "{pointer}");
        assert!(taken(pointer, json!("2028-02-29")), "{pointer}");
        assert!(!taken(pointer, json!("2028-03-01")), "{pointer}");
        assert!(!taken(pointer, json!("2027-02-28")), "{pointer}");
        assert!(!taken(pointer, json!("9999-12-31")), "{pointer}");
        assert!(!taken(pointer, json!("-009999-01-01")), "{pointer}");
    }
    assert!(!taken("/legs/1/spec/check_out", json!("2027-03-01")));
}

#[test]
fn a_day_is_a_day_of_the_calendar() {
    for bad in [
        json!("2027-02-29"),
        json!("2027-13-01"),
        json!("01.03.2027"),
        json!(""),
        json!(20270301),
    ] {
        assert!(!taken("/legs/0/spec/date", bad.clone()), "{bad}");
    }
    assert!(taken("/legs/0/spec/date", json!("2028-02-29")));
}

#[test]
fn the_number_of_legs_is_bounded_and_their_ids_differ() {
    let legs = |count: usize| {
        let leg = |number: usize| {
            let mut leg = trip()["legs"][2].clone();
            leg["id"] = json!(format!("car{number}"));
            leg
        };
        json!((0..count).map(leg).collect::<Vec<_>>())
    };
    assert!(taken("/legs", legs(1)) && taken("/legs", legs(MOST_LEGS)));
    assert!(!taken("/legs", legs(0)) && !taken("/legs", legs(MOST_LEGS + 1)));
    assert!(!taken("/legs/3/id", json!("flight")));
}

#[test]
fn an_id_is_short_plain_and_not_the_payments() {
    let pointer = "/legs/0/id";
    for good in ["x", "a-b_c.1", "payments", &"x".repeat(32)] {
        assert!(taken(pointer, json!(good)), "{good}");
    }
    for bad in [
        "",
        "a/b",
        "a#b",
        "a b",
        "payment",
        "payment.2",
        &"x".repeat(33),
    ] {
        assert!(!taken(pointer, json!(bad)), "{bad}");
    }
    assert!(taken("/customer/id", json!("x".repeat(64))));
    assert!(!taken("/customer/id", json!("x".repeat(65))));
}

#[test]
fn a_kind_is_one_of_the_kinds() {
    for bad in ["", "Flight", "yacht", "payment"] {
        assert!(!taken("/legs/0/kind", json!(bad)), "{bad}");
    }
}

#[test]
fn an_address_looks_like_one() {
    let pointer = "/customer/email";
    let long = |length: usize| format!("{}@b.c", "a".repeat(length - "@b.c".len()));
    for good in ["a@b.c", &long(254)] {
        assert!(taken(pointer, json!(good)), "{good}");
    }
    for bad in [
        "",
        "a",
        "a@b",
        "@b.c",
        "a@b.c@d",
        "a b@c.d",
        "a@b.c\n",
        &long(255),
    ] {
        assert!(!taken(pointer, json!(bad)), "{bad:?}");
    }
}

#[test]
fn a_token_is_short_visible_and_no_card_number() {
    let pointer = "/payment/token";
    for good in ["t", &"t".repeat(128), "12345678901", "tok_4111111111111111"] {
        assert!(taken(pointer, json!(good)), "{good}");
    }
    for bad in [
        "",
        "tok en",
        "tök",
        &"t".repeat(129),
        "4111111111111111",
        "4111-1111-1111-1111",
    ] {
        assert!(!taken(pointer, json!(bad)), "{bad}");
    }
}

#[test]
fn a_script_fits_what_is_done_there() {
    assert!(taken(
        "/legs/0/simulate",
        json!({"hold": "refuse", "confirm": "lost:2"})
    ));
    assert!(taken(
        "/payment/simulate",
        json!({"authorize": "decline", "void": "slow:60000"})
    ));
    assert!(!taken("/legs/0/simulate", json!({"capture": "ok"})));
    assert!(!taken("/payment/simulate", json!({"hold": "ok"})));
    for fault in ["explode", "slow:60001", "lost:-1"] {
        let refused = refused_for(&with("/legs/0/simulate", json!({"hold": fault})));
        assert!(refused.is_some(), "{fault}");
    }
}
