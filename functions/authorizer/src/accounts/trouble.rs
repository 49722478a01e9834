//! What can come of a write besides its being done.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use holdfast_core::failure::Failure;

/// The table was not written, or may have been.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nothing was done: the table is too busy just now.
    #[error("the table is busy: {0}")]
    Busy(String),
    /// It may have been done.
    #[error("the table did not answer: {0}")]
    Unknown(String),
}

impl Trouble {
    pub(super) fn of<E, R>(error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let busy = matches!(
            error.code(),
            Some(
                "TransactionConflictException"
                    | "ProvisionedThroughputExceededException"
                    | "RequestLimitExceeded"
                    | "ThrottlingException"
            )
        );
        let problem = DisplayErrorContext(error).to_string();
        match busy {
            true => Self::Busy(problem),
            false => Self::Unknown(problem),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Unknown(failure.to_string())
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::unavailable("accounts table", trouble)
    }
}
