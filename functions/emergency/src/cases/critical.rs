//! Somebody needs critical care: they get a free bed of the ICU at once, in the transaction that writes the case. When there is none, the case is
//! written all the same, and the patient is at the head of the list.

use domain::{
    admission::Admission,
    bed_request::{BedPriority, BedRequest},
    emergency::EmergencyCase,
    id::{AdmissionId, BedRequestId},
    patient::Patient,
    ward::Ward,
};
use http::{AppState, Problem, auth::Caller};
use store::{
    StoreError,
    admissions::{AdmitError, NewAdmission},
    emergency::{CaseError, CaseWrite, InBedList},
};

use crate::refused::{cannot_now, no_bed, not_written};

const TRIES: usize = 5;

/// Writes a case that is new, or that was judged anew. Returns it as it was written.
pub(crate) async fn write(
    state: &AppState,
    patient: &Patient,
    before: Option<&EmergencyCase>,
    case: EmergencyCase,
    caller: &Caller,
) -> Result<EmergencyCase, Problem> {
    for _ in 0..TRIES {
        if let Some(written) = try_to_write(state, patient, before, &case, caller).await? {
            return Ok(written);
        }
    }
    Err(StoreError::Unavailable("what the patient waits for is changed by others at this moment".into()).into())
}

/// `None` when what the patient waits for changes at this moment.
async fn try_to_write(
    state: &AppState,
    patient: &Patient,
    before: Option<&EmergencyCase>,
    case: &EmergencyCase,
    caller: &Caller,
) -> Result<Option<EmergencyCase>, Problem> {
    let (store, now) = (&state.store, state.clock.now());
    let waits = store.bed_request(patient.id).await?;
    let own = waits.as_ref().filter(|waits| waits.priority == BedPriority::Critical && waits.case_id == Some(case.id));
    let in_bed_list = match (case.is_critical(), own) {
        // Who needs critical care already keeps the place on the list.
        (true, Some(_)) | (false, None) => Some(InBedList::AsBefore),
        (false, Some(own)) => Some(InBedList::NoLonger(own)),
        (true, None) => None,
    };
    if let Some(in_bed_list) = in_bed_list {
        return match store.case_write(of(before, case), in_bed_list).await {
            Ok(()) => Ok(Some(case.clone())),
            Err(CaseError::ListChanged) => Ok(None),
            Err(why) => Err(not_written(why)),
        };
    }
    // Others who need critical care and came first get the bed first.
    let first = store.bed_request_list(Ward::Icu, None, 1).await?.into_iter().next();
    let others_wait = first.is_some_and(|first| first.entry.priority == BedPriority::Critical);
    if let Some(ward) = store.ward(Ward::Icu).await?.filter(|_| !others_wait) {
        let admission = new_admission(state, case, waits.as_ref(), caller)?;
        let admitted = case.clone().admitted(admission.id, now, admission.admitted_by).map_err(cannot_now)?;
        // It is written once, so it is one version.
        let admitted = EmergencyCase { version: case.version, ..admitted };
        let (ward, daily_fee, request) = (ward.ward, ward.daily_fee, waits.as_ref());
        let new = NewAdmission { admission, patient, ward, daily_fee, request, case: Some(of(before, &admitted)) };
        match store.admission_begin(&new, None, now).await {
            Ok(_) => return Ok(Some(admitted)),
            Err(AdmitError::WardFull) => {}
            Err(AdmitError::NotWaiting) => return Ok(None),
            Err(why) => return Err(no_bed(why, ward)),
        }
    }
    let request = BedRequest {
        id: BedRequestId::new(now, state.random.u128()?),
        ward: Ward::Icu,
        patient_id: patient.id,
        patient_name: patient.name.clone(),
        mrn: patient.mrn.clone(),
        priority: BedPriority::Critical,
        reason: None,
        doctor: case.doctor().or_else(|| waits.as_ref().and_then(|waits| waits.doctor.clone())),
        case_id: Some(case.id),
        since: now,
        by: caller.user_id,
    };
    match store.case_write(of(before, case), InBedList::From { before: waits.as_ref(), request: &request }).await {
        Ok(()) => Ok(Some(case.clone())),
        Err(CaseError::ListChanged) => Ok(None),
        Err(why) => Err(not_written(why)),
    }
}

fn of<'a>(before: Option<&'a EmergencyCase>, after: &'a EmergencyCase) -> CaseWrite<'a> {
    before.map_or(CaseWrite::New(after), |before| CaseWrite::Changed { before, after })
}

/// The stay that follows from a case. The doctor who treats the patient is responsible, or the one whom the request for the bed names.
pub(crate) fn new_admission(
    state: &AppState,
    case: &EmergencyCase,
    request: Option<&BedRequest>,
    caller: &Caller,
) -> Result<Admission, Problem> {
    let now = state.clock.now();
    Ok(Admission {
        doctor: case.doctor().or_else(|| request.and_then(|request| request.doctor.clone())),
        case_id: Some(case.id),
        admitted_by: Some(caller.user_id),
        ..Admission::new(AdmissionId::new(now, state.random.u128()?), case.patient_id, now)
    })
}
