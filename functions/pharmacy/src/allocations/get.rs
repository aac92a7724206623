//! `GET /patients/{patient_id}/allocations/{id}`: one allocation.

use axum::extract::State;
use domain::id::{AllocationId, PatientId};
use http::{AppState, Problem, Versioned};

use super::{AllocationView, view};
use crate::authority::OfAllocation;

/// Read an allocation
#[utoipa::path(get, path = "/patients/{patient_id}/allocations/{id}", tag = "dispensing", operation_id = "get_allocation",
    params(("patient_id" = PatientId, Path), ("id" = AllocationId, Path)), responses((status = 200, body = Versioned<AllocationView>)))]
pub(crate) async fn get(State(state): State<AppState>, of: OfAllocation) -> Result<Versioned<AllocationView>, Problem> {
    Ok(view(of.allocation, &state))
}
