//! `GET /emails/suppressions`: email addresses that get no more emails.

use axum::extract::State;
use domain::{instant::Instant, text::Email};
use http::{Json, Listing, NoFilter, Page, Problem, auth::Caller};
use serde::Serialize;
use store::suppressions::SuppressionCause;
use utoipa::ToSchema;

use crate::Users;

/// An email address that gets no more emails.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuppressionView {
    email: Email,
    cause: SuppressedBecause,
    since: Instant,
}

/// What the email service reported.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SuppressedBecause {
    /// The address does not exist.
    Bounced,
    /// Its owner marked an email as unwanted.
    Complained,
}

/// List suppressed email addresses
///
/// Latest first: addresses that bounced for good, or whose owner complained. They get no emails until somebody lifts the suppression.
#[utoipa::path(get, path = "/emails/suppressions", tag = "emails", operation_id = "list_suppressions", params(Listing<NoFilter>),
    responses((status = 200, body = Page<SuppressionView>)))]
pub(crate) async fn suppressions(
    State(users): State<Users>,
    _: Caller,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<SuppressionView>>, Problem> {
    let (state, list) = (&users.base, "suppressions");
    let before = listing.after(&state.cursors, list)?;
    let found = state.store.suppression_list(before.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(list, &last.position));
    Ok(Json(page.map(|found| SuppressionView {
        email: found.entry.email,
        cause: match found.entry.cause {
            SuppressionCause::Bounced => SuppressedBecause::Bounced,
            SuppressionCause::Complained => SuppressedBecause::Complained,
        },
        since: state.hospital.instant(found.entry.since),
    })))
}
