//! Patients' requests for a prescription or a refill, which a doctor answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Clinical, Entry, Full, Summary, Waiting,
    summary::{News, REQUESTS},
    vitals::VitalSign,
};
use crate::{
    id::{DoctorId, MedicineId, RequestId},
    text::{PersonName, Reason},
};

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// It waits for the doctor.
    Open,
    /// The doctor has prescribed.
    Granted,
    /// The doctor has not prescribed, and says why.
    Declined,
    /// The patient took it back.
    Withdrawn,
}

/// What a patient asks a doctor for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrescriptionRequest {
    /// The doctor who is asked.
    pub doctor_id: DoctorId,
    /// The doctor's name at that time.
    pub doctor_name: PersonName,
    /// The patient's name at that time.
    pub patient_name: PersonName,
    /// The prescription to refill. Absent when the patient asks for something new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refill_of: Option<MedicineId>,
    /// What the patient asks for, and why.
    pub what: Reason,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// How it stands.
    pub status: RequestStatus,
    /// The prescription that answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prescription_id: Option<MedicineId>,
    /// What the doctor says to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Reason>,
}

impl Clinical for PrescriptionRequest {
    type Id = RequestId;
    const KIND: &'static str = "prescription_request";

    const IN_SUMMARY: bool = true;

    fn show(before: Option<&Entry<Self>>, entry: &Entry<Self>, summary: &mut Summary) -> Result<Vec<VitalSign>, Full> {
        // Only so many at a time, so that nobody floods a doctor.
        match before {
            None if summary.requests >= REQUESTS => return Err(Full("open requests", usize::from(REQUESTS))),
            None => summary.requests += 1,
            Some(_) if entry.content.status != RequestStatus::Open => summary.requests = summary.requests.saturating_sub(1),
            Some(_) => {}
        }
        let news = match entry.content.status {
            RequestStatus::Granted => News::RequestGranted,
            RequestStatus::Declined => News::RequestDeclined,
            RequestStatus::Open | RequestStatus::Withdrawn => return Ok(Vec::new()),
        };
        summary.tell(news, &entry.id, entry.author.at);
        Ok(Vec::new())
    }

    fn waits(entry: &Entry<Self>) -> Option<Waiting> {
        let content = &entry.content;
        (content.status == RequestStatus::Open).then(|| Waiting {
            doctor_id: content.doctor_id,
            id: entry.id.to_string(),
            patient_id: entry.patient_id,
            patient_name: content.patient_name.clone(),
            what: content.what.to_string(),
            critical: false,
            since: content.asked_at,
        })
    }
}
