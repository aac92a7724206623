//! `GET /doctors/{id}/slots`: a doctor's free slots on a range of days.

use axum::extract::State;
use domain::{id::DoctorId, patient::parse_date};
use http::{AppState, Fields, Json, Path, Problem, Query, SlotView, auth::Caller};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The longest range, in days.
const MAX_DAYS: i32 = 31;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SlotsQuery {
    /// The first day in the hospital's time zone, as `YYYY-MM-DD`. When left out: today.
    #[param(value_type = Option<String>, format = Date)]
    pub(crate) from: Option<String>,
    /// The last day, included: at most thirty days after the first. When left out: six days after the first.
    #[param(value_type = Option<String>, format = Date)]
    pub(crate) to: Option<String>,
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
    let (from, to) = days(query, today, &mut Fields::default())?;
    let doctor = state.store.doctor(id).await?.ok_or_else(|| Problem::not_found("doctor"))?;
    let slots = if state.store.doctor_takes_appointments(&doctor).await? {
        state.store.doctor_free_slots(&doctor, (from, to), state.clock.now(), &state.hospital.zone).await?
    } else {
        Vec::new()
    };
    let items = slots.into_iter().map(|slot| SlotView::of(slot, &state.hospital)).collect();
    Ok(Json(FreeSlots { from: from.to_string(), to: to.to_string(), items }))
}

/// The days that are asked for, or everything that is wrong with a request.
pub(crate) fn days(query: SlotsQuery, today: Date, fields: &mut Fields) -> Result<(Date, Date), Problem> {
    let from = fields.optional("from", query.from, |text| parse_date(&text));
    let to = fields.optional("to", query.to, |text| parse_date(&text));
    let (Some(from), Some(to)) = (from, to) else { return Err(std::mem::take(fields).problem()) };
    let from = from.unwrap_or(today);
    let to = to.unwrap_or_else(|| from.saturating_add(6.days()));
    if to < from {
        fields.refuse("to", "before_from", "Choose a last day that is not before the first day.");
    } else if to > from.saturating_add((MAX_DAYS - 1).days()) {
        fields.refuse("to", "range_too_long", format!("Ask for at most {MAX_DAYS} days at once."));
    } else {
        return Ok((from, to));
    }
    Err(std::mem::take(fields).problem())
}
