//! A lab order is placed, takes a step or is late, or a value is critical: whoever has to know is told, and its schedules follow.

use domain::{
    critical_result::CriticalResult,
    lab_order::{LabOrder, LabOrderStep},
};
use mail::{
    Cause,
    lab_news::{LabNews, What},
};

use crate::{Failure, Notifications};

pub(crate) async fn follow(state: &Notifications, before: Option<&LabOrder>, after: &LabOrder) -> Result<(), Failure> {
    let (patient_id, order_id) = (after.listed.patient_id, after.listed.id);
    // As it is now: this record may come late.
    if let Some(now) = state.base.store.lab_order(patient_id, order_id).await? {
        state.reminders.follow_lab_order(&now, state.base.clock.now()).await?;
    }
    let Some(what) = news(before, after) else { return Ok(()) };
    tell(state, LabNews { patient_id, order_id, what }).await
}

/// What somebody has to know of a change. Results before the release are for the doctors, who see them on their dashboard.
fn news(before: Option<&LabOrder>, after: &LabOrder) -> Option<What> {
    let Some(before) = before else { return Some(What::Placed) };
    if after.escalated.is_some() && after.escalated != before.escalated {
        return after.escalated.map(What::Overdue);
    }
    let taken = after.steps.last().filter(|_| after.steps.len() > before.steps.len())?;
    match taken.step {
        LabOrderStep::Reject => Some(What::Rejected(after.version)),
        LabOrderStep::Release => Some(What::Released),
        LabOrderStep::Amend => Some(What::Amended(after.version)),
        LabOrderStep::Cancel => Some(What::Cancelled),
        LabOrderStep::Collect | LabOrderStep::Start | LabOrderStep::Result | LabOrderStep::Verify => None,
    }
}

pub(crate) async fn follow_critical(state: &Notifications, before: Option<&CriticalResult>, after: &CriticalResult) -> Result<(), Failure> {
    let (patient_id, order_id) = (after.listed.patient_id, after.listed.order_id);
    if let Some(now) = state.base.store.critical_result(patient_id, order_id).await? {
        state.reminders.follow_critical_result(&now, state.base.clock.now()).await?;
    }
    let (version, escalations) = (after.result_version, after.escalations);
    let changed = before.is_none_or(|before| before.result_version != version);
    let what = if changed && after.gone.is_some() {
        What::Corrected(version)
    } else if changed {
        What::Critical(version)
    } else if before.is_some_and(|before| before.escalations < escalations) {
        What::Unacknowledged { version, escalations }
    } else {
        return Ok(());
    };
    tell(state, LabNews { patient_id, order_id, what }).await
}

/// Tells whom it concerns. What SES refuses can be asked for again.
async fn tell(state: &Notifications, news: LabNews) -> Result<(), Failure> {
    Ok(Box::pin(state.base.because_of(Cause::Lab(Box::new(news.clone()))).tell_of_lab_order(&news)).await?)
}
