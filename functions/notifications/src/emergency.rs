//! Emergencies: when a doctor should have seen the patient, who is told that there is no bed, and the vital signs in the medical record.

use domain::{
    bed_request::BedRequest,
    emergency::{Closed, Disposition, EmergencyCase},
    id::{PatientId, VitalsId},
    record::Entry,
};
use mail::ward_news::WardNews;
use store::{
    StoreError,
    care::Care,
    emergency::{CaseError, CaseWrite, InBedList},
    medical_record::RecordError,
    trail::Origin,
};

use crate::{Failure, Notifications, beds::tell, patient_changed::following};

/// A case was opened, or has changed.
pub(crate) async fn follow(state: &Notifications, before: Option<&EmergencyCase>, after: &EmergencyCase) -> Result<(), Failure> {
    let (store, now, scale) = (&state.base.store, state.base.clock.now(), &state.base.hospital.triage);
    // As it is now: this record may come late.
    let Some(current) = store.emergency_case(after.id).await? else { return Ok(()) };
    state.reminders.follow_case(&current, scale, now).await?;
    note_vitals(state, before, after).await?;
    treats(state, &current).await?;
    // Whoever needs critical care and has a bed is told of with the stay.
    let became_critical = after.is_critical() && before.is_none_or(|before| !before.is_critical());
    if became_critical && after.closed.is_none() {
        tell(state, WardNews::NoCriticalBed { case_id: after.id }).await?;
    }
    match current.due(scale).filter(|due| *due <= now) {
        // The most urgent ones may not wait at all.
        Some(due_at) => tell(state, WardNews::WaitsTooLong { case_id: after.id, due_at }).await,
        None => Ok(()),
    }
}

/// Writes the vital signs of a judgement into the medical record, once.
async fn note_vitals(state: &Notifications, before: Option<&EmergencyCase>, after: &EmergencyCase) -> Result<(), Failure> {
    for (number, triage) in after.triages.iter().enumerate().skip(before.map_or(0, |before| before.triages.len())) {
        let Some(vitals) = triage.vitals.clone() else { continue };
        let id = VitalsId::following(after.id, number);
        let entry = Entry::new(id, after.patient_id, None, triage.author.clone(), vitals);
        match state.base.store.record_add(&entry).await {
            // There already: this record came twice.
            Ok(()) | Err(RecordError::Stale) => {}
            Err(RecordError::Store(error)) => return Err(error.into()),
            Err(other) => return Err(StoreError::Unavailable(Box::new(other)).into()),
        }
    }
    Ok(())
}

/// The doctor who has seen an emergency treats the patient until another one takes over or it ends, and for some time afterwards.
async fn treats(state: &Notifications, case: &EmergencyCase) -> Result<(), Failure> {
    let (store, now, zone) = (&state.base.store, state.base.clock.now(), &state.base.hospital.zone);
    let Some(patient) = store.patient(case.patient_id).await? else { return Ok(()) };
    let ends = case.seen.iter().skip(1).map(|next| Some(next.at)).chain([case.closed.as_ref().map(|closed| closed.at)]);
    for (seen, to) in case.seen.iter().zip(ends) {
        // Who takes over twice treats the patient twice.
        let because_of = format!("{}#{}", case.id, seen.at);
        let (doctor_id, patient_id) = (seen.doctor.id, case.patient_id);
        store.care_put(&Care { doctor_id, patient_id, cause: because_of, from: seen.at, to }).await?;
        store.treated_follow(seen.doctor.id, &patient, now, zone).await?;
    }
    Ok(())
}

/// A patient has another name: the emergency, the list for a bed and the board show it.
pub(crate) async fn patient_renamed(state: &Notifications, id: PatientId, origin: Option<&Origin>) -> Result<(), Failure> {
    let store = &state.base.store;
    let Some(patient) = store.patient(id).await? else { return Ok(()) };
    store.board_show_profile(&patient).await?;
    if let Some(request) = store.bed_request(id).await?.filter(|request| request.patient_name != patient.name) {
        let renamed = BedRequest { patient_name: patient.name.clone(), ..request };
        following(origin, store.bed_request_rename(&renamed)).await?;
    }
    let Some(before) = store.current_case(id).await?.filter(|case| case.patient_name != patient.name) else { return Ok(()) };
    let after = EmergencyCase { patient_name: patient.name, version: before.version + 1, ..before.clone() };
    write(state, &before, &after, origin).await
}

/// A patient has died: they are no longer in the queue, and wait for no bed. The bed that they have is free when they have left it.
pub(crate) async fn patient_died(state: &Notifications, id: PatientId, origin: Option<&Origin>) -> Result<(), Failure> {
    let store = &state.base.store;
    // It may have been a mistake, and taken back before this record came.
    let Some(patient) = store.patient(id).await?.filter(|patient| patient.deceased.is_some()) else { return Ok(()) };
    store.board_show_profile(&patient).await?;
    if let Some(request) = store.bed_request(id).await? {
        store.bed_request_end(&request).await?;
    }
    let Some(before) = store.current_case(id).await? else { return Ok(()) };
    let closed = Closed { at: state.base.clock.now(), by: None, how: Disposition::Died, note: None };
    let Ok(after) = before.clone().close(closed) else { return Ok(()) };
    write(state, &before, &after, origin).await
}

/// Writes what follows for a case. The list for a bed stays as it is.
async fn write(state: &Notifications, before: &EmergencyCase, after: &EmergencyCase, origin: Option<&Origin>) -> Result<(), Failure> {
    let change = CaseWrite::Changed { before, after };
    following(origin, state.base.store.case_write(change, InBedList::AsBefore)).await.map_err(|why| match why {
        CaseError::Store(error) => error.into(),
        // It changes at this moment: the record comes again.
        other => StoreError::Unavailable(Box::new(other)).into(),
    })
}
