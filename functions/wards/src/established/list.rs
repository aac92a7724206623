//! `GET /wards`: the wards of the hospital, with how many of their beds are in which state.

use axum::extract::State;
use domain::{bed::BEDS, ward::Ward};
use http::{AppState, Json, MoneyBody, Problem, auth::Caller};
use serde::Serialize;
use utoipa::ToSchema;

/// The hospital's wards.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WardList {
    items: Vec<WardLine>,
}

/// A ward, and how many of its beds are in which state.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WardLine {
    ward: Ward,
    daily_fee: MoneyBody,
    beds: u8,
    free: u8,
    occupied: u8,
    cleaning: u8,
    maintenance: u8,
    /// Of the beds that are not being repaired, how many are occupied, in percent.
    #[schema(minimum = 0, maximum = 100)]
    occupancy: u8,
}

/// List the hospital's wards
///
/// With how many of their beds are in which state. A change shows a moment later.
#[utoipa::path(get, path = "/wards", tag = "wards", operation_id = "list_wards", responses((status = 200, body = WardList)))]
pub(crate) async fn list(State(state): State<AppState>, _: Caller) -> Result<Json<WardList>, Problem> {
    let items = state.store.wards().await?.into_iter().map(|counted| {
        let counts = counted.counts;
        let usable = u32::from(BEDS - counts.maintenance.min(BEDS)).max(1);
        let occupancy = u8::try_from(u32::from(counts.occupied) * 100 / usable).unwrap_or(100);
        WardLine {
            ward: counted.ward.ward,
            daily_fee: counted.ward.daily_fee.into(),
            beds: BEDS,
            free: counts.free,
            occupied: counts.occupied,
            cleaning: counts.cleaning,
            maintenance: counts.maintenance,
            occupancy,
        }
    });
    Ok(Json(WardList { items: items.collect() }))
}
