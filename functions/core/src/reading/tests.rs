use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{day, parameters, perhaps_whole, read, read_part, read_query, read_tagged, whole};
use crate::ids::BookingId;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Trip {
    id: BookingId,
    legs: Vec<Leg>,
    #[serde(default, deserialize_with = "perhaps_whole::<_, _, 1, 86_400>")]
    hold: Option<u32>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Leg {
    #[serde(deserialize_with = "day")]
    date: Date,
    #[serde(deserialize_with = "whole::<_, _, 1, 9>")]
    seats: u32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Flight,
    Train,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Command {
    Pay { booking_id: BookingId, card: Value },
    Cancel { booking_id: BookingId },
}

fn trip() -> Value {
    json!({"id": "b-1", "legs": [{"date": "2027-03-01", "seats": 2, "kind": "flight"}]})
}

fn told(pointer: &str, value: Value) -> String {
    let mut trip = trip();
    *trip.pointer_mut(pointer).unwrap() = value;
    read::<Trip>(&trip).unwrap_err().to_string()
}

#[test]
fn what_is_right_is_read() {
    let read = read::<Trip>(&trip()).unwrap();
    assert_eq!(read.legs[0].kind, Kind::Flight);
    assert_eq!(read.legs[0].seats, 2);
    assert_eq!(read.hold, None);
}

#[test]
fn a_flaw_names_the_field_by_its_path_and_says_what_is_right() {
    for (pointer, value, problem) in [
        ("", json!([]), "must be a JSON object"),
        (
            "/id",
            json!("a b"),
            "id: must be 1 to 60 letters, digits, `-`, `_` or `.`",
        ),
        ("/id", json!(1), "id: must be a text"),
        ("/legs", json!({}), "legs: must be a list"),
        ("/legs/0", json!(true), "legs[0]: must be a JSON object"),
        (
            "/legs/0/date",
            json!("tomorrow"),
            "legs[0].date: must be a date such as 2027-03-01",
        ),
        (
            "/legs/0/date",
            json!(20_270_301),
            "legs[0].date: must be a date such as 2027-03-01",
        ),
        (
            "/legs/0/date",
            json!("2027-02-30"),
            "legs[0].date: must be a date such as 2027-03-01",
        ),
        (
            "/legs/0/seats",
            json!(10),
            "legs[0].seats: must be a whole number from 1 to 9",
        ),
        (
            "/legs/0/seats",
            json!(-1),
            "legs[0].seats: must be a whole number from 1 to 9",
        ),
        (
            "/legs/0/seats",
            json!(1e300),
            "legs[0].seats: must be a whole number from 1 to 9",
        ),
        (
            "/legs/0/seats",
            json!("2"),
            "legs[0].seats: must be a whole number from 1 to 9",
        ),
        (
            "/legs/0/kind",
            json!("boat"),
            "legs[0].kind: must be flight or train",
        ),
        (
            "/legs/0/kind",
            json!(7),
            "legs[0].kind: must be flight or train",
        ),
    ] {
        assert_eq!(told(pointer, value.clone()), problem, "{pointer} {value}");
    }
}

#[test]
fn what_is_missing_is_said_to_be_missing() {
    for (pointer, name, problem) in [
        ("", "id", "id: is missing"),
        ("/legs/0", "date", "legs[0].date: is missing"),
    ] {
        let mut trip = trip();
        let object = trip.pointer_mut(pointer).unwrap().as_object_mut();
        object.unwrap().remove(name);
        let flaw = read::<Trip>(&trip).unwrap_err();
        assert_eq!(flaw.to_string(), problem);
    }
}

#[test]
fn what_is_not_known_is_named_with_what_is() {
    let mut trip = trip();
    trip["legs"][0]["sea\nts"] = json!(1);
    let flaw = read_part::<Trip>("booking", &trip).unwrap_err();
    assert_eq!(flaw.field, "booking.legs[0].sea?ts");
    assert_eq!(flaw.problem, "is not known here; use date, seats or kind");
}

#[test]
fn a_tagged_object_keeps_the_paths_of_its_fields() {
    let read = |json: Value| read_tagged::<Command>("command", &json);
    let told = |json: Value| read(json).unwrap_err().to_string();
    let cancel = json!({"command": "cancel", "booking_id": "b-1"});
    let booking_id = "b-1".parse().unwrap();
    assert_eq!(read(cancel).unwrap(), Command::Cancel { booking_id });
    assert_eq!(
        told(json!({"booking_id": "b-1"})),
        "command: is missing; use pay or cancel"
    );
    assert_eq!(
        told(json!({"command": 1})),
        "command: must be pay or cancel"
    );
    assert_eq!(told(json!({"command": "cancel"})), "booking_id: is missing");
    assert_eq!(
        told(json!({"command": "cancel", "booking_id": 3})),
        "booking_id: must be a text"
    );
    assert_eq!(
        told(json!({"command": "cancel", "booking_id": "b", "card": 1})),
        "card: is not known here; use booking_id"
    );
    assert_eq!(told(json!([])), "must be a JSON object");
}

#[test]
fn parameters_of_a_query_are_texts_and_numbers_are_digits() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Page {
        #[serde(default, deserialize_with = "perhaps_whole::<_, _, 1, 25>")]
        limit: Option<u8>,
        after: Option<String>,
        kind: Option<Kind>,
    }
    let query = |pairs: &[(&str, &str)]| {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let found = parameters(pairs.iter().map(owned).collect())?;
        read_query::<Page>(&found)
    };
    let page = query(&[("limit", "7"), ("after", "7"), ("kind", "train")]).unwrap();
    assert_eq!((page.limit, page.after.as_deref()), (Some(7), Some("7")));
    for (pairs, problem) in [
        (
            &[("limit", "1000")][..],
            "limit: must be a whole number from 1 to 25",
        ),
        (
            &[("limit", "+1")],
            "limit: must be a whole number from 1 to 25",
        ),
        (
            &[("limit", "")],
            "limit: must be a whole number from 1 to 25",
        ),
        (&[("kind", "boat")], "kind: must be flight or train"),
        (
            &[("foo", "1")],
            "foo: is not known here; use limit, after or kind",
        ),
        (
            &[("limit", "1"), ("limit", "2")],
            "limit: is given twice; send it once",
        ),
    ] {
        assert_eq!(query(pairs).unwrap_err().to_string(), problem, "{pairs:?}");
    }
}

#[test]
fn types_of_all_shapes_are_read() {
    let json = json!({"flight": 1, "train": 2});
    let by_kind: BTreeMap<Kind, u64> = read(&json).unwrap();
    assert_eq!(by_kind.len(), 2);
    let flaw = read::<BTreeMap<Kind, u64>>(&json!({"boat": 1})).unwrap_err();
    assert_eq!(flaw.to_string(), "boat: must be flight or train");
    let flaw = read::<BTreeMap<Kind, u64>>(&json!({"train": -1})).unwrap_err();
    assert_eq!(
        flaw.to_string(),
        "train: must be a whole number of 0 or more"
    );
    let external: Command =
        read(&json!({"pay": {"booking_id": "b-1", "card": {"a": [1, null]}}})).unwrap();
    assert!(matches!(external, Command::Pay { card, .. } if card["a"][0] == 1));
    assert_eq!(
        read::<(u8, Option<bool>)>(&json!([1, null])).unwrap(),
        (1, None)
    );
}
