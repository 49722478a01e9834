//! The Lambdas of this service: one program, told apart by the handler that the template names.
//! Each file only wires; its work is done by the modules beside.

mod doubts;
mod transactions;

use holdfast_core::failure::Failure;
use holdfast_kit::serve::UnknownHandler;
use holdfast_kit::settings::Environment;
use holdfast_kit::subject::Subject;
use lambda_runtime::Error;
use tracing::{Span, info_span};

/// All handlers.
pub const NAMES: &[&str] = &["doubts", "transactions"];

/// What the log lines of this service are about.
#[derive(Clone, Copy, Debug)]
pub enum Account {}

impl Subject for Account {
    const ID_FIELD: &'static str = "account_id";

    fn span(id: &str, trace_id: Option<&str>) -> Span {
        info_span!("account", account_id = id, trace_id)
    }

    fn invalid(field: String, problem: String) -> Failure {
        Failure::unavailable(field, problem)
    }
}

/// Serves as the handler of this name until the process ends.
///
/// # Errors
/// [`UnknownHandler`], a bad setting, or a Lambda runtime that cannot be reached.
pub async fn run(name: &str, environment: Environment) -> Result<(), Error> {
    match name {
        "doubts" => Box::pin(doubts::run(environment)).await,
        "transactions" => Box::pin(transactions::run(environment)).await,
        other => Err(UnknownHandler::new(other, NAMES).into()),
    }
}
