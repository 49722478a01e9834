//! The parts of this service, made from environment variables.

use std::time::Duration;

use holdfast_core::breaker::Rules;
use holdfast_kit::breakers::Breakers;
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::Queue;
use holdfast_kit::settings::{BadSetting, Environment, seconds, setting};
use holdfast_kit::suppliers::Endpoint;

use crate::rehearsed::Rehearsed;
use crate::store::Store;
use crate::waking::{TimerQueue, Waker};

/// Failures of a supplier with more time than this between them are no run.
const FAILURES_REMEMBERED: Duration = Duration::from_secs(60);

/// The bookings' table, by `BOOKINGS_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn store(environment: &Environment) -> Result<Store, BadSetting> {
    let table: String = setting("BOOKINGS_TABLE")?;
    Ok(Store::new(environment.dynamodb(), table))
}

/// The suppliers, by `SUPPLIERS_URL` and `SUPPLIER_TIMEOUT_MS`.
///
/// # Errors
/// [`BadSetting`]
pub fn suppliers(environment: &Environment) -> Result<Endpoint, BadSetting> {
    let url: String = setting("SUPPLIERS_URL")?;
    Ok(Endpoint::new(
        environment.https().clone(),
        &url,
        Duration::from_millis(setting("SUPPLIER_TIMEOUT_MS")?),
    ))
}

/// The suppliers behind their breakers, by `BREAKER_FAILURES` and `BREAKER_OPEN_SECONDS` besides.
///
/// # Errors
/// [`BadSetting`]
pub fn guarded_suppliers(environment: &Environment, store: &Store) -> Result<Endpoint, BadSetting> {
    let patience = Duration::from_millis(setting("SUPPLIER_TIMEOUT_MS")?);
    let rules = Rules {
        failures: setting("BREAKER_FAILURES")?,
        memory: FAILURES_REMEMBERED,
        open: seconds("BREAKER_OPEN_SECONDS")?,
        // A call, the question what became of it, and a little for our own work.
        lease: 2 * patience + Duration::from_secs(1),
    };
    let breakers = Breakers::new(store.clone(), rules, Clock::system());
    Ok(suppliers(environment)?.with_breakers(breakers))
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

/// What wakes timers.
///
/// # Errors
/// [`BadSetting`]
pub fn waker(environment: &Environment) -> Result<Waker, BadSetting> {
    Ok(Waker {
        scheduler: environment.scheduler(),
        queue: timer_queue(environment)?,
        group: setting("SCHEDULE_GROUP")?,
        role_arn: setting("SCHEDULE_ROLE_ARN")?,
        queue_arn: setting("TIMER_QUEUE_ARN")?,
        dead_letter_arn: setting("TIMER_DEAD_LETTER_ARN")?,
        early: seconds("WAKE_EARLY_SECONDS")?,
        clock: Clock::system(),
    })
}

/// The queue that wake-ups wait in, by `TIMER_QUEUE_URL`.
///
/// # Errors
/// [`BadSetting`]
pub fn timer_queue(environment: &Environment) -> Result<TimerQueue, BadSetting> {
    Ok(TimerQueue(Queue {
        sqs: environment.sqs(),
        url: setting("TIMER_QUEUE_URL")?,
    }))
}
