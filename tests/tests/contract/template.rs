//! The template, with `!Ref` and its like in their long forms.

use std::sync::LazyLock;

use serde_json::Value;

use crate::document::{self, entries, file, items, one_or_more, text};
use holdfast_tests::yaml;

/// The template.
#[derive(Clone)]
pub(crate) struct Template(pub(crate) Value);

/// A resource by its logical id.
#[derive(Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) id: &'a str,
    json: &'a Value,
}

/// A statement of a policy.
pub(crate) struct Right<'a> {
    /// `Allow` or `Deny`.
    pub(crate) effect: &'a str,
    pub(crate) actions: Vec<&'a str>,
    pub(crate) resources: Vec<&'a Value>,
    /// `NotResource`: all others are meant.
    pub(crate) others_than: Vec<&'a Value>,
    pub(crate) condition: &'a Value,
}

impl Template {
    /// The one that is deployed.
    pub(crate) fn real() -> Self {
        static READ: LazyLock<Value> = LazyLock::new(|| {
            let read = yaml::read(&file("template.yaml"));
            read.unwrap_or_else(|problem| panic!("template.yaml: {problem}"))
        });
        Self(READ.clone())
    }

    /// A copy with another value somewhere.
    pub(crate) fn with(&self, pointer: &str, value: Value) -> Self {
        Self(document::with(&self.0, pointer, value))
    }

    /// A copy without something.
    pub(crate) fn without(&self, pointer: &str) -> Self {
        Self(document::without(&self.0, pointer))
    }

    /// All resources of a type, such as `AWS::SQS::Queue`.
    pub(crate) fn of_type(&self, kind: &str) -> Vec<Resource<'_>> {
        let all = entries(&self.0, "Resources").map(|(id, json)| Resource { id, json });
        all.filter(|resource| text(resource.json, "Type") == kind)
            .collect()
    }

    /// All functions.
    pub(crate) fn functions(&self) -> Vec<Resource<'_>> {
        self.of_type("AWS::Serverless::Function")
    }

    /// A resource of a type.
    pub(crate) fn find(&self, kind: &str, id: &str) -> Option<Resource<'_>> {
        self.of_type(kind).into_iter().find(|found| found.id == id)
    }

    /// What is filled into a state machine's definition.
    pub(crate) fn substitutions(&self, machine: &str) -> Vec<(&str, &Value)> {
        let machine = self.find("AWS::Serverless::StateMachine", machine);
        let given = machine.map(|machine| entries(machine.properties(), "DefinitionSubstitutions"));
        given.into_iter().flatten().collect()
    }

    /// What a value is at deployment: a parameter has its default, a resource is called by its id.
    pub(crate) fn filled_in(&self, value: &Value) -> String {
        if let Some((resource, _)) = attribute(value) {
            return resource.to_owned();
        }
        if let Some(text) = value["Fn::Sub"].as_str() {
            let named = names_in(text);
            let filled = named.iter().fold(text.to_owned(), |filled, name| {
                filled.replace(&format!("${{{name}.Arn}}"), name)
            });
            return filled;
        }
        let value = match reference(value) {
            Some(name) => &self.0["Parameters"][name]["Default"],
            None => value,
        };
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    }
}

impl<'a> Resource<'a> {
    /// Its properties.
    pub(crate) fn properties(&self) -> &'a Value {
        &self.json["Properties"]
    }

    /// The statements of its policies: a role's, or those that SAM makes a function's role of.
    pub(crate) fn rights(&self) -> Vec<Right<'a>> {
        let policies = items(self.properties(), "Policies").iter();
        let documents = policies.map(|policy| policy.get("PolicyDocument").unwrap_or(policy));
        let statements = documents.flat_map(|document| one_or_more(&document["Statement"]));
        let rights = statements.map(|statement| Right {
            effect: text(statement, "Effect"),
            actions: words(&statement["Action"]),
            resources: one_or_more(&statement["Resource"]),
            others_than: one_or_more(&statement["NotResource"]),
            condition: &statement["Condition"],
        });
        rights.collect()
    }

    /// What it may do.
    pub(crate) fn allowed(&self) -> Vec<Right<'a>> {
        let mut rights = self.rights();
        rights.retain(|right| right.effect == "Allow");
        rights
    }
}

/// Text that may be given alone or in a list.
pub(crate) fn words(json: &Value) -> Vec<&str> {
    let all = one_or_more(json).into_iter();
    all.filter_map(Value::as_str).collect()
}

/// The resource and the attribute that a `!GetAtt` names.
pub(crate) fn attribute(value: &Value) -> Option<(&str, &str)> {
    match items(value, "Fn::GetAtt") {
        [resource, attribute] => Some((resource.as_str()?, attribute.as_str()?)),
        _ => None,
    }
}

/// What a `!Ref` names.
pub(crate) fn reference(value: &Value) -> Option<&str> {
    value.get("Ref")?.as_str()
}

/// All names in a value: of resources, and of parameters.
pub(crate) fn mentioned(value: &Value) -> Vec<&str> {
    let whole = reference(value).or_else(|| attribute(value).map(|(id, _)| id));
    let within = names_in(text(value, "Fn::Sub"));
    let deeper: Vec<_> = match value {
        Value::Object(fields) => fields.values().flat_map(mentioned).collect(),
        Value::Array(items) => items.iter().flat_map(mentioned).collect(),
        _ => Vec::new(),
    };
    whole.into_iter().chain(within).chain(deeper).collect()
}

/// The names in the `${…}` of a text.
fn names_in(text: &str) -> Vec<&str> {
    let after = text.split("${").skip(1);
    after
        .filter_map(|rest| rest.split(['}', '.']).next())
        .collect()
}
