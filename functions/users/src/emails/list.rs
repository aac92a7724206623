//! `GET /emails`: emails that did not go out.

use axum::extract::State;
use domain::email::{DeliveryState, RefusalReason};
use http::{Json, Listing, Page, Problem, auth::Caller};
use serde::Deserialize;
use utoipa::{
    IntoParams,
    openapi::schema::{ObjectBuilder, Schema, Type},
};

use super::{EmailView, view};
use crate::Users;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EmailsQuery {
    /// `failed` is the default and the only value: emails that the email service refused, and emails to suppressed addresses.
    #[param(schema_with = failed)]
    state: Option<String>,
}

/// List refused emails
///
/// Latest first: emails that the email service refused, and emails whose address is suppressed. Fix the cause or lift the suppression, then
/// send each email again.
#[utoipa::path(get, path = "/emails", tag = "emails", operation_id = "list_emails", params(Listing<EmailsQuery>),
    responses((status = 200, body = Page<EmailView>)))]
pub(crate) async fn list(State(users): State<Users>, _: Caller, listing: Listing<EmailsQuery>) -> Result<Json<Page<EmailView>>, Problem> {
    let state = &users.base;
    if listing.filter.state.as_deref().is_some_and(|state| state != "failed") {
        return Err(Problem::invalid_field("state", "invalid_state", "Use `failed`: other emails are not listed."));
    }
    let list = "emails?failed";
    let after = listing.after(&state.cursors, list)?;
    let found = state.store.delivery_list_refused(after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(list, &last.position));
    Ok(Json(page.map(|email| {
        let refusal = email.entry;
        let suppressed = refusal.reason == Some(RefusalReason::Suppressed);
        let delivery = if suppressed { DeliveryState::Suppressed } else { DeliveryState::Failed };
        view(refusal.id, refusal.to, delivery, refusal.at, refusal.reason, &state.hospital)
    })))
}

fn failed() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["failed"])).into()
}
