//! `GET /critical-results`: those that no doctor has acknowledged.

use axum::extract::State;
use domain::{
    critical_result::{ACKNOWLEDGE_WITHIN, ListedCritical},
    id::{DoctorId, LabOrderId, LabResultId, LaboratoryId, PatientId},
    instant::Instant,
    mrn::Mrn,
    policy::Relationships,
    text::{PersonName, Title},
};
use http::{
    AppState, Json, Listing, NoFilter, Page, Problem,
    auth::{Caller, NotHere},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A result with a critical value that no doctor has acknowledged.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CriticalResultView {
    patient_id: PatientId,
    patient_name: PersonName,
    /// The patient's medical record number.
    mrn: Mrn,
    order_id: LabOrderId,
    result_id: LabResultId,
    test: Title,
    laboratory_id: LaboratoryId,
    laboratory: Title,
    /// The doctor who ordered it.
    doctor_id: DoctorId,
    doctor_name: PersonName,
    /// Since when it is known.
    since: Instant,
    /// When the doctors on duty are told first, or were.
    escalates_at: Instant,
}

impl CriticalResultView {
    fn of(listed: ListedCritical, state: &AppState) -> Self {
        let escalates_at = listed.since.saturating_add(ACKNOWLEDGE_WITHIN).unwrap_or(listed.since);
        Self {
            patient_id: listed.patient_id,
            patient_name: listed.patient_name,
            mrn: listed.mrn,
            order_id: listed.order_id,
            result_id: listed.result_id,
            test: listed.test,
            laboratory_id: listed.laboratory_id,
            laboratory: listed.laboratory,
            doctor_id: listed.doctor_id,
            doctor_name: listed.doctor_name,
            since: state.hospital.instant(listed.since),
            escalates_at: state.hospital.instant(escalates_at),
        }
    }
}

/// List the critical results that no doctor has acknowledged
///
/// For the doctors on duty. What is known longest comes first. A change shows a moment later.
#[utoipa::path(get, path = "/critical-results", tag = "lab orders", operation_id = "list_critical_results", params(Listing<NoFilter>),
    responses((status = 200, body = Page<CriticalResultView>), NotHere))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<CriticalResultView>>, Problem> {
    state.at_work(&caller).await?.require(&caller, None, &Relationships::new(), &state)?;
    let list = "critical-results";
    let after = listing.after(&state.cursors, list)?;
    let found = state.store.critical_results(after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(list, &last.position));
    let mut page = page.map(|line| line.entry);
    // Nobody acts on a result of their own.
    page.items.retain(|critical| Some(critical.patient_id) != caller.patient_id);
    Ok(Json(page.map(|critical| CriticalResultView::of(critical, &state))))
}
