//! A pharmacy sets something aside for a patient, or no longer does: both sides are told, and it ends when nobody collects it.

use domain::allocation::{Allocation, AllocationStatus};
use mail::{Cause, pharmacy_news::PharmacyNews};

use crate::{Failure, Notifications};

pub(crate) async fn follow(state: &Notifications, before: Option<&Allocation>, after: &Allocation) -> Result<(), Failure> {
    if before.is_some_and(|before| before.status == after.status) {
        return Ok(());
    }
    let (patient_id, allocation_id) = (after.listed.patient_id, after.listed.id);
    // As it is now: this record may come late.
    if let Some(now) = state.base.store.allocation(patient_id, allocation_id).await? {
        state.reminders.follow_allocation(&now, state.base.clock.now()).await?;
    }
    let news = match after.status {
        AllocationStatus::Allocated => PharmacyNews::SetAside { patient_id, allocation_id },
        _ => PharmacyNews::Ended { patient_id, allocation_id },
    };
    tell(state, news).await
}

/// Tells whom it concerns. What SES refuses can be asked for again.
async fn tell(state: &Notifications, news: PharmacyNews) -> Result<(), Failure> {
    Ok(Box::pin(state.base.because_of(Cause::Pharmacy(Box::new(news.clone()))).tell_pharmacy(&news)).await?)
}
