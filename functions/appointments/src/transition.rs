//! One change of status, made from the version that was read. Arrival, completion, no-show and cancelling share it.

use domain::appointment::{Appointment, Refused};
use http::{AppState, IfMatch, Problem, Versioned};

use crate::{
    refused::{not_changed, refused},
    view::{AppointmentView, view},
};

pub(crate) async fn transition(
    state: &AppState,
    before: Appointment,
    if_match: IfMatch,
    change: impl FnOnce(Appointment) -> Result<Appointment, Refused>,
) -> Result<Versioned<AppointmentView>, Problem> {
    if_match.check(before.version)?;
    let after = change(before.clone()).map_err(|why| refused(why, &state.hospital))?;
    state.store.appointment_change_status(&before, &after, &state.hospital.zone).await.map_err(not_changed)?;
    Ok(view(after, &state.hospital))
}
