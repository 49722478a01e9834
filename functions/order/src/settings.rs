//! The parts of this service, made from environment variables.

use holdfast_kit::clock::Clock;
use holdfast_kit::settings::{BadSetting, Environment};

use crate::rehearsed::Rehearsed;
use crate::steps::Participants;
use crate::store::Store;

/// The orders' table, by `ORDERS_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn store(environment: &Environment) -> Result<Store, BadSetting> {
    environment.table("ORDERS_TABLE")
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

/// What calls the participants outside, behind their breakers.
///
/// # Errors
/// [`BadSetting`]
pub fn guarded_participants(environment: &Environment) -> Result<Participants, BadSetting> {
    let store = store(environment)?;
    let supplier = environment.guarded_suppliers(store.clone())?;
    Ok(Participants {
        store,
        supplier: supplier.with_mishaps(environment.simulation()?),
        clock: Clock::system(),
    })
}

/// What calls the participants outside where no breaker stands before them: past the commit point.
///
/// # Errors
/// [`BadSetting`]
pub fn unguarded_participants(environment: &Environment) -> Result<Participants, BadSetting> {
    let supplier = environment.suppliers()?;
    Ok(Participants {
        store: store(environment)?,
        supplier: supplier.with_mishaps(environment.simulation()?),
        clock: Clock::system(),
    })
}
