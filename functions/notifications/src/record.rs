//! Prescriptions and requests for them: the patient or the doctor is told.

use domain::{
    id::DoctorId,
    record::{
        Clinical, Entry,
        prescription::{LabTest, LabTestStatus, Medicine},
        request::{PrescriptionRequest, RequestStatus},
    },
    role::Role,
    text::PersonName,
};
use mail::{
    EventState, MailError,
    emails::prescription::{self as emails, PrescriptionNews},
    record_news::{RecordNews, What},
};
use store::StoreError;

use crate::change::Change;

pub(crate) fn medicine(before: Option<&Entry<Medicine>>, after: &Entry<Medicine>) -> Option<Change> {
    let (content, stopped) = (&after.content, after.content.stopped || after.in_error);
    if before.is_some_and(|before| before.content.stopped) {
        return None;
    }
    // What is dispensed changes the prescription, but not what the patient has to know.
    let same = |before: &Entry<Medicine>| Medicine { dispensed: content.dispensed, ..before.content.clone() } == *content;
    if before.is_some_and(|before| same(before) && before.in_error == after.in_error) {
        return None;
    }
    let what = What::Medicine(news(before.is_none(), stopped));
    Some(about(after, content.doctor_id, &content.doctor_name, what))
}

pub(crate) fn lab_test(before: Option<&Entry<LabTest>>, after: &Entry<LabTest>) -> Option<Change> {
    let content = &after.content;
    // A laboratory tells of its orders, and a result is told of when it can be seen.
    let same = |before: &Entry<LabTest>| before.content.says_the_same(content) && before.in_error == after.in_error;
    let over = |before: &Entry<LabTest>| !before.content.waits();
    if content.status == LabTestStatus::Resulted
        || before.is_some_and(|before| over(before) || same(before) && content.status != LabTestStatus::Stopped)
    {
        return None;
    }
    let what = What::LabTest(news(before.is_none(), after.in_error || content.status == LabTestStatus::Stopped));
    Some(about(after, content.doctor_id, &content.doctor_name, what))
}

/// One that is granted is told of by the prescription itself.
pub(crate) fn request(before: Option<&Entry<PrescriptionRequest>>, after: &Entry<PrescriptionRequest>) -> Option<Change> {
    let content = &after.content;
    let what = match (before, content.status) {
        (None, RequestStatus::Open) => What::Requested { refill: content.refill_of.is_some() },
        (Some(before), RequestStatus::Declined) if before.content.status == RequestStatus::Open => What::Declined,
        _ => return None,
    };
    Some(about(after, content.doctor_id, &content.doctor_name, what))
}

fn about<C: Clinical>(after: &Entry<C>, doctor_id: DoctorId, doctor_name: &PersonName, what: What) -> Change {
    Change::Record(Box::new(RecordNews {
        patient_id: after.patient_id,
        id: after.id.to_string(),
        version: after.version,
        at: after.author.at,
        doctor_id,
        // Another doctor may have taken it out of view, or declined it.
        doctor_name: if after.in_error || what == What::Declined { after.author.name.clone() } else { doctor_name.clone() },
        what,
    }))
}

const fn news(is_new: bool, is_stopped: bool) -> PrescriptionNews {
    match (is_new, is_stopped) {
        (_, true) => PrescriptionNews::Stopped,
        (true, false) => PrescriptionNews::Prescribed,
        (false, false) => PrescriptionNews::Changed,
    }
}

/// Tells whom it concerns.
pub(crate) async fn tell(state: &EventState, about: &RecordNews) -> Result<(), MailError> {
    let (hospital, id) = (&state.hospital, format!("{}-v{}", about.id, about.version));
    let Some(patient) = state.store.patient(about.patient_id).await? else { return Ok(()) };
    let name = patient.name.as_str();
    let email = match about.what {
        What::Medicine(news) => emails::changed(hospital, about, name, "a medicine", news)?,
        What::LabTest(news) => emails::changed(hospital, about, name, "a lab test", news)?,
        What::Declined => emails::declined(hospital, about, name)?,
        What::Requested { refill } => {
            let Some(doctor) = state.store.doctor(about.doctor_id).await? else { return Ok(()) };
            let Some(to) = state.colleague(doctor.user_id, Role::Doctor).await? else { return Ok(()) };
            return state.mailer.send(&format!("{id}-doctor"), &to, &emails::requested(hospital, about, name, refill)?).await;
        }
    };
    match state.acts_for(&patient).await? {
        Some(to) => state.mailer.send(&format!("{id}-patient"), &to, &email).await,
        None => Ok(()),
    }
}

/// Whether it is still worth an email: a request that was answered meanwhile is not.
pub(crate) async fn still_so(state: &EventState, about: &RecordNews) -> Result<bool, StoreError> {
    let (What::Requested { .. }, Ok(id)) = (about.what, about.id.parse()) else { return Ok(true) };
    let request = state.store.record_entry::<PrescriptionRequest>(about.patient_id, id).await?;
    Ok(request.is_some_and(|request| request.content.status == RequestStatus::Open))
}
