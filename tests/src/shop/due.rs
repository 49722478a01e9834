//! Makes an order's deadline come, without waiting for a day.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_kit::clock::Clock;
use serde_json::json;

use super::{Shop, id};
use crate::output;

impl Shop {
    /// Rewrites an order and its events as if it had been placed so long ago that it is due now, and sends
    /// its wake-up. The order must not change meanwhile.
    pub async fn make_due(&self, name: &str) {
        let order = self
            .orders
            .load(&id(name))
            .await
            .expect("it is there")
            .order;
        let generation = order.state.timer.generation;
        let (then, now) = (order.state.timer.deadline, Clock::system().now());
        for item in self.items_of(name).await {
            let item = item
                .into_iter()
                .map(|(key, value)| (key, dated(value, &then.to_string(), &now.to_string())));
            let put = self
                .stack
                .dynamodb
                .put_item()
                .table_name(output("ORDERS_TABLE"));
            let put = put.set_item(Some(item.collect())).send().await;
            put.expect("the table takes it");
        }
        let wake_up = json!({"order_id": name, "generation": generation, "due": now});
        let sent = self
            .stack
            .sqs
            .send_message()
            .queue_url(output("ORDER_TIMER_QUEUE_URL"));
        let sent = sent.message_body(wake_up.to_string()).send().await;
        sent.expect("the timer's queue takes it");
    }

    async fn items_of(&self, name: &str) -> Vec<HashMap<String, AttributeValue>> {
        let query = self
            .stack
            .dynamodb
            .query()
            .table_name(output("ORDERS_TABLE"));
        let query = query.key_condition_expression("pk = :pk");
        let pk = AttributeValue::S(format!("ORDER#{name}"));
        let found = query.expression_attribute_values(":pk", pk).send().await;
        found.expect("the table answers").items.unwrap_or_default()
    }
}

/// A value with one date in place of another.
fn dated(value: AttributeValue, then: &str, now: &str) -> AttributeValue {
    match value {
        AttributeValue::S(text) if text == then => AttributeValue::S(now.to_owned()),
        AttributeValue::M(fields) => {
            let fields = fields.into_iter();
            let fields = fields.map(|(key, value)| (key, dated(value, then, now)));
            AttributeValue::M(fields.collect())
        }
        other => other,
    }
}
