//! The functions of the template, each with its program and the environment that it is given. The
//! Makefile that `sam build` calls says which program a function runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use holdfast_tests::yaml;
use serde_json::Value;

const HELLO: &str = "hello";
const NAME: &str = "AWS_LAMBDA_FUNCTION_NAME";
const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";
const SECRET: &str = "secret";

/// What Lambda gives to every function.
const GIVEN: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_DEFAULT_REGION", REGION),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "holdfast"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
    ("AWS_REGION", REGION),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
    ("AWS_SESSION_TOKEN", "token"),
    ("LAMBDA_TASK_ROOT", "/var/task"),
    ("TZ", ":UTC"),
];

/// A Lambda.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// What it is called in the template.
    pub(crate) id: String,
    /// Its handler, by which a program knows which of its Lambdas it is.
    pub(crate) handler: String,
    /// Its program.
    pub(crate) program: PathBuf,
    /// Its environment.
    pub(crate) environment: BTreeMap<String, String>,
}

/// The functions of the template, one of those that share program and handler. Their programs are
/// looked for in a folder, where they need not exist.
pub(crate) fn deployed(root: &Path, programs: &Path) -> Result<Vec<Function>, String> {
    let file = root.join("template.yaml");
    let text = std::fs::read_to_string(&file);
    let text = text.map_err(|problem| format!("{}: {problem}", file.display()))?;
    let template = Template(yaml::read(&text)?);
    let mut functions = Vec::new();
    let mut seen = BTreeSet::new();
    for id in template.functions() {
        let function = template.function(id, program(root, programs, id)?);
        if seen.insert((function.program.clone(), function.handler.clone())) {
            functions.push(function);
        }
    }
    Ok(functions)
}

/// The empty Lambda.
pub(crate) fn hello(programs: &Path) -> Function {
    let mut environment = given();
    environment.insert(NAME.to_owned(), HELLO.to_owned());
    Function {
        id: HELLO.to_owned(),
        handler: String::new(),
        program: programs.join(HELLO),
        environment,
    }
}

fn given() -> BTreeMap<String, String> {
    let given = GIVEN.iter();
    given
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The program that the Makefile copies for a function.
fn program(root: &Path, programs: &Path, id: &str) -> Result<PathBuf, String> {
    let mut make = Command::new("make");
    make.args(["--dry-run", "--no-print-directory", "-C"])
        .arg(root.join("functions"))
        .arg(format!("build-{id}"))
        .arg(format!("BINARIES={}", programs.display()))
        .arg("ARTIFACTS_DIR=.")
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL")
        .stdin(Stdio::null());
    let output = make
        .output()
        .map_err(|problem| format!("make: {problem}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let folder = format!("{}/", programs.display());
    let copied = said
        .split(['"', ' '])
        .find(|word| word.starts_with(&folder));
    copied.map(PathBuf::from).ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        format!("functions/Makefile copies no program for {id}: {said}{errors}")
    })
}

struct Template(Value);

impl Template {
    fn functions(&self) -> Vec<&str> {
        let resources = self.0["Resources"].as_object().into_iter().flatten();
        let functions = resources.filter(|(_, it)| it["Type"] == "AWS::Serverless::Function");
        functions.map(|(id, _)| id.as_str()).collect()
    }

    fn function(&self, id: &str, program: PathBuf) -> Function {
        let own = &self.0["Resources"][id]["Properties"];
        let common = &self.0["Globals"]["Function"];
        let handler = own["Handler"]
            .as_str()
            .or_else(|| common["Handler"].as_str());
        let handler = handler.unwrap_or_default().to_owned();
        let mut environment = given();
        environment.insert("_HANDLER".to_owned(), handler.clone());
        environment.insert(NAME.to_owned(), id.to_owned());
        for properties in [common, own] {
            let variables = properties["Environment"]["Variables"].as_object();
            for (name, value) in variables.into_iter().flatten() {
                environment.insert(name.clone(), self.made_up(value));
            }
        }
        Function {
            id: id.to_owned(),
            handler,
            program,
            environment,
        }
    }

    /// A value as it may be once the stack is deployed: parameters have their defaults.
    fn made_up(&self, value: &Value) -> String {
        if let Some(name) = value["Ref"].as_str() {
            return self.referred(name);
        }
        if let Some([resource, _]) = value["Fn::GetAtt"].as_array().map(Vec::as_slice) {
            let id = resource.as_str().unwrap_or_default();
            return format!("arn:aws:service:{REGION}:{ACCOUNT}:{id}");
        }
        if let Some([_, yes, _]) = value["Fn::If"].as_array().map(Vec::as_slice) {
            return self.made_up(yes);
        }
        if let Some(text) = value["Fn::Sub"].as_str() {
            return without_secrets(self.filled_in(text));
        }
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    }

    fn referred(&self, name: &str) -> String {
        if let Some(default) = self.0["Parameters"][name].get("Default") {
            return self.made_up(default);
        }
        match (name, self.0["Resources"][name]["Type"].as_str()) {
            ("AWS::Region", _) => REGION.to_owned(),
            ("AWS::AccountId", _) => ACCOUNT.to_owned(),
            ("AWS::Partition", _) => "aws".to_owned(),
            ("AWS::URLSuffix", _) => "amazonaws.com".to_owned(),
            (_, Some("AWS::SQS::Queue")) => {
                format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}")
            }
            _ => name.replace(':', "-"),
        }
    }

    /// Text whose `${names}` are replaced.
    fn filled_in(&self, text: &str) -> String {
        let mut parts = text.split("${");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            filled += &self.referred(name);
            filled += rest;
        }
        filled
    }
}

/// A value that a secret is to be filled into when the stack is deployed (`{{resolve:…}}`).
fn without_secrets(text: String) -> String {
    match text.starts_with("{{resolve:") {
        true => SECRET.to_owned(),
        false => text,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[test]
    fn every_function_has_a_program_and_plain_values() {
        let functions = deployed(&root(), Path::new("/programs")).unwrap();
        assert!(!functions.is_empty());
        for function in functions {
            let (id, program) = (&function.id, &function.program);
            assert!(program.starts_with("/programs"), "{id}: {program:?}");
            assert!(!function.handler.is_empty(), "{id}");
            for (name, value) in &function.environment {
                assert!(
                    !value.contains(['{', '$']) || value == "$LATEST",
                    "{id}: {name}={value}"
                );
            }
        }
    }

    #[test]
    fn values_are_made_up_after_their_kind() {
        let template = Template(json!({
            "Parameters": {"Pause": {"Type": "Number", "Default": 30}},
            "Resources": {
                "Timers": {"Type": "AWS::SQS::Queue"},
                "Bookings": {"Type": "AWS::DynamoDB::Table"},
            },
        }));
        for (value, made_up) in [
            (json!("on"), "on"),
            (json!({"Ref": "Pause"}), "30"),
            (json!({"Ref": "Bookings"}), "Bookings"),
            (
                json!({"Ref": "Timers"}),
                "https://sqs.us-east-1.amazonaws.com/000000000000/Timers",
            ),
            (
                json!({"Fn::GetAtt": ["Timers", "Arn"]}),
                "arn:aws:service:us-east-1:000000000000:Timers",
            ),
            (
                json!({"Fn::If": ["Simulated", {"Fn::Sub": "https://${Api}.${AWS::Region}/v1"}, ""]}),
                "https://Api.us-east-1/v1",
            ),
            (
                json!({"Fn::Sub": "{{resolve:secretsmanager:${Timers}}}"}),
                "secret",
            ),
        ] {
            assert_eq!(template.made_up(&value), made_up);
        }
    }
}
