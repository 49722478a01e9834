//! Templates as JSON: a tag of CloudFormation's becomes its long form, `!Ref X` is `{"Ref": "X"}`, and
//! what `<<` merges into a mapping is written out.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// Reads one document.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str) -> Result<Value, String> {
    let documents = Yaml::load_from_str(text).map_err(|problem| problem.to_string())?;
    match documents.as_slice() {
        [document] => value(document),
        _ => Err(format!("{} documents, not one", documents.len())),
    }
}

fn value(node: &Yaml<'_>) -> Result<Value, String> {
    Ok(match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(flag)) => json!(flag),
        Yaml::Value(Scalar::Integer(number)) => json!(number),
        Yaml::Value(Scalar::FloatingPoint(number)) => json!(number.into_inner()),
        Yaml::Value(Scalar::String(text)) => json!(text),
        Yaml::Sequence(items) => items.iter().map(value).collect::<Result<_, _>>()?,
        Yaml::Mapping(entries) => {
            let read = entries.iter().map(|(key, item)| {
                let key = key.as_str().ok_or("a key that is no text")?;
                Ok((key.to_owned(), value(item)?))
            });
            Value::Object(merged(read.collect::<Result<_, String>>()?)?)
        }
        Yaml::Tagged(tag, inner) => long_form(&tag.suffix, value(inner)?),
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => {
            return Err(format!("cannot be read: {node:?}"));
        }
    })
}

/// The mapping with what its `<<` names; its own entries come first, then those that are named first.
fn merged(mut mapping: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let parts = match mapping.remove("<<") {
        None => Vec::new(),
        Some(Value::Array(parts)) => parts,
        Some(part) => vec![part],
    };
    for part in parts {
        let Value::Object(part) = part else {
            return Err(format!("`<<` merges mappings, not {part}"));
        };
        for (key, value) in part {
            mapping.entry(key).or_insert(value);
        }
    }
    Ok(mapping)
}

fn long_form(tag: &str, value: Value) -> Value {
    match (tag, &value) {
        ("Ref" | "Condition", _) => json!({tag: value}),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or((path, ""));
            json!({"Fn::GetAtt": [resource, attribute]})
        }
        _ => json!({format!("Fn::{tag}"): value}),
    }
}

#[test]
fn tags_become_their_long_forms() {
    let text = "a: !Ref B\nb: [!GetAtt C.Arn, !Sub 'x-${Y}']\nc: !If [Yes, !Ref D, 'off']\nd: 1\n";
    let long = json!({
        "a": {"Ref": "B"},
        "b": [{"Fn::GetAtt": ["C", "Arn"]}, {"Fn::Sub": "x-${Y}"}],
        "c": {"Fn::If": ["Yes", {"Ref": "D"}, "off"]},
        "d": 1,
    });
    assert_eq!(read(text), Ok(long));
}

#[test]
fn parts_that_are_repeated_or_merged_are_written_out() {
    let text =
        "a: &a {x: 1, y: !Ref B}\nb: &b {<<: *a, x: 2}\nc: {<<: [*b, {y: 3, z: 4}]}\nd: [*a]\n";
    let long = json!({
        "a": {"x": 1, "y": {"Ref": "B"}},
        "b": {"x": 2, "y": {"Ref": "B"}},
        "c": {"x": 2, "y": {"Ref": "B"}, "z": 4},
        "d": [{"x": 1, "y": {"Ref": "B"}}],
    });
    assert_eq!(read(text), Ok(long));
    assert!(read("a: {<<: b}").is_err(), "no mapping can be merged");
}
