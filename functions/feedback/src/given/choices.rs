//! `GET /patients/{patient_id}/feedback/choices`: what can be rated after a visit.

use axum::extract::State;
use domain::id::{FeedbackId, PatientId};
use http::{AppState, Fields, Json, Problem, Query, auth::PatientAccess};
use serde::{Deserialize, Serialize};
use store::feedback::Visited;
use utoipa::{IntoParams, ToSchema};

use super::{AboutView, NotOver, not_over, visit};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChoicesQuery {
    /// What the patient came for: the id of an appointment, a stay, an emergency, a lab order or an allocation.
    #[param(value_type = String, required = true, pattern = "^(apt|adm|cas|ord|alc)_[0-7][0-9A-HJKMNP-TV-Z]{25}$", example = "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR")]
    visit: Option<String>,
}

/// Somebody or something that can be rated.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChoiceView {
    about: AboutView,
    /// The feedback, if it was given already.
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_id: Option<FeedbackId>,
}

/// What can be rated after a visit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChoicesView {
    items: Vec<ChoiceView>,
}

/// List what can be rated
///
/// After an appointment, a stay, an emergency, a lab test or a medicine: the hospital, the service, and those whom the patient had to do with.
#[utoipa::path(get, path = "/patients/{patient_id}/feedback/choices", tag = "feedback", operation_id = "list_feedback_choices",
    params(("patient_id" = PatientId, Path), ChoicesQuery), responses((status = 200, body = ChoicesView), NotOver))]
pub(crate) async fn choices(
    State(state): State<AppState>,
    access: PatientAccess,
    Query(query): Query<ChoicesQuery>,
) -> Result<Json<ChoicesView>, Problem> {
    let mut fields = Fields::default();
    let Some(visit) = fields.required("visit", query.visit, |text| visit(&text)) else { return Err(fields.problem()) };
    let choices = match state.store.visited(access.patient.id, visit, (access.caller.user_id, access.caller.doctor_id)).await? {
        None => return Err(Problem::invalid_field("visit", "unknown_visit", "The patient has nothing with this id.")),
        Some(Visited::NotYet) => return Err(not_over()),
        Some(Visited::TookPlace(choices)) => choices,
    };
    let mut items = Vec::new();
    for choice in choices {
        let id = FeedbackId::of(visit, &choice.about);
        let given = state.store.feedback(access.patient.id, id).await?.is_some();
        items.push(ChoiceView { about: AboutView::of(choice.about, choice.name), feedback_id: given.then_some(id) });
    }
    Ok(Json(ChoicesView { items }))
}
