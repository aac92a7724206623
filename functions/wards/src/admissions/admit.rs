//! `POST /patients/{patient_id}/admissions`: admit a patient to a bed.

use axum::extract::State;
use domain::{
    admission::{Acuity, Admission, Isolation},
    bed::BedNumber,
    emergency::EmergencyCase,
    id::{AdmissionId, DoctorId, PatientId},
    ward::Ward,
};
use http::{
    AppState, Created, Fields, Json, Problem,
    auth::NotHere,
    beds::{WantedBed, attending, no_bed},
};
use serde::Deserialize;
use store::{
    StoreError,
    admissions::{AdmitError, NewAdmission},
    emergency::CaseWrite,
};
use utoipa::ToSchema;

use super::{AdmissionView, expected, view};
use crate::{authority::OfPatient, refused::NotAdmitted};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdmitRequest {
    #[schema(value_type = Ward)]
    ward: Option<String>,
    /// Any free bed of the ward when left out.
    #[schema(value_type = Option<BedNumber>)]
    bed: Option<i64>,
    /// Who is responsible. The doctor treats the patient from then on.
    #[schema(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// Today or later, at most a year ahead.
    #[schema(value_type = Option<String>, format = Date)]
    expected_discharge: Option<String>,
    #[schema(value_type = Option<Isolation>)]
    isolation: Option<String>,
    #[schema(value_type = Option<Acuity>)]
    acuity: Option<String>,
}

/// Admit a patient
///
/// To a bed, or to any free one of a ward. The patient keeps it until they have left, or are transferred. When no bed is free, or others wait for
/// one, put the patient on the ward's list. An emergency ends with it. Nurses and ward managers admit to the ward on which they are on shift.
#[utoipa::path(post, path = "/patients/{patient_id}/admissions", tag = "stays", operation_id = "admit_patient",
    params(("patient_id" = PatientId, Path)), request_body = AdmitRequest,
    responses((status = 201, body = Created<AdmissionView>, description = "Admitted"), NotHere, NotAdmitted))]
pub(crate) async fn admit(
    State(state): State<AppState>,
    access: OfPatient,
    Json(request): Json<AdmitRequest>,
) -> Result<Created<AdmissionView>, Problem> {
    let mut fields = Fields::default();
    let wanted = WantedBed::parse(request.ward, request.bed, &mut fields);
    let doctor = fields.optional("doctor_id", request.doctor_id, |text| text.parse());
    let expected_discharge = fields.optional("expected_discharge", request.expected_discharge, |text| expected(&text, &state));
    let isolation = fields.optional("isolation", request.isolation, |text| Isolation::parse(&text));
    let acuity = fields.optional("acuity", request.acuity, |text| Acuity::parse(&text));
    let (Some(wanted), Some(doctor), Some(expected_discharge), Some(isolation), Some(acuity)) =
        (wanted, doctor, expected_discharge, isolation, acuity)
    else {
        return Err(fields.problem());
    };
    access.on(wanted.ward, &state)?;
    let (now, daily_fee, doctor) = (state.clock.now(), wanted.daily_fee(&state).await?, attending(&state, doctor).await?);
    let planned = Admission {
        doctor,
        admitted_by: Some(access.caller.user_id),
        expected_discharge,
        isolation,
        acuity,
        ..Admission::new(AdmissionId::new(now, state.random.u128()?), access.patient.id, now)
    };
    for _ in 0..TRIES {
        let request = wanted.turn(&state, access.patient.id).await?;
        // Who is an emergency no longer is.
        let before = state.store.current_case(access.patient.id).await?;
        let asked_for = request.as_ref().and_then(|request| request.doctor.clone());
        let doctor = planned.doctor.clone().or(asked_for).or_else(|| before.as_ref().and_then(EmergencyCase::doctor));
        let admission = Admission { doctor, case_id: before.as_ref().map(|case| case.id), ..planned.clone() };
        let case = before.and_then(|before| Some((before.clone().admitted(admission.id, now, admission.admitted_by).ok()?, before)));
        let case = case.as_ref().map(|(after, before)| CaseWrite::Changed { before, after });
        let new = NewAdmission { admission, patient: &access.patient, ward: wanted.ward, daily_fee, request: request.as_ref(), case };
        match state.store.admission_begin(&new, wanted.bed, now).await {
            // What the patient waits for, or their emergency, changes at this moment.
            Err(AdmitError::NotWaiting | AdmitError::Case(_)) => {}
            Err(why) => return Err(no_bed(why, wanted.ward)),
            Ok(admitted) => {
                let location = format!("/patients/{}/admissions/{}", access.patient.id, admitted.id);
                let shown = view(&admitted, &state)?;
                return Ok(Created { location, version: shown.version, body: shown.body });
            }
        }
    }
    Err(StoreError::Unavailable("the patient's emergency is changed by others at this moment".into()).into())
}

const TRIES: usize = 5;
