//! The keys that tokens and suppliers' reports are signed with, out of Secrets Manager. A secret's
//! current version signs; its previous one is still believed, so that a rotation ends no session. A
//! key is named after its version.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_secretsmanager::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use crate::tokens::Key;
use holdfast_kit::clock::Clock;
use holdfast_kit::later::Later;

/// How long keys are used before they are looked at again.
const KEPT_FOR: Duration = Duration::from_secs(300);
/// How soon they are looked at again for the sake of a token whose key is unknown.
const NOT_SOONER: Duration = Duration::from_secs(2);

/// The keys of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    /// Signs.
    pub(crate) current: Key,
    previous: Option<Key>,
    read: Timestamp,
}

impl Keys {
    /// A key by its name.
    pub(crate) fn find(&self, id: &str) -> Option<&Key> {
        self.all().find(|key| key.id() == id)
    }

    /// Whether a signature is that of a message under any of them.
    pub(crate) fn any_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.all().any(|key| key.has_signed(message, signature))
    }

    fn all(&self) -> impl Iterator<Item = &Key> {
        [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
    }

    #[cfg(test)]
    pub(crate) fn of(current: Key, previous: Option<Key>) -> Self {
        Self {
            current,
            previous,
            read: Timestamp::from_millis(0),
        }
    }
}

/// Reads keys, and keeps them for a while.
#[derive(Clone, Debug)]
pub struct KeyRing {
    secrets: Later<aws_sdk_secretsmanager::Client>,
    secret_id: String,
    clock: Clock,
    kept: Arc<Mutex<Option<Arc<Keys>>>>,
}

impl KeyRing {
    /// The keys that are versions of this secret.
    pub fn new(
        secrets: Later<aws_sdk_secretsmanager::Client>,
        secret_id: impl Into<String>,
        clock: Clock,
    ) -> Self {
        Self {
            secrets,
            secret_id: secret_id.into(),
            clock,
            kept: Arc::default(),
        }
    }

    /// The keys as they are, or were a few minutes ago.
    pub(crate) async fn keys(&self) -> Result<Arc<Keys>, Failure> {
        self.keys_read_within(KEPT_FOR).await
    }

    /// The keys, looked at again: there may have been a rotation.
    pub(crate) async fn fresh_keys(&self) -> Result<Arc<Keys>, Failure> {
        self.keys_read_within(NOT_SOONER).await
    }

    /// The keys, looked at again if none has this name: there may have been a rotation.
    pub(crate) async fn keys_with(&self, id: &str) -> Result<Arc<Keys>, Failure> {
        let keys = self.keys().await?;
        match keys.find(id) {
            Some(_) => Ok(keys),
            None => self.fresh_keys().await,
        }
    }

    async fn keys_read_within(&self, age: Duration) -> Result<Arc<Keys>, Failure> {
        let now = self.clock.now();
        let kept = self.lock().clone();
        if let Some(kept) = kept.filter(|keys| keys.read.until(now) < age) {
            return Ok(kept);
        }
        let current = self.version("AWSCURRENT").await?;
        let current = current.ok_or_else(|| no_keys("the secret has no current version"))?;
        let previous = self.version("AWSPREVIOUS").await?;
        let keys = Arc::new(Keys {
            current,
            previous,
            read: now,
        });
        *self.lock() = Some(keys.clone());
        Ok(keys)
    }

    async fn version(&self, stage: &str) -> Result<Option<Key>, Failure> {
        let asked = self.secrets.get_secret_value();
        let asked = asked.secret_id(&self.secret_id).version_stage(stage);
        match asked.send().await {
            Ok(found) => {
                let id = found.version_id().unwrap_or_default();
                let secret = found.secret_string().unwrap_or_default();
                Key::new(id, secret.as_bytes()).map(Some).map_err(no_keys)
            }
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_resource_not_found_exception()) =>
            {
                Ok(None)
            }
            Err(error) => Err(no_keys(DisplayErrorContext(error))),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Keys>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_keys(problem: impl std::fmt::Display) -> Failure {
    Failure::unavailable("signing keys", problem)
}
