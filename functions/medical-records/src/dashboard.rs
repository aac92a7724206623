//! `GET /patients/{patient_id}/dashboard`: everything that a patient looks for first, in one call.

use axum::extract::State;
use domain::{
    appointment::Status,
    id::{AppointmentId, DoctorId, PatientId},
    instant::Instant,
    record::summary::{News, Notice},
    text::PersonName,
};
use http::{AppState, Json, Problem, auth::PatientAccess};
use serde::Serialize;
use store::appointments::AgendaEntry;
use utoipa::ToSchema;

use crate::summary::{ActiveMedicineView, OpenLabTestView, RecentImageView, RecentResultView, images, lab_tests, medicines, results};

/// What a patient looks for first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PatientDashboard {
    patient_id: PatientId,
    /// The appointments ahead, next first.
    appointments: Vec<NextAppointment>,
    /// The medicines that the patient takes today, with what is left of each.
    medicines: Vec<ActiveMedicineView>,
    /// The lab tests that wait for a result.
    lab_tests: Vec<OpenLabTestView>,
    /// At most five of the latest images.
    images: Vec<RecentImageView>,
    /// At most five of the latest results.
    results: Vec<RecentResultView>,
    /// How many requests for prescriptions wait for a doctor.
    open_requests: u8,
    /// What is new in the record and not read yet, newest first, at most 20.
    unread: Vec<NoticeView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct NextAppointment {
    id: AppointmentId,
    #[schema(value_type = Status)]
    status: String,
    doctor_id: DoctorId,
    doctor_name: PersonName,
    starts_at: Instant,
    ends_at: Instant,
    /// Whether it cannot take place at this time: the patient has been asked to choose another one.
    needs_new_time: bool,
}

/// Something new in the record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeView {
    news: News,
    /// The id of the entry. Send it to note that it was read.
    about: String,
    at: Instant,
}

impl NoticeView {
    pub(crate) fn of(notice: &Notice, state: &AppState) -> Self {
        Self { news: notice.news, about: notice.about.clone(), at: state.hospital.instant(notice.at) }
    }
}

fn next(entry: AgendaEntry, state: &AppState) -> NextAppointment {
    NextAppointment {
        id: entry.id,
        status: entry.status,
        doctor_id: entry.doctor_id,
        doctor_name: entry.doctor_name,
        starts_at: state.hospital.instant(entry.slot.start),
        ends_at: state.hospital.instant(entry.slot.end),
        needs_new_time: entry.needs_new_time.is_some(),
    }
}

/// Read a patient's dashboard
///
/// For the patient and those who act for the patient. One query, however many patients there are and however long the record is.
#[utoipa::path(get, path = "/patients/{patient_id}/dashboard", tag = "medical record", operation_id = "get_patient_dashboard",
    params(("patient_id" = PatientId, Path)), responses((status = 200, body = PatientDashboard)))]
pub(crate) async fn dashboard(State(state): State<AppState>, access: PatientAccess) -> Result<Json<PatientDashboard>, Problem> {
    let found = state.store.patient_dashboard(access.patient.id, state.clock.now(), &state.hospital.zone).await?;
    let summary = found.summary;
    Ok(Json(PatientDashboard {
        patient_id: access.patient.id,
        appointments: found.appointments.into_iter().map(|entry| next(entry, &state)).collect(),
        medicines: medicines(&summary, state.today()),
        lab_tests: lab_tests(&summary),
        images: images(&summary),
        results: results(&summary, &access, &state),
        open_requests: summary.requests,
        unread: summary.unread.iter().map(|notice| NoticeView::of(notice, &state)).collect(),
    }))
}
