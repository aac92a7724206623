//! `POST /patients/{patient_id}/lab-orders/{id}/verify`: somebody else agrees with a result.

use axum::extract::State;
use domain::{
    id::{LabOrderId, PatientId},
    lab_order::LabOrderStep,
};
use http::{AppState, NoBody, Problem, RequiredIfMatch, Versioned, refusals};

use super::{LabOrderView, step};
use crate::{authority::OfOrder, refused::NotStepped};

refusals! {
    pub(crate) NotVerified {
        409 "own_entry",
    }
}

/// Verify a result
///
/// By another person than the one who entered it (ISO 15189:2022, 7.4.1.2: results are reviewed before release). Send the ETag of the order that you
/// have read: it stands for the result.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/verify", tag = "lab orders", operation_id = "verify_lab_result",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<LabOrderView>), NotVerified, NotStepped))]
pub(crate) async fn verify(
    State(state): State<AppState>,
    of: OfOrder,
    RequiredIfMatch(version): RequiredIfMatch,
    _: NoBody,
) -> Result<Versioned<LabOrderView>, Problem> {
    of.must_be(version)?;
    step(of, LabOrderStep::Verify, None, &state).await
}
