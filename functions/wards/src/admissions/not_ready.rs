//! `POST /patients/{patient_id}/admissions/{id}/not-ready`: a doctor takes back that a patient can leave.

use axum::extract::State;
use domain::id::{AdmissionId, PatientId};
use http::{AppState, IfMatch, NoBody, Problem, Versioned, beds::no_bed};

use super::{AdmissionView, view};
use crate::{
    authority::OfAdmission,
    refused::{NotUndone, not_now},
};

/// Take back that a patient is medically ready to leave
#[utoipa::path(post, path = "/patients/{patient_id}/admissions/{id}/not-ready", tag = "stays", operation_id = "undo_medically_ready",
    params(("patient_id" = PatientId, Path), ("id" = AdmissionId, Path), IfMatch),
    responses((status = 200, body = Versioned<AdmissionView>), NotUndone))]
pub(crate) async fn not_ready(
    State(state): State<AppState>,
    of: OfAdmission,
    if_match: IfMatch,
    _: NoBody,
) -> Result<Versioned<AdmissionView>, Problem> {
    let before = of.admission;
    if_match.check(before.version)?;
    let after = before.clone().not_ready().map_err(not_now)?;
    let ward = after.place().map(|(ward, _)| ward).ok_or_else(Problem::stale)?;
    state.store.admission_change(&before, &after).await.map_err(|why| no_bed(why, ward))?;
    view(&after, &state)
}
