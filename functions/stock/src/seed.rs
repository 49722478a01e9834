//! Begins the products of the catalogue: each tally that is not there yet, with its first quantity. A
//! tally that is there is never touched, so this may be done at any time and any number of times.

use holdfast_core::failure::Failure;
use holdfast_core::ids::Sku;
use holdfast_kit::table::Put;
use holdfast_stock_rules::catalogue;
use serde::Serialize;

use crate::store::{Store, tally};

/// What seeding came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seeded {
    /// How many products were begun.
    pub begun: u32,
    /// How many were there already.
    pub known: u32,
}

/// Begins all products of the catalogue.
///
/// # Errors
/// [`Failure::Unavailable`] when the table does not answer; the next time goes on with the rest.
pub async fn seed(store: &Store) -> Result<Seeded, Failure> {
    let mut seeded = Seeded::default();
    for sku in catalogue::skus() {
        let known = store.tally(&tally(&sku)).await?.is_some();
        match !known && begin(store, &sku).await? {
            true => seeded.begun += 1,
            false => seeded.known += 1,
        }
    }
    Ok(seeded)
}

/// Begins a product of the catalogue; false if it is there already, or none of the catalogue.
///
/// # Errors
/// [`Failure::Unavailable`] when the table does not answer.
pub async fn begin(store: &Store, sku: &Sku) -> Result<bool, Failure> {
    let Some(pieces) = catalogue::at_first(sku) else {
        return Ok(false);
    };
    let begun = store.begin_tally(&tally(sku), pieces).await?;
    Ok(begun == Put::Done)
}
