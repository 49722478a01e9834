//! Ours: the authorizer, asked in process as its Lambda asks it. What the queue `settle` and its Lambda do
//! in the stack, a task does here.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use holdfast_authorizer::accounts::{Accounts, Doubt};
use holdfast_authorizer::authorizer::Authorizer;
use holdfast_authorizer::doubts::Doubts;
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::settling::GRACE;
use holdfast_core::ids::AccountId;
use holdfast_kit::clock::Clock;
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, spawn};

use super::design::{Answer, Design};

/// As long as a message waits in the queue.
const QUEUE_DELAY: Duration = Duration::from_secs(1);

/// How often it is looked whether there are any.
const GLANCE: Duration = Duration::from_millis(50);

/// The authorizer, and its doubts, which wait in this process.
#[derive(Clone, Debug)]
pub(crate) struct Ours {
    authorizer: Authorizer,
    settler: Settler,
    _settling: Arc<Ends>,
}

#[derive(Clone, Debug)]
struct Settler {
    accounts: Accounts,
    doubts: Doubts,
    turn: Arc<Mutex<()>>,
}

/// Ends a task when it is dropped.
#[derive(Debug)]
struct Ends(AbortHandle);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Ours {
    /// The authorizer of a table.
    pub(crate) fn new(client: Client, table: &str) -> Self {
        let (accounts, doubts) = (Accounts::new(client, table), Doubts::kept());
        let authorizer = Authorizer::new(accounts.clone(), doubts.clone(), Clock::system());
        let turn = Arc::default();
        let settler = Settler {
            accounts,
            doubts,
            turn,
        };
        let settling = spawn(settler.clone().settle_again_and_again()).abort_handle();
        Self {
            authorizer,
            settler,
            _settling: Arc::new(Ends(settling)),
        }
    }

    /// Write units so far.
    pub(crate) fn write_units(&self) -> u64 {
        self.settler.accounts.spent().write_units()
    }
}

impl Settler {
    async fn settle_again_and_again(self) {
        loop {
            tokio::time::sleep(GLANCE).await;
            let _turn = self.turn.lock().await;
            let doubts = self.doubts.take();
            if !doubts.is_empty() {
                tokio::time::sleep(QUEUE_DELAY).await;
                // What fails here is a message that comes again; the account's settling finds it.
                let _ = self.settle(&doubts).await;
            }
        }
    }

    /// Settles all that there is, after what is being settled.
    async fn finish(&self) -> Result<(), String> {
        let _turn = self.turn.lock().await;
        self.settle(&self.doubts.take()).await
    }

    async fn settle(&self, doubts: &[Doubt]) -> Result<(), String> {
        for doubt in doubts {
            let settled = self.accounts.settle_doubt(doubt, Clock::system().now());
            settled.await.map_err(say)?;
        }
        Ok(())
    }
}

impl Design for Ours {
    async fn open(&self, account: &Account) -> Result<(), String> {
        let opened = self.settler.accounts.open(account).await;
        opened.map(drop).map_err(say)
    }

    async fn ask(&self, body: &str) -> Answer {
        let answer = self.authorizer.ask(body).await;
        Answer {
            code: answer.code,
            problem: answer.reason,
        }
    }

    async fn settle(&self, id: &AccountId) -> Result<(), String> {
        self.settler.finish().await?;
        let account = self.settler.accounts.account(id).await;
        let account = account.map_err(say)?;
        let Some(account) = account.filter(|account| !account.open.is_empty()) else {
            return Ok(());
        };
        account.adds_up().map_err(say)?;
        // So late that all workers are gone.
        let settled = self
            .settler
            .accounts
            .settle(&account, Clock::system().now() + GRACE);
        settled.await.map_err(say)
    }
}

fn say(problem: impl std::fmt::Display) -> String {
    problem.to_string()
}
