//! `GET /critical-care`: the patients of the ICU, the most ill first.

use axum::extract::State;
use domain::{bed::BedNumber, ward::Ward};
use http::{
    AppState, Json, Problem,
    auth::{Caller, NotHere},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{authority::may_on, board::OccupantView};

/// The patients of the ICU.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CriticalCare {
    #[schema(max_items = 40)]
    items: Vec<CriticalCareLine>,
}

#[derive(Debug, Serialize, ToSchema)]
struct CriticalCareLine {
    bed: BedNumber,
    #[serde(flatten)]
    patient: OccupantView,
}

/// List the patients of the ICU
///
/// Those with critical vital signs first, then by acuity, then those who have been there longest.
#[utoipa::path(get, path = "/critical-care", tag = "wards", operation_id = "list_critical_care",
    responses((status = 200, body = CriticalCare), NotHere))]
pub(crate) async fn critical_care(State(state): State<AppState>, caller: Caller) -> Result<Json<CriticalCare>, Problem> {
    may_on(&state, &caller, Ward::Icu).await?;
    let now = state.clock.now();
    let mut patients: Vec<_> = state.store.beds(Ward::Icu).await?.into_iter().filter_map(|bed| Some((bed.number, bed.occupant?))).collect();
    patients.sort_by_key(|(number, occupant)| {
        let is_calm = occupant.vitals.as_ref().is_none_or(|vitals| vitals.critical.is_empty());
        // Whom nobody has judged comes after the serious ones and before those who are known to be better.
        let acuity = occupant.acuity.map_or(3, |acuity| 2 * acuity as u8);
        (is_calm, acuity, occupant.admitted_at, *number)
    });
    let line = |(bed, occupant)| CriticalCareLine { bed, patient: OccupantView::of(occupant, &caller, now, &state) };
    Ok(Json(CriticalCare { items: patients.into_iter().map(line).collect() }))
}
