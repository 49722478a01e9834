//! `holdfast api`: any request to the API, as the customer who is signed in.

use hyper::Method;
use lexopt::prelude::*;
use serde_json::{Map, Value as Json};

use super::help::Topic;
use crate::arguments::{Misuse, named, words};
use crate::client::{Api, Request, key};
use crate::exit::Exit;
use crate::fields::{bare, part};
use crate::output::line;
use crate::problem::Problem;
use crate::trip::Source;

pub(super) const TOPIC: Topic = Topic {
    name: "api",
    about: "sends any request to the API, signed in",
    help: "\
Sends a request to the HTTP API as the customer who is signed in, and prints the answer. An answer
of 400 or more is printed, too; the exit status is 1 then.

Usage: holdfast api METHOD PATH [BODY] [OPTIONS]

BODY is JSON, or a file with JSON; - reads it from the standard input. Each POST carries an
Idempotency-Key.

Options:
  --field PATH   prints one field of the answer, such as offers.0.price
  --set PATH=V   changes a field of the body, such as items.0.quantity=2; may be repeated
  --key KEY      the Idempotency-Key (default: another one each time)
  --operator     as the operator of HOLDFAST_OPERATOR_EMAIL and HOLDFAST_OPERATOR_PASSWORD
  -h, --help     this text

Examples:
  holdfast api GET /products --field products.0
  holdfast api PUT /preferences '{\"language\": \"pt-BR\"}'
  holdfast api POST /orders order.json --set payment.token=tok_declined --field order_id
  holdfast api GET /desk --operator",
};

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    method: Method,
    path: String,
    body: Option<String>,
    field: Option<String>,
    changes: Vec<(String, Json)>,
    key: Option<String>,
    operator: bool,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let (mut asked, mut changes) = (Vec::new(), Vec::new());
        let (mut field, mut key, mut operator) = (None, None, false);
        while let Some(argument) = parser.next()? {
            match argument {
                Value(word) if asked.len() < 3 => asked.push(word.string()?),
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("field") => field = Some(parser.value()?.string()?),
                Long("set") => changes.push(change(&mut parser)?),
                Long("key") => key = Some(parser.value()?.string()?),
                Long("operator") => operator = true,
                other => return Err(other.unexpected().into()),
            }
        }
        let mut asked = asked.into_iter();
        let method = named(asked.next(), "a method, such as GET")?;
        let path = named(asked.next(), "a path, such as /bookings")?;
        if !path.starts_with('/') {
            return Err(words(format!(
                "`{path}` is no path: it begins with a slash, as /bookings"
            )));
        }
        Ok(Self {
            method: to_method(&method)?,
            path,
            body: asked.next(),
            field,
            changes,
            key,
            operator,
        })
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let request = self.request()?;
        let mut api = match self.operator {
            true => Api::of_operator()?,
            false => Api::from_env()?,
        };
        match api.text(&request).await {
            Ok(text) => self.tell(&text),
            Err(Problem::Refused(refusal)) if !refusal.body.is_empty() => {
                line(refusal.body.trim_end())?;
                Ok(Exit::Failed)
            }
            Err(problem) => Err(problem),
        }
    }

    fn request(&self) -> Result<Request, Problem> {
        let request = Request::new(self.method.clone(), &*self.path);
        let request = match self.body.as_deref() {
            None => request,
            Some(json) if json.trim_start().starts_with(['{', '[']) => {
                request.text(json.to_owned())
            }
            Some(file) => request.text(Source::read(file)?.into_text()),
        };
        let request = self.changed(request)?;
        if self.method != Method::POST {
            return Ok(request);
        }
        let key = match &self.key {
            Some(key) => key.clone(),
            None => key()?,
        };
        Ok(request.keyed(key))
    }

    fn changed(&self, request: Request) -> Result<Request, Problem> {
        if self.changes.is_empty() {
            return Ok(request);
        }
        let body = request.body.as_deref().unwrap_or("{}");
        let body = serde_json::from_str(body);
        let mut body: Json = body.map_err(|problem| {
            let (line, column) = (problem.line(), problem.column());
            Problem::File(format!(
                "--set needs a body in JSON; this is none from line {line}, column {column} on"
            ))
        })?;
        for (path, value) in &self.changes {
            let changed = set(&mut body, path, value.clone());
            let problem = || Problem::Usage(format!("--set {path}: the body has no such place"));
            changed.ok_or_else(problem)?;
        }
        Ok(request.json(body))
    }

    fn tell(&self, text: &str) -> Result<Exit, Problem> {
        let Some(path) = &self.field else {
            line(text.trim_end())?;
            return Ok(Exit::Done);
        };
        match part(text, path) {
            Some(found) => line(&bare(found))?,
            None => {
                let text: String = text.chars().take(500).collect();
                return Err(Problem::NotAgreed(format!(
                    "there is no `{path}` in {text}"
                )));
            }
        }
        Ok(Exit::Done)
    }
}

fn to_method(word: &str) -> Result<Method, Misuse> {
    let known = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
    let found = known
        .into_iter()
        .find(|method| method.as_str() == word.to_uppercase());
    found.ok_or_else(|| {
        words(format!(
            "`{word}` is no method: use GET, POST, PUT or DELETE"
        ))
    })
}

/// `PATH=VALUE`; what is no JSON is a text.
fn change(parser: &mut lexopt::Parser) -> Result<(String, Json), Misuse> {
    let text = parser.value()?.string()?;
    let (path, value) = text.split_once('=').ok_or_else(|| {
        words(format!(
            "`--set {text}` is no change such as payment.token=tok_visa"
        ))
    })?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok((path.to_owned(), value))
}

/// Changes a field of a body; objects around it are made where there are none.
fn set(body: &mut Json, path: &str, value: Json) -> Option<()> {
    let mut place = body;
    for name in path.split('.') {
        place = match place {
            Json::Array(list) => list.get_mut(name.parse::<usize>().ok()?)?,
            Json::Object(fields) => fields
                .entry(name)
                .or_insert_with(|| Json::Object(Map::new())),
            _ => return None,
        };
    }
    *place = value;
    Some(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_a_body_are_changed() {
        let mut body = json!({"items": [{"quantity": 2}], "payment": {"token": "tok_visa"}});
        assert_eq!(set(&mut body, "items.0.quantity", json!(0)), Some(()));
        assert_eq!(
            set(&mut body, "simulate.ship_order", json!("refuse")),
            Some(())
        );
        assert_eq!(
            body,
            json!({"items": [{"quantity": 0}], "payment": {"token": "tok_visa"},
                "simulate": {"ship_order": "refuse"}})
        );
        for path in ["items.1.quantity", "payment.token.x"] {
            assert_eq!(set(&mut body, path, json!(0)), None, "{path}");
        }
    }

    #[test]
    fn every_post_has_a_key_and_nothing_else_has_one() {
        let request = |line: &str| {
            let words = ["api"].into_iter().chain(line.split(' '));
            let asked = Asked::read(lexopt::Parser::from_iter(words)).unwrap();
            asked.request().unwrap()
        };
        assert_eq!(request("POST /orders {} --key k").key.as_deref(), Some("k"));
        assert!(request("post /orders {}").key.is_some());
        assert_eq!(request("GET /orders").key, None);
        assert_eq!(request("PUT /preferences {}").body.as_deref(), Some("{}"));
    }
}
