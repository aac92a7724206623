//! Schedules are not in the table: after it was restored, or the times of the triage scale have changed, each is made to follow what is there.

use domain::id::{AllocationId, AppointmentId, CaseId, PatientId, WaitId};
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
}

/// What is set aside for a patient.
#[derive(Debug, Deserialize)]
struct Allocated {
    patient_id: PatientId,
    id: AllocationId,
}

/// Makes each schedule what the appointment, the wait, the bed, the emergency or the allocation calls for. Once more does no harm.
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
    Ok(())
}
