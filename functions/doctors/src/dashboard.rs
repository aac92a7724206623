//! `GET /doctors/me/dashboard`: everything that waits for the doctor, in one call.

use axum::extract::State;
use domain::{
    appointment::Status,
    id::{AppointmentId, DoctorId, PatientId},
    instant::Instant,
    mrn::Mrn,
    record::{Waiting, lab_result::LabResult, request::PrescriptionRequest},
    text::{PersonName, Reason},
};
use http::{AppState, Json, Problem, auth::AsDoctor};
use jiff::ToSpan;
use serde::Serialize;
use store::{Listed, appointments::AgendaEntry};
use utoipa::ToSchema;

/// How many results and requests it shows, the oldest of each.
const SHOWN: usize = 20;

/// What waits for a doctor.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoctorDashboard {
    doctor_id: DoctorId,
    /// Today's appointments by time, without cancelled ones. A change shows a moment later.
    today: Vec<AppointmentToday>,
    /// The patients who have arrived and wait, in the order in which they came.
    waiting: Vec<AppointmentToday>,
    /// The results that nobody has looked at, oldest first, at most 20.
    results_to_review: Vec<WaitingEntry>,
    /// The requests for prescriptions and refills, oldest first, at most 20.
    prescription_requests: Vec<WaitingEntry>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
struct AppointmentToday {
    id: AppointmentId,
    #[schema(value_type = Status)]
    status: String,
    patient_id: PatientId,
    patient_name: PersonName,
    patient_mrn: Mrn,
    starts_at: Instant,
    ends_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    arrived_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// An entry of a medical record that waits for the doctor.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitingEntry {
    /// The result or the request.
    id: String,
    patient_id: PatientId,
    patient_name: PersonName,
    /// What it is about.
    what: String,
    /// Whether it is a result with a value on which somebody has to act at once.
    critical: bool,
    since: Instant,
}

fn appointment(entry: AgendaEntry, state: &AppState) -> AppointmentToday {
    AppointmentToday {
        id: entry.id,
        status: entry.status,
        patient_id: entry.patient_id,
        patient_name: entry.patient_name,
        patient_mrn: entry.patient_mrn,
        starts_at: state.hospital.instant(entry.slot.start),
        ends_at: state.hospital.instant(entry.slot.end),
        arrived_at: entry.arrived_at.map(|at| state.hospital.instant(at)),
        reason: entry.reason,
    }
}

pub(crate) fn waiting_entry(line: Listed<Waiting>, state: &AppState) -> WaitingEntry {
    WaitingEntry {
        id: line.entry.id,
        patient_id: line.entry.patient_id,
        patient_name: line.entry.patient_name,
        what: line.entry.what,
        critical: line.entry.critical,
        since: state.hospital.instant(line.entry.since),
    }
}

fn waiting(found: Vec<Listed<Waiting>>, state: &AppState) -> Vec<WaitingEntry> {
    found.into_iter().map(|line| waiting_entry(line, state)).collect()
}

/// Read your dashboard
///
/// Today's appointments, who waits, the results that you have not looked at, and the requests for prescriptions.
#[utoipa::path(get, path = "/doctors/me/dashboard", tag = "doctors", operation_id = "get_own_doctor_dashboard",
    responses((status = 200, body = DoctorDashboard)))]
pub(crate) async fn dashboard(State(state): State<AppState>, AsDoctor(doctor_id): AsDoctor) -> Result<Json<DoctorDashboard>, Problem> {
    let today = state.today();
    let day = (state.hospital.midnight(today), state.hospital.midnight(today.saturating_add(1.day())));
    let (entries, results, requests) = tokio::join!(
        state.store.appointments_of_doctor(doctor_id, day),
        state.store.record_waiting::<LabResult>(doctor_id, None, SHOWN),
        state.store.record_waiting::<PrescriptionRequest>(doctor_id, None, SHOWN),
    );
    // The end of the day belongs to the next one.
    let mut entries: Vec<_> = entries?.into_iter().filter(|entry| entry.slot.start < day.1).collect();
    entries.sort_by_key(|entry| (entry.slot.start, entry.id));
    let mut arrived: Vec<_> = entries.iter().filter(|entry| entry.status == "arrived").cloned().collect();
    arrived.sort_by_key(|entry| (entry.arrived_at, entry.slot.start));
    Ok(Json(DoctorDashboard {
        doctor_id,
        today: entries.into_iter().map(|entry| appointment(entry, &state)).collect(),
        waiting: arrived.into_iter().map(|entry| appointment(entry, &state)).collect(),
        results_to_review: waiting(results?, &state),
        prescription_requests: waiting(requests?, &state),
    }))
}
