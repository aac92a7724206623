use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

type Source = Box<dyn Error + Send + Sync>;

/// The table could not do what was asked. A condition that does not hold is not an error: it is an outcome of the method that checks it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Throttled, timed out, or in conflict with other transactions for too long: worth another try.
    #[error("the table is busy or cannot be reached")]
    Unavailable(#[source] Source),
    /// The request was refused for a reason that another try does not change.
    #[error("the table refused the request")]
    Refused(#[source] Source),
    /// An item does not decode as what its key says it is.
    #[error("an item of kind {kind} does not decode")]
    Corrupt { kind: &'static str, source: Source },
    /// An item was stored in a shape that this program does not read.
    #[error("an item of kind {kind} has shape {found}, and this program reads {known}")]
    Shape { kind: &'static str, found: u32, known: u32 },
}

const BUSY: [&str; 8] = [
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

impl<E> From<SdkError<E>> for StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E>) -> Self {
        let busy = match &error {
            SdkError::ServiceError(answer) => {
                answer.err().code().is_some_and(|code| BUSY.contains(&code)) || answer.raw().status().as_u16() >= 500
            }
            SdkError::ConstructionFailure(_) => false,
            _ => true,
        };
        if busy { Self::Unavailable(Box::new(error)) } else { Self::Refused(Box::new(error)) }
    }
}

impl StoreError {
    /// `Ok` when a condition failed, which is an outcome; the error otherwise.
    pub(super) fn unless_condition_failed<E>(error: SdkError<E>) -> Result<(), Self>
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        if error.code() == Some("ConditionalCheckFailedException") { Ok(()) } else { Err(error.into()) }
    }

    /// An error that another try would not change.
    pub(super) fn refused(source: impl Into<Source>) -> Self {
        Self::Refused(source.into())
    }

    pub(super) fn corrupt(kind: &'static str, source: impl Into<Source>) -> Self {
        Self::Corrupt { kind, source: source.into() }
    }
}
