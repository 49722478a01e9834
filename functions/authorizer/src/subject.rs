//! What the log lines of this service are about.

use holdfast_core::failure::Failure;
use holdfast_kit::subject::Subject;
use tracing::{Span, info_span};

/// An account.
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
