//! `POST /patients/{patient_id}/admissions/{id}/medically-ready`: a doctor says that a patient can leave.

use axum::extract::State;
use domain::{
    admission::Ready,
    id::{AdmissionId, PatientId},
    text::Reason,
};
use http::{AppState, Fields, IfMatch, Json, Problem, Versioned, beds::no_bed};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{AdmissionView, view};
use crate::{
    authority::OfAdmission,
    refused::{NotReady, not_now},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MedicallyReadyRequest {
    /// What the patient has to do afterwards. It goes to them by email when they have left, so name no diagnosis and no medicine.
    #[schema(value_type = Reason)]
    follow_up: Option<String>,
}

/// Note that a patient is medically ready to leave
///
/// The first step of a discharge. The patient keeps the bed until they have left.
#[utoipa::path(post, path = "/patients/{patient_id}/admissions/{id}/medically-ready", tag = "stays", operation_id = "note_medically_ready",
    params(("patient_id" = PatientId, Path), ("id" = AdmissionId, Path), IfMatch), request_body = MedicallyReadyRequest,
    responses((status = 200, body = Versioned<AdmissionView>), NotReady))]
pub(crate) async fn medically_ready(
    State(state): State<AppState>,
    of: OfAdmission,
    if_match: IfMatch,
    Json(request): Json<MedicallyReadyRequest>,
) -> Result<Versioned<AdmissionView>, Problem> {
    let mut fields = Fields::default();
    let follow_up = fields.required("follow_up", request.follow_up, |text| Reason::parse(&text));
    let Some(follow_up) = follow_up else { return Err(fields.problem()) };
    if of.access.patient.deceased.is_some() {
        return Err(Problem::conflict("deceased", "The patient has died. Note that they have left with the departure `died`."));
    }
    let before = of.admission;
    if_match.check(before.version)?;
    let ready = Ready { at: state.clock.now(), by: of.access.caller.user_id, follow_up };
    let after = before.clone().ready(ready).map_err(not_now)?;
    let ward = after.place().map(|(ward, _)| ward).ok_or_else(Problem::stale)?;
    state.store.admission_change(&before, &after).await.map_err(|why| no_bed(why, ward))?;
    view(&after, &state)
}
