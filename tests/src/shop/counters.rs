//! What orders share: pieces of a product, and the numbers of invoices.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_invoices::rules::number::{Number, Series};
use serde_json::json;

use super::Shop;
use crate::output;

impl Shop {
    /// How many pieces of a product there are.
    pub async fn available(&self, sku: &str) -> u64 {
        let tally = holdfast_stock::store::tally(&sku.parse().expect("a sku"));
        let holds = self.stock.tally(&tally).await;
        holds.expect("the table answers").expect("it was begun")
    }

    /// All products are begun, if they are not yet.
    pub async fn open(&self) {
        let begun = self.stack.invoke("StockSeedFunction", &json!({})).await;
        begun.expect("the products are begun");
    }

    /// So many pieces of a product are in the warehouse now.
    pub async fn restock(&self, sku: &str, pieces: u64) {
        self.open().await;
        let update = self.stack.dynamodb.update_item();
        let update = update
            .table_name(output("STOCK_TABLE"))
            .key("pk", AttributeValue::S(format!("SKU#{sku}")))
            .key("sk", AttributeValue::S("SKU".to_owned()))
            .update_expression("SET available = :pieces")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":pieces", AttributeValue::N(pieces.to_string()));
        update.send().await.expect("the product was begun");
    }

    /// The numbers that are missing between the first and the last of each series of invoices and credit
    /// notes, and those that were given twice. Nothing may be issued meanwhile.
    pub async fn gaps_in_numbers(&self) -> Vec<String> {
        let mut given: BTreeMap<Series, BTreeSet<u64>> = BTreeMap::new();
        let mut wrong = Vec::new();
        for number in self.numbers().await {
            if !given
                .entry(number.series.clone())
                .or_default()
                .insert(number.place)
            {
                wrong.push(format!("{number} was given twice"));
            }
        }
        for (series, places) in given {
            let last = places.last().copied().unwrap_or_default();
            let missing = (1..=last).filter(|place| !places.contains(place));
            wrong.extend(missing.map(|place| format!("{series}-{place} is missing")));
        }
        wrong
    }

    /// All numbers of invoices and credit notes.
    async fn numbers(&self) -> Vec<Number> {
        let scan = self
            .stack
            .dynamodb
            .scan()
            .table_name(output("INVOICES_TABLE"));
        let scan = scan
            .filter_expression("sk = :invoice")
            .expression_attribute_values(":invoice", AttributeValue::S("INVOICE".to_owned()));
        let found: Result<Vec<_>, _> = scan.into_paginator().items().send().collect().await;
        let found = found.expect("the table answers");
        let texts = found.iter().flat_map(|item| {
            let number = item.get("number").and_then(|it| it.as_s().ok());
            let note = item.get("credit_note").and_then(|it| it.as_s().ok());
            number.into_iter().chain(note)
        });
        let numbers = texts.map(|text| text.parse().expect("a number"));
        numbers.collect()
    }
}
