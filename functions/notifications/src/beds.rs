//! Beds: what has to be cleaned, who gets a bed that became free, and who is told of it.

use domain::{
    admission::Admission,
    bed::{Bed, BedNumber, BedStatus},
    bed_request::BedRequest,
    emergency::EmergencyCase,
    id::AdmissionId,
    ward::{EstablishedWard, Ward},
};
use mail::{Cause, ward_news::WardNews};
use store::{
    StoreError,
    admissions::{AdmitError, NewAdmission},
    care::Care,
    emergency::CaseWrite,
    wards::CleaningTask,
};

use crate::{Failure, Notifications};

/// How many of those who wait are read at once.
const AT_ONCE: usize = 10;
/// How often somebody is given a bed when others change the same beds at the same moment.
const TRIES: usize = 8;

/// A bed is new, or its state has changed.
pub(crate) async fn follow(state: &Notifications, before: Option<&Bed>, after: &Bed) -> Result<(), Failure> {
    let (store, base) = (&state.base.store, &state.base);
    // The beds of a new ward are written together, so the last one speaks for all.
    let is_last = after.number == BedNumber::all().last().unwrap_or(after.number);
    if before.map_or(!is_last, |before| before.status == after.status) {
        return Ok(());
    }
    // Those who wait first: whatever else fails must not keep a bed from them.
    if after.status == BedStatus::Free {
        Box::pin(serve(state, after.ward, None)).await?;
    }
    store.bed_counts_follow(after.ward).await?;
    // As it is now: this record may come late.
    let Some(now) = store.bed(after.ward, after.number).await? else { return Ok(()) };
    for task in [before, Some(after)].into_iter().flatten().filter_map(CleaningTask::of) {
        if task.holds(&now) { store.cleaning_task_put(&task).await? } else { store.cleaning_task_delete(&task).await? }
    }
    if before.is_some() {
        state.reminders.follow_bed(&now, base.clock.now()).await?;
    }
    match CleaningTask::of(after) {
        Some(task) => tell(state, WardNews::ToClean(task)).await,
        None => Ok(()),
    }
}

/// A patient was admitted or moved, or has left.
pub(crate) async fn follow_admission(state: &Notifications, before: Option<&Admission>, after: &Admission) -> Result<(), Failure> {
    let doctor = |admission: &Admission| admission.doctor.as_ref().map(|doctor| doctor.id);
    let earlier = before.filter(|before| doctor(before) != doctor(after));
    for admission in earlier.into_iter().chain([after]) {
        treats(state, admission, after).await?;
    }
    if before.is_none() {
        // What was measured before they had a bed.
        state.base.store.board_show_vitals(after.patient_id).await?;
    }
    let (patient_id, admission_id) = (after.patient_id, after.id);
    if after.left.is_some() {
        return tell(state, WardNews::Left { patient_id, admission_id }).await;
    }
    let ward = |admission: &Admission| admission.place().map(|(ward, _)| ward);
    let (Some(now), earlier) = (ward(after), before.and_then(ward)) else { return Ok(()) };
    // Whoever admits a patient by hand knows of it, and within a ward its manager sees it on the board.
    let is_news = earlier.map_or(after.admitted_by.is_none() || after.case_id.is_some(), |earlier| earlier != now);
    let Some(segment) = after.segments.last().filter(|_| is_news) else { return Ok(()) };
    let news = WardNews::Comes { patient_id, admission_id, ward: now, since: segment.from, from: earlier };
    tell(state, news).await
}

/// The doctor of a stay treats the patient while they are responsible, and for some time afterwards.
async fn treats(state: &Notifications, admission: &Admission, after: &Admission) -> Result<(), Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    let Some(doctor) = &admission.doctor else { return Ok(()) };
    // As it is now: this record may come late.
    let Some(current) = store.admission(after.patient_id, after.id).await? else { return Ok(()) };
    let is_responsible = current.doctor.as_ref().is_some_and(|current| current.id == doctor.id);
    let to = if is_responsible { current.left.as_ref().map(|left| left.at) } else { Some(now) };
    let cause = after.id.to_string();
    let care = Care { doctor_id: doctor.id, patient_id: after.patient_id, cause, from: current.admitted_at, to };
    store.care_put(&care).await?;
    match store.patient(after.patient_id).await? {
        Some(patient) => Ok(store.treated_follow(doctor.id, &patient, now, zone).await?),
        None => Ok(()),
    }
}

