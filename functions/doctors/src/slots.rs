//! `GET /doctors/{id}/slots`: a doctor's free slots on a range of days.

use axum::extract::State;
use domain::id::DoctorId;
use http::{AppState, Fields, Json, Path, Problem, Query, SlotView, auth::Caller, days};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SlotsQuery {
    /// The first day in the hospital's time zone, as `YYYY-MM-DD`. When left out: today.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, included: at most thirty days after the first. When left out: six days after the first.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

/// The slots that can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FreeSlots {
    #[schema(format = "date")]
    from: String,
    #[schema(format = "date")]
    to: String,
    items: Vec<SlotView>,
}

/// List a doctor's free slots
#[utoipa::path(get, path = "/doctors/{id}/slots", tag = "doctors", operation_id = "list_free_slots", params(("id" = DoctorId, Path), SlotsQuery),
    responses((status = 200, body = FreeSlots)))]
pub(crate) async fn slots(
    State(state): State<AppState>,
    _: Caller,
    Path(id): Path<DoctorId>,
    Query(query): Query<SlotsQuery>,
) -> Result<Json<FreeSlots>, Problem> {
    let today = state.today();
    let (from, to) = days(query.from, query.to, today, &mut Fields::default())?;
    let doctor = state.store.doctor_for_search(id).await?.ok_or_else(|| Problem::not_found("doctor"))?;
    let slots = if state.store.doctor_takes_appointments(&doctor).await? {
        state.store.doctor_free_slots(&doctor, (from, to), state.clock.now(), &state.hospital.zone).await?
    } else {
        Vec::new()
    };
    let items = slots.into_iter().map(|slot| SlotView::of(slot, &state.hospital)).collect();
    Ok(Json(FreeSlots { from: from.to_string(), to: to.to_string(), items }))
}
