//! `POST /laboratories/{laboratory_id}/technicians`: add a colleague.

use axum::extract::State;
use domain::{
    id::{LaboratoryId, UserId},
    laboratory::Technician,
    role::Role,
};
use http::{AppState, Fields, Json, Problem};
use serde::Deserialize;
use store::trail;
use utoipa::ToSchema;

use super::TechnicianView;
use crate::{
    authority::InLaboratory,
    refused::{WorksElsewhere, works_elsewhere},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddTechnicianRequest {
    /// An active account that has the role `lab_technician`.
    #[schema(value_type = UserId)]
    user_id: Option<String>,
}

/// Add somebody who works in a laboratory
///
/// They can do there what you can. A lab technician works in one laboratory.
#[utoipa::path(post, path = "/laboratories/{laboratory_id}/technicians", tag = "laboratories", operation_id = "add_technician",
    params(("laboratory_id" = LaboratoryId, Path)), request_body = AddTechnicianRequest,
    responses((status = 200, body = TechnicianView), WorksElsewhere))]
pub(crate) async fn add(
    State(state): State<AppState>,
    there: InLaboratory,
    Json(request): Json<AddTechnicianRequest>,
) -> Result<Json<TechnicianView>, Problem> {
    let mut fields = Fields::default();
    let user_id = fields.required("user_id", request.user_id, |text| text.parse::<UserId>());
    let Some(user_id) = user_id else { return Err(fields.problem()) };
    trail::account(user_id);
    let account = state.store.account(user_id).await?.map(|stored| stored.account);
    let account = account.filter(|account| account.active_roles().contains(&Role::LabTechnician));
    let not_in_role = || Problem::invalid_field("user_id", "not_in_role", "Name an active account that has the role `lab_technician`.");
    let account = account.ok_or_else(not_in_role)?;
    let technician = Technician { laboratory_id: there.laboratory.listed.id, user_id, since: state.clock.now() };
    state.store.seat_begin(&technician, &account).await.map_err(works_elsewhere)?;
    Ok(Json(TechnicianView::of(technician, &state).await?.ok_or_else(|| Problem::not_found("account"))?))
}
