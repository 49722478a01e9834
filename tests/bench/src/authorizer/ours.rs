//! Ours: the authorizer, asked in process as its Lambda asks it.

use aws_sdk_dynamodb::Client;
use holdfast_authorizer::accounts::Accounts;
use holdfast_authorizer::authorizer::Authorizer;
use holdfast_authorizer::doubts::Doubts;
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::settling::GRACE;
use holdfast_core::ids::AccountId;
use holdfast_kit::clock::Clock;

use super::design::{Answer, Design};

/// The authorizer, and its doubts, which wait in this process.
#[derive(Clone, Debug)]
pub(crate) struct Ours {
    accounts: Accounts,
    authorizer: Authorizer,
    doubts: Doubts,
}

impl Ours {
    /// The authorizer of a table.
    pub(crate) fn new(client: Client, table: &str) -> Self {
        let accounts = Accounts::new(client, table);
        let doubts = Doubts::kept();
        let authorizer = Authorizer::new(accounts.clone(), doubts.clone(), Clock::system());
        Self {
            accounts,
            authorizer,
            doubts,
        }
    }

    /// Write units so far.
    pub(crate) fn write_units(&self) -> u64 {
        self.accounts.spent().write_units()
    }

    /// What the queue `settle` does in the stack.
    async fn settle_doubts(&self) -> Result<(), String> {
        for doubt in self.doubts.take() {
            let settled = self.accounts.settle_doubt(&doubt, Clock::system().now());
            settled.await.map_err(|problem| problem.to_string())?;
        }
        Ok(())
    }
}

impl Design for Ours {
    async fn open(&self, account: &Account) -> Result<(), String> {
        let opened = self.accounts.open(account).await;
        opened.map(drop).map_err(|problem| problem.to_string())
    }

    async fn ask(&self, body: &str) -> Answer {
        let answer = self.authorizer.ask(body).await;
        Answer {
            code: answer.code,
            problem: answer.reason,
        }
    }

    async fn settle(&self, id: &AccountId) -> Result<(), String> {
        self.settle_doubts().await?;
        let account = self.accounts.account(id).await;
        let account = account.map_err(|problem| problem.to_string())?;
        let Some(account) = account.filter(|account| !account.open.is_empty()) else {
            return Ok(());
        };
        account.adds_up().map_err(|problem| problem.to_string())?;
        // So late that all workers are gone.
        let settled = self
            .accounts
            .settle(&account, Clock::system().now() + GRACE);
        settled.await.map_err(|problem| problem.to_string())
    }
}
