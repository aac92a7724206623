//! `GET /laboratories/{laboratory_id}/tests`: the tests of a laboratory, by name.

use axum::extract::State;
use domain::{id::LaboratoryId, text::Title};
use http::{AppState, Fields, Json, Listing, Page, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::OfferedTestSummary;
use crate::authority::InLaboratory;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TestQuery {
    /// Only those whose name begins like this.
    #[param(value_type = Option<Title>)]
    name: Option<String>,
}

/// List the tests of a laboratory
///
/// By name, also those that it does not offer any more. A change shows a moment later.
#[utoipa::path(get, path = "/laboratories/{laboratory_id}/tests", tag = "laboratories", operation_id = "list_offered_tests",
    params(("laboratory_id" = LaboratoryId, Path), Listing<TestQuery>), responses((status = 200, body = Page<OfferedTestSummary>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    there: InLaboratory,
    listing: Listing<TestQuery>,
) -> Result<Json<Page<OfferedTestSummary>>, Problem> {
    let mut fields = Fields::default();
    let Some(name) = fields.optional("name", listing.filter.name.clone(), |text| Title::parse(&text)) else { return Err(fields.problem()) };
    let (laboratory, name) = (there.laboratory.listed.id, name.map(|name| name.as_str().to_lowercase()).unwrap_or_default());
    let list = format!("tests?{laboratory}&{name}");
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.tests_of_laboratory(laboratory, &name, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| line.entry.into())))
}
