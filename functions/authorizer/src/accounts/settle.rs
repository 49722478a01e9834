//! Movements whose line is missing: what the rules want of them is done, each step so that it may be
//! done again, by anybody, at any moment.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::movement::{Code, Entry, Key, Kind, Line, Movement, Particulars};
use holdfast_authorizer_rules::request::{Mcc, Merchant};
use holdfast_authorizer_rules::settling::{
    NOT_TOLD, Settlement, TWICE, Told, give_back, settle, twin,
};
use holdfast_core::failure::Failure;
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;
use holdfast_kit::table::item::{number, text};
use serde::{Deserialize, Serialize};

use super::moving::{Change, Closing};
use super::purchases::change_of;
use super::{Accounts, Moved, Seen, Trouble, Written, line_key};

/// A step that finds the account changed looks at it again, so often.
const MOST_LOOKS: usize = 20;

/// A purchase whose terminal was told 07 for want of an answer, although it may have been debited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// Whose money it is.
    pub account_id: AccountId,
    /// The purchase.
    pub key: Key,
    /// What it was called.
    pub id: String,
    /// Tells it from others with its id.
    pub mark: String,
    /// Which worker told the terminal.
    pub by: String,
    /// The balance that should have paid.
    pub category: Category,
    /// How much.
    pub amount: Cents,
    /// Who the merchant is.
    pub merchant: Merchant,
    /// What they sell.
    pub mcc: Mcc,
    /// When.
    #[serde(with = "holdfast_authorizer_rules::moment")]
    pub at: Timestamp,
}

impl Accounts {
    /// Settles the movements of an account that are old: their workers are gone.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; what is not settled is settled later.
    pub async fn settle(&self, account: &Account, now: Timestamp) -> Result<(), Failure> {
        for (key, entry) in &account.open {
            if settle(Some(entry), None, Told::NotKnown, now) != Settlement::Wait {
                self.settle_one(&account.account_id, key, now).await?;
            }
        }
        Ok(())
    }

    /// Settles a purchase whose terminal was told 07.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; again is harmless.
    pub async fn settle_doubt(&self, doubt: &Doubt, now: Timestamp) -> Result<(), Failure> {
        let (id, key) = (&doubt.account_id, &doubt.key);
        let told = Told::Refused { by: &doubt.by };
        for _ in 0..MOST_LOOKS {
            let seen = self.see(id, key).await?;
            let Some(case) = Case::of(&seen, key, now) else {
                return Ok(());
            };
            let settlement = settle(case.entry, case.line, told, now);
            tracing::info!(account_id = %id, line = %key, ?settlement, "settling a doubt");
            let was_last = match (settlement, case.line) {
                (Settlement::Record, _) => self.record(&case, doubt).await?,
                (Settlement::Revoke, Some(line)) => self.revoke(&case, line).await?,
                _ => self.take(&case, settlement, doubt.particulars()).await?,
            };
            if was_last {
                return Ok(());
            }
        }
        Err(self.items.unavailable("settling", "too many at once"))
    }

    /// Settles a movement whose worker may be gone.
    pub(crate) async fn settle_one(
        &self,
        id: &AccountId,
        key: &Key,
        now: Timestamp,
    ) -> Result<(), Failure> {
        for _ in 0..MOST_LOOKS {
            let seen = self.see(id, key).await?;
            let Some(case) = Case::of(&seen, key, now) else {
                return Ok(());
            };
            let settlement = settle(case.entry, case.line, Told::NotKnown, now);
            tracing::info!(account_id = %id, line = %key, ?settlement, "settling");
            let unknown = Particulars::default();
            if self.take(&case, settlement, unknown).await? {
                return Ok(());
            }
        }
        Err(self.items.unavailable("settling", "too many at once"))
    }

    /// Takes one step; true if it was the last.
    async fn take(
        &self,
        case: &Case<'_>,
        settlement: Settlement,
        particulars: Particulars,
    ) -> Result<bool, Trouble> {
        match (settlement, case.entry, case.line) {
            (Settlement::Wait | Settlement::Close, _, _) => Ok(true),
            (Settlement::Write, Some(entry), _) => {
                let line = case.line_of(case.key, entry);
                let _: Written = self.put_line(&line).await?;
                Ok(true)
            }
            (Settlement::Refuse, Some(entry), _) => {
                let line = case
                    .line_with(case.key, entry, particulars)
                    .revoked(NOT_TOLD);
                let _: Written = self.put_line(&line).await?;
                // The next look gives the money back, unless its worker was faster.
                Ok(false)
            }
            (Settlement::GiveBack, Some(entry), _) => self.give_back(case, entry).await,
            (Settlement::GiveBackTwin, Some(entry), _) => {
                let name = twin(case.key, entry.seq());
                let line = case.line_of(&name, entry).revoked(TWICE);
                let _: Written = self.put_line(&line).await?;
                self.give_back(case, entry).await
            }
            (Settlement::WriteTwin, Some(entry), _) => {
                let line = case.line_of(&twin(case.key, entry.seq()), entry);
                let _: Written = self.put_line(&line).await?;
                Ok(true)
            }
            _ => Ok(true),
        }
    }

