//! The documents that the checks read, and copies of them that lack something.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Where the workspace is.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file of the workspace.
pub(crate) fn file(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|problem| panic!("{path}: {problem}"))
}

/// The text of a field, or nothing.
pub(crate) fn text<'a>(json: &'a Value, field: &str) -> &'a str {
    json[field].as_str().unwrap_or_default()
}

/// The items of a field, or none.
pub(crate) fn items<'a>(json: &'a Value, field: &str) -> &'a [Value] {
    json[field].as_array().map_or(&[], Vec::as_slice)
}

/// The entries of a field, or none.
pub(crate) fn entries<'a>(
    json: &'a Value,
    field: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let entries = json[field].as_object().into_iter().flatten();
    entries.map(|(key, value)| (key.as_str(), value))
}

/// A value that may be given alone or in a list.
pub(crate) fn one_or_more(json: &Value) -> Vec<&Value> {
    match json {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// A copy with another value at a place, which must exist or be a field of what exists.
pub(crate) fn with(json: &Value, pointer: &str, value: Value) -> Value {
    let mut copy = json.clone();
    let (place, field) = parent(&mut copy, pointer);
    match place {
        Value::Array(items) => items[field.parse::<usize>().unwrap()] = value,
        place => place[field.as_str()] = value,
    }
    copy
}

/// A copy without a field that is there.
pub(crate) fn without(json: &Value, pointer: &str) -> Value {
    let mut copy = json.clone();
    let (place, field) = parent(&mut copy, pointer);
    let removed = place.as_object_mut().unwrap().remove(&field);
    assert!(removed.is_some(), "{pointer} is not there to be removed");
    copy
}

fn parent<'a>(json: &'a mut Value, pointer: &str) -> (&'a mut Value, String) {
    let (path, field) = pointer.rsplit_once('/').unwrap();
    let place = json.pointer_mut(path);
    let field = field.replace("~1", "/").replace("~0", "~");
    (place.unwrap_or_else(|| panic!("no {path}")), field)
}

/// A check finds nothing wrong with the real thing, and does find what was broken in a copy of it:
/// one of its complaints holds each of the words.
#[track_caller]
pub(crate) fn assert_bites<T>(check: fn(&T) -> Vec<String>, real: &T, broken: &T, words: &[&str]) {
    assert_eq!(check(real), Vec::<String>::new(), "the real thing");
    let complaints = check(broken);
    let found = complaints
        .iter()
        .any(|complaint| words.iter().all(|word| complaint.contains(word)));
    assert!(found, "no complaint with {words:?} in {complaints:#?}");
}
