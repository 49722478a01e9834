//! One measurement: a design, a table of its own, so many terminals for so many seconds.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use futures_util::{TryStreamExt, stream};
use holdfast_authorizer_rules::account::Account;
use holdfast_core::ids::AccountId;

use super::design::Design;
use super::engine::Server;
use super::ledger::{self, Ledger};
use super::load::{self, Load, Mishaps, Told};
use super::lock::Locks;
use super::locked::Locked;
use super::mishap::Scripted;
use super::mix;
use super::ours::Ours;

/// Accounts are opened so many at once.
const OPENED_AT_ONCE: usize = 16;

/// The engine, and Redis where it is installed.
pub(crate) struct Place {
    client: Client,
    redis: Option<Server>,
    // Lives as long as it is measured with.
    _dynoxide: Option<Server>,
}

/// Which design is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Conditional writes.
    Ours,
    /// A lock in Redis.
    Lock {
        /// How long it is held at most.
        lease: Duration,
        /// Whether the write has a condition too.
        fenced: bool,
    },
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    /// The design.
    pub(crate) which: Which,
    /// How many accounts there are.
    pub(crate) accounts: usize,
    /// How many terminals.
    pub(crate) clients: u64,
    /// What counts not.
    pub(crate) warm_up: Duration,
    /// What counts.
    pub(crate) time: Duration,
    /// What befalls workers.
    pub(crate) mishaps: Option<Mishaps>,
    /// How often the connection for notifications is cut.
    pub(crate) cut_every: Option<Duration>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// By the terminals.
    pub(crate) told: Told,
    /// By the table.
    pub(crate) ledger: Ledger,
    /// Write units of all transactions.
    pub(crate) write_units: u64,
    /// Waiters that found the lock free although nobody had told them.
    pub(crate) never_told: u64,
}

impl Outcome {
    /// Approvals in the table that no terminal was told in time.
    pub(crate) fn untold(&self) -> u64 {
        self.ledger.approvals.saturating_sub(self.told.approvals)
    }
}

impl Place {
    /// Starts all that is needed.
    pub(crate) async fn start(dynoxide: &Path) -> Result<Self, String> {
        let say = |problem: super::engine::Problem| problem.to_string();
        let dynoxide = Server::dynoxide(dynoxide).await.map_err(say)?;
        Ok(Self {
            client: client(&format!("http://{}", dynoxide.address)),
            redis: Server::redis().await.map_err(say)?,
            _dynoxide: Some(dynoxide),
        })
    }

    /// Whether the lock can be measured.
    pub(crate) fn has_redis(&self) -> bool {
        self.redis.is_some()
    }

    /// Measures.
    pub(crate) async fn measure(&self, cell: &Cell) -> Result<Outcome, String> {
        let table = format!("bench-{:016x}", fastrand::u64(..));
        ledger::create_table(&self.client, &table).await?;
        let outcome = match cell.which {
            Which::Ours => self.measure_ours(cell, &table).await?,
            Which::Lock { lease, fenced } => self.measure_lock(cell, &table, lease, fenced).await?,
        };
        ledger::delete_table(&self.client, &table).await?;
        Ok(outcome)
    }

    async fn measure_ours(&self, cell: &Cell, table: &str) -> Result<Outcome, String> {
        let ours = Ours::new(self.client.clone(), table);
        let (told, ledger) = self.load(cell, &ours, table).await?;
        Ok(Outcome {
            told,
            ledger,
            write_units: ours.write_units(),
            never_told: 0,
        })
    }

    async fn measure_lock(
        &self,
        cell: &Cell,
        table: &str,
        lease: Duration,
        fenced: bool,
    ) -> Result<Outcome, String> {
        let redis = self.redis.as_ref().ok_or(super::engine::NO_REDIS)?;
        let locks = Locks::connect(redis.address, lease).await;
        let locks = locks.map_err(|problem| problem.to_string())?;
        let locked = Locked::new(self.client.clone(), table, locks.clone(), fenced);
        let cutting = cell
            .cut_every
            .map(|every| tokio::spawn(cut(locks.clone(), every)));
        let (told, ledger) = self.load(cell, &locked, table).await?;
        if let Some(cutting) = cutting {
            cutting.abort();
        }
        Ok(Outcome {
            told,
            ledger,
            write_units: locked.write_units(),
            never_told: locks.never_told(),
        })
    }

