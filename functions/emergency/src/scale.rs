//! `GET /emergency/scale`: the triage levels, and for how long each may wait.

use axum::extract::State;
use domain::triage::TriageLevel;
use http::{AppState, Json, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

/// The triage scale of the hospital.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TriageScale {
    /// What it is called, such as `ESI`.
    name: String,
    /// The most urgent level first.
    #[schema(min_items = 5, max_items = 5)]
    levels: Vec<ScaleLevel>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ScaleLevel {
    level: TriageLevel,
    /// 1 is the most urgent one.
    #[schema(minimum = 1, maximum = 5)]
    number: u8,
    /// Within how many minutes a doctor has to see the patient.
    #[schema(minimum = 0, maximum = 1440)]
    minutes: i64,
}

/// Read the triage scale
///
/// The Emergency Severity Index (Agency for Healthcare Research and Quality, ESI Handbook, 4th edition, 2012) with the times of the Canadian Triage
/// and Acuity Scale, unless the hospital has set other times.
#[utoipa::path(get, path = "/emergency/scale", tag = "emergencies", operation_id = "get_triage_scale",
    responses((status = 200, body = TriageScale)))]
pub(crate) async fn scale(State(state): State<AppState>, _: Caller) -> Result<Json<TriageScale>, Problem> {
    let scale = &state.hospital.triage;
    let levels =
        TriageLevel::ALL.iter().map(|level| ScaleLevel { level: *level, number: *level as u8 + 1, minutes: scale.limit(*level).as_mins() });
    Ok(Json(TriageScale { name: scale.name.clone(), levels: levels.collect() }))
}
