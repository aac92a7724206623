//! What the API document says of refusals, once for every route.

use utoipa::IntoResponses;

use super::Problem;

/// Every route may answer with these.
#[derive(Debug, IntoResponses)]
pub enum Refusals {
    /// The request is refused; `code` and `errors` say why and what to do.
    #[response(status = "4XX", content_type = "application/problem+json")]
    Refused(Problem),
    /// Something failed on the hospital's side.
    #[response(status = "5XX", content_type = "application/problem+json")]
    Failed(Problem),
}
