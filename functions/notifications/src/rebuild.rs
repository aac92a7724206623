//! Schedules are not in the table: after it was restored, or the times of the triage scale have changed, each is made to follow what is there.

use domain::id::{AllocationId, AppointmentId, CaseId, InvoiceId, LabOrderId, PatientId, WaitId};
use serde::Deserialize;
use store::wards::CleaningTask;

use crate::{Failure, Notifications};

/// What `infra/rebuild_reminders.py` calls this function with.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names in JSON")]
pub struct Rebuild {
    rebuild_reminders: Vec<AppointmentId>,
    #[serde(default)]
    rebuild_offers: Vec<WaitId>,
    #[serde(default)]
    rebuild_cleaning: Vec<CleaningTask>,
    #[serde(default)]
    rebuild_emergencies: Vec<CaseId>,
    #[serde(default)]
    rebuild_allocations: Vec<Allocated>,
    #[serde(default)]
    rebuild_lab_orders: Vec<Ordered>,
    #[serde(default)]
    rebuild_invoices: Vec<Invoiced>,
}

/// An invoice.
#[derive(Debug, Deserialize)]
struct Invoiced {
    patient_id: PatientId,
    id: InvoiceId,
}

/// What is set aside for a patient.
#[derive(Debug, Deserialize)]
struct Allocated {
    patient_id: PatientId,
    id: AllocationId,
}

/// An order of a lab test.
#[derive(Debug, Deserialize)]
struct Ordered {
    patient_id: PatientId,
    id: LabOrderId,
}

/// Makes each schedule what the appointment, the wait, the bed, the emergency, the allocation, the lab order or the invoice calls for. Once more does no harm.
pub(crate) async fn reminders(state: &Notifications, rebuild: &Rebuild) -> Result<(), Failure> {
    for id in &rebuild.rebuild_reminders {
        if let Some(appointment) = state.base.store.appointment(*id).await? {
            state.reminders.follow(&appointment, state.base.clock.now()).await?;
        }
    }
    for id in &rebuild.rebuild_offers {
        if let Some(wait) = state.base.store.wait(*id).await? {
            state.reminders.follow_offer(&wait, state.base.clock.now()).await?;
        }
    }
    for task in &rebuild.rebuild_cleaning {
        if let Some(bed) = state.base.store.bed(task.ward, task.bed).await? {
            state.reminders.follow_bed(&bed, state.base.clock.now()).await?;
        }
    }
    for id in &rebuild.rebuild_emergencies {
        if let Some(case) = state.base.store.emergency_case(*id).await? {
            state.reminders.follow_case(&case, &state.base.hospital.triage, state.base.clock.now()).await?;
        }
    }
    for allocated in &rebuild.rebuild_allocations {
        if let Some(allocation) = state.base.store.allocation(allocated.patient_id, allocated.id).await? {
            state.reminders.follow_allocation(&allocation, state.base.clock.now()).await?;
        }
    }
    for ordered in &rebuild.rebuild_lab_orders {
        let (store, now) = (&state.base.store, state.base.clock.now());
        if let Some(order) = store.lab_order(ordered.patient_id, ordered.id).await? {
            state.reminders.follow_lab_order(&order, now).await?;
        }
        if let Some(critical) = store.critical_result(ordered.patient_id, ordered.id).await? {
            state.reminders.follow_critical_result(&critical, now).await?;
        }
    }
    for invoiced in &rebuild.rebuild_invoices {
        if let Some(balance) = state.base.store.invoice_balance(invoiced.patient_id, invoiced.id).await? {
            state.reminders.follow_invoice(&balance, &state.base.hospital, state.base.clock.now()).await?;
        }
    }
    Ok(())
}
