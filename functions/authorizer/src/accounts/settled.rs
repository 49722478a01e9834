//! An account is settled before it is used for what can wait a little. Entries whose line is there go on
//! this occasion: an item has a limit, and payments and credits leave entries that no terminal's worker
//! knows of.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::movement::{Key, Line};
use holdfast_authorizer_rules::settling::{Settlement, Told, settle};
use holdfast_core::failure::Failure;
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;

use super::moving::{Change, Closing};
use super::purchases::Updated;
use super::{Accounts, Trouble, line_key};

/// So many entries are looked at, the oldest first: one request reads their lines, one update closes them.
const MOST_AT_ONCE: usize = 20;
/// So many make an account slow: then the young ones whose line is there go, too.
const MANY: usize = 16;
/// Fewer are not worth a write.
const WORTH_A_WRITE: usize = 10;

impl Accounts {
    /// The account, once its old movements are settled.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; what is not settled is settled later.
    pub async fn settled(&self, account: Account, now: Timestamp) -> Result<Account, Failure> {
        if !self.tidy(&account, now).await? {
            return Ok(account);
        }
        let settled = self.account(&account.account_id).await?;
        Ok(settled.unwrap_or(account))
    }

    /// Settles old movements of an account; true if that changed it.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; what is not settled is settled later.
    pub(crate) async fn tidy(&self, account: &Account, now: Timestamp) -> Result<bool, Failure> {
        let id = account.account_id.clone();
        let of = |entry, line| settle(Some(entry), line, Told::NotKnown, now);
        let mut old: Vec<_> = account.open.iter().collect();
        if account.open.len() < MANY {
            old.retain(|(_, entry)| of(entry, None) != Settlement::Wait);
        }
        if old.is_empty() {
            return Ok(false);
        }
        old.sort_by_key(|(_, entry)| entry.seq());
        old.truncate(MOST_AT_ONCE);
        let keys = old.iter().map(|(key, _)| *key);
        let lines = self.lines(&id, keys).await?;
        let (mut closed, mut unsettled) = (Vec::new(), 0);
        for (key, entry) in old {
            let settlement = of(entry, lines.get(key));
            if settlement == Settlement::Wait {
                continue;
            }
            if settlement != Settlement::Close {
                unsettled += 1;
                self.settle_one(&id, key, now).await?;
            }
            use Settlement::{Close, Write, WriteTwin};
            if matches!(settlement, Close | Write | WriteTwin) {
                closed.push(Closing {
                    key: key.clone(),
                    seq: entry.seq(),
                    must_be_there: false,
                });
            }
        }
        if unsettled == 0 && closed.len() < WORTH_A_WRITE {
            return Ok(false);
        }
        self.close(&id, &closed).await?;
        Ok(true)
    }

    /// Whether there are so many entries, or so many old ones, that it is worth a write to settle the account.
    pub(crate) fn is_untidy(account: &Account, now: Timestamp) -> bool {
        let old = account.open.values();
        let old =
            old.filter(|entry| settle(Some(entry), None, Told::NotKnown, now) != Settlement::Wait);
        account.open.len() >= MANY || old.count() >= WORTH_A_WRITE
    }

    /// Lines of an account, those of them that are there.
    async fn lines<'a>(
        &self,
        id: &AccountId,
        keys: impl Iterator<Item = &'a Key>,
    ) -> Result<HashMap<Key, Line>, Trouble> {
        let wanted = keys.map(|key| line_key(id, key)).collect();
        let wanted = KeysAndAttributes::builder()
            .consistent_read(true)
            .set_keys(Some(wanted))
            .build()
            .map_err(|problem| Trouble::Unknown(problem.to_string()))?;
        let found = self.get_all(wanted).await?.into_iter();
        let lines = found.map(|item| self.items.read::<Line>(item));
        let lines = lines.map(|line| line.map(|line| (line.key.clone(), line)));
        Ok(lines.collect::<Result<_, _>>()?)
    }

    async fn close(&self, id: &AccountId, entries: &[Closing]) -> Result<(), Trouble> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut change = Change::default();
        change.name("#open", "open");
        change.closing(entries);
        // Where an entry is another by now, none is closed: the next one to come looks again.
        let _: Updated = self.update(id, change).await?;
        Ok(())
    }
}
