//! `GET /patients/{patient_id}/charges`: what was done for a patient, and what it costs.

use axum::extract::State;
use domain::id::PatientId;
use http::{AppState, Json, Listing, NoFilter, Page, Problem, auth::PatientAccess};

use super::{ChargeView, view};

/// How many are on a page at most: the units that a page costs are limited.
const ON_A_PAGE: usize = 10;

/// List the charges of a patient
///
/// The latest first, also those that were reversed, at most 10 on a page. A charge follows from what was done, a moment later: a consultation when it
/// is completed, the days in a bed when the patient leaves it, a surgery when it is noted, a medicine when it is handed over, a lab test when the
/// specimen is taken. An appointment that is cancelled or still ahead costs nothing.
#[utoipa::path(get, path = "/patients/{patient_id}/charges", tag = "charges", operation_id = "list_charges",
    params(("patient_id" = PatientId, Path), Listing<NoFilter>), responses((status = 200, body = Page<ChargeView>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<ChargeView>>, Problem> {
    let (list, limit) = (format!("charges?{}", access.patient.id), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?;
    let before =
        before.map(|number| number.parse::<u32>().map_err(|_| Problem::bad_request("invalid_cursor", "Send `next_cursor` unchanged.")));
    let found = state.store.charge_list(access.patient.id, before.transpose()?, limit + 1).await?;
    let account = state.store.billing_account(access.patient.id).await?;
    let page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.charge.number.to_string()));
    Ok(Json(page.map(|charge| view(charge, &account, &state))))
}
