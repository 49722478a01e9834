//! The stream of the bookings' table: every change of every row, in the order in which the
//! transactions were committed.

use aws_sdk_dynamodb::types::{StreamSpecification, StreamViewType};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Map, Number, Value, json};

use crate::support::{Bench, table};

/// A reader of the stream.
pub(crate) struct Stream {
    client: Client<HttpConnector, Body>,
    address: String,
    iterator: Value,
}

/// A row as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) partition: String,
    pub(crate) sort: String,
    pub(crate) row: Value,
}

impl Stream {
    /// Switches the stream on, and reads it from its beginning.
    pub(crate) async fn of(bench: &Bench) -> Self {
        let wish = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewImage)
            .build();
        let table = bench.client.update_table().table_name(table::BOOKINGS);
        let table = table.stream_specification(wish.unwrap()).send().await;
        let table = table.expect("a stream").table_description.unwrap();
        let arn = table.latest_stream_arn.expect("its name");
        let mut stream = Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            address: bench.address.clone(),
            iterator: Value::Null,
        };
        let told = stream
            .ask("DescribeStream", &json!({"StreamArn": arn}))
            .await;
        let shard = &told["StreamDescription"]["Shards"][0]["ShardId"];
        let beginning = json!({
            "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON",
        });
        stream.iterator = stream.ask("GetShardIterator", &beginning).await["ShardIterator"].take();
        stream
    }

    /// What was written since the last time.
    pub(crate) async fn news(&mut self) -> Vec<Written> {
        let mut news = Vec::new();
        loop {
            let mut some = self
                .ask("GetRecords", &json!({"ShardIterator": self.iterator}))
                .await;
            self.iterator = some["NextShardIterator"].take();
            let records = some["Records"].as_array().expect("records");
            if records.is_empty() {
                return news;
            }
            news.extend(records.iter().filter_map(written));
        }
    }

    async fn ask(&self, operation: &str, body: &Value) -> Value {
        let target = format!("DynamoDBStreams_20120810.{operation}");
        let request = Request::post(&self.address)
            .header("x-amz-target", target)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20270110T120000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=test, SignedHeaders=host, Signature=test",
            )
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = self.client.request(request).await.expect("an answer");
        let body = to_bytes(Body::new(response.into_body()), usize::MAX).await;
        let answer: Value = serde_json::from_slice(&body.unwrap()).expect("JSON");
        assert!(answer.get("__type").is_none(), "{operation}: {answer}");
        answer
    }
}

/// A row that was written; nothing for one that was deleted.
fn written(record: &Value) -> Option<Written> {
    let image = record["dynamodb"].get("NewImage")?.as_object()?;
    let row = object(image);
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    Some(Written {
        partition: text("pk"),
        sort: text("sk"),
        row: Value::Object(row),
    })
}

fn object(typed: &Map<String, Value>) -> Map<String, Value> {
    let fields = typed.iter();
    fields
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect()
}

/// A value without DynamoDB's types.
fn plain(typed: &Value) -> Value {
    let typed = typed.as_object().and_then(|typed| typed.iter().next());
    let (kind, value) = typed.expect("a type");
    match (kind.as_str(), value) {
        ("N", Value::String(number)) => number.parse::<Number>().expect("a number").into(),
        ("L", Value::Array(items)) => items.iter().map(plain).collect(),
        ("M", Value::Object(fields)) => object(fields).into(),
        ("NULL", _) => Value::Null,
        ("S" | "BOOL", value) => value.clone(),
        other => panic!("{other:?} is in no row"),
    }
}
