//! Templates as JSON: a tag of CloudFormation's becomes its long form, `!Ref X` is `{"Ref": "X"}`.

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
            Value::Object(read.collect::<Result<Map<_, _>, String>>()?)
        }
        Yaml::Tagged(tag, inner) => long_form(&tag.suffix, value(inner)?),
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => {
            return Err(format!("cannot be read: {node:?}"));
        }
    })
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
