//! Those who wait for a bed on a ward.

pub(crate) mod ask;
pub(crate) mod list;
pub(crate) mod withdraw;

use domain::{
    bed_request::{BedPriority, BedRequest},
    id::{BedRequestId, CaseId, DoctorId, PatientId},
    instant::Instant,
    mrn::Mrn,
    text::{PersonName, Reason},
    ward::Ward,
};
use http::AppState;
use serde::Serialize;
use utoipa::ToSchema;

/// A patient who waits for a bed on a ward.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BedRequestView {
    id: BedRequestId,
    ward: Ward,
    patient_id: PatientId,
    patient_name: PersonName,
    mrn: Mrn,
    priority: BedPriority,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Who will be responsible.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_id: Option<DoctorId>,
    /// The emergency that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<CaseId>,
    since: Instant,
}

pub(crate) fn view(request: BedRequest, state: &AppState) -> BedRequestView {
    BedRequestView {
        id: request.id,
        ward: request.ward,
        patient_id: request.patient_id,
        patient_name: request.patient_name,
        mrn: request.mrn,
        priority: request.priority,
        reason: request.reason,
        doctor_id: request.doctor.map(|doctor| doctor.id),
        case_id: request.case_id,
        since: state.hospital.instant(request.since),
    }
}
