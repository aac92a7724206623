//! `POST /pharmacies/{pharmacy_id}/pharmacists/{user_id}/release`: somebody works there no longer.

use axum::{extract::State, http::StatusCode};
use domain::id::{PharmacyId, UserId};
use http::{AppState, NoBody, Path, Problem};
use store::{pharmacies::PharmacistError, trail};

use crate::authority::InPharmacy;

/// Release somebody who works in a pharmacy
///
/// They can work in another one then. Administrators can add somebody to a pharmacy in which nobody works.
#[utoipa::path(post, path = "/pharmacies/{pharmacy_id}/pharmacists/{user_id}/release", tag = "pharmacies", operation_id = "release_pharmacist",
    params(("pharmacy_id" = PharmacyId, Path), ("user_id" = UserId, Path)), responses((status = 204, description = "Released")))]
pub(crate) async fn release(
    State(state): State<AppState>,
    there: InPharmacy,
    Path(user): Path<UserId>,
    _: NoBody,
) -> Result<StatusCode, Problem> {
    trail::account(user);
    let works = state.store.works_in_pharmacy(user).await?.filter(|works| works.pharmacy_id == there.pharmacy.listed.id);
    let missing = || Problem::not_found("pharmacist");
    match state.store.seat_end(&works.ok_or_else(missing)?).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(PharmacistError::Store(error)) => Err(error.into()),
        Err(_) => Err(missing()),
    }
}
