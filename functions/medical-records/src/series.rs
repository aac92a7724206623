//! `GET /patients/{patient_id}/series`: the values of one vital sign or one lab test, for a graph.

use axum::extract::State;
use domain::{
    Invalid,
    id::PatientId,
    instant::{Instant, parse_instant},
    record::{
        lab_result::Loinc,
        vitals::{Flag, VitalSign},
    },
};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::PatientAccess};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeriesQuery {
    /// The name of a vital sign, such as `heart_rate`, or the LOINC code of a lab test, such as `718-7`.
    #[param(
        required = true,
        pattern = "^(heart_rate|respiratory_rate|systolic_pressure|diastolic_pressure|temperature|oxygen_saturation|weight|height|pain|[1-9][0-9]{0,6}-[0-9])$"
    )]
    code: Option<String>,
    /// Not before this instant.
    #[param(value_type = Option<Instant>)]
    from: Option<String>,
    /// Not after this instant.
    #[param(value_type = Option<Instant>)]
    to: Option<String>,
}

/// One value in a graph.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PointView {
    taken_at: Instant,
    value: f64,
    /// UCUM for vital signs, as the laboratory says for lab tests.
    unit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<Flag>,
}

fn code(text: String) -> Result<String, Invalid> {
    if VitalSign::parse(&text).is_ok() || Loinc::parse(&text).is_ok() {
        return Ok(text);
    }
    Err(Invalid::new("unknown_code", "Use the name of a vital sign, such as `heart_rate`, or a LOINC code, such as `718-7`."))
}

/// Read the values of a vital sign or a lab test
///
/// Latest first, for a graph. What was entered in error is left out, and what was corrected has its correct value.
#[utoipa::path(get, path = "/patients/{patient_id}/series", tag = "medical record", operation_id = "list_series",
    params(("patient_id" = PatientId, Path), Listing<SeriesQuery>), responses((status = 200, body = Page<PointView>)))]
pub(crate) async fn series(
    State(state): State<AppState>,
    access: PatientAccess,
    listing: Listing<SeriesQuery>,
) -> Result<Json<Page<PointView>>, Problem> {
    let (mut fields, asked) = (Fields::default(), listing.filter.clone());
    let (from_text, to_text) = (asked.from.clone().unwrap_or_default(), asked.to.clone().unwrap_or_default());
    let code = fields.required("code", asked.code, code);
    let from = fields.optional("from", asked.from, |text| parse_instant(&text));
    let to = fields.optional("to", asked.to, |text| parse_instant(&text));
    let (Some(code), Some(from), Some(to)) = (code, from, to) else { return Err(fields.problem()) };
    let list = format!("series?{}&{code}&{from_text}&{to_text}", access.patient.id);
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.record_points(access.patient.id, &code, (from, to), before.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position()));
    Ok(Json(page.map(|stored| PointView {
        taken_at: state.hospital.instant(stored.point.at),
        value: stored.point.value,
        unit: stored.point.unit,
        flag: stored.point.flag,
    })))
}
