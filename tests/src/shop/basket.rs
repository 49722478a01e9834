//! Orders to place.

use serde_json::{Value, json};

/// An order, as an execution's input.
#[derive(Clone, Debug)]
pub struct Basket(pub Value);

impl Basket {
    /// The sample of the README: two books and a mug.
    ///
    /// # Panics
    /// If the sample is not JSON.
    #[allow(clippy::expect_used)]
    pub fn sample() -> Self {
        let sample = include_str!("../../orders/sample.json");
        Self(serde_json::from_str(sample).expect("the sample is JSON"))
    }

    /// So many of one product.
    pub fn of(sku: &str, quantity: u32) -> Self {
        let mut basket = Self::sample();
        basket.0["items"] = json!([{"sku": sku, "quantity": quantity}]);
        basket
    }

    /// The same, and so many of another product.
    #[must_use]
    pub fn and(mut self, sku: &str, quantity: u32) -> Self {
        if let Some(items) = self.0["items"].as_array_mut() {
            items.push(json!({"sku": sku, "quantity": quantity}));
        }
        self
    }

    /// The same, paid with another token.
    #[must_use]
    pub fn paid_with(mut self, token: &str) -> Self {
        self.0["payment"]["token"] = json!(token);
        self
    }

    /// The same for a customer of this address.
    #[must_use]
    pub fn bought_by(mut self, email: &str) -> Self {
        self.0["customer"]["email"] = json!(email);
        self
    }

    /// The same with a scripted fault of a step or an undo.
    #[must_use]
    pub fn simulate(mut self, action: &str, fault: &str) -> Self {
        self.0["simulate"][action] = json!(fault);
        self
    }
}
