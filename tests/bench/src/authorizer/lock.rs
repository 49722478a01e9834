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
const RELEASE: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end";

/// Locks, as one process takes them.
#[derive(Clone, Debug)]
pub(crate) struct Locks {
    redis: Redis,
    bells: Bells,
    lease: Duration,
    release: Arc<str>,
    never_told: Arc<AtomicU64>,
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
            never_told: Arc::default(),
        })
    }

    /// How many waiters found the lock free although nothing had told them.
    pub(crate) fn never_told(&self) -> u64 {
        self.never_told.load(Ordering::Relaxed)
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
                    self.never_told.fetch_add(1, Ordering::Relaxed);
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
        Ok(self.redis.ask(&words).await? == Value::Integer(1))
    }

    /// Cuts all connections for notifications, as a fail-over of Redis does.
    pub(crate) async fn cut(&self) -> Result<(), Problem> {
        let words = ["CLIENT", "KILL", "TYPE", "pubsub"];
        self.redis.ask(&words).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tokio::task::JoinSet;

    use super::*;
    use crate::authorizer::engine::Server;

    const LEASE: Duration = Duration::from_secs(5);
    const SHORT: Duration = Duration::from_millis(50);

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(4)
    }

    fn now() -> Instant {
        Instant::now()
    }

    async fn locks(lease: Duration) -> Option<(Server, Locks)> {
        let server = Server::redis_or_skip().await?;
        let locks = Locks::connect(server.address, lease).await.unwrap();
        Some((server, locks))
    }

    #[tokio::test]
    async fn of_many_that_want_a_lock_one_has_it_at_a_time() {
        let Some((_server, locks)) = locks(LEASE).await else {
            return;
        };
        let (inside, most) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let mut workers = JoinSet::new();
        for _ in 0..32 {
            let (locks, inside, most) = (locks.clone(), Arc::clone(&inside), Arc::clone(&most));
            workers.spawn(async move {
                let held = locks.take("a", soon()).await.unwrap().unwrap();
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
                locks.release(held).await.unwrap()
            });
        }
        let released: HashSet<_> = workers.join_all().await.into_iter().collect();
        assert_eq!(released, HashSet::from([true]));
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn locks_of_others_are_free() {
        let Some((_server, locks)) = locks(LEASE).await else {
            return;
        };
        let _a = locks.take("a", now()).await.unwrap().unwrap();
        assert!(locks.take("b", now()).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn who_does_not_get_it_in_time_goes_without() {
        let Some((_server, locks)) = locks(LEASE).await else {
            return;
        };
        let held = locks.take("a", now()).await.unwrap().unwrap();
        let until = now() + SHORT;
        assert!(locks.take("a", until).await.unwrap().is_none());
        assert!(now() >= until);
        assert!(locks.release(held).await.unwrap());
        assert!(locks.take("a", now()).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_waiter_is_told_when_the_lock_is_released() {
        let Some((_server, locks)) = locks(LEASE).await else {
            return;
        };
        let held = locks.take("a", now()).await.unwrap().unwrap();
        let mut waiter = locks.bells.listen("lock:a");
        assert!(waiter.stands(soon()).await);
        waiter.listen_from_now();
        locks.release(held).await.unwrap();
        assert_eq!(waiter.rung(soon()).await, Rung::Told);
    }

    #[tokio::test]
    async fn a_waiter_that_comes_back_is_told_too() {
        let Some((_server, locks)) = locks(LEASE).await else {
            return;
        };
        for _ in 0..20 {
            let held = locks.take("a", now()).await.unwrap().unwrap();
            let mut waiter = locks.bells.listen("lock:a");
            assert!(waiter.stands(soon()).await);
            waiter.listen_from_now();
            locks.release(held).await.unwrap();
            assert_eq!(waiter.rung(soon()).await, Rung::Told);
        }
    }

    #[tokio::test]
    async fn a_notification_on_its_way_is_not_lost() {
        let Some((_server, locks)) = locks(LEASE).await else {
            return;
        };
        let held = locks.take("a", now()).await.unwrap().unwrap();
        let mut waiter = locks.bells.listen("lock:a");
        assert!(waiter.stands(soon()).await);
        waiter.listen_from_now();
        waiter.listen_from_now();
        assert!(!waiter.has_rung_meanwhile().await);
        locks.release(held).await.unwrap();
        assert!(waiter.has_rung_meanwhile().await);
    }

    #[tokio::test]
    async fn waiters_look_again_when_the_connection_for_notifications_breaks() {
        let Some((_server, locks)) = locks(LEASE).await else {
            return;
        };
        let _held = locks.take("a", now()).await.unwrap().unwrap();
        let mut waiter = locks.bells.listen("lock:a");
        assert!(waiter.stands(soon()).await);
        waiter.listen_from_now();
        locks.cut().await.unwrap();
        assert_eq!(waiter.rung(soon()).await, Rung::NotTold);
        assert!(now() < soon());
        assert!(waiter.stands(soon()).await);
    }

    #[tokio::test]
    async fn a_lock_whose_lease_is_over_belongs_to_the_next_and_is_not_released_by_the_last() {
        let Some((_server, locks)) = locks(SHORT).await else {
            return;
        };
        let late = locks.take("a", now()).await.unwrap().unwrap();
        let next = locks.take("a", soon()).await.unwrap().unwrap();
        assert!(!locks.release(late).await.unwrap());
        assert!(locks.take("a", now()).await.unwrap().is_none());
        assert!(locks.release(next).await.unwrap());
    }
}
