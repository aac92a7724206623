//! `POST /patients/{patient_id}/admissions/{id}/transfer`: move a patient to another bed.

use axum::extract::State;
use domain::{
    admission::NotNow,
    bed::BedNumber,
    id::{AdmissionId, PatientId},
    ward::Ward,
};
use http::{
    AppState, Fields, IfMatch, Json, Problem, Versioned,
    auth::NotHere,
    beds::{WantedBed, no_bed},
};
use serde::Deserialize;
use store::admissions::AdmitError;
use utoipa::ToSchema;

use super::{AdmissionView, view};
use crate::{
    authority::OfAdmission,
    refused::{NotMoved, not_now},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransferRequest {
    #[schema(value_type = Ward)]
    ward: Option<String>,
    /// Any free bed of the ward when left out.
    #[schema(value_type = Option<BedNumber>)]
    bed: Option<i64>,
}

/// Transfer a patient
///
/// To another bed of the ward, or to another ward. The bed that they leave is cleaned. On another ward a day costs what it costs there now, and a
/// doctor has to say anew that the patient can leave; within the ward neither changes. Nurses and
/// ward managers transfer within the ward on which they are on shift. For a bed elsewhere they put the patient on the list of that ward.
#[utoipa::path(post, path = "/patients/{patient_id}/admissions/{id}/transfer", tag = "stays", operation_id = "transfer_patient",
    params(("patient_id" = PatientId, Path), ("id" = AdmissionId, Path), IfMatch), request_body = TransferRequest,
    responses((status = 200, body = Versioned<AdmissionView>), NotHere, NotMoved))]
pub(crate) async fn transfer(
    State(state): State<AppState>,
    of: OfAdmission,
    if_match: IfMatch,
    Json(request): Json<TransferRequest>,
) -> Result<Versioned<AdmissionView>, Problem> {
    let mut fields = Fields::default();
    let wanted = WantedBed::parse(request.ward, request.bed, &mut fields);
    let Some(wanted) = wanted else { return Err(fields.problem()) };
    of.access.on(wanted.ward, &state)?;
    if_match.check(of.admission.version)?;
    if of.admission.left.is_some() {
        return Err(not_now(NotNow::HasLeft));
    }
    if of.access.patient.deceased.is_some() {
        return Err(no_bed(AdmitError::Deceased, wanted.ward));
    }
    let daily_fee = wanted.daily_fee(&state).await?;
    let here = of.admission.place().is_some_and(|(ward, _)| ward == wanted.ward);
    // Within a ward no bed is lost to those who wait, except until the other one is clean.
    let request = if here { None } else { wanted.turn(&state, of.access.patient.id).await? };
    let there = (wanted.ward, wanted.bed, daily_fee);
    let moved = state.store.admission_move(&of.admission, there, request.as_ref(), state.clock.now()).await;
    let moved = moved.map_err(|why| match why {
        AdmitError::WardFull if here => Problem::conflict("ward_full", "No other bed of this ward is free.").with("ward", wanted.ward),
        AdmitError::NotFree(_) if of.admission.place() == wanted.bed.map(|bed| (wanted.ward, bed)) => {
            Problem::conflict("same_bed", "The patient has this bed.")
        }
        why => no_bed(why, wanted.ward),
    });
    view(&moved?, &state)
}
