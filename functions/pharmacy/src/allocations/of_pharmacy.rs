//! `GET /pharmacies/{pharmacy_id}/allocations`: what waits in a pharmacy for patients.

use axum::extract::State;
use domain::{
    allocation::{AllocationStatus, ListedAllocation},
    id::{AllocationId, PatientId, PharmacyId},
    instant::Instant,
    text::PersonName,
};
use http::{AppState, Fields, Json, Listing, Page, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::AllocatedLotView;
use crate::authority::InPharmacy;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AllocationQuery {
    /// Only those that stand like this. When left out: `allocated`.
    #[param(value_type = Option<AllocationStatus>)]
    status: Option<String>,
}

/// What is set aside, in the list of a pharmacy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllocationSummary {
    id: AllocationId,
    patient_id: PatientId,
    patient_name: PersonName,
    /// What it is, as it was called then.
    medicine: String,
    /// How many units were set aside.
    units: u32,
    lots: Vec<AllocatedLotView>,
    requested_at: Instant,
    collect_by: Instant,
}

/// List what a pharmacy has set aside
///
/// What has waited longest comes first. A change shows a moment later.
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/allocations", tag = "dispensing", operation_id = "list_allocations_of_pharmacy",
    params(("pharmacy_id" = PharmacyId, Path), Listing<AllocationQuery>), responses((status = 200, body = Page<AllocationSummary>)))]
pub(crate) async fn of_pharmacy(
    State(state): State<AppState>,
    there: InPharmacy,
    listing: Listing<AllocationQuery>,
) -> Result<Json<Page<AllocationSummary>>, Problem> {
    let mut fields = Fields::default();
    let Some(status) = fields.optional("status", listing.filter.status.clone(), |text| AllocationStatus::parse(&text)) else {
        return Err(fields.problem());
    };
    let (pharmacy, status) = (there.pharmacy.listed.id, status.unwrap_or(AllocationStatus::Allocated));
    let list = format!("allocations?{pharmacy}&{}", status.as_str());
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.allocations_of_pharmacy(pharmacy, status, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    let line = |listed: ListedAllocation| AllocationSummary {
        id: listed.id,
        patient_id: listed.patient_id,
        units: listed.units(),
        requested_at: state.hospital.instant(listed.id.made_at()),
        collect_by: state.hospital.instant(listed.collect_by),
        patient_name: listed.patient_name,
        medicine: listed.medicine,
        lots: listed.lots.into_iter().map(Into::into).collect(),
    };
    Ok(Json(page.map(|found| line(found.entry))))
}
