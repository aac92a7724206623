//! `GET /pharmacies/{pharmacy_id}/lots`: the lots of a pharmacy, by the day on which they expire.

use axum::extract::State;
use domain::{id::PharmacyId, patient::parse_date};
use http::{AppState, Fields, Json, Listing, Page, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::LotSummary;
use crate::authority::InPharmacy;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LotQuery {
    /// Only lots that expire before this day.
    #[param(value_type = Option<String>, format = Date)]
    expires_before: Option<String>,
}

/// List lots by expiry
///
/// All lots of the pharmacy of which something is there, those that expire first come first. A change shows a moment later.
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/lots", tag = "stock", operation_id = "list_lots_by_expiry",
    params(("pharmacy_id" = PharmacyId, Path), Listing<LotQuery>), responses((status = 200, body = Page<LotSummary>)))]
pub(crate) async fn by_expiry(
    State(state): State<AppState>,
    there: InPharmacy,
    listing: Listing<LotQuery>,
) -> Result<Json<Page<LotSummary>>, Problem> {
    let mut fields = Fields::default();
    let before = fields.optional("expires_before", listing.filter.expires_before.clone(), |text| parse_date(&text));
    let Some(before) = before else { return Err(fields.problem()) };
    let pharmacy = there.pharmacy.listed.id;
    let list = format!("lots?{pharmacy}&{}", before.map(|day| day.to_string()).unwrap_or_default());
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.lots_by_expiry(pharmacy, before, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| line.entry.into())))
}
