//! `POST /emails/suppressions/lift`: let emails go to an address again.

use axum::{extract::State, http::StatusCode};
use domain::text::{Email, Reason};
use http::{Fields, Json, Problem, auth::Caller};
use serde::Deserialize;
use store::trail;
use utoipa::ToSchema;

use crate::Users;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiftSuppressionRequest {
    #[schema(value_type = Email)]
    email: Option<String>,
    /// Why emails should arrive now, or are wanted again. The audit log keeps it.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Lift a suppression
///
/// Emails go to the address again. Those that were not sent meanwhile are among the refused emails: send again those that still matter. If
/// the address bounces again, it is suppressed again.
#[utoipa::path(post, path = "/emails/suppressions/lift", tag = "emails", operation_id = "end_suppression", request_body = LiftSuppressionRequest,
    responses((status = 204, description = "Lifted")))]
pub(crate) async fn lift_suppression(
    State(users): State<Users>,
    _: Caller,
    Json(request): Json<LiftSuppressionRequest>,
) -> Result<StatusCode, Problem> {
    let state = &users.base;
    let mut fields = Fields::default();
    let email = fields.required("email", request.email, |text| Email::parse(&text));
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let (Some(email), Some(reason)) = (email, reason) else { return Err(fields.problem()) };
    trail::detail(reason.to_string());
    if state.store.suppression(&email).await?.is_none() {
        return Err(Problem::invalid_field("email", "not_suppressed", "This email address is not suppressed."));
    }
    state.store.suppression_lift(&email).await?;
    Ok(StatusCode::NO_CONTENT)
}
