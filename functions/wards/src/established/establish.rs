//! `POST /wards`: establish a ward, with its 40 beds.

use axum::extract::State;
use domain::ward::{EstablishedWard, Ward};
use http::{AppState, Created, Fields, Json, MoneyBody, Problem, auth::Caller, refusals};
use serde::Deserialize;
use store::wards::EstablishError;
use utoipa::ToSchema;

use super::{WardView, view};

refusals! {
    pub(crate) NotEstablished {
        409 "established",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EstablishWardRequest {
    #[schema(value_type = Ward)]
    ward: Option<String>,
    /// What a day in one of its beds costs, in the hospital's currency.
    #[schema(value_type = MoneyBody)]
    daily_fee: Option<MoneyBody>,
}

/// Establish a ward
///
/// A hospital has at most one ward of each type. Its 40 beds come into being with it, and are free.
#[utoipa::path(post, path = "/wards", tag = "wards", operation_id = "establish_ward", request_body = EstablishWardRequest,
    responses((status = 201, body = Created<WardView>, description = "Established"), NotEstablished))]
pub(crate) async fn establish(
    State(state): State<AppState>,
    _: Caller,
    Json(request): Json<EstablishWardRequest>,
) -> Result<Created<WardView>, Problem> {
    let mut fields = Fields::default();
    let ward = fields.required("ward", request.ward, |text| Ward::parse(&text));
    let daily_fee = fields.required("daily_fee", request.daily_fee, |money| money.parse(state.hospital.currency));
    let (Some(ward), Some(daily_fee)) = (ward, daily_fee) else { return Err(fields.problem()) };
    let established = EstablishedWard { ward, daily_fee, established_at: state.clock.now(), version: 1 };
    match state.store.ward_establish(&established).await {
        Ok(()) => {
            let shown = view(&established, &state);
            Ok(Created { location: format!("/wards/{}", ward.as_str()), version: shown.version, body: shown.body })
        }
        Err(EstablishError::Established) => {
            Err(Problem::conflict("established", "The hospital has this ward. `PATCH /wards/{ward}` changes its daily fee."))
        }
        Err(EstablishError::Store(error)) => Err(error.into()),
    }
}
