//! What a failed request to DynamoDB means: was anything done?

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// The table did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    /// Surely nothing was written.
    #[error("{0}")]
    Nothing(String),
    /// It may have been written.
    #[error("{0}")]
    Unknown(String),
    /// What is kept there cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

impl StoreError {
    /// What the failure of a write means. Only a request that never left or was turned away has
    /// surely written nothing.
    pub(super) fn of_write<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let turned_away = match &error {
            SdkError::ConstructionFailure(_) => true,
            SdkError::ServiceError(context) => context.raw().status().is_client_error(),
            _ => false,
        };
        let reason = DisplayErrorContext(error).to_string();
        if turned_away {
            Self::Nothing(reason)
        } else {
            Self::Unknown(reason)
        }
    }

    /// The failure of a read: it wrote nothing, whatever else went wrong.
    pub(super) fn of_read<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        Self::Nothing(DisplayErrorContext(error).to_string())
    }

    pub(super) fn unreadable(error: impl std::fmt::Display) -> Self {
        Self::Unreadable(format!("an item cannot be read or written: {error}"))
    }

    pub(super) fn unbuildable(error: impl std::fmt::Display) -> Self {
        Self::Nothing(format!("a request cannot be built: {error}"))
    }
}
