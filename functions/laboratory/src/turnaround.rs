//! `GET /laboratories/{laboratory_id}/turnaround`: how long a laboratory took in a month, test by test.

use axum::extract::State;
use domain::{
    id::{LaboratoryId, OfferedTestId},
    text::Title,
    turnaround::{Month, Turnaround},
};
use http::{AppState, Fields, Json, Listing, Page, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::authority::InLaboratory;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TurnaroundQuery {
    /// The month in which results were released, in the hospital's time zone. When left out: this month.
    #[param(value_type = Option<String>, pattern = "^[1-9][0-9]{3}-(0[1-9]|1[0-2])$", example = "2026-03")]
    month: Option<String>,
}

/// How long a test took in a month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TurnaroundView {
    test_id: OfferedTestId,
    /// Its name, as it was called last.
    test: Title,
    /// How many results were released.
    released: u64,
    /// How many of them when they were due, or before.
    in_time: u64,
    /// From the specimen to the release, in minutes on average.
    mean_minutes: i64,
    mean_minutes_of: StagesView,
}

/// Where the time went, in minutes on average.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StagesView {
    /// From the order to the specimen. It does not count for `mean_minutes`: it is the patient's time, too.
    specimen: i64,
    /// From the specimen to the result.
    result: i64,
    /// From the result to its verification.
    verification: i64,
    /// From the verification to the release.
    release: i64,
}

impl From<Turnaround> for TurnaroundView {
    fn from(took: Turnaround) -> Self {
        let count = i64::try_from(took.released).unwrap_or(i64::MAX).max(1);
        let mean = |seconds: i64| (seconds + 30 * count) / (60 * count);
        Self {
            test_id: took.test_id,
            test: took.test,
            released: took.released,
            in_time: took.in_time,
            mean_minutes: mean(took.to_result + took.to_verification + took.to_release),
            mean_minutes_of: StagesView {
                specimen: mean(took.to_specimen),
                result: mean(took.to_result),
                verification: mean(took.to_verification),
                release: mean(took.to_release),
            },
        }
    }
}

/// Read the turnaround of a laboratory
///
/// How many results of each test it released in a month, how many of them in time, and how long it took. Amendments do not count.
#[utoipa::path(get, path = "/laboratories/{laboratory_id}/turnaround", tag = "laboratories", operation_id = "get_turnaround",
    params(("laboratory_id" = LaboratoryId, Path), Listing<TurnaroundQuery>), responses((status = 200, body = Page<TurnaroundView>)))]
pub(crate) async fn turnaround(
    State(state): State<AppState>,
    there: InLaboratory,
    listing: Listing<TurnaroundQuery>,
) -> Result<Json<Page<TurnaroundView>>, Problem> {
    let mut fields = Fields::default();
    let Some(month) = fields.optional("month", listing.filter.month.clone(), |text| text.parse::<Month>()) else {
        return Err(fields.problem());
    };
    let month = month.unwrap_or_else(|| Month::of(state.clock.now(), &state.hospital.zone));
    let laboratory = there.laboratory.listed.id;
    let list = format!("turnaround?{laboratory}&{month}");
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.turnaround(laboratory, month, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| line.entry.into())))
}
