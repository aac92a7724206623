//! `GET /lab-tests`: which laboratories offer a test.

use axum::extract::State;
use domain::{record::lab_result::Loinc, text::Title};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::Caller};
use serde::Deserialize;
use utoipa::IntoParams;

use super::OfferedTestSummary;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AnywhereQuery {
    /// Only those whose name begins like this.
    #[param(value_type = Option<Title>)]
    name: Option<String>,
    /// Only those with this code. Send either this or `name`.
    #[param(value_type = Option<Loinc>)]
    loinc: Option<String>,
}

/// Find out which laboratories offer a test
///
/// The tests of all laboratories, by name or by code. A change shows a moment later.
#[utoipa::path(get, path = "/lab-tests", tag = "laboratories", operation_id = "search_lab_tests", params(Listing<AnywhereQuery>),
    responses((status = 200, body = Page<OfferedTestSummary>)))]
pub(crate) async fn anywhere(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<AnywhereQuery>,
) -> Result<Json<Page<OfferedTestSummary>>, Problem> {
    let (mut fields, query) = (Fields::default(), listing.filter.clone());
    let name = fields.optional("name", query.name, |text| Title::parse(&text));
    let loinc = fields.optional("loinc", query.loinc, |code| Loinc::parse(&code));
    let (Some(name), Some(loinc)) = (name, loinc) else { return Err(fields.problem()) };
    if name.is_some() && loinc.is_some() {
        return Err(Problem::invalid_field("name", "name_or_loinc", "Send either `name` or `loinc`."));
    }
    let name = name.map(|name| name.as_str().to_lowercase()).unwrap_or_default();
    let list = format!("tests?{name}&{}", loinc.as_ref().map(Loinc::as_str).unwrap_or_default());
    let (after, limit) = (listing.after(&state.cursors, &list)?, listing.limit + 1);
    let found = match &loinc {
        Some(loinc) => state.store.tests_with_code(loinc, after.as_deref(), limit).await?,
        None => state.store.tests_anywhere(&name, after.as_deref(), limit).await?,
    };
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| line.entry.into())))
}