    /// That a purchase is refused gets a number and a line. The next look finds them.
    async fn record(&self, case: &Case<'_>, doubt: &Doubt) -> Result<bool, Trouble> {
        let movement = doubt.refused();
        let moved = self
            .purchase(&doubt.account_id, &movement, None, Vec::new())
            .await?;
        if let Moved::Done(before) = moved {
            let entry = movement.entered(before);
            let line = case.line_with(case.key, &entry, doubt.particulars());
            let _: Written = self.put_line(&line).await?;
        }
        Ok(false)
    }

    /// The money of a purchase goes back, and its entry with it: once.
    async fn give_back(&self, case: &Case<'_>, entry: &Entry) -> Result<bool, Trouble> {
        let movement = give_back(entry.movement(case.key), entry.seq(), case.now);
        let mut change = change_of(&movement)?;
        change.closing(&[Closing {
            key: case.key.clone(),
            seq: entry.seq(),
            must_be_there: true,
        }]);
        match self.move_by(&case.account.account_id, change).await? {
            Moved::Done(before) => {
                let line = case.line_of(&movement.key, &movement.entered(before));
                let _: Written = self.put_line(&line).await?;
                Ok(true)
            }
            Moved::Otherwise(_) => Ok(false),
        }
    }

    /// An approval that no terminal was told is taken back, with its money, in one transaction.
    async fn revoke(&self, case: &Case<'_>, line: &Line) -> Result<bool, Trouble> {
        let movement = give_back(line.movement(), line.seq, case.now);
        let mut change: Change = change_of(&movement)?;
        change.closing(&[Closing {
            key: case.key.clone(),
            seq: line.seq,
            must_be_there: false,
        }]);
        let writes = vec![
            self.transacted(&case.account.account_id, &change)?,
            self.refuse_line(line)?,
        ];
        let written = self.items.client().transact_write_items();
        let written = written.set_transact_items(Some(writes)).send().await;
        match written {
            Ok(_) => {
                let id = &case.account.account_id;
                let unknown = Particulars::default();
                self.write_line(id, &movement.key, unknown).await?;
                Ok(true)
            }
            Err(error)
                if matches!(
                    error.as_service_error(),
                    Some(TransactWriteItemsError::TransactionCanceledException(_))
                ) =>
            {
                Ok(false)
            }
            Err(error) => Err(Trouble::of(error)),
        }
    }

    fn refuse_line(&self, line: &Line) -> Result<TransactWriteItem, Failure> {
        let yes = AttributeValue::Bool(true);
        let update = Update::builder()
            .table_name(self.items.table())
            .set_key(Some(line_key(&line.account_id, &line.key)))
            .update_expression("SET code = :refused, reason = :reason, given_back = :yes")
            .condition_expression(
                "code = :approved AND seq = :seq AND attribute_not_exists(confirmed)",
            )
            .expression_attribute_values(":refused", text(Code::Refused.as_str()))
            .expression_attribute_values(":reason", text(NOT_TOLD))
            .expression_attribute_values(":yes", yes)
            .expression_attribute_values(":approved", text(Code::Approved.as_str()))
            .expression_attribute_values(":seq", number(line.seq))
            .build()
            .map_err(|problem| self.items.unavailable("settling", problem))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// A movement that is settled, as it was seen.
struct Case<'a> {
    account: &'a Account,
    key: &'a Key,
    entry: Option<&'a Entry>,
    line: Option<&'a Line>,
    now: Timestamp,
}

impl<'a> Case<'a> {
    /// Nothing where there is no such account.
    fn of(seen: &'a Seen, key: &'a Key, now: Timestamp) -> Option<Self> {
        let account = seen.account.as_ref()?;
        Some(Self {
            account,
            key,
            entry: account.open.get(key),
            line: seen.line.as_ref(),
            now,
        })
    }

    fn line_of(&self, key: &Key, entry: &Entry) -> Line {
        self.line_with(key, entry, Particulars::default())
    }

    fn line_with(&self, key: &Key, entry: &Entry, particulars: Particulars) -> Line {
        let account = self.account;
        entry.line(key, &account.account_id, &account.customer_id, particulars)
    }
}

impl Doubt {
    fn refused(&self) -> Movement {
        Movement {
            key: self.key.clone(),
            kind: Kind::Purchase,
            code: Code::Refused,
            category: self.category,
            amount: self.amount,
            reserved: Cents(0),
            at: self.at,
            mark: self.mark.clone(),
        }
    }

    fn particulars(&self) -> Particulars {
        Particulars {
            id: Some(self.id.clone()),
            mcc: Some(self.mcc.clone()),
            merchant: Some(self.merchant.clone()),
            reason: Some(NOT_TOLD.to_owned()),
            by: String::new(),
        }
    }
}
