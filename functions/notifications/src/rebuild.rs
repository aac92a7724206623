//! Schedules are not in the table: after it was restored, each is made to follow its appointment as it is there.

use domain::id::{AppointmentId, WaitId};
use serde::Deserialize;

use crate::{Failure, Notifications};

/// What `infra/rebuild_reminders.py` calls this function with.
#[derive(Debug, Deserialize)]
pub struct Rebuild {
    rebuild_reminders: Vec<AppointmentId>,
    #[serde(default)]
    rebuild_offers: Vec<WaitId>,
}

/// Makes the reminder of each appointment what the appointment calls for, and the end of each offer what the wait calls for. Once more does no harm.
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
    Ok(())
}
