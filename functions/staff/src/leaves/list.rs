//! `GET /leaves`: one's own leave, or for administrators that of a person or of everybody.

use axum::extract::State;
use domain::{id::UserId, leave::LeaveStatus, policy::Relationship};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::Caller};
use serde::Deserialize;
use store::trail;
use utoipa::IntoParams;

use super::{LeaveSummary, summary};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LeavesQuery {
    /// Whose leave, for administrators. Send it without `status`. When both are left out: your own.
    #[param(value_type = Option<UserId>)]
    user_id: Option<String>,
    /// Everybody's leave in this status, for administrators, by its first day.
    #[param(value_type = Option<LeaveStatus>)]
    status: Option<String>,
}

/// List leave
///
/// A person's leave, the latest first. Or everybody's in one status, by its first day. A change shows a moment later.
#[utoipa::path(get, path = "/leaves", tag = "leave", operation_id = "list_leaves", params(Listing<LeavesQuery>),
    responses((status = 200, body = Page<LeaveSummary>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listing: Listing<LeavesQuery>,
) -> Result<Json<Page<LeaveSummary>>, Problem> {
    let (mut fields, query) = (Fields::default(), listing.filter.clone());
    let user = fields.optional("user_id", query.user_id, |text| text.parse::<UserId>());
    let status = fields.optional("status", query.status, |text| LeaveStatus::parse(&text));
    let (Some(user), Some(status)) = (user, status) else { return Err(fields.problem()) };
    if user.is_some() && status.is_some() {
        return Err(Problem::invalid_field("status", "one_of", "Send a person or a status, not both."));
    }
    let own = status.is_none() && user.is_none_or(|user| user == caller.user_id);
    let relationship = own.then_some(Relationship::Own);
    if !caller.may(&relationship.into_iter().collect()) {
        return Err(Problem::forbidden("Only administrators can list the leave of others."));
    }
    let whose = user.unwrap_or(caller.user_id);
    let list = format!("leaves?{}", status.map_or_else(|| whose.to_string(), |status| status.as_str().to_owned()));
    let after = listing.after(&state.cursors, &list)?;
    let found = if let Some(status) = status {
        state.store.leave_list(status, after.as_deref(), listing.limit + 1).await?
    } else {
        trail::account(whose);
        state.store.leave_list_of_person(whose, after.as_deref(), listing.limit + 1).await?
    };
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| summary(line.entry, &state))))
}
