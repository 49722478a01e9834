//! What is put into fields.

use serde_json::{Value, json};

/// An input with nonsense at one place.
pub(super) struct Changed {
    /// Where the nonsense stands, such as `legs[0].spec.from`.
    pub(super) path: String,
    /// Which nonsense.
    pub(super) nonsense: String,
    /// The input.
    pub(super) json: Value,
}

/// A dozen kinds of nonsense, and a few more.
fn values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("no such word"),
        json!("7"),
        json!("\u{7}bell\nand\tmore"),
        json!("x".repeat(5_000)),
        json!([]),
        json!(["x"]),
        json!({}),
        json!({"colour": "red"}),
    ]
}

/// Texts for a parameter of a query, URL-encoded.
pub(super) fn texts() -> Vec<String> {
    let plain = [
        "",
        "0",
        "-1",
        "%2B1",
        "1.5",
        "1000",
        "18446744073709551616",
        "true",
        "null",
    ];
    let odd = [
        "no%20such%20word",
        "%5B%5D",
        "%7B%7D",
        "a%07b%0A",
        "%C3%BC",
        "2020-03-01",
    ];
    let texts = plain.into_iter().chain(odd).map(str::to_owned);
    texts.chain(["x".repeat(3_000)]).collect()
}

/// An input changed in every way: each place of it holds each nonsense, or is missing; each of its objects
/// has an unknown field.
pub(super) fn changes(good: &Value) -> Vec<Changed> {
    let mut places = Vec::new();
    walk(good, "", "", &mut places);
    let mut changes = Vec::new();
    for (pointer, path) in &places {
        for value in values() {
            let nonsense: String = value.to_string().chars().take(40).collect();
            let mut json = good.clone();
            if let Some(place) = json.pointer_mut(pointer) {
                *place = value;
            }
            changes.push(Changed {
                path: path.clone(),
                nonsense,
                json,
            });
        }
        changes.extend(missing(good, pointer, path));
        changes.extend(unknown(good, pointer, path));
    }
    changes
}

fn missing(good: &Value, pointer: &str, path: &str) -> Option<Changed> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let mut json = good.clone();
    json.pointer_mut(parent)?.as_object_mut()?.remove(name)?;
    Some(Changed {
        path: path.to_owned(),
        nonsense: "missing".to_owned(),
        json,
    })
}

fn unknown(good: &Value, pointer: &str, path: &str) -> Option<Changed> {
    let mut json = good.clone();
    let fields = json.pointer_mut(pointer)?.as_object_mut()?;
    fields.insert("colour".to_owned(), json!("red"));
    Some(Changed {
        path: below(path, "colour"),
        nonsense: "unknown".to_owned(),
        json,
    })
}

fn walk(json: &Value, pointer: &str, path: &str, places: &mut Vec<(String, String)>) {
    places.push((pointer.to_owned(), path.to_owned()));
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                walk(
                    value,
                    &format!("{pointer}/{name}"),
                    &below(path, name),
                    places,
                );
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let (pointer, path) = (format!("{pointer}/{index}"), format!("{path}[{index}]"));
                walk(value, &pointer, &path, places);
            }
        }
        _ => {}
    }
}

fn below(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}
