//! `POST /shifts/{id}/cancel`: take days of a shift off the roster.

use axum::extract::State;
use domain::{id::ShiftId, patient::parse_date};
use http::{AppState, Fields, IfMatch, Json, Path, Problem, Versioned, auth::Caller, refusals};
use jiff::civil::Date;
use serde::Deserialize;
use store::{roster::ShiftError, trail};
use utoipa::ToSchema;

use crate::view::{ShiftView, shift_view};

refusals! {
    pub(crate) NotCancelled {
        409 "nothing_to_cancel",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelShiftRequest {
    /// The first day to cancel, as `YYYY-MM-DD`. When left out: from now on.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last one. When left out: all later ones.
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

/// Cancel a shift, or days of it
///
/// Days that are over stay. The person gets one email.
#[utoipa::path(post, path = "/shifts/{id}/cancel", tag = "roster", operation_id = "cancel_shift", params(("id" = ShiftId, Path), IfMatch),
    request_body = CancelShiftRequest, responses((status = 200, body = Versioned<ShiftView>), NotCancelled))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    _: Caller,
    Path(id): Path<ShiftId>,
    if_match: IfMatch,
    Json(request): Json<CancelShiftRequest>,
) -> Result<Versioned<ShiftView>, Problem> {
    let mut fields = Fields::default();
    let from = fields.optional("from", request.from, |text| parse_date(&text));
    let to = fields.optional("to", request.to, |text| parse_date(&text));
    let (Some(from), Some(to)) = (from, to) else { return Err(fields.problem()) };
    let span = (from.unwrap_or(Date::MIN), to.unwrap_or(Date::MAX));
    if span.1 < span.0 {
        return Err(Problem::invalid_field("to", "before_from", "Choose a last day that is not before the first day."));
    }
    let before = state.store.shift(id).await?.ok_or_else(|| Problem::not_found("shift"))?;
    if_match.check(before.version)?;
    trail::account(before.user_id);
    let after = before.clone().cancel(span, state.clock.now(), &state.hospital.zone).map_err(|_| {
        let detail = "None of the shift's days is in this span, or they are over. Read the shift to see its days.";
        Problem::conflict("nothing_to_cancel", detail)
    })?;
    match state.store.shift_cancel(&before, &after).await {
        Ok(()) => Ok(shift_view(after, &state.hospital)),
        Err(ShiftError::Store(error)) => Err(error.into()),
        Err(_) => Err(Problem::stale()),
    }
}
