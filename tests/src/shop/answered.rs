//! What stock and invoices have answered, as their own events tell it.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use std::collections::BTreeMap;

use super::{Shop, id};

impl Shop {
    /// How often each request of an order was answered, by the request's id. An answer that is lost as
    /// scripted counts, too.
    pub async fn answered(&self, name: &str) -> BTreeMap<String, usize> {
        let id = id(name);
        let stock = self.stock.history(&id).await.expect("the stock's events");
        let invoices = self.invoices.history(&id).await;
        let invoices = invoices.expect("the invoices' events");
        let stock = stock.iter().map(|event| event.request_id.to_string());
        let invoices = invoices.iter().map(|event| event.request_id.to_string());
        let mut counts = BTreeMap::new();
        for request in stock.chain(invoices) {
            *counts.entry(request).or_insert(0) += 1;
        }
        counts
    }
}
