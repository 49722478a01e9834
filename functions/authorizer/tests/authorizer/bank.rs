//! An authorizer with its table, and what must hold of every account at any time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use holdfast_authorizer::accounts::{Accounts, Credit, Credited, Opened};
use holdfast_authorizer::authorizer::{Answer, Authorizer};
use holdfast_authorizer::doubts::Doubts;
use holdfast_authorizer_rules::account::{Account, Balances};
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::deciding::decide;
use holdfast_authorizer_rules::movement::{Code, Kind, Line};
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_testing::{create_table, start_database};
use serde_json::{Value, json};

use crate::wire::Wire;

/// What is not about time may take its time: the machine has other tests to run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const TABLE: &str = "accounts";

/// A table, and authorizers on it.
pub(crate) struct Bank {
    pub(crate) authorizer: Authorizer,
    pub(crate) accounts: Accounts,
    pub(crate) doubts: Doubts,
    pub(crate) client: aws_sdk_dynamodb::Client,
    address: String,
    clock: Clock,
    ahead: Arc<AtomicI64>,
}

impl Bank {
    pub(crate) async fn new() -> Self {
        let (client, address) = start_database().await;
        create_table(&client, TABLE, &[]).await;
        let ahead = Arc::new(AtomicI64::new(0));
        let clock = {
            let (ahead, system) = (ahead.clone(), Clock::system());
            Clock::from_fn(move || {
                let ahead = ahead.load(Ordering::Relaxed);
                Timestamp::from_millis(system.now().as_millis() + ahead)
            })
        };
        let (accounts, doubts) = (Accounts::new(client.clone(), TABLE), Doubts::kept());
        Self {
            authorizer: Authorizer::new(accounts.clone(), doubts.clone(), clock.clone())
                .with_patience(PATIENCE),
            accounts,
            doubts,
            client,
            address,
            clock,
            ahead,
        }
    }

    /// Another process: it shares nothing with the first but the table.
    pub(crate) fn another(&self) -> Authorizer {
        let accounts = Accounts::new(self.client.clone(), TABLE);
        let doubts = self.doubts.clone();
        Authorizer::new(accounts, doubts, self.clock.clone()).with_patience(PATIENCE)
    }

    /// Another process, as patient as those that terminals ask, whose requests can be cut off.
    pub(crate) async fn behind_a_wire(&self) -> (Authorizer, Wire) {
        let (client, wire) = Wire::to(&self.address).await;
        let accounts = Accounts::new(client, TABLE);
        let authorizer = Authorizer::new(accounts, self.doubts.clone(), self.clock.clone());
        // The first request opens the connection, which tests of short times do not want to see.
        let any = "acct_any".parse().unwrap();
        authorizer.accounts().account(&any).await.unwrap();
        (authorizer, wire)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Time passes.
    pub(crate) fn later(&self, seconds: i64) {
        self.ahead.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// An account with these balances, in cents.
    pub(crate) async fn open(&self, name: &str, balances: &[(&str, u64)]) -> AccountId {
        let id: AccountId = name.parse().unwrap();
        let account = Account::new(id.clone(), "cus_1".parse().unwrap(), self.now());
        assert_eq!(self.accounts.open(&account).await.unwrap(), Opened::Done);
        for (category, amount) in balances {
            let opening = format!("opening-{category}");
            let credited = self.credit(&id, &opening, category, *amount).await;
            assert_eq!(credited, Credited::Done);
        }
        id
    }

    pub(crate) async fn credit(
        &self,
        account: &AccountId,
        id: &str,
        category: &str,
        amount: u64,
    ) -> Credited {
        let credit = Credit {
            id: id.parse().unwrap(),
            category: category.parse().unwrap(),
            amount: Cents(amount),
        };
        let credited = self.accounts.credit(account, &credit, self.now());
        credited.await.unwrap()
    }

    pub(crate) async fn account(&self, id: &AccountId) -> Account {
        self.accounts.account(id).await.unwrap().unwrap()
    }

    /// Settles what is in doubt, and what is old.
    pub(crate) async fn settle(&self, id: &AccountId) {
        for doubt in self.doubts.take() {
            let settled = self.accounts.settle_doubt(&doubt, self.now()).await;
            settled.unwrap();
        }
        let account = self.account(id).await;
        self.accounts.settle(&account, self.now()).await.unwrap();
    }

    /// The whole statement, oldest first.
    pub(crate) async fn statement(&self, id: &AccountId) -> Vec<Line> {
        let account = self.account(id).await;
        let mut lines = Vec::new();
        let mut from = None;
        loop {
            let page = self.accounts.statement(&account, from, 7).await.unwrap();
            lines.extend(page.lines);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        lines.reverse();
        lines
    }

    /// Checks that the account adds up, and that the order of its statement explains every answer.
    pub(crate) async fn check(&self, id: &AccountId) -> Vec<Line> {
        let account = self.account(id).await;
        account.adds_up().unwrap();
        let lines = self.statement(id).await;
        let mut so_far = Account::new(id.clone(), account.customer_id.clone(), account.created);
        for (place, line) in lines.iter().enumerate() {
            assert_eq!(line.seq, place as u64 + 1, "{line:?}");
            explains(&so_far.balances, line);
            let after = so_far.after(line.category, line.effect());
            so_far = after.unwrap_or_else(|| panic!("{line:?} makes {so_far:?} negative"));
        }
        assert_eq!(so_far.balances, account.balances);
        let sums = |account: &Account| {
            let Account {
                credited,
                debited,
                reserved,
                captured,
                ..
            } = account;
            [*credited, *debited, *reserved, *captured]
        };
        assert_eq!(sums(&so_far), sums(&account));
        lines
    }
}

/// Whether a purchase was answered as these balances want it.
fn explains(balances: &Balances, line: &Line) {
    let moves = line.given_back || line.code != Code::Refused;
    if line.kind != Kind::Purchase || !moves {
        return;
    }
    let merchant = line.merchant.as_ref().map(|name| name.as_str());
    let first = match (merchant, &line.mcc) {
        (Some(merchant), Some(mcc)) => Category::of(merchant, mcc.as_str()),
        // Its worker died, and with it what only it knew.
        _ => line.category,
    };
    let decision = decide(balances, first, line.amount);
    let code = match line.given_back {
        true => Code::Approved,
        false => line.code,
    };
    assert_eq!(
        (decision.code, decision.category),
        (code, line.category),
        "{line:?}"
    );
}

/// What a terminal sends.
pub(crate) fn body(
    id: &str,
    account: &AccountId,
    amount: u64,
    mcc: &str,
    merchant: &str,
) -> String {
    let body = json!({"id": id, "account": account.as_str(), "totalAmount": 0, "mcc": mcc, "merchant": merchant});
    // serde_json would write 0.1 + 0.2 as it is in binary.
    let amount = format!("\"totalAmount\":{}", Cents(amount));
    body.to_string().replace("\"totalAmount\":0", &amount)
}

pub(crate) fn json_of(answer: &Answer) -> Value {
    serde_json::to_value(answer).unwrap()
}

pub(crate) fn balances(account: &Account) -> BTreeMap<&'static str, u64> {
    let balances = account.balances.0.iter();
    let there = balances.filter(|(_, cents)| cents.0 > 0);
    there
        .map(|(name, cents)| (name.as_str(), cents.0))
        .collect()
}
