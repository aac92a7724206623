//! `GET /pharmacies/{pharmacy_id}/medicines`: what a pharmacy keeps, by name.

use axum::extract::State;
use domain::{id::PharmacyId, text::Title};
use http::{AppState, Fields, Json, Listing, Page, Problem, yes_or_no};
use serde::Deserialize;
use utoipa::IntoParams;

use super::StockedMedicineSummary;
use crate::authority::InPharmacy;

/// How many are on a page at most: the units that a page costs are limited.
const ON_A_PAGE: usize = 20;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MedicineQuery {
    /// Only those whose name begins like this.
    #[param(value_type = Option<Title>)]
    name: Option<String>,
    /// With `true`: only those of which no more is left than the reorder level.
    #[param(value_type = Option<bool>)]
    low_stock: Option<String>,
}

/// List the medicines of a pharmacy
///
/// By name, with what is there of each. A change shows a moment later.
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/medicines", tag = "stock", operation_id = "list_stocked_medicines",
    params(("pharmacy_id" = PharmacyId, Path), Listing<MedicineQuery>), responses((status = 200, body = Page<StockedMedicineSummary>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    there: InPharmacy,
    listing: Listing<MedicineQuery>,
) -> Result<Json<Page<StockedMedicineSummary>>, Problem> {
    let (mut fields, query) = (Fields::default(), listing.filter.clone());
    let name = fields.optional("name", query.name, |text| Title::parse(&text));
    let low = fields.optional("low_stock", query.low_stock, |text| yes_or_no(&text));
    let (Some(name), Some(low)) = (name, low) else { return Err(fields.problem()) };
    let (pharmacy, limit) = (there.pharmacy.listed.id, listing.limit.min(ON_A_PAGE));
    let (name, low) = (name.map(|name| name.as_str().to_lowercase()).unwrap_or_default(), low.unwrap_or_default());
    let list = format!("medicines?{pharmacy}&{name}&{low}");
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.medicine_list(pharmacy, (&name, low), after.as_deref(), limit + 1).await?;
    let page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| line.entry.into())))
}