/// Gives the free beds of a ward to those who wait for them, the most urgent one first. The list may not show a request yet that was made just now.
pub(crate) async fn serve(state: &Notifications, ward: Ward, just_made: Option<&BedRequest>) -> Result<(), Failure> {
    let store = &state.base.store;
    let Some(established) = store.ward(ward).await? else { return Ok(()) };
    let mut after: Option<String> = None;
    loop {
        let waiting = store.bed_request_list(ward, after.as_deref(), AT_ONCE).await?;
        for line in &waiting {
            if Box::pin(give(state, &established, &line.entry)).await? == Given::WardFull {
                return Ok(());
            }
        }
        match waiting.last() {
            Some(last) if waiting.len() == AT_ONCE => after = Some(last.position.clone()),
            _ => break,
        }
    }
    if let Some(request) = just_made {
        Box::pin(give(state, &established, request)).await?;
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
enum Given {
    /// The patient has a bed, or no longer needs one.
    Done,
    WardFull,
}

/// Gives somebody who waits a bed.
async fn give(state: &Notifications, ward: &EstablishedWard, listed: &BedRequest) -> Result<Given, Failure> {
    let store = &state.base.store;
    for _ in 0..TRIES {
        // As it is now: the list may be a moment late.
        let Some(request) = store.bed_request(listed.patient_id).await?.filter(|request| request.id == listed.id) else {
            return Ok(Given::Done);
        };
        let given = match store.current_admission(request.patient_id).await? {
            Some(admission) if admission.place().is_some_and(|(there, _)| there == ward.ward) => {
                // They came there in another way.
                store.bed_request_end(&request).await?;
                return Ok(Given::Done);
            }
            Some(admission) => {
                let there = (ward.ward, None, ward.daily_fee);
                store.admission_move(&admission, there, Some(&request), state.base.clock.now()).await
            }
            None if is_gone(state, &request).await? => {
                store.bed_request_end(&request).await?;
                return Ok(Given::Done);
            }
            None => Box::pin(admit(state, ward, &request)).await?,
        };
        match given {
            Ok(_) => return Ok(Given::Done),
            Err(AdmitError::WardFull | AdmitError::NoBed) => return Ok(Given::WardFull),
            Err(AdmitError::Deceased) => {
                store.bed_request_end(&request).await?;
                return Ok(Given::Done);
            }
            Err(AdmitError::Store(error)) => return Err(error.into()),
            // Somebody else has changed something that it depends on.
            Err(_) => {}
        }
    }
    Err(StoreError::Unavailable("the beds of the ward are changed by others at this moment".into()).into())
}

/// Whether a patient has left since they were put on the list: from a bed, or from the emergency room.
async fn is_gone(state: &Notifications, request: &BedRequest) -> Result<bool, Failure> {
    let store = &state.base.store;
    let latest = store.admission_list(request.patient_id, None, 1).await?.pop();
    if latest.and_then(|admission| admission.left).is_some_and(|left| left.at >= request.since) {
        return Ok(true);
    }
    let Some(case) = request.case_id else { return Ok(false) };
    Ok(store.emergency_case(case).await?.is_some_and(|case| case.closed.is_some()))
}

async fn admit(state: &Notifications, ward: &EstablishedWard, request: &BedRequest) -> Result<Result<Admission, AdmitError>, Failure> {
    let (store, now) = (&state.base.store, state.base.clock.now());
    let Some(patient) = store.patient(request.patient_id).await? else { return Ok(Err(AdmitError::Deceased)) };
    let before = store.current_case(patient.id).await?;
    let admission = Admission {
        doctor: request.doctor.clone().or_else(|| before.as_ref().and_then(EmergencyCase::doctor)),
        case_id: before.as_ref().map(|case| case.id),
        // The id follows from the request, so that one request never leads to two stays.
        ..Admission::new(AdmissionId::following(request.id), patient.id, now)
    };
    let case = before.and_then(|before| Some((before.clone().admitted(admission.id, now, None).ok()?, before)));
    let case = case.as_ref().map(|(after, before)| CaseWrite::Changed { before, after });
    let new = NewAdmission { admission, patient: &patient, ward: ward.ward, daily_fee: ward.daily_fee, request: Some(request), case };
    Ok(store.admission_begin(&new, None, now).await)
}

/// Tells whom it concerns. What SES refuses can be asked for again.
pub(crate) async fn tell(state: &Notifications, news: WardNews) -> Result<(), Failure> {
    Ok(Box::pin(state.base.because_of(Cause::Wards(Box::new(news.clone()))).tell_wards(&news)).await?)
}
