//! `GET /reports/emergency/by-level`: what each had in a month.

use axum::extract::State;
use domain::{triage::TriageLevel, ward::Ward};
use http::{AppState, Json, Listing, Page, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonthQuery, compared};
use crate::{authority::managed_ward, figures::EmergencyFigures};

/// A line of the comparison.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmergencyByLevel {
    level: TriageLevel,
    figures: EmergencyFigures,
}

/// Compare levels of triage
///
/// What each had in a month, in no particular order. Those in which nothing ever happened are left out. What happens shows a moment later.
#[utoipa::path(get, path = "/reports/emergency/by-level", tag = "reports", operation_id = "compare_emergency_by_level", params(Listing<MonthQuery>),
    responses((status = 200, body = Page<EmergencyByLevel>)))]
pub(crate) async fn emergency_by_level(
    State(state): State<AppState>,
    caller: Caller,
    listing: Listing<MonthQuery>,
) -> Result<Json<Page<EmergencyByLevel>>, Problem> {
    if managed_ward(&state, &caller).await?.is_some_and(|own| own != Ward::Emergency) {
        return Err(Problem::forbidden("You see this if you manage the emergency ward."));
    }
    let line = |text: &str, figures| TriageLevel::parse(text).ok().map(|level| EmergencyByLevel { level, figures });
    compared(&state, &listing, "level#", line).await
}
