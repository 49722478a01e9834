//! Accounts that pay for bookings and orders: what opens one, what they hold, and their till.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_authorizer::accounts::{Accounts, Credit, Credited};
use holdfast_authorizer::openings::{Made, Opening, Openings};
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_core::email::Email;
use holdfast_core::ids::AccountId;
use holdfast_kit::clock::Clock;
use serde_json::json;

use crate::{Stack, output};

/// What an account has given for bookings and orders, in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Nothing, or all of it has come back.
    Nothing,
    /// It is put aside.
    Reserved(u64),
    /// It is taken.
    Captured(u64),
}

/// The token that an account pays with.
pub fn token_of(account: &str) -> String {
    format!("acct_{account}")
}

impl Stack {
    /// Opens an account with so much that pays for everything.
    pub async fn open_account(&self, account: &str, cents: u64) {
        let openings = Openings::new(self.dynamodb.clone(), output("AUTHORIZER_TABLE"));
        let opening = Opening {
            customer_id: "cus_1".parse().expect("a customer"),
            email: Email::read("payer@example.com").expect("an address"),
            balances: [(Category::CASH, Cents(cents))].into(),
        };
        let now = Clock::system().now();
        let made = openings.open(&id(account), &opening, now).await;
        assert_eq!(made.expect("the table answers"), Made::Now, "{account}");
    }

    /// So much comes in.
    pub async fn credit_account(&self, account: &str, name: &str, cents: u64) {
        let credit = Credit {
            id: name.parse().expect("a credit's name"),
            category: Category::CASH,
            amount: Cents(cents),
        };
        let now = Clock::system().now();
        let credited = self.accounts().credit(&id(account), &credit, now).await;
        let credited = credited.expect("the table answers");
        assert!(matches!(credited, Credited::Done), "{account}: {name}");
    }

    /// What has come into an account is given for bookings and orders as expected, and the rest is
    /// there to pay with, to the cent.
    pub async fn assert_account(&self, account: &str, came_in: u64, given: Given) {
        let found = self.account(account).await;
        let (reserved, captured) = match given {
            Given::Nothing => (0, 0),
            Given::Reserved(amount) => (amount, 0),
            Given::Captured(amount) => (0, amount),
        };
        let rest = came_in.checked_sub(reserved + captured);
        let rest = rest.expect("no more is given than there is");
        let expected = [rest, reserved, captured, came_in, 0].map(Cents);
        assert_eq!(sums(&found), expected, "{account}: {given:?}");
    }

    /// An account, all of whose money is accounted for: by its sums, and by the lines of its statement.
    pub async fn account(&self, account: &str) -> Account {
        let accounts = self.accounts();
        let found = accounts.account(&id(account)).await;
        let found = found.expect("the table answers");
        let found = found.unwrap_or_else(|| panic!("there is no account {account}"));
        found.adds_up().unwrap_or_else(|wrong| panic!("{wrong}"));
        let statement = accounts.statement(&found, None, usize::MAX).await;
        let lines = statement.expect("the statement can be read").lines;
        let (owner, created) = (found.customer_id.clone(), found.created);
        let new = Account::new(found.account_id.clone(), owner, created);
        let told = lines.iter().rev().try_fold(new, |so_far, line| {
            so_far.after(line.category, line.effect())
        });
        let told = told.unwrap_or_else(|| panic!("{account}: less than nothing: {lines:#?}"));
        assert_eq!(sums(&told), sums(&found), "{account}: {lines:#?}");
        found
    }

    /// Has the time come at which what is reserved for a booking or an order is given back, and has it
    /// given back, without waiting for a week and an hour.
    pub async fn end_reservation(&self, saga: &str) {
        let now = Clock::system().now().to_string();
        let update = self.dynamodb.update_item();
        let update = update
            .table_name(output("AUTHORIZER_TABLE"))
            .key("pk", AttributeValue::S(format!("BOOKING#{saga}")))
            .key("sk", AttributeValue::S("PAYMENT".to_owned()))
            .update_expression("SET #source.#until = :now, due_at = :now")
            .condition_expression("attribute_exists(due_at)")
            .expression_attribute_names("#source", "source")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":now", AttributeValue::S(now));
        update.send().await.expect("it is reserved");
        let swept = self
            .invoke_patiently("AccountPaymentsSweepFunction", &json!({}))
            .await;
        swept.expect("what is due is given back");
    }

    fn accounts(&self) -> Accounts {
        Accounts::new(self.dynamodb.clone(), output("AUTHORIZER_TABLE"))
    }
}

/// Balances, reserved, captured, credited and debited.
fn sums(account: &Account) -> [Cents; 5] {
    [
        account.balances.sum(),
        account.reserved,
        account.captured,
        account.credited,
        account.debited,
    ]
}

fn id(account: &str) -> AccountId {
    account.parse().expect("an account's name")
}
