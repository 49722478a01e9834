//! Accounts, which the authorizer keeps in the same table.

use holdfast_authorizer_rules::account::Account;
use holdfast_core::failure::Failure;
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;

use super::transaction::Step;
use super::{Store, StoreError};
use crate::verdict::AccountMove;

impl Store {
    /// An account, if there is one of this name, once its old movements are settled.
    pub(crate) async fn account(
        &self,
        id: &AccountId,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let Some(account) = self.accounts.account(id).await.map_err(nothing)? else {
            return Ok(None);
        };
        match self.accounts.settled(account.clone(), now).await {
            Ok(settled) => Ok(Some(settled)),
            Err(problem) => {
                // It can pay with what it has all the same.
                tracing::warn!(%problem, account = id.as_str(), "not settled");
                Ok(Some(account))
            }
        }
    }

    /// Writes the line of a movement that is done.
    pub(crate) async fn write_line(&self, moved: &AccountMove) -> Result<(), Failure> {
        let particulars = moved.particulars.clone();
        self.accounts
            .write_line(&moved.account, &moved.movement.key, particulars)
            .await
    }

    pub(super) fn move_account(&self, moved: &AccountMove) -> Result<Step, StoreError> {
        let moving = self.accounts.moving(&moved.account, &moved.movement);
        moving.map(Step::made).map_err(nothing)
    }
}

fn nothing(failure: Failure) -> StoreError {
    StoreError::Nothing(failure.to_string())
}
