//! Somebody needs critical care: they get a free bed of the ICU at once, in the transaction that writes the case. When there is none, the case is
//! written all the same, and the patient is at the head of the list.

use domain::{
    admission::Admission,
    bed_request::{BedPriority, BedRequest},
    emergency::{Closed, Disposition, EmergencyCase},
    id::{AdmissionId, BedRequestId},
    patient::Patient,
    ward::Ward,
};
use http::{AppState, Problem, auth::Caller};
use store::{
    StoreError,
    admissions::{AdmitError, NewAdmission},
    emergency::{CaseWrite, InBedList},
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
    let waits = if case.is_critical() { store.bed_request(patient.id).await? } else { None };
    // Who waits for a bed of the ICU already stays where they are on the list.
    let is_on_the_list = waits.as_ref().is_some_and(|waits| waits.ward == Ward::Icu && waits.priority == BedPriority::Critical);
    if !case.is_critical() || is_on_the_list {
        store.case_write(of(before, case), InBedList::AsBefore).await.map_err(not_written)?;
        return Ok(Some(case.clone()));
    }
    // Others who need critical care and came first get the bed first.
    let first = store.bed_request_list(Ward::Icu, None, 1).await?.into_iter().next();
    let others_wait = first.is_some_and(|first| first.entry.priority == BedPriority::Critical);
    if let Some(ward) = store.ward(Ward::Icu).await?.filter(|_| !others_wait) {
        let admission = new_admission(state, case, caller)?;
        let closed = Closed { at: now, by: Some(caller.user_id), how: Disposition::Admitted, note: None };
        let admitted = case.clone().close(closed, Some(admission.id)).map_err(cannot_now)?;
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
        doctor: case.doctor(),
        case_id: Some(case.id),
        since: now,
        by: caller.user_id,
    };
    store.case_write(of(before, case), InBedList::From(&request)).await.map_err(not_written)?;
    Ok(Some(case.clone()))
}

fn of<'a>(before: Option<&'a EmergencyCase>, after: &'a EmergencyCase) -> CaseWrite<'a> {
    before.map_or(CaseWrite::New(after), |before| CaseWrite::Changed { before, after })
}

/// The stay that follows from a case. The doctor who has seen the patient is responsible.
pub(crate) fn new_admission(state: &AppState, case: &EmergencyCase, caller: &Caller) -> Result<Admission, Problem> {
    let now = state.clock.now();
    Ok(Admission {
        id: AdmissionId::new(now, state.random.u128()?),
        patient_id: case.patient_id,
        doctor: case.doctor(),
        case_id: Some(case.id),
        admitted_at: now,
        admitted_by: Some(caller.user_id),
        segments: Vec::new(),
        expected_discharge: None,
        isolation: None,
        acuity: None,
        ready: None,
        left: None,
        version: 1,
    })
}
