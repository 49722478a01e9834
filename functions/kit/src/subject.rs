//! What the payloads of a service are about, and what the service calls it.

use holdfast_core::failure::Failure;
use holdfast_core::reading::Flaw;
use tracing::Span;

/// What payloads, records and log lines are about: a booking, say.
pub trait Subject: 'static {
    /// What its id is called in messages, records and log lines: `booking_id`.
    const ID_FIELD: &'static str;

    /// The span of what is done for one of them. The compiler fixes the names in a log line, so each
    /// service writes its own.
    fn span(id: &str, trace_id: Option<&str>) -> Span;

    /// The failure of a payload that makes no sense: the bad field, and what is wrong with it.
    fn invalid(field: String, problem: String) -> Failure;
}

/// The failure of a payload with this flaw.
pub fn invalid<S: Subject>(flaw: Flaw) -> Failure {
    let Flaw { field, problem } = flaw.named("payload");
    S::invalid(field, problem)
}
