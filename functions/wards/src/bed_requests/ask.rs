//! `POST /patients/{patient_id}/bed-requests`: put a patient on the list of a ward.

use axum::{extract::State, http::StatusCode};
use domain::{
    bed_request::{BedPriority, BedRequest},
    id::{BedRequestId, DoctorId, PatientId},
    text::Reason,
    ward::Ward,
};
use http::{
    AppState, Fields, Json, Problem,
    auth::NotHere,
    beds::{attending, ward_not_established},
    refusals,
};
use serde::Deserialize;
use store::bed_requests::BedRequestError;
use utoipa::ToSchema;

use super::{BedRequestView, view};
use crate::authority::OfPatient;

refusals! {
    pub(crate) NotAsked {
        409 "waits_already" { ward: Ward, bed_request_id: BedRequestId },
        409 "already_there",
        409 "deceased",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskForBedRequest {
    #[schema(value_type = Ward)]
    ward: Option<String>,
    /// `urgent`: today. `routine` (the default): when there is one. Emergencies that need critical care come before both.
    #[schema(inline, value_type = Option<Asked>)]
    priority: Option<String>,
    #[schema(value_type = Option<Reason>)]
    reason: Option<String>,
    /// Who will be responsible.
    #[schema(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
}

/// What can be asked for.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only the API document needs it")]
enum Asked {
    Urgent,
    Routine,
}

/// Put a patient on the list for a bed
///
/// For a patient who is in the hospital: the next bed of the ward that is free is theirs at once. Who lies on another ward is transferred, and
/// anybody else is admitted. If a bed is free now, they get it a moment later. A patient waits for one bed at a time. Nurses and ward managers ask
/// for a bed of the ward on which they are on shift, and for one elsewhere for a patient who lies there or is an emergency there.
#[utoipa::path(post, path = "/patients/{patient_id}/bed-requests", tag = "stays", operation_id = "request_bed",
    params(("patient_id" = PatientId, Path)), request_body = AskForBedRequest,
    responses((status = 201, body = BedRequestView, description = "On the list"), NotHere, NotAsked))]
pub(crate) async fn ask(
    State(state): State<AppState>,
    access: OfPatient,
    Json(request): Json<AskForBedRequest>,
) -> Result<(StatusCode, Json<BedRequestView>), Problem> {
    let mut fields = Fields::default();
    let ward = fields.required("ward", request.ward, |text| Ward::parse(&text));
    let priority = fields.optional("priority", request.priority, |text| match BedPriority::parse(&text)? {
        BedPriority::Critical => {
            Err(domain::Invalid::new("invalid_priority", "Use `urgent` or `routine`. Emergencies alone are critical."))
        }
        priority => Ok(priority),
    });
    let reason = fields.optional("reason", request.reason, |text| Reason::parse(&text));
    let doctor = fields.optional("doctor_id", request.doctor_id, |text| text.parse());
    let (Some(ward), Some(priority), Some(reason), Some(doctor)) = (ward, priority, reason, doctor) else { return Err(fields.problem()) };
    let there = access.on_or_where_they_are(ward, &state).await?;
    let patient = access.patient;
    if state.store.ward(ward).await?.is_none() {
        return Err(ward_not_established());
    }
    if there == Some(ward) {
        return Err(Problem::conflict("already_there", "The patient has a bed on this ward. Transfer them to another one of it."));
    }
    let (now, doctor) = (state.clock.now(), attending(&state, doctor).await?);
    let request = BedRequest {
        id: BedRequestId::new(now, state.random.u128()?),
        ward,
        patient_id: patient.id,
        patient_name: patient.name,
        mrn: patient.mrn,
        priority: priority.unwrap_or(BedPriority::Routine),
        reason,
        doctor,
        case_id: None,
        since: now,
        by: access.caller.user_id,
    };
    match state.store.bed_request_begin(&request).await {
        Ok(()) => Ok((StatusCode::CREATED, Json(view(request, &state)))),
        Err(BedRequestError::Waits(other)) => {
            let detail = format!("The patient waits for a bed on the ward {} already. Withdraw that first.", other.ward.in_words());
            Err(Problem::conflict("waits_already", detail).with("ward", other.ward).with("bed_request_id", other.id))
        }
        Err(BedRequestError::Deceased) => Err(Problem::conflict("deceased", "The patient has died.")),
        Err(BedRequestError::Store(error)) => Err(error.into()),
    }
}
