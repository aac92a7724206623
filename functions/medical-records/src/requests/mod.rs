//! Patients' requests for prescriptions and refills.

pub(crate) mod ask;
pub(crate) mod decline;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod withdraw;

use domain::{
    id::{DoctorId, MedicineId, RequestId},
    instant::Instant,
    record::{Entry, request::RequestStatus},
    text::{PersonName, Reason},
};
use http::{AppState, Problem, auth::PatientAccess, refusals};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use domain::record::request::PrescriptionRequest;

use crate::entries::{EntryHead, Shown, head, load};

refusals! {
    pub(crate) IsAnswered {
        409 "request_answered" { current_status: RequestStatus },
    }
}

/// A request for a prescription.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestView {
    id: RequestId,
    status: RequestStatus,
    /// The doctor who is asked.
    doctor_id: DoctorId,
    /// The doctor's name at that time.
    doctor_name: PersonName,
    /// The prescription to refill. Absent when it is about something new.
    #[serde(skip_serializing_if = "Option::is_none")]
    refill_of: Option<MedicineId>,
    what: Reason,
    asked_at: Instant,
    /// The prescription that answers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    prescription_id: Option<MedicineId>,
    /// What the doctor says to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Reason>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for PrescriptionRequest {
    type View = RequestView;
    const PATH: &'static str = "prescription-requests";

    fn view(entry: Entry<Self>, state: &AppState) -> RequestView {
        let (head, content) = (head(&entry, state), entry.content);
        RequestView {
            id: entry.id,
            status: content.status,
            doctor_id: content.doctor_id,
            doctor_name: content.doctor_name,
            refill_of: content.refill_of,
            what: content.what,
            asked_at: state.hospital.instant(content.asked_at),
            prescription_id: content.prescription_id,
            answer: content.answer,
            head,
        }
    }
}

pub(crate) fn is_answered(status: RequestStatus) -> Problem {
    Problem::conflict("request_answered", "The request was answered or withdrawn.").with("current_status", status)
}

/// A request that waits.
async fn open(state: &AppState, access: &PatientAccess, id: RequestId, version: u64) -> Result<Entry<PrescriptionRequest>, Problem> {
    let before = load::<PrescriptionRequest>(state, access, id).await?;
    if before.content.status != RequestStatus::Open {
        return Err(is_answered(before.content.status));
    }
    if before.version == version { Ok(before) } else { Err(Problem::stale()) }
}
