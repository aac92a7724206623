//! `GET /emergency/queue`: the emergencies that wait for a doctor, or are being treated.

use axum::extract::State;
use domain::{
    Invalid,
    emergency::CaseStatus,
    id::{CaseId, PatientId},
    instant::Instant,
    mrn::Mrn,
    text::{PersonName, Reason},
    triage::TriageLevel,
};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::NotHere};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::authority::AtEmergency;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QueueQuery {
    /// `waiting` (the default): no doctor has seen the patient yet. `in_treatment`: a doctor has.
    #[param(inline, value_type = Option<Open>)]
    status: Option<String>,
}

/// Those that have not ended.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only the API document needs it")]
enum Open {
    Waiting,
    InTreatment,
}

/// An emergency in the queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueLine {
    id: CaseId,
    patient_id: PatientId,
    patient_name: PersonName,
    mrn: Mrn,
    complaint: Reason,
    level: TriageLevel,
    /// Whether the patient needs critical care.
    critical_care: bool,
    arrived_at: Instant,
    /// By when a doctor has to see the patient. Absent when one has.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_due_at: Option<Instant>,
    overdue: bool,
    /// Who has seen the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_name: Option<PersonName>,
}

/// List emergencies
///
/// By triage level, and of equals those who came first. A change shows a moment later. The audit log notes that the list was read, not everybody on
/// it.
#[utoipa::path(get, path = "/emergency/queue", tag = "emergencies", operation_id = "list_emergencies", params(Listing<QueueQuery>),
    responses((status = 200, body = Page<QueueLine>), NotHere))]
pub(crate) async fn queue(
    State(state): State<AppState>,
    _: AtEmergency,
    listing: Listing<QueueQuery>,
) -> Result<Json<Page<QueueLine>>, Problem> {
    let mut fields = Fields::default();
    let status = fields.optional("status", listing.filter.status.clone(), |text| match CaseStatus::parse(&text)? {
        CaseStatus::Closed => Err(Invalid::new("invalid_status", "Use `waiting` or `in_treatment`.")),
        status => Ok(status),
    });
    let Some(status) = status else { return Err(fields.problem()) };
    let (status, now) = (status.unwrap_or(CaseStatus::Waiting), state.clock.now());
    let list = format!("emergencies?{}", status.as_str());
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.case_list(status, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| {
        let entry = line.entry;
        let due = if status == CaseStatus::Waiting { state.hospital.triage.due(&entry.clocks) } else { None };
        QueueLine {
            id: entry.id,
            patient_id: entry.patient_id,
            patient_name: entry.patient_name,
            mrn: entry.mrn,
            complaint: entry.complaint,
            level: entry.level,
            critical_care: entry.critical,
            arrived_at: state.hospital.instant(entry.arrived_at),
            doctor_due_at: due.map(|due| state.hospital.instant(due)),
            overdue: due.is_some_and(|due| due <= now),
            doctor_name: entry.doctor_name,
        }
    })))
}
