//! Charges follow from what was done, an invoice from the end of a stay, and the lists of invoices from what was posted to them.
//!
//! A record only says where to look. What is charged is what the appointment, the stay, the surgery, the allocation or the order calls for as it is
//! now, less what has been charged for it so far.

use domain::{
    admission::Admission,
    allocation::{Allocation, AllocationStatus},
    appointment::Appointment,
    billing::{Source, services},
    id::{InvoiceId, PatientId, SurgeryId},
    lab_order::LabOrder,
};
use store::{
    StoreError,
    billing::{IssueError, NewInvoice, Stay},
};

use crate::{Failure, Notifications};

/// Charges for something as it stands now.
async fn charge(state: &Notifications, patient: PatientId, source: Source) -> Result<(), StoreError> {
    let hospital = &state.base.hospital;
    state.base.store.charges_follow(patient, source, state.base.clock.now(), (&hospital.billing, &hospital.zone)).await
}

pub(crate) async fn follow_appointment(state: &Notifications, before: Option<&Appointment>, after: &Appointment) -> Result<(), StoreError> {
    let hospital = &state.base.hospital;
    let costs = |appointment: &Appointment| !services::of_appointment(appointment, &hospital.billing, &hospital.zone).is_empty();
    if costs(after) || before.is_some_and(costs) {
        charge(state, after.patient_id, Source::Appointment(after.id)).await?;
    }
    Ok(())
}

/// The days in a bed are charged when the patient goes to another one, and when they leave. Then the invoice is issued.
pub(crate) async fn follow_admission(state: &Notifications, before: Option<&Admission>, after: &Admission) -> Result<(), Failure> {
    let (base, patient) = (&state.base, after.patient_id);
    if before.is_none_or(|before| before.segments == after.segments && before.left == after.left) {
        return Ok(());
    }
    charge(state, patient, Source::Admission(after.id)).await?;
    if after.left.is_none() {
        return Ok(());
    }
    let Some(profile) = base.store.patient(patient).await? else { return Ok(()) };
    let new = NewInvoice {
        id: base.store.invoice_id(base.clock.now())?,
        patient: &profile,
        by: None,
        admission: Some(after.id),
        stay: Stay::of(after, &base.hospital.zone),
        terms: &base.hospital.billing,
        today: base.today(),
        now: base.clock.now(),
    };
    match base.store.invoice_issue(new).await {
        Ok(_) | Err(IssueError::Nothing | IssueError::BilledAlready) => Ok(()),
        Err(IssueError::Store(error)) => Err(error.into()),
        Err(other) => Err(StoreError::Unavailable(Box::new(other)).into()),
    }
}

pub(crate) async fn follow_surgery(state: &Notifications, patient: PatientId, id: SurgeryId) -> Result<(), StoreError> {
    charge(state, patient, Source::Surgery(id)).await
}

pub(crate) async fn follow_allocation(state: &Notifications, after: &Allocation) -> Result<(), StoreError> {
    // What was handed over stays so.
    if after.status == AllocationStatus::HandedOver {
        charge(state, after.listed.patient_id, Source::Allocation(after.listed.id)).await?;
    }
    Ok(())
}

pub(crate) async fn follow_lab_order(state: &Notifications, before: Option<&LabOrder>, after: &LabOrder) -> Result<(), StoreError> {
    let zone = &state.base.hospital.zone;
    let costs = |order: &LabOrder| !services::of_lab_order(order, zone).is_empty();
    if before.is_some_and(|before| costs(before) != costs(after)) {
        charge(state, after.listed.patient_id, Source::LabOrder(after.listed.id)).await?;
    }
    Ok(())
}

/// The lists show an invoice as it is now, and the patient is reminded when it is overdue.
pub(crate) async fn follow_invoice(state: &Notifications, patient: PatientId, id: InvoiceId) -> Result<(), Failure> {
    let (base, now) = (&state.base, state.base.clock.now());
    base.store.bill_follow(patient, id, base.today(), &base.hospital.zone).await?;
    if let Some(balance) = base.store.invoice_balance(patient, id).await? {
        state.reminders.follow_invoice(&balance, &base.hospital, now).await?;
    }
    Ok(())
}
