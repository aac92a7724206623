//! `POST /emergency/cases/{id}/admit`: admit the patient of an emergency.

use axum::extract::State;
use domain::{
    admission::Admission,
    bed::BedNumber,
    id::{CaseId, DoctorId},
    ward::Ward,
};
use http::{
    AppState, Fields, IfMatch, Json, Problem, Versioned,
    auth::NotHere,
    beds::{WantedBed, attending},
};
use serde::Deserialize;
use store::{admissions::NewAdmission, emergency::CaseWrite};
use utoipa::ToSchema;

use super::{CaseView, critical::new_admission, view};
use crate::{
    authority::OfCase,
    refused::{NotAdmitted, cannot_now, no_bed},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdmitEmergencyRequest {
    #[schema(value_type = Ward)]
    ward: Option<String>,
    /// Any free bed of the ward when left out.
    #[schema(value_type = Option<BedNumber>)]
    bed: Option<i64>,
    /// Who is responsible. When left out: the doctor who has seen the patient.
    #[schema(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
}

/// Admit the patient of an emergency
///
/// The emergency ends with it. Who waits for a bed of the ICU still does, and is transferred. When no bed of the ward is free, or others wait for one, put the
/// patient on the ward's list: the bed that they get then ends the emergency.
#[utoipa::path(post, path = "/emergency/cases/{id}/admit", tag = "emergencies", operation_id = "admit_emergency",
    params(("id" = CaseId, Path), IfMatch), request_body = AdmitEmergencyRequest,
    responses((status = 200, body = Versioned<CaseView>), NotHere, NotAdmitted))]
pub(crate) async fn admit(
    State(state): State<AppState>,
    of: OfCase,
    if_match: IfMatch,
    Json(request): Json<AdmitEmergencyRequest>,
) -> Result<Versioned<CaseView>, Problem> {
    let mut fields = Fields::default();
    let wanted = WantedBed::parse(request.ward, request.bed, &mut fields);
    let doctor = fields.optional("doctor_id", request.doctor_id, |text| text.parse());
    let (Some(wanted), Some(doctor)) = (wanted, doctor) else { return Err(fields.problem()) };
    if_match.check(of.case.version)?;
    let (now, ward, doctor) = (state.clock.now(), wanted.ward, attending(&state, doctor).await?);
    let (daily_fee, request) = (wanted.daily_fee(&state).await?, wanted.turn(&state, of.patient.id).await?);
    let planned = new_admission(&state, &of.case, request.as_ref(), &of.caller)?;
    let admission = Admission { doctor: doctor.or_else(|| planned.doctor.clone()), ..planned };
    let after = of.case.clone().admitted(admission.id, now, admission.admitted_by).map_err(cannot_now)?;
    let case = Some(CaseWrite::Changed { before: &of.case, after: &after });
    let new = NewAdmission { admission, patient: &of.patient, ward, daily_fee, request: request.as_ref(), case };
    state.store.admission_begin(&new, wanted.bed, now).await.map_err(|why| no_bed(why, ward))?;
    Ok(view(after, &of.caller, &state))
}
