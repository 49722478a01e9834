//! Answers terminals: look, decide, write on the condition that the decision still holds, and decide
//! again where it does not. A terminal gets its answer in time, whatever the table does.

use std::time::Duration;

use futures_util::future::OptionFuture;
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::deciding::decide;
use holdfast_authorizer_rules::movement::{Code, Entry, Key, Kind, Line, Movement, Particulars};
use holdfast_authorizer_rules::request::{Refusal, TransactionId};
use holdfast_core::ids::AccountId;
use holdfast_kit::clock::Clock;
use serde::Serialize;
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use crate::accounts::{Accounts, Moved, Seen, Trouble, Written, key_of};
use crate::doubts::Doubts;
use crate::gateway::{Request, Response};
use crate::terminal::{self, Bad};

mod asked;
mod tidying;
mod turns;

use asked::Asked;
use tidying::{Tidying, names};
use turns::{Place, Turns};

/// How long the table has where terminals wait for 100 ms.
const TABLE_WITHIN: Duration = Duration::from_millis(75);
/// How long the first request of a process may take.
const WARM_UP_WITHIN: Duration = Duration::from_secs(1);
/// What is begun with less time left would mostly be undone, and hold up all others.
const TO_FINISH: Duration = Duration::from_millis(15);
/// How long the queue has, once the table did not answer.
const QUEUE_WITHIN: Duration = Duration::from_millis(12);
/// A table that is busy is asked again after up to so long.
const PAUSE_MS: std::ops::RangeInclusive<u64> = 1..=6;
/// One look in so many sees all entries of its account.
const ONE_LOOK_IN: u8 = 8;

/// What a terminal is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The code.
    pub code: Code,
    /// What the transaction is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<TransactionId>,
    /// The balance that pays, or should have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Why, for 07.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Answers terminals.
#[derive(Clone, Debug)]
pub struct Authorizer {
    accounts: Accounts,
    doubts: Doubts,
    clock: Clock,
    tidying: Tidying,
    turns: Turns,
    patience: Duration,
}

impl Authorizer {
    /// Answers from these accounts.
    pub fn new(accounts: Accounts, doubts: Doubts, clock: Clock) -> Self {
        Self {
            accounts,
            doubts,
            clock,
            tidying: Tidying::default(),
            turns: Turns::default(),
            patience: TABLE_WITHIN,
        }
    }

    /// The same, but the table has this long: for terminals that can wait.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Has the SDK make its first request, which sets much up.
    pub async fn warm_up(&self) {
        if let Ok(any) = "any".parse() {
            let key = key_of("any");
            let looked = self.accounts.see(&any, &key);
            let _: Result<_, _> = tokio::time::timeout(WARM_UP_WITHIN, looked).await;
        }
    }

    /// Answers a request that came over HTTP: 200 with a code, or 401 without the terminals' key.
    pub async fn respond(&self, request: &Request, key: &str) -> Response {
        if !request.has_key(key) {
            let problem = "send `Authorization: Bearer <the terminals' key>`";
            return Response::json(401, &json!({ "error": problem }));
        }
        Response::json(200, &self.ask(&request.body()).await)
    }

    /// Answers a terminal, in time.
    pub async fn ask(&self, body: &str) -> Answer {
        match terminal::read(body, make_id) {
            Ok(purchase) => self.answer(Asked::new(purchase)).await,
            Err(bad) => self.refuse(bad).await,
        }
    }

    async fn answer(&self, asked: Asked) -> Answer {
        let until = Instant::now() + self.patience;
        let place = self.turns.at(&asked.purchase.account);
        let waited = OptionFuture::from(place.as_ref().map(Place::turn));
        let Ok(Some(Some(_turn))) = timeout_at(until - TO_FINISH, waited).await else {
            // Nothing was asked of the table yet.
            return asked.refused(&Refusal::TooMany);
        };
        let decided = timeout_at(until, self.decide(&asked)).await;
        let problem = match decided {
            Ok(Ok(answer)) => {
                self.doubts.send(QUEUE_WITHIN).await;
                return answer;
            }
            Ok(Err(trouble)) => trouble.to_string(),
            Err(_) => format!("no answer within {:?}", self.patience),
        };
        tracing::warn!(account_id = %asked.purchase.account, line = %asked.key, problem, "refused");
        let doubt = asked.doubt(self.clock.now());
        self.doubts.remember(doubt, QUEUE_WITHIN).await;
        asked.refused(&Refusal::NoAnswer)
    }

    /// A request that makes no sense is a line of its account's statement, if it names one.
    async fn refuse(&self, bad: Bad) -> Answer {
        let reason = bad.refusal.to_string();
        let transaction = bad.id.unwrap_or_else(make_id);
        if let Some(account) = bad.account {
            // The id stays free for the transaction that was meant.
            let id = make_id();
            let noted = self.note(&account, &id, Category::CASH, Cents(0), &reason);
            let noted = tokio::time::timeout(self.patience, noted).await;
            if !matches!(noted, Ok(Ok(()))) {
                tracing::warn!(%account, "a refusal is not in the statement");
            }
        }
        Answer {
            code: Code::Refused,
            transaction: Some(transaction),
            category: None,
            reason: Some(reason),
        }
    }

