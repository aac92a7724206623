//! `POST /patients/{patient_id}/prescription-requests/{id}/withdraw`: the patient takes a request back.

use axum::extract::State;
use domain::{
    id::{PatientId, RequestId},
    record::request::{PrescriptionRequest, RequestStatus},
};
use http::{AppState, NoBody, Path, Problem, RequiredIfMatch, Versioned, auth::PatientAccess};

use super::{IsAnswered, RequestView, open};
use crate::{
    entries::{author, shown},
    refused::{Busy, not_written},
};

/// Withdraw a request for a prescription
#[utoipa::path(post, path = "/patients/{patient_id}/prescription-requests/{id}/withdraw", tag = "medical record",
    operation_id = "cancel_prescription_request", params(("patient_id" = PatientId, Path), ("id" = RequestId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<RequestView>), IsAnswered, Busy))]
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    access: PatientAccess,
    Path(id): Path<RequestId>,
    RequiredIfMatch(version): RequiredIfMatch,
    _: NoBody,
) -> Result<Versioned<RequestView>, Problem> {
    let before = open(&state, &access, id, version).await?;
    let content = PrescriptionRequest { status: RequestStatus::Withdrawn, ..before.content.clone() };
    let after = before.changed(author(&state, &access), None, content);
    state.store.record_change(&before, &after).await.map_err(not_written)?;
    Ok(shown(after, &state))
}
