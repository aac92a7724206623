//! `GET /laboratories/{laboratory_id}/lab-orders`: what a laboratory has to do.

use axum::extract::State;
use domain::{
    id::{LabOrderId, LaboratoryId, PatientId},
    instant::Instant,
    lab_order::{LabOrderStatus, ListedLabOrder},
    laboratory::Specimen,
    mrn::Mrn,
    record::prescription::Priority,
    text::{PersonName, Title},
};
use http::{AppState, Fields, Json, Listing, Page, Problem, yes_or_no};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::authority::InLaboratory;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LabOrderQuery {
    /// Only those that stand like this. When left out: all that are neither released nor cancelled.
    #[param(value_type = Option<LabOrderStatus>)]
    status: Option<String>,
    /// With `true`: only those whose time has passed.
    #[param(value_type = Option<bool>)]
    overdue: Option<String>,
}

/// An order in the list of a laboratory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LabOrderSummary {
    id: LabOrderId,
    status: LabOrderStatus,
    patient_id: PatientId,
    patient_name: PersonName,
    /// The patient's medical record number.
    mrn: Mrn,
    /// The test, as it was called then.
    test: Title,
    specimen: Specimen,
    priority: Priority,
    placed_at: Instant,
    /// When the next thing is due: the specimen of somebody who is not in the hospital, otherwise the release of the result.
    due_at: Instant,
    /// Whether that time has passed.
    overdue: bool,
}

/// List the orders of a laboratory
///
/// What is due first comes first; of those that are over, what was due last. A change shows a moment later.
#[utoipa::path(get, path = "/laboratories/{laboratory_id}/lab-orders", tag = "lab orders", operation_id = "list_lab_orders_of_laboratory",
    params(("laboratory_id" = LaboratoryId, Path), Listing<LabOrderQuery>), responses((status = 200, body = Page<LabOrderSummary>)))]
pub(crate) async fn of_laboratory(
    State(state): State<AppState>,
    there: InLaboratory,
    listing: Listing<LabOrderQuery>,
) -> Result<Json<Page<LabOrderSummary>>, Problem> {
    let (mut fields, query) = (Fields::default(), listing.filter.clone());
    let status = fields.optional("status", query.status, |text| LabOrderStatus::parse(&text));
    let overdue = fields.optional("overdue", query.overdue, |text| yes_or_no(&text));
    let (Some(status), Some(overdue)) = (status, overdue) else { return Err(fields.problem()) };
    let overdue = overdue.unwrap_or_default();
    if overdue && status.is_some_and(|status| !status.is_open()) {
        let detail = "What is released or cancelled is not overdue. Leave `overdue` out.";
        return Err(Problem::invalid_field("overdue", "not_open", detail));
    }
    let (laboratory, now) = (there.laboratory.listed.id, state.clock.now());
    let list = format!("lab-orders?{laboratory}&{}&{overdue}", status.map_or("to_do", LabOrderStatus::as_str));
    let after = listing.after(&state.cursors, &list)?;
    let due_by = overdue.then_some(now);
    let found = state.store.lab_orders_of_laboratory(laboratory, status, due_by, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    let line = |listed: ListedLabOrder| LabOrderSummary {
        id: listed.id,
        status: listed.status,
        patient_id: listed.patient_id,
        patient_name: listed.patient_name,
        mrn: listed.mrn,
        test: listed.test,
        specimen: listed.specimen,
        priority: listed.priority,
        placed_at: state.hospital.instant(listed.id.made_at()),
        due_at: state.hospital.instant(listed.due_at),
        overdue: listed.status.is_open() && now >= listed.due_at,
    };
    Ok(Json(page.map(|found| line(found.entry))))
}
