//! What a change does beside its rows and its event, in the same transaction: it draws on tallies that
//! many aggregates share, and notes which message it answers.

use aws_sdk_dynamodb::types::{
    CancellationReason, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::inbox::REMEMBERED;
use super::item::{Condition, Item, alone, kept, number};
use super::{Aggregate, Items, Put, Table};

/// A number that many aggregates draw upon, in an item of its own: the pieces of a product, the last
/// number of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What it counts: the item's sort key, and the beginning of its partition key.
    pub kind: &'static str,
    /// Tells it from the others of its kind.
    pub name: String,
    /// The attribute that holds the number.
    pub attribute: &'static str,
}

/// What is done to a tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// As many are taken, if there are as many.
    Take(u32),
    /// As many are put back.
    Give(u32),
    /// This number is taken, if it is the next one: no number is left out or taken twice.
    Next(u64),
}

/// What a change does beside its rows and its event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Besides {
    /// The tallies that it draws on.
    pub draws: Vec<(Tally, Draw)>,
    /// The message that it answers: the same message is not answered again.
    pub answers: Option<String>,
}

/// A tally that did not have what was to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// Which tally.
    pub tally: Tally,
    /// What it holds; `None` where there is no such tally.
    pub holds: Option<u64>,
}

impl Tally {
    fn key(&self) -> Item {
        alone(self.kind, &self.name)
    }

    fn of(&self, item: &Item) -> Option<u64> {
        item.get(self.attribute)?.as_n().ok()?.parse().ok()
    }
}

impl Draw {
    fn condition(self) -> &'static str {
        match self {
            Self::Take(_) => "#number >= :drawn",
            Self::Give(_) => "attribute_exists(#number)",
            Self::Next(1) => "attribute_not_exists(#number) OR #number = :before",
            Self::Next(_) => "#number = :before",
        }
    }

    fn update(self) -> &'static str {
        match self {
            Self::Take(_) => "SET #number = #number - :drawn",
            Self::Give(_) => "SET #number = #number + :drawn",
            Self::Next(_) => "SET #number = :drawn",
        }
    }

    fn values(self) -> Item {
        let drawn = match self {
            Self::Take(many) | Self::Give(many) => u64::from(many),
            Self::Next(this) => this,
        };
        let mut values = Item::from([(":drawn".to_owned(), number(drawn))]);
        if let Self::Next(this) = self {
            values.insert(":before".to_owned(), number(this.saturating_sub(1)));
        }
        values
    }
}

impl<A: Aggregate> Table<A> {
    /// What a tally holds; `None` where there is none.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn tally(&self, tally: &Tally) -> Result<Option<u64>, Failure> {
        let found = self.items.get_item(tally.key()).await?;
        Ok(found.and_then(|item| tally.of(&item)))
    }

    /// Begins a tally, unless it was begun before.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn begin_tally(&self, tally: &Tally, with: u64) -> Result<Put, Failure> {
        let mut item = tally.key();
        item.insert(tally.attribute.to_owned(), number(with));
        let begun = self.items.put("beginning a tally", item, &Condition::New);
        begun.await
    }

    /// The transaction's parts beside the rows and the event: the draws, then the message that is
    /// answered. [`Besides`] reads their refusals in the same order.
    pub(super) fn besides(
        &self,
        besides: &Besides,
        at: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, Failure> {
        let draws = besides.draws.iter();
        let mut parts: Vec<_> = draws
            .map(|(tally, draw)| draw_on(&self.items, tally, *draw))
            .collect::<Result<_, _>>()?;
        if let Some(message) = &besides.answers {
            let noted = kept(alone(A::INBOX, message), at, REMEMBERED);
            parts.push(self.put(noted, &Condition::New)?);
        }
        Ok(parts)
    }
}

fn draw_on(items: &Items, tally: &Tally, draw: Draw) -> Result<TransactWriteItem, Failure> {
    let update = Update::builder()
        .table_name(items.table())
        .set_key(Some(tally.key()))
        .condition_expression(draw.condition())
        .update_expression(draw.update())
        .expression_attribute_names("#number", tally.attribute)
        .set_expression_attribute_values(Some(draw.values()))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .map_err(|problem| items.unavailable("writing", problem))?;
    Ok(TransactWriteItem::builder().update(update).build())
}

impl Besides {
    /// Whether the message had been answered before, by the refusals of these parts.
    pub(super) fn was_answered(&self, reasons: &[CancellationReason]) -> bool {
        let last = reasons.get(self.draws.len());
        self.answers.is_some() && last.is_some_and(is_refused)
    }

    /// The tallies that did not have what was to be drawn, by the refusals of these parts.
    pub(super) fn short(&self, reasons: &[CancellationReason]) -> Vec<Short> {
        let draws = self.draws.iter().zip(reasons);
        let refused = draws.filter(|(_, reason)| is_refused(reason));
        refused
            .map(|((tally, _), reason)| Short {
                tally: tally.clone(),
                holds: reason.item().and_then(|item| tally.of(item)),
            })
            .collect()
    }
}

/// Whether a part of a transaction did not meet its condition.
pub(super) fn is_refused(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}
