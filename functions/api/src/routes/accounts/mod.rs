//! Accounts that pay by card, and for bookings and orders: operators open them and have money come in,
//! owners see their own. Other customers' accounts return 404, like missing ones.
//!
//! - `own`: a customer's own, and that they pay from no other
//! - `statement`: what happened to an account

pub(crate) mod own;
pub(crate) mod statement;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use holdfast_authorizer::accounts::{Credit, Credited};
use holdfast_authorizer::openings::{Made, Opening, is_of_an_opening};
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::category::{Category, NotACategory};
use holdfast_authorizer_rules::cents::{Cents, MOST};
use holdfast_authorizer_rules::request::{Refusal, TransactionId};
use holdfast_core::ids::{AccountId, CustomerId};
use holdfast_core::reading::whole;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::{Operator, Traveller as Customer};
use crate::body::{Body, InPath, PerhapsIdempotencyKey};
use crate::customers::Profile;
use crate::problem::{Problem, ProblemKind};
use crate::rules::account::Role;
use crate::schemas;

/// An account to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// Its name.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9._-]{1,40}$", example = "123")]
    account_id: AccountId,
    /// Whose it is.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9._-]{1,64}$")]
    customer_id: CustomerId,
    /// What it can pay at first, in cents by category.
    #[serde(default)]
    #[schema(schema_with = schemas::balances)]
    balances: BTreeMap<String, Value>,
}

/// Money that comes in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCredit {
    /// What it is called: the same again comes in once. Without one the header `Idempotency-Key` names it.
    #[schema(pattern = "^[!-~]{1,64}$", example = "salary-2027-03")]
    id: Option<String>,
    /// Which balance gets it.
    #[schema(schema_with = schemas::category)]
    category: Category,
    /// How much, in cents.
    #[schema(minimum = 1, maximum = 100_000_000)]
    #[serde(deserialize_with = "whole::<_, _, 1, { MOST.0 }>")]
    amount: u64,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountBody {
    /// Its name.
    #[schema(value_type = String)]
    account_id: AccountId,
    /// Whose it is.
    #[schema(value_type = String)]
    customer_id: CustomerId,
    /// What it can pay, in cents by category.
    #[schema(value_type = BTreeMap<String, u64>)]
    balances: BTreeMap<Category, Cents>,
    /// What is put aside for bookings and orders, in cents.
    #[schema(value_type = u64)]
    reserved: Cents,
}

/// Opens an account, with its first balances.
///
/// The same again gives the account as it is now.
#[utoipa::path(post, path = "/accounts", tag = "accounts", operation_id = "open_account",
    request_body = NewAccount,
    responses((status = 201, description = "The account is opened", body = AccountBody),
        (status = 200, description = "It was opened before, with the same contents", body = AccountBody),
        (status = 403, description = "For operators only"),
        (status = 409, description = "It was opened before, with other contents")),
    security(("bearer" = [])))]
pub(crate) async fn open(
    State(api): State<Api>,
    _: Operator,
    Body(new): Body<NewAccount>,
) -> Result<(StatusCode, Json<AccountBody>), Problem> {
    let balances = first_balances(&new.balances)?;
    let owner = owner(&api, &new.customer_id, &new.account_id).await?;
    let opening = Opening {
        customer_id: new.customer_id,
        email: owner.email,
        balances,
    };
    let now = api.clock.now();
    let made = api.openings.open(&new.account_id, &opening, now).await?;
    let status = match made {
        Made::Now => StatusCode::CREATED,
        Made::Before => StatusCode::OK,
        Made::OtherContents => {
            let detail =
                "there is such an account, opened for another customer or with other balances";
            return Err(Problem::new(ProblemKind::AccountConflict, detail));
        }
    };
    let account = api.openings.accounts.account(&new.account_id).await?;
    let account = settled(&api, account).await?;
    Ok((status, Json(account.into())))
}

/// The customer whose account is opened. Like a booking, the account is noted before the customer is looked up:
/// an erasure marks the customer first and looks for accounts afterwards.
async fn owner(api: &Api, customer: &CustomerId, account: &AccountId) -> Result<Profile, Problem> {
    let missing = || {
        Problem::field(
            "customer_id",
            "must be the id of a customer; there is none of this id",
        )
    };
    let known = api.customers.profile(customer).await?;
    known.ok_or_else(missing)?;
    api.customers.note_account(customer, account).await?;
    let known = api.customers.profile(customer).await?;
    known
        .filter(|known| known.erasing.is_none())
        .ok_or_else(missing)
}

