//! `POST /wards/{ward}/beds/{bed}/take-out`: a bed is taken out of use.

use axum::extract::State;
use domain::{bed::BedNumber, text::Reason, ward::Ward};
use http::{AppState, Fields, Json, Path, Problem, auth::NotHere};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{BedView, WrongStatus, change};
use crate::authority::OnWard;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeBedOutRequest {
    /// What is wrong with the bed.
    #[schema(value_type = Reason)]
    reason: Option<String>,
}

/// Take a bed out of use
///
/// For example because it is broken. Only a bed without a patient.
#[utoipa::path(post, path = "/wards/{ward}/beds/{bed}/take-out", tag = "wards", operation_id = "take_bed_out",
    params(("ward" = Ward, Path), ("bed" = BedNumber, Path)), request_body = TakeBedOutRequest,
    responses((status = 200, body = BedView), NotHere, WrongStatus))]
pub(crate) async fn take_out(
    State(state): State<AppState>,
    on: OnWard,
    Path(number): Path<BedNumber>,
    Json(request): Json<TakeBedOutRequest>,
) -> Result<Json<BedView>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.required("reason", request.reason, |text| Reason::parse(&text));
    let Some(reason) = reason else { return Err(fields.problem()) };
    change(&state, (on.ward.ward, number), "It is out of use already.", |bed| bed.take_out(reason.clone(), state.clock.now())).await
}
