//! The parts of this service, made from environment variables.

use holdfast_kit::settings::{BadSetting, Environment};

use crate::rehearsed::Rehearsed;
use crate::store::Store;

/// The bookings' table, by `BOOKINGS_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn store(environment: &Environment) -> Result<Store, BadSetting> {
    environment.table("BOOKINGS_TABLE")
}

/// What takes steps as they are scripted, by `SIMULATION`.
///
/// # Errors
/// [`BadSetting`]
pub fn rehearsed(environment: &Environment) -> Result<Rehearsed, BadSetting> {
    Ok(Rehearsed {
        store: store(environment)?,
        simulation: environment.simulation()?,
    })
}
