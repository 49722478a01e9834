//! The parts of this service, made from environment variables.

use holdfast_kit::clock::Clock;
use holdfast_kit::settings::{BadSetting, Environment, setting};

use crate::fan_out::FanOut;
use crate::fan_out::owners::Owners;
use crate::fan_out::sender::{Sender, Signer};
use crate::sockets::Sockets;
use crate::store::Connections;

/// Tickets and connections, by `CONNECTIONS_TABLE`.
///
/// # Errors
/// [`BadSetting`]
pub fn connections(environment: &Environment) -> Result<Connections, BadSetting> {
    let table: String = setting("CONNECTIONS_TABLE")?;
    Ok(Connections::new(environment.dynamodb(), table))
}

/// What opens and ends connections.
///
/// # Errors
/// [`BadSetting`]
pub fn sockets(environment: &Environment) -> Result<Sockets, BadSetting> {
    Ok(Sockets {
        connections: connections(environment)?,
        clock: Clock::system(),
    })
}

/// What tells of events, by `BOOKINGS_TABLE`, `ORDERS_TABLE` and `CONNECTIONS_URL`.
///
/// # Errors
/// [`BadSetting`]
pub fn fan_out(environment: &Environment) -> Result<FanOut, BadSetting> {
    let (bookings, orders) = (setting("BOOKINGS_TABLE")?, setting("ORDERS_TABLE")?);
    Ok(FanOut {
        connections: connections(environment)?,
        owners: Owners::new(environment.dynamodb(), bookings, orders),
        sender: Sender {
            https: environment.https().clone(),
            signer: environment.client(Signer::new),
            url: setting("CONNECTIONS_URL")?,
        },
        clock: Clock::system(),
    })
}
