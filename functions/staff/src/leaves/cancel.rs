//! `POST /leaves/{id}/cancel`: give leave back that was granted, or what is left of it.

use axum::extract::State;
use domain::{Invalid, id::LeaveId, patient::parse_date};
use http::{AppState, Fields, IfMatch, Json, Problem, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{LeaveAccess, LeaveView, NotGivenBack, decision, not_written, refused, view};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelLeaveRequest {
    /// The first day to give back, as `YYYY-MM-DD`: not in the past. When left out: today.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// What there is to say about it.
    #[schema(value_type = Option<domain::text::Reason>)]
    note: Option<String>,
}

/// Cancel leave
///
/// Gives the days back from today or from a later day on, except for half days that have begun. They are on the balance again, and patients
/// can book the doctor again. Leave that has begun ends earlier.
#[utoipa::path(post, path = "/leaves/{id}/cancel", tag = "leave", operation_id = "cancel_leave", request_body = CancelLeaveRequest,
    params(("id" = LeaveId, Path), IfMatch), responses((status = 200, body = Versioned<LeaveView>), NotGivenBack))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    access: LeaveAccess,
    if_match: IfMatch,
    Json(request): Json<CancelLeaveRequest>,
) -> Result<Versioned<LeaveView>, Problem> {
    if_match.check(access.leave.version)?;
    let (mut fields, today) = (Fields::default(), state.today());
    let from = fields.optional("from", request.from, |text| {
        let day = parse_date(&text)?;
        if day < today { Err(Invalid::new("in_the_past", "This day is over. Choose a later one.")) } else { Ok(day) }
    });
    let Some(from) = from else { return Err(fields.problem()) };
    let decision = decision(request.note, &access.caller, &state)?;
    let before = access.leave;
    let after = before.clone().cancel(from.unwrap_or(today), decision, &state.hospital.zone).map_err(refused)?;
    state.store.leave_cancel(&before, &after).await.map_err(not_written)?;
    if let Some(doctor) = access.account.doctor_id {
        state.store.leave_follow_in_days(doctor, &after, Some(&before)).await?;
    }
    view(after, &access.account, &state).await
}
