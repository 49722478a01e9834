//! The parts of this service, made from environment variables.

use holdfast_kit::queue::Queue;
use holdfast_kit::settings::{BadSetting, Environment, setting};

use crate::store::Store;

/// The stock's table, by `STOCK_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn store(environment: &Environment) -> Result<Store, BadSetting> {
    let table: String = setting("STOCK_TABLE")?;
    Ok(Store::new(environment.dynamodb(), table))
}

/// The queue that requests wait in, by `STOCK_QUEUE_URL`.
///
/// # Errors
/// [`BadSetting`]
pub fn queue(environment: &Environment) -> Result<Queue, BadSetting> {
    Ok(Queue {
        sqs: environment.sqs(),
        url: setting("STOCK_QUEUE_URL")?,
    })
}
