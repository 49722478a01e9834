//! A lock per key in Redis: `SET key token NX PX lease`, deleted only by who holds it. Who finds it taken
//! subscribes to the key's notifications, looks a second time, and waits.
//!
//! It is made as well as it can be: commands are pipelined over one connection; the subscription stands
//! before the second look, so that nothing is missed between the two; all waiters share one connection for
//! notifications; it is opened again when it breaks, and then all waiters look again; and because
//! notifications are sent once and to nobody in particular, waiters also look again by themselves.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::bells::{Bells, Rung};
use super::resp::{Problem, Redis, Value};

/// A waiter that hears nothing looks again after so long.
const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// Deletes the lock, if it is still ours.
const RELEASE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end";

/// Locks, as one process takes them.
#[derive(Clone, Debug)]
pub(crate) struct Locks {
    redis: Redis,
    bells: Bells,
    lease: Duration,
    release: Arc<str>,
    counts: Arc<Counts>,
}

/// What happened to the locks so far.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Waiters that found the lock free although nobody had told them.
    pub(crate) never_told: AtomicU64,
    /// Locks whose lease was over before their holder was done.
    pub(crate) outlived: AtomicU64,
}

/// A lock that is held. It is not released by being dropped: neither is that of a worker that dies.
#[derive(Debug)]
#[must_use]
pub(crate) struct Held {
    key: String,
    token: String,
}

impl Locks {
    /// Connects to Redis.
    pub(crate) async fn connect(address: SocketAddr, lease: Duration) -> Result<Self, Problem> {
        let connected = Redis::connect(address).await;
        let redis = connected.map_err(|problem| Problem::Refused(problem.to_string()))?;
        let loaded = redis.ask(&["SCRIPT", "LOAD", RELEASE]).await?;
        let Value::Bulk(Some(release)) = loaded else {
            return Err(Problem::Refused(format!("SCRIPT LOAD: {loaded:?}")));
        };
        Ok(Self {
            redis,
            bells: Bells::connect(address),
            lease,
            release: release.into(),
            counts: Arc::default(),
        })
    }

    /// What happened so far.
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Takes the lock of this name; nothing where it is not free in time.
    pub(crate) async fn take(&self, name: &str, until: Instant) -> Result<Option<Held>, Problem> {
        let held = Held {
            key: format!("lock:{name}"),
            token: format!("{:016x}", fastrand::u64(..)),
        };
        if self.look(&held).await? {
            return Ok(Some(held));
        }
        let mut bell = self.bells.listen(&held.key);
        if !bell.stands(until).await {
            return Ok(None);
        }
        let mut told = true; // the second look belongs to the first
        loop {
            bell.listen_from_now();
            if self.look(&held).await? {
                if !told && !bell.has_rung_meanwhile().await {
                    self.counts.never_told.fetch_add(1, Ordering::Relaxed);
                }
                return Ok(Some(held));
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            let rung = bell.rung(until.min(Instant::now() + LOOK_AGAIN)).await;
            told = rung == Rung::Told;
        }
    }

    async fn look(&self, held: &Held) -> Result<bool, Problem> {
        let lease = self.lease.as_millis().to_string();
        let words = ["SET", &held.key, &held.token, "NX", "PX", &lease];
        Ok(self.redis.ask(&words).await? != Value::Bulk(None))
    }

    /// Releases a lock; false if its lease was over.
    pub(crate) async fn release(&self, held: Held) -> Result<bool, Problem> {
        let words = ["EVALSHA", &self.release, "1", &held.key, &held.token];
        let ours = self.redis.ask(&words).await? == Value::Integer(1);
        if !ours {
            self.counts.outlived.fetch_add(1, Ordering::Relaxed);
        }
        Ok(ours)
    }

    /// Cuts all connections for notifications, as a fail-over of Redis does.
    pub(crate) async fn cut(&self) -> Result<(), Problem> {
        let words = ["CLIENT", "KILL", "TYPE", "pubsub"];
        self.redis.ask(&words).await.map(drop)
    }
}
