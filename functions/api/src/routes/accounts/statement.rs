//! What happened to an account, line by line. Each answer to a terminal is a line, also one that is not
//! approved.

use axum::Json;
use axum::extract::State;
use holdfast_authorizer::accounts::Place;
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::movement::{Code, Kind, Line};
use holdfast_authorizer_rules::request::{Mcc, Merchant};
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::visible;
use crate::auth::Traveller as Customer;
use crate::body::{InPath, Parameters};
use crate::paging::PageOf;
use crate::problem::Problem;
use crate::{Api, cursor, schemas};

/// Some lines, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatementBody {
    /// The lines.
    lines: Vec<LineBody>,
    /// Where the next page begins: to be sent as `after`. Nothing where there is none.
    next: Option<String>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineBody {
    /// Its number: what happened to the account happened in this order.
    seq: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What it did with money.
    kind: Kind,
    /// What came of it: `00` approved, `51` no balance was enough, `07` anything else.
    code: Code,
    /// Which balance it is about.
    #[schema(schema_with = schemas::category)]
    category: Category,
    /// How much, in cents.
    #[schema(value_type = u64)]
    amount: Cents,
    /// Who was paid.
    #[schema(value_type = Option<String>)]
    merchant: Option<Merchant>,
    /// What the merchant sells.
    #[schema(value_type = Option<String>)]
    mcc: Option<Mcc>,
    /// Why, where it is not approved.
    reason: Option<String>,
    /// What it is called: the id of the transaction or the credit.
    transaction: Option<String>,
    /// It took money at first, and a later line gave it back.
    given_back: bool,
}

/// Lists what happened to an account, the newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/statement", tag = "accounts",
    operation_id = "list_statement",
    params(("account_id" = String, Path, description = "The account"), PageOf),
    responses((status = 200, description = "A page of it", body = StatementBody)),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    customer: Customer,
    InPath(id): InPath<AccountId>,
    Parameters(page): Parameters<PageOf>,
) -> Result<Json<StatementBody>, Problem> {
    let limit = page.limit();
    let from = page.after::<String>()?;
    let from = from.map(|text| text.parse::<Place>()).transpose();
    let from = from.map_err(|problem| Problem::field("after", problem.to_string()))?;
    let account = visible(&api, &customer, &id).await?;
    let found = api
        .openings
        .accounts
        .statement(&account, from, limit.into());
    let found = found.await?;
    Ok(Json(StatementBody {
        lines: found.lines.into_iter().map(LineBody::from).collect(),
        next: found.next.map(|place| cursor::write(&place.to_string())),
    }))
}

impl From<Line> for LineBody {
    fn from(line: Line) -> Self {
        Self {
            seq: line.seq,
            at: line.at,
            kind: line.kind,
            code: line.code,
            category: line.category,
            amount: line.amount,
            merchant: line.merchant,
            mcc: line.mcc,
            reason: line.reason,
            transaction: line.id,
            given_back: line.given_back,
        }
    }
}
