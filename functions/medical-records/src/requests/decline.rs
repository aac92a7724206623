//! `POST /patients/{patient_id}/prescription-requests/{id}/decline`: the doctor does not prescribe.

use axum::extract::State;
use domain::{
    id::{PatientId, RequestId},
    record::request::{PrescriptionRequest, RequestStatus},
};
use http::{AppState, Json, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{IsAnswered, RequestView, open};
use crate::{
    entries::{WithReason, author, shown},
    refused::{Busy, not_written},
};

/// Decline a request for a prescription
///
/// To grant it, prescribe or revise with its `request_id`. The patient gets an email, and reads the reason here.
#[utoipa::path(post, path = "/patients/{patient_id}/prescription-requests/{id}/decline", tag = "medical record",
    operation_id = "decline_prescription_request", request_body = WithReason,
    params(("patient_id" = PatientId, Path), ("id" = RequestId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<RequestView>), IsAnswered, Busy))]
pub(crate) async fn decline(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<RequestId>,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(body): Json<WithReason>,
) -> Result<Versioned<RequestView>, Problem> {
    let reason = body.parse()?;
    let before = open(&state, &access, id, version).await?;
    let content = PrescriptionRequest { status: RequestStatus::Declined, answer: Some(reason), ..before.content.clone() };
    let after = before.changed(author(&state, &access), None, content);
    state.store.record_change(&before, &after).await.map_err(not_written)?;
    Ok(shown(after, &state))
}
