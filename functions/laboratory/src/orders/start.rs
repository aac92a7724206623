//! `POST /patients/{patient_id}/lab-orders/{id}/start`: the examination begins.

use axum::extract::State;
use domain::{
    id::{LabOrderId, PatientId},
    lab_order::LabOrderStep,
};
use http::{AppState, NoBody, Problem, RequiredIfMatch, Versioned};

use super::{LabOrderView, step};
use crate::{authority::OfOrder, refused::NotStepped};

/// Begin to examine a specimen
///
/// The result can be entered from then on, and the patient cannot cancel the order any more.
#[utoipa::path(post, path = "/patients/{patient_id}/lab-orders/{id}/start", tag = "lab orders", operation_id = "start_lab_order",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path), RequiredIfMatch),
    responses((status = 200, body = Versioned<LabOrderView>), NotStepped))]
pub(crate) async fn start(
    State(state): State<AppState>,
    of: OfOrder,
    RequiredIfMatch(version): RequiredIfMatch,
    _: NoBody,
) -> Result<Versioned<LabOrderView>, Problem> {
    of.must_be(version)?;
    step(of, LabOrderStep::Start, None, &state).await
}
