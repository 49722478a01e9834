//! The parts of this service, made from environment variables.

use holdfast_kit::clock::Clock;
use holdfast_kit::settings::{BadSetting, Environment};

use crate::requests::Requests;
use crate::store::Store;

/// The invoices' table, by `INVOICES_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn store(environment: &Environment) -> Result<Store, BadSetting> {
    environment.table("INVOICES_TABLE")
}

/// What takes requests, with scripted faults by `SIMULATION`.
///
/// # Errors
/// [`BadSetting`]
pub fn requests(environment: &Environment) -> Result<Requests, BadSetting> {
    let store = store(environment)?;
    let simulation = environment.simulation()?;
    Ok(Requests::new(store, Clock::system(), simulation))
}
