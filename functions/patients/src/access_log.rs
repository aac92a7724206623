//! `GET /patients/me/access-log`: who read or changed the caller's data.

use axum::extract::State;
use domain::{
    audit::Outcome,
    id::{AuditId, UserId},
    instant::Instant,
    role::Role,
    text::PersonName,
};
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::AsPatient};
use jiff::Timestamp;
use serde::Serialize;
use store::audit::{About, Span, just_after, place};
use utoipa::ToSchema;

/// One attempt to read or change the patient's data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessView {
    id: AuditId,
    at: Instant,
    /// The member of staff who acted. The id stays the same when their name changes. Other patients are not named.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff_id: Option<UserId>,
    /// Their name at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
    /// Names that they had before that, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier_names: Vec<PersonName>,
    /// The roles that they had at that time.
    roles: Vec<Role>,
    /// Whether it was you.
    you: bool,
    #[schema(example = "patient.read")]
    action: String,
    outcome: Outcome,
}

/// See who opened your patient profile
///
/// Latest first, with every read and change of your data. Changes appear within seconds.
#[utoipa::path(get, path = "/patients/me/access-log", tag = "patients", operation_id = "list_own_accesses", params(Listing<NoFilter>),
    responses((status = 200, body = Page<AccessView>)))]
pub(crate) async fn access_log(
    State(state): State<AppState>,
    AsPatient(id): AsPatient,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<AccessView>>, Problem> {
    let list = format!("access-log?{id}");
    let now = state.clock.now();
    let mut span = Span::before(Timestamp::UNIX_EPOCH, just_after(now));
    if let Some(place) = listing.after(&state.cursors, &list)? {
        span.to = place;
    }
    let found = state.store.audit_list(About::Patient(id), &span, listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &place(last)));
    let own = state.store.patient(id).await?.and_then(|patient| patient.user_id);
    Ok(Json(page.map(|entry| AccessView {
        id: entry.id,
        at: state.hospital.instant(entry.at),
        staff_id: entry.actor.filter(|_| entry.name.is_some()),
        name: entry.name,
        earlier_names: entry.earlier_names,
        roles: entry.roles.into_iter().collect(),
        // The patient who registered had no account yet.
        you: entry.actor.map_or(entry.action == "account.register", |actor| Some(actor) == own),
        action: entry.action,
        outcome: entry.outcome,
    })))
}
