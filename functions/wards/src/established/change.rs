//! `PATCH /wards/{ward}`: change what a day costs.

use axum::extract::State;
use domain::ward::{EstablishedWard, Ward};
use http::{AppState, Fields, Json, MoneyBody, Problem, RequiredIfMatch, Versioned};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{WardView, view};
use crate::authority::OnWard;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeWardRequest {
    #[schema(value_type = MoneyBody)]
    daily_fee: Option<MoneyBody>,
}

/// Change a ward's daily fee
///
/// It counts for whoever comes into one of its beds from now on. Who lies there keeps the fee that was true when they came.
#[utoipa::path(patch, path = "/wards/{ward}", tag = "wards", operation_id = "change_ward", params(("ward" = Ward, Path), RequiredIfMatch),
    request_body = ChangeWardRequest, responses((status = 200, body = Versioned<WardView>)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    on: OnWard,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<ChangeWardRequest>,
) -> Result<Versioned<WardView>, Problem> {
    let mut fields = Fields::default();
    let daily_fee = fields.required("daily_fee", request.daily_fee, |money| money.parse(state.hospital.currency));
    let Some(daily_fee) = daily_fee else { return Err(fields.problem()) };
    let before = on.ward;
    if before.version != version {
        return Err(Problem::stale());
    }
    let after = EstablishedWard { daily_fee, version: before.version + 1, ..before.clone() };
    if state.store.ward_change(&before, &after).await? { Ok(view(&after, &state)) } else { Err(Problem::stale()) }
}
