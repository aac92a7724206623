//! `POST /emails/{id}/resend`: send a refused email again.

use axum::{extract::State, http::StatusCode};
use domain::email::DeliveryState;
use http::{Json, NoBody, Path, Problem, auth::Caller, refusals};
use jiff::Timestamp;
use store::{deliveries::Again, trail};

use super::{EmailView, view};
use crate::Users;

refusals! {
    pub(crate) NotResent {
        409 "email_not_refused",
    }
}

/// Send a refused email again
///
/// Fix the cause first. The email is written again from current data, and goes out only if it is still true: once an appointment is
/// cancelled, nobody gets an email that it is booked. Asking twice sends the email once. If it is refused again, it is listed again.
#[utoipa::path(post, path = "/emails/{id}/resend", tag = "emails", operation_id = "resend_email", params(("id" = String, Path)),
    responses((status = 202, body = EmailView), NotResent))]
pub(crate) async fn resend(
    State(users): State<Users>,
    _: Caller,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<(StatusCode, Json<EmailView>), Problem> {
    let state = &users.base;
    match state.store.delivery_requeue(&id, state.clock.now()).await? {
        Again::Queued(email) => {
            trail::account(email.to);
            let since = Timestamp::from_second(email.since).unwrap_or_default();
            Ok((StatusCode::ACCEPTED, Json(view(email.id, email.to, email.state, since, None, &state.hospital))))
        }
        Again::Not(found) => Err(Problem::conflict("email_not_refused", why(found))),
        Again::Unknown => Err(Problem::not_found("email")),
    }
}

const fn why(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Queued => "This email is already being sent.",
        DeliveryState::Sent | DeliveryState::Bounced | DeliveryState::Complained => "This email has already been sent.",
        DeliveryState::Void => "What this email would say is no longer true.",
        DeliveryState::Failed | DeliveryState::Suppressed => "This email can no longer be written, because its cause is no longer stored.",
    }
}
