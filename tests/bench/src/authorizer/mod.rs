//! Card transactions: the authorizer's conditional writes beside a lock per account in Redis.
//!
//! # Layout
//! - `design`: the seam; `ours`, `locked`: the two designs
//! - `lock`, `bells`: locks in Redis, and how waiters are told; `resp`: the protocol
//! - `mix`: what terminals ask for; `load`: terminals
//! - `mishap`: workers that stand still or die between two requests
//! - `ledger`: what the table says afterwards
//! - `cells`: one measurement; `engine`: DynamoDB and Redis as processes
//! - `report`: the tables, and what must hold

mod bells;
mod cells;
mod design;
mod engine;
mod ledger;
mod load;
mod lock;
mod locked;
mod mishap;
mod mix;
mod ours;
mod report;
mod resp;

use std::path::Path;
use std::time::Duration;

use cells::{Cell, Place, Which};
use load::Mishaps;
use mishap::Mishap;
use report::{Befallen, Row};

const WARM_UP: Duration = Duration::from_millis(500);
const TIME: Duration = Duration::from_secs(3);
const ACCOUNTS: [usize; 2] = [1, 1_000];
const CLIENTS: [u64; 4] = [1, 8, 64, 256];
/// As long as a terminal waits: a shorter lease is over while workers are only slow, a longer one lets
/// the account stand still for longer when a worker dies.
const LEASE: Duration = Duration::from_millis(100);
const LONG_LEASE: Duration = Duration::from_secs(1);
const LOCK: Which = Which::Lock {
    lease: LEASE,
    fenced: false,
};

/// Workers that something befalls.
const BEFALLEN_CLIENTS: u64 = 8;
const BEFALLEN_TIME: Duration = Duration::from_secs(2);
const ONE_IN: u64 = 100;
const PAUSE: Duration = Duration::from_millis(150);
const CUT_EVERY: Duration = Duration::from_millis(100);

/// Measures, and prints two tables.
pub(crate) fn measure(dynoxide: &Path) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|problem| format!("no runtime: {problem}"))?;
    runtime.block_on(compare(dynoxide))
}

async fn compare(dynoxide: &Path) -> Result<(), String> {
    let place = Place::start(dynoxide).await?;
    let designs = if place.has_redis() { 2 } else { 1 };
    report::begin(place.has_redis(), designs * seconds());
    let rows = measure_all(&place).await?;
    report::rows(&rows);
    let befallen = befall_all(&place).await?;
    report::befallen(&befallen);
    report::verdict(&rows, &befallen)
}

/// About how long one design takes.
fn seconds() -> usize {
    ACCOUNTS.len() * CLIENTS.len() * 4 + 10
}

/// Turn by turn, so that whatever else the machine does disturbs both designs alike.
async fn measure_all(place: &Place) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for accounts in ACCOUNTS {
        for clients in CLIENTS {
            for which in [Which::Ours, LOCK] {
                if which != Which::Ours && !place.has_redis() {
                    continue;
                }
                let cell = Cell {
                    which,
                    accounts,
                    clients,
                    warm_up: WARM_UP,
                    time: TIME,
                    mishaps: None,
                    cut_every: None,
                };
                let outcome = place.measure(&cell).await?;
                rows.push(Row { cell, outcome });
            }
        }
    }
    Ok(rows)
}

async fn befall_all(place: &Place) -> Result<Vec<Befallen>, String> {
    let mut rows = Vec::new();
    for (what, which, mishap, cut_every) in mishaps() {
        if which != Which::Ours && !place.has_redis() {
            continue;
        }
        // Between the two requests of a worker: what it has read or decided is old when it goes on.
        let before = match which {
            Which::Ours => "PutItem",
            Which::Lock { .. } => "TransactWriteItems",
        };
        let one_in = ONE_IN;
        let cell = Cell {
            which,
            accounts: 1,
            clients: BEFALLEN_CLIENTS,
            warm_up: Duration::ZERO,
            time: BEFALLEN_TIME,
            mishaps: mishap.map(|mishap| Mishaps {
                mishap,
                before,
                one_in,
            }),
            cut_every,
        };
        let outcome = place.measure(&cell).await?;
        rows.push(Befallen {
            what,
            cell,
            outcome,
        });
    }
    Ok(rows)
}

type Scene = (&'static str, Which, Option<Mishap>, Option<Duration>);

fn mishaps() -> Vec<Scene> {
    let lock = |lease, fenced| Which::Lock { lease, fenced };
    let (paused, killed) = (Some(Mishap::Paused(PAUSE)), Some(Mishap::Killed));
    vec![
        ("paused 150 ms", Which::Ours, paused, None),
        ("killed", Which::Ours, killed, None),
        ("paused 150 ms", lock(LEASE, false), paused, None),
        ("paused 150 ms", lock(LEASE, true), paused, None),
        ("paused 150 ms", lock(LONG_LEASE, false), paused, None),
        ("killed", lock(LEASE, false), killed, None),
        ("killed", lock(LONG_LEASE, false), killed, None),
        (
            "not told: connection cut",
            lock(LEASE, false),
            None,
            Some(CUT_EVERY),
        ),
    ]
}
