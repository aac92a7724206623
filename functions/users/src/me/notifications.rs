//! `GET /notifications`: the emails to the caller.

use axum::extract::State;
use domain::{
    email::{DeliveryState, RefusalReason},
    instant::Instant,
};
use http::{Json, Listing, NoFilter, Page, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Users;

/// An email to the caller. Its text is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotificationView {
    /// Names what the email is about and who gets it.
    #[schema(example = "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR-0-booked-patient")]
    id: String,
    #[schema(example = "Your appointment on Monday 2 March 2026, 10:00 (London time)")]
    subject: String,
    /// When it was sent, or held back.
    at: Instant,
    /// What became of it.
    state: DeliveryState,
    /// Why it did not go out. Absent when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RefusalReason>,
}

/// List the emails to you
///
/// What the hospital has sent you in the last 400 days, latest first, and whether it went out. `sent` says that the email service has taken it. An email
/// shows a moment after it was sent.
#[utoipa::path(get, path = "/notifications", tag = "own account", operation_id = "list_notifications", params(Listing<NoFilter>),
    responses((status = 200, body = Page<NotificationView>)))]
pub(crate) async fn notifications(
    State(users): State<Users>,
    caller: Caller,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<NotificationView>>, Problem> {
    let state = &users.base;
    let list = format!("notifications?{}", caller.user_id);
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.delivery_list(caller.user_id, before.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|email| NotificationView {
        id: email.entry.id,
        subject: email.entry.subject.unwrap_or_default(),
        at: state.hospital.instant(email.entry.at),
        state: email.entry.state,
        reason: email.entry.reason,
    })))
}
