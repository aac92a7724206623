//! A lab order is due and not released, or nobody has brought a specimen for it. What is told follows from the stored order.

use domain::{
    lab_order::{LabOrder, LabOrderStep, StepTaken},
    record::{
        Author,
        prescription::{LabTest, LabTestStatus},
    },
};
use mail::{EventState, reminders::LabOrderDue};
use store::{StoreError, medical_record::RecordError};

use crate::Failure;

pub(crate) async fn look_at(state: &EventState, due: &LabOrderDue) -> Result<(), Failure> {
    let now = state.clock.now();
    if now < due.due_at {
        return Err(Failure::TooEarly);
    }
    let Some(before) = state.store.lab_order(due.patient_id, due.lab_order_id).await? else { return Ok(()) };
    if before.next_look() != Some(due.due_at) {
        return Ok(());
    }
    if before.specimen_until().is_some_and(|until| until <= now) {
        return Box::pin(cancel(state, &before)).await;
    }
    let mut after = before.clone();
    (after.escalated, after.version) = (Some(before.listed.due_at), before.version + 1);
    if state.store.lab_order_change(&before, &after).await? { Ok(()) } else { Err(changed().into()) }
}

/// Its time is over: it costs nothing, and the prescription can be taken to a laboratory again.
async fn cancel(state: &EventState, before: &LabOrder) -> Result<(), Failure> {
    let now = state.clock.now();
    let step = StepTaken { step: LabOrderStep::Cancel, at: now, by: None, reason: None };
    let Ok(after) = before.clone().take(step) else { return Ok(()) };
    let prescription = match before.prescription_id {
        Some(id) => state.store.record_entry::<LabTest>(before.listed.patient_id, id).await?,
        None => None,
    };
    let ours =
        prescription.filter(|entry| entry.content.status == LabTestStatus::Ordered && entry.content.order_id == Some(before.listed.id));
    // Nobody has done it: the version names whoever wrote the one before.
    let given_back = ours.map(|entry| {
        let author = Author { at: now, ..entry.author.clone() };
        (entry.changed(author, None, entry.content.given_back()), entry)
    });
    let test = given_back.as_ref().map(|(after, before)| (before, after));
    match state.store.lab_order_cancel(before, &after, test).await {
        Ok(()) => Ok(()),
        Err(RecordError::Store(error)) => Err(error.into()),
        Err(_) => Err(changed().into()),
    }
}

fn changed() -> StoreError {
    StoreError::Unavailable("the order is changed by others at this moment".into())
}
