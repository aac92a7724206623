//! `PATCH /patients/{patient_id}/admissions/{id}`: change what is planned for a stay.

use axum::extract::State;
use domain::{
    admission::{Acuity, Admission, Isolation, NotNow},
    id::{AdmissionId, DoctorId, PatientId},
};
use http::{
    AppState, Fields, Json, Problem, RequiredIfMatch, Versioned,
    auth::NotHere,
    beds::{attending, no_bed},
    given,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{AdmissionView, expected, view};
use crate::{
    authority::OfAdmission,
    refused::{HasLeft, not_now},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeAdmissionRequest {
    /// Who is responsible from now on.
    #[schema(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// Today or later, at most a year ahead. `null`: nobody knows.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    expected_discharge: Option<Option<String>>,
    /// `null`: none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Isolation>)]
    isolation: Option<Option<String>>,
    /// `null`: nobody has judged it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Acuity>)]
    acuity: Option<Option<String>>,
}

/// Change what is planned for a stay
///
/// The ward's board shows it.
#[utoipa::path(patch, path = "/patients/{patient_id}/admissions/{id}", tag = "stays", operation_id = "change_admission",
    params(("patient_id" = PatientId, Path), ("id" = AdmissionId, Path), RequiredIfMatch), request_body = ChangeAdmissionRequest,
    responses((status = 200, body = Versioned<AdmissionView>), NotHere, HasLeft))]
pub(crate) async fn change(
    State(state): State<AppState>,
    of: OfAdmission,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<ChangeAdmissionRequest>,
) -> Result<Versioned<AdmissionView>, Problem> {
    let (mut fields, before) = (Fields::default(), of.admission);
    let doctor = fields.optional("doctor_id", request.doctor_id, |text| text.parse());
    let expected_discharge = match request.expected_discharge {
        None => Some(before.expected_discharge),
        Some(date) => fields.optional("expected_discharge", date, |text| expected(&text, &state)),
    };
    let isolation = match request.isolation {
        None => Some(before.isolation),
        Some(isolation) => fields.optional("isolation", isolation, |text| Isolation::parse(&text)),
    };
    let acuity = match request.acuity {
        None => Some(before.acuity),
        Some(acuity) => fields.optional("acuity", acuity, |text| Acuity::parse(&text)),
    };
    let (Some(doctor), Some(expected_discharge), Some(isolation), Some(acuity)) = (doctor, expected_discharge, isolation, acuity) else {
        return Err(fields.problem());
    };
    let Some((ward, _)) = before.place().filter(|_| before.left.is_none()) else { return Err(not_now(NotNow::HasLeft)) };
    if before.version != version {
        return Err(Problem::stale());
    }
    let doctor = attending(&state, doctor).await?.or_else(|| before.doctor.clone());
    let after = Admission { doctor, expected_discharge, isolation, acuity, version: before.version + 1, ..before.clone() };
    state.store.admission_change(&before, &after).await.map_err(|why| no_bed(why, ward))?;
    view(&after, &state)
}
