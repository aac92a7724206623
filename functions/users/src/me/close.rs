//! `DELETE /users/me`: close the caller's account for good. The patient profile is kept, because the law requires it. The account and its
//! contact data are no longer used.

use axum::{extract::State, http::StatusCode};
use domain::{account::Status, appointment::When, instant::Instant};
use http::{Problem, auth::Caller, refusals};
use store::accounts::{AccountChange, StoredAccount};

use crate::{
    Users,
    refused::{not_changed, refused},
};

refusals! {
    pub(crate) NotClosed {
        409 "appointments_booked" { next_appointment: Instant },
        409 "still_needed",
        409 "wrong_status" { account_status: Status },
        409 "booking_under_way",
        409 "changed_meanwhile",
    }
}

/// Close your account
///
/// Every sign-in ends, the email address is free for a new account, and no more emails go to it. A patient profile is kept. Cancel your
/// upcoming appointments first.
#[utoipa::path(delete, path = "/users/me", tag = "own account", operation_id = "close_own_account", responses((status = 204, description = "Closed"), NotClosed))]
pub(crate) async fn close(State(users): State<Users>, caller: Caller) -> Result<StatusCode, Problem> {
    let state = &users.base;
    let before = users.own_account(&caller).await?;
    let after = StoredAccount::new(before.account.clone().close().map_err(refused)?, None);
    if let Some(patient) = before.account.patient_id {
        let upcoming = state
            .store
            .appointment_list_of_patient(patient, When::Upcoming.into(), state.clock.now(), &state.hospital.zone, None, 1)
            .await?;
        if let Some(appointment) = upcoming.first() {
            let refused = Problem::conflict(
                "appointments_booked",
                "You have upcoming appointments. Cancel them first, so that others can have the time.",
            );
            return Err(refused.with("next_appointment", state.hospital.instant(appointment.slot.start)));
        }
    }
    let ends_bookings_of = before.account.patient_id.map(|patient| (patient, state.clock.now()));
    state.store.account_change(AccountChange { ends_bookings_of, ..AccountChange::new(&before, &after) }).await.map_err(not_changed)?;
    Ok(StatusCode::NO_CONTENT)
}
