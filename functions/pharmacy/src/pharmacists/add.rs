//! `POST /pharmacies/{pharmacy_id}/pharmacists`: add a colleague.

use axum::extract::State;
use domain::{
    id::{PharmacyId, UserId},
    pharmacy::Pharmacist,
    role::Role,
};
use http::{AppState, Fields, Json, Problem};
use serde::Deserialize;
use store::trail;
use utoipa::ToSchema;

use super::PharmacistView;
use crate::{
    authority::InPharmacy,
    refused::{WorksElsewhere, works_elsewhere},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddPharmacistRequest {
    /// An active account that has the role `pharmacist`.
    #[schema(value_type = UserId)]
    user_id: Option<String>,
}

/// Add somebody who works in a pharmacy
///
/// They can do there what you can. A pharmacist works in one pharmacy.
#[utoipa::path(post, path = "/pharmacies/{pharmacy_id}/pharmacists", tag = "pharmacies", operation_id = "add_pharmacist",
    params(("pharmacy_id" = PharmacyId, Path)), request_body = AddPharmacistRequest,
    responses((status = 200, body = PharmacistView), WorksElsewhere))]
pub(crate) async fn add(
    State(state): State<AppState>,
    there: InPharmacy,
    Json(request): Json<AddPharmacistRequest>,
) -> Result<Json<PharmacistView>, Problem> {
    let mut fields = Fields::default();
    let user_id = fields.required("user_id", request.user_id, |text| text.parse::<UserId>());
    let Some(user_id) = user_id else { return Err(fields.problem()) };
    trail::account(user_id);
    let account = state.store.account(user_id).await?.map(|stored| stored.account);
    let account = account.filter(|account| account.active_roles().contains(&Role::Pharmacist));
    let not_in_role = || Problem::invalid_field("user_id", "not_in_role", "Name an active account that has the role `pharmacist`.");
    let account = account.ok_or_else(not_in_role)?;
    let pharmacist = Pharmacist { pharmacy_id: there.pharmacy.listed.id, user_id, since: state.clock.now() };
    state.store.seat_begin(&pharmacist, &account).await.map_err(works_elsewhere)?;
    Ok(Json(PharmacistView::of(pharmacist, &state).await?.ok_or_else(|| Problem::not_found("account"))?))
}
