//! Reads, always of the latest.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::transaction::once;
use super::{Address, Store, StoreError, answer_address, stock_address};
use crate::answer::Answer;
use crate::verdict::Kept;

/// An answer and what it was the answer to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeptAnswer {
    pub(crate) answer: Answer,
    pub(crate) asked: String,
}

impl KeptAnswer {
    /// The same answer to the same request; a key that is used for another one is a mistake.
    pub(crate) fn given_again(self, asked: &str) -> Answer {
        if self.asked == asked {
            return self.answer;
        }
        Answer::invalid("this Idempotency-Key was used for another request; send a key of its own")
    }
}

/// An answer as it lies in the table. The body is text: it is given again to the letter.
#[derive(Serialize, Deserialize)]
pub(super) struct AnswerItem {
    pub(super) asked: String,
    pub(super) http_status: u16,
    pub(super) body: String,
}

#[derive(Deserialize)]
struct StockItem {
    #[serde(default)]
    taken: u32,
}

impl Store {
    /// The answer that was given under a key.
    pub(crate) async fn kept_answer(&self, key: &str) -> Result<Option<KeptAnswer>, StoreError> {
        let Some(item) = self.get::<AnswerItem>(&answer_address(key)).await? else {
            return Ok(None);
        };
        let answer = Answer {
            http_status: StatusCode::from_u16(item.http_status).map_err(StoreError::unreadable)?,
            body: serde_json::from_str(&item.body).map_err(StoreError::unreadable)?,
        };
        Ok(Some(KeptAnswer {
            answer,
            asked: item.asked,
        }))
    }

    /// A reservation or a payment.
    pub(crate) async fn read<T: Kept>(&self, address: &Address) -> Result<Option<T>, StoreError> {
        self.get(address).await
    }

    /// How many places of a resource are taken; those of holds that have expired may be among them.
    pub(crate) async fn taken(&self, stock: &str) -> Result<u32, StoreError> {
        let found = self.get::<StockItem>(&stock_address(stock)).await?;
        Ok(found.map_or(0, |stock| stock.taken))
    }

    async fn get<T: serde::de::DeserializeOwned>(
        &self,
        address: &Address,
    ) -> Result<Option<T>, StoreError> {
        let found = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(address.key()))
            .consistent_read(true)
            .customize()
            .config_override(once())
            .send()
            .await
            .map_err(StoreError::of_read)?;
        let item = found.item.map(serde_dynamo::from_item::<_, T>);
        item.transpose().map_err(StoreError::unreadable)
    }
}
