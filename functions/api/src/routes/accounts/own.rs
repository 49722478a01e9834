//! A customer's own accounts: the ones they see listed, and the only ones they pay from.

use axum::Json;
use axum::extract::State;
use holdfast_core::ids::AccountId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{AccountBody, settled};
use crate::Api;
use crate::auth::Traveller as Customer;
use crate::problem::Problem;

const NOT_OWN: &str = "must be a card's token, or `acct_` and the name of an account of yours; GET /accounts lists them";

/// A customer's accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountsBody {
    /// The accounts.
    accounts: Vec<AccountBody>,
}

/// Lists one's accounts.
#[utoipa::path(get, path = "/accounts", tag = "accounts", operation_id = "list_accounts",
    responses((status = 200, description = "One's own accounts", body = AccountsBody)),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    customer: Customer,
) -> Result<Json<AccountsBody>, Problem> {
    let mut accounts = Vec::new();
    for id in api.customers.accounts_of(&customer.id).await? {
        let found = api.openings.accounts.account(&id).await?;
        // It is noted before it is opened.
        if let Some(own) = found.filter(|found| found.customer_id == customer.id) {
            accounts.push(settled(&api, Some(own)).await?.into());
        }
    }
    Ok(Json(AccountsBody { accounts }))
}

/// Refuses a payment from an account that is not the customer's: its name is no secret. The answer is the same
/// for an account that is not there.
pub(crate) async fn check_payer(
    api: &Api,
    customer: &Customer,
    payment: &Value,
) -> Result<(), Problem> {
    let token = payment.get("token").and_then(Value::as_str);
    let Some(account) = token.and_then(AccountId::of_token) else {
        return Ok(());
    };
    let found = match account {
        Ok(id) => api.openings.accounts.account(&id).await?,
        Err(_) => None,
    };
    match found.is_some_and(|found| found.customer_id == customer.id) {
        true => Ok(()),
        false => Err(Problem::field("payment.token", NOT_OWN)),
    }
}