    /// A refusal that moves nothing, in the statement.
    async fn note(
        &self,
        account: &AccountId,
        id: &TransactionId,
        category: Category,
        amount: Cents,
        reason: &str,
    ) -> Result<(), Trouble> {
        let movement = Movement {
            key: key_of(id.as_str()),
            kind: Kind::Purchase,
            code: Code::Refused,
            category,
            amount,
            reserved: Cents(0),
            at: self.clock.now(),
            mark: String::new(),
        };
        let seen = self.accounts.see(account, &movement.key).await?;
        let Some(there) = seen.account else {
            return Ok(());
        };
        let moved = self.accounts.purchase(account, &movement, None, Vec::new());
        if let Moved::Done(before) = moved.await? {
            let particulars = Particulars {
                id: Some(id.to_string()),
                reason: Some(reason.to_owned()),
                ..Particulars::default()
            };
            let entry = movement.entered(before);
            let line = entry.line(&movement.key, account, &there.customer_id, particulars);
            let _: Written = self.accounts.put_line(&line).await?;
            self.tidying.written(&line);
        }
        Ok(())
    }

    async fn decide(&self, asked: &Asked) -> Result<Answer, Trouble> {
        loop {
            match self.decide_once(asked).await {
                Err(Trouble::Busy(_)) => {
                    let pause = Duration::from_millis(fastrand::u64(PAUSE_MS));
                    tokio::time::sleep(pause).await;
                }
                decided => return decided,
            }
        }
    }

    async fn decide_once(&self, asked: &Asked) -> Result<Answer, Trouble> {
        let seen = self.look(asked).await?;
        if let Some(line) = seen.line {
            return self.again(asked, &line).await;
        }
        let mut account = seen.account.map(Box::new);
        loop {
            let Some(there) = account else {
                return Ok(asked.refused(&Refusal::NoAccount));
            };
            if let Some(entry) = there.open.get(&asked.key) {
                return self.help(asked, &there, entry).await;
            }
            let now = self.clock.now();
            let decision = decide(&there.balances, asked.first, asked.purchase.amount);
            let movement = asked.movement(decision, now);
            let closed = self.tidying.take(&there.account_id, now);
            let moved = self
                .accounts
                .purchase(
                    &there.account_id,
                    &movement,
                    Some(&decision),
                    names(&closed),
                )
                .await;
            if !matches!(moved, Ok(Moved::Done(_))) {
                self.tidying.give_back(&there.account_id, closed);
            }
            match moved? {
                Moved::Done(before) => {
                    return self.conclude(asked, &there, &movement, before).await;
                }
                Moved::Otherwise(otherwise) => account = otherwise,
            }
        }
    }

    /// Looks at the account and the line. Now and then at all entries, too: a worker that ended closes
    /// none of its own any more.
    async fn look(&self, asked: &Asked) -> Result<Seen, Trouble> {
        let (id, key) = (&asked.purchase.account, &asked.key);
        if fastrand::u8(0..ONE_LOOK_IN) > 0 {
            return self.accounts.see(id, key).await;
        }
        let (seen, now) = (self.accounts.see_all(id, key).await?, self.clock.now());
        let untidy = seen.account.as_ref();
        match untidy.filter(|account| Accounts::is_untidy(account, now)) {
            Some(account) if self.accounts.tidy(account, now).await? => {
                self.accounts.see(id, key).await
            }
            _ => Ok(seen),
        }
    }

    /// The movement is done: its line decides what the terminal is told.
    async fn conclude(
        &self,
        asked: &Asked,
        account: &Account,
        movement: &Movement,
        before: (u64, Key),
    ) -> Result<Answer, Trouble> {
        let entry = movement.entered(before);
        let line = asked.line(account, &entry);
        match self.accounts.put_line(&line).await? {
            Written::Done => {
                self.tidying.written(&line);
                Ok(answer_of(&line))
            }
            Written::Exists(there) => {
                // Another worker was first with the same transaction, or this one came too late.
                let (id, now) = (&line.account_id, self.clock.now());
                let settled = self.accounts.settle_one(id, &line.key, now);
                settled.await.map_err(Trouble::from)?;
                self.again(asked, &there).await
            }
        }
    }

    /// Another worker has done the movement, and may have died since: its line is written for it.
    async fn help(
        &self,
        asked: &Asked,
        account: &Account,
        entry: &Entry,
    ) -> Result<Answer, Trouble> {
        if entry.movement(&asked.key).mark != asked.mark {
            return self.used_before(asked).await;
        }
        let line = asked.line(account, entry);
        match self.accounts.put_line(&line).await? {
            Written::Done => Ok(answer_of(&line)),
            Written::Exists(there) => self.again(asked, &there).await,
        }
    }

    /// The transaction was answered before: the same answer, and nothing is debited. An approval that is
    /// told again stands.
    async fn again(&self, asked: &Asked, line: &Line) -> Result<Answer, Trouble> {
        if line.mark != asked.mark {
            return self.used_before(asked).await;
        }
        if line.code == Code::Approved && !line.confirmed && !self.accounts.confirm(line).await? {
            return Ok(asked.refused(&Refusal::NoAnswer));
        }
        Ok(answer_of(line))
    }

    async fn used_before(&self, asked: &Asked) -> Result<Answer, Trouble> {
        let refusal = Refusal::UsedBefore;
        let (purchase, reason) = (&asked.purchase, refusal.to_string());
        let id = make_id();
        self.note(
            &purchase.account,
            &id,
            asked.first,
            purchase.amount,
            &reason,
        )
        .await?;
        Ok(asked.refused(&refusal))
    }
}

fn answer_of(line: &Line) -> Answer {
    let id = line.id.as_ref().and_then(|id| id.parse().ok());
    Answer {
        code: line.code,
        transaction: id,
        category: Some(line.category),
        reason: line.reason.clone(),
    }
}

/// An id that nobody has had before.
fn make_id() -> TransactionId {
    TransactionId::made(fastrand::u128(..))
}