/// Has money come in.
///
/// The same again, by `id` or by `Idempotency-Key`, comes in once.
#[utoipa::path(post, path = "/accounts/{account_id}/credits", tag = "accounts",
    operation_id = "credit_account",
    params(("account_id" = String, Path, description = "The account"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the credit where its `id` does not",
            min_length = 1, max_length = 64, pattern = "^[!-~]+$")),
    request_body = NewCredit,
    responses((status = 201, description = "It came in", body = AccountBody),
        (status = 200, description = "It came in before", body = AccountBody),
        (status = 403, description = "For operators only"),
        (status = 409, description = "The id was used for another credit")),
    security(("bearer" = [])))]
pub(crate) async fn credit(
    State(api): State<Api>,
    _: Operator,
    InPath(id): InPath<AccountId>,
    PerhapsIdempotencyKey(key): PerhapsIdempotencyKey,
    Body(new): Body<NewCredit>,
) -> Result<(StatusCode, Json<AccountBody>), Problem> {
    let credit = Credit {
        id: credit_id(new.id, key)?,
        category: new.category,
        amount: Cents(new.amount),
    };
    let credited = api.openings.accounts.credit(&id, &credit, api.clock.now());
    let status = match credited.await? {
        Credited::Done => StatusCode::CREATED,
        Credited::Repeated => StatusCode::OK,
        Credited::NoAccount => return Err(Problem::not_found()),
        Credited::OtherContents => {
            let detail =
                "this id came with another category or amount before; use an id of its own";
            return Err(Problem::new(ProblemKind::IdempotencyConflict, detail));
        }
    };
    let account = api.openings.accounts.account(&id).await?;
    Ok((status, Json(settled(&api, account).await?.into())))
}

/// Shows an account: one's own, or any to operators.
#[utoipa::path(get, path = "/accounts/{account_id}", tag = "accounts", operation_id = "show_account",
    params(("account_id" = String, Path, description = "The account")),
    responses((status = 200, description = "The account", body = AccountBody)),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    customer: Customer,
    InPath(id): InPath<AccountId>,
) -> Result<Json<AccountBody>, Problem> {
    let account = visible(&api, &customer, &id).await?;
    Ok(Json(account.into()))
}

/// An account that this customer may see.
async fn visible(api: &Api, customer: &Customer, id: &AccountId) -> Result<Account, Problem> {
    let found = api.openings.accounts.account(id).await?;
    let sees =
        |account: &Account| customer.role == Role::Operator || account.customer_id == customer.id;
    settled(api, found.filter(sees)).await
}

/// An account once what workers left behind is settled.
async fn settled(api: &Api, found: Option<Account>) -> Result<Account, Problem> {
    let account = found.ok_or_else(Problem::not_found)?;
    let settled = api.openings.accounts.settled(account, api.clock.now());
    Ok(settled.await?)
}

/// Categories without money are as good as those left out.
fn first_balances(given: &BTreeMap<String, Value>) -> Result<BTreeMap<Category, Cents>, Problem> {
    let mut balances = BTreeMap::new();
    for (name, amount) in given {
        let field = format!("balances.{name}");
        let category: Category = name
            .parse()
            .map_err(|problem: NotACategory| Problem::field(field.as_str(), problem.to_string()))?;
        let amount = cents(&field, amount)?;
        if amount.0 > 0 {
            balances.insert(category, amount);
        }
    }
    Ok(balances)
}

fn cents(field: &str, given: &Value) -> Result<Cents, Problem> {
    let amount = given.as_u64().filter(|amount| *amount <= MOST.0);
    let problem = || format!("must be a whole number from 0 to {}, in cents", MOST.0);
    amount
        .map(Cents)
        .ok_or_else(|| Problem::field(field, problem()))
}

fn credit_id(given: Option<String>, key: Option<String>) -> Result<TransactionId, Problem> {
    let (field, text) = match (given, key) {
        (Some(id), _) => ("id", id),
        (None, Some(key)) => ("Idempotency-Key", key),
        (None, None) => {
            let problem = "send one, or the header Idempotency-Key, the same on every retry";
            return Err(Problem::field("id", problem));
        }
    };
    let id: TransactionId = text.parse().map_err(|refusal| match refusal {
        Refusal::Field(_, problem) => Problem::field(field, problem),
        other => Problem::field(field, other.to_string()),
    })?;
    if is_of_an_opening(&id) {
        let problem = "must not begin with `opening-`: those come with the account";
        return Err(Problem::field(field, problem));
    }
    Ok(id)
}

impl From<Account> for AccountBody {
    fn from(account: Account) -> Self {
        Self {
            account_id: account.account_id,
            customer_id: account.customer_id,
            balances: account.balances.0,
            reserved: account.reserved,
        }
    }
}
