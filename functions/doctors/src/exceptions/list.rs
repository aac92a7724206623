//! `GET /doctors/{id}/exceptions`: a doctor's blocked times and extra sessions.

use axum::extract::State;
use domain::id::DoctorId;
use http::{AppState, Fields, Json, Problem, Query, auth::Caller, days};
use jiff::{SignedDuration, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{DoctorAccess, ExceptionView, view};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExceptionsQuery {
    /// The first day in the hospital's time zone, as `YYYY-MM-DD`. When left out: today.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day, included: at most thirty days after the first. When left out: six days after the first.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

/// The times at which a doctor's days are not as their hours say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExceptionsView {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// By time. Those that were taken back are gone.
    items: Vec<ExceptionView>,
}

/// List a doctor's blocked times and extra sessions
///
/// A change shows a moment later.
#[utoipa::path(get, path = "/doctors/{id}/exceptions", tag = "doctors", operation_id = "list_doctor_exceptions",
    params(("id" = DoctorId, Path), ExceptionsQuery), responses((status = 200, body = ExceptionsView)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    _: Caller,
    DoctorAccess(doctor): DoctorAccess,
    Query(query): Query<ExceptionsQuery>,
) -> Result<Json<ExceptionsView>, Problem> {
    let (from, to) = days(query.from, query.to, state.today(), &mut Fields::default())?;
    let span = (state.hospital.midnight(from), state.hospital.midnight(to.saturating_add(1.day())) - SignedDuration::from_secs(1));
    let found = state.store.doctor_exceptions(doctor.id, span).await?;
    Ok(Json(ExceptionsView { from, to, items: found.into_iter().map(|exception| view(exception, &state.hospital)).collect() }))
}
