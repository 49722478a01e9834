//! Accounts, which the authorizer keeps in the same table.

use holdfast_authorizer_rules::account::Account;
use holdfast_core::failure::Failure;
use holdfast_core::ids::AccountId;

use super::transaction::Step;
use super::{Store, StoreError};
use crate::verdict::AccountMove;

impl Store {
    /// An account, if there is one of this name.
    pub(crate) async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        self.accounts.account(id).await.map_err(nothing)
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