    async fn load<D: Design>(
        &self,
        cell: &Cell,
        design: &D,
        table: &str,
    ) -> Result<(Told, Ledger), String> {
        let accounts = accounts(cell.accounts)?;
        stream::iter(accounts.iter().map(Ok))
            .try_for_each_concurrent(OPENED_AT_ONCE, |account| design.open(account))
            .await?;
        let ids: Arc<[AccountId]> = accounts.iter().map(|one| one.account_id.clone()).collect();
        let load = Load {
            clients: cell.clients,
            accounts: Arc::clone(&ids),
            warm_up: cell.warm_up,
            time: cell.time,
            mishaps: cell.mishaps,
        };
        let told = load::run(design, &load).await;
        stream::iter(ids.iter().map(Ok))
            .try_for_each_concurrent(OPENED_AT_ONCE, |id| design.settle(id))
            .await?;
        let ledger = ledger::read(&self.client, table).await?;
        Ok((told, ledger))
    }
}

/// Cuts the connection for notifications again and again.
async fn cut(locks: Locks, every: Duration) {
    while locks.cut().await.is_ok() {
        tokio::time::sleep(every).await;
    }
}

fn accounts(count: usize) -> Result<Vec<Account>, String> {
    let account = |number| {
        let id = format!("a-{number}")
            .parse()
            .map_err(|problem| format!("{problem}"))?;
        let customer = "cus_1".parse().map_err(|problem| format!("{problem}"))?;
        Ok(mix::account(&id, &customer))
    };
    (0..count).map(account).collect()
}

/// As a Lambda's, but for where it connects to, and that it knows scripts.
fn client(url: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(Scripted::default());
    Client::from_conf(config.build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorizer::mishap::Mishap;

    const LEASE: Duration = Duration::from_millis(60);
    const LOCK: Which = Which::Lock {
        lease: LEASE,
        fenced: false,
    };
    const FENCED: Which = Which::Lock {
        lease: LEASE,
        fenced: true,
    };
    const PAUSED: Mishap = Mishap::Paused(Duration::from_millis(150));

    /// What comes of it; nothing where Redis is needed and not installed.
    async fn measured(which: Which, mishap: Option<Mishap>) -> Option<Outcome> {
        let (_, url) = holdfast_testing::start_database().await;
        let place = Place {
            client: client(&url),
            redis: Server::redis_or_skip().await,
            _dynoxide: None,
        };
        if which != Which::Ours && !place.has_redis() {
            return None;
        }
        let before = match which {
            Which::Ours => "PutItem",
            Which::Lock { .. } => "TransactWriteItems",
        };
        let cell = Cell {
            which,
            accounts: 1,
            clients: 4,
            warm_up: Duration::ZERO,
            time: Duration::from_secs(1),
            mishaps: mishap.map(|mishap| Mishaps {
                mishap,
                before,
                one_in: 10,
            }),
            cut_every: None,
        };
        Some(place.measure(&cell).await.unwrap())
    }

    fn agrees(outcome: &Outcome) {
        assert!(outcome.told.approvals > 0);
        assert_eq!(outcome.ledger.lost_updates, 0);
        assert_eq!(outcome.ledger.wrong_accounts, 0);
        assert_eq!(outcome.ledger.debited, outcome.ledger.approved);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn as_long_as_nothing_befalls_a_worker_both_designs_are_right() {
        agrees(&measured(Which::Ours, None).await.unwrap());
        // Its lease may be over on a slow machine: then it is wrong, and said to be.
        if let Some(outcome) = measured(LOCK, None).await {
            assert!(outcome.told.approvals > 0);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ours_is_right_though_workers_are_paused_and_killed() {
        for mishap in [PAUSED, Mishap::Killed] {
            let outcome = measured(Which::Ours, Some(mishap)).await.unwrap();
            assert!(outcome.told.mishaps > 0);
            agrees(&outcome);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn under_a_lock_a_worker_paused_beyond_its_lease_overwrites_debits() {
        let Some(outcome) = measured(LOCK, Some(PAUSED)).await else {
            return;
        };
        assert!(outcome.ledger.lost_updates > 0);
        assert!(outcome.ledger.approved > outcome.ledger.debited);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn with_a_condition_on_the_write_the_same_worker_overwrites_nothing() {
        if let Some(outcome) = measured(FENCED, Some(PAUSED)).await {
            assert!(outcome.told.mishaps > 0);
            agrees(&outcome);
        }
    }
}
