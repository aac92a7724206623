//! `GET /pharmacies/{pharmacy_id}/alerts`: medicines that run low, and lots that expire.

use axum::extract::State;
use domain::{
    id::{AlertId, LotId, PharmacyId, StockedMedicineId},
    instant::Instant,
    pharmacy::{AlertAbout, AlertState, ListedAlert},
    stock::LotNumber,
};
use http::{AppState, Fields, Json, Listing, Page, Problem};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::authority::InPharmacy;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlertQuery {
    /// Only those that are in this state. When left out: `open`.
    #[param(value_type = Option<AlertState>)]
    state: Option<String>,
}

/// What a pharmacy was told of a medicine or of a lot.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertView {
    id: AlertId,
    /// `open`: it still asks for something. `resolved`: there is more than the reorder level again, or nothing is there of the lot any more.
    state: AlertState,
    medicine_id: StockedMedicineId,
    /// What it is, as it was called then.
    medicine: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    low_stock: Option<LowStockView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry: Option<ExpiryView>,
    /// When the pharmacy was told last.
    told_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<Instant>,
}

/// No more is left than the reorder level.
#[derive(Debug, Serialize, ToSchema)]
struct LowStockView {
    /// How many units were left then.
    available: u32,
    reorder_level: u32,
    /// How many units were used in the four weeks before.
    used: u32,
    /// How many units to order.
    order: u32,
}

/// A lot expires soon, or has expired.
#[derive(Debug, Serialize, ToSchema)]
struct ExpiryView {
    lot_id: LotId,
    lot_number: LotNumber,
    /// The first day on which it must not be used any more.
    #[schema(value_type = String, format = Date)]
    expires_on: Date,
    /// How many days before that day the pharmacy was told last: 90, 30, 7 or 0. With 0, it is in quarantine.
    stage: u16,
    /// How many units there were then.
    left: u32,
}

impl AlertView {
    fn of(alert: ListedAlert, state: &AppState) -> Self {
        let (mut low_stock, mut expiry) = (None, None);
        match alert.about {
            AlertAbout::LowStock { available, reorder_level, used, order } => {
                low_stock = Some(LowStockView { available, reorder_level, used, order });
            }
            AlertAbout::Expiry { lot_id, number, expires_on, stage, left } => {
                expiry = Some(ExpiryView { lot_id, lot_number: number, expires_on, stage, left });
            }
        }
        Self {
            id: alert.id,
            state: alert.state,
            medicine_id: alert.medicine_id,
            medicine: alert.medicine,
            low_stock,
            expiry,
            told_at: state.hospital.instant(alert.told_at),
            resolved_at: alert.resolved_at.map(|at| state.hospital.instant(at)),
        }
    }
}

/// List the alerts of a pharmacy
///
/// What the pharmacy was told last comes first. A medicine that runs low has a new alert each time that it crosses its reorder level. A lot has one alert, which becomes more
/// urgent. Each was sent to the pharmacy by email.
#[utoipa::path(get, path = "/pharmacies/{pharmacy_id}/alerts", tag = "stock", operation_id = "list_pharmacy_alerts",
    params(("pharmacy_id" = PharmacyId, Path), Listing<AlertQuery>), responses((status = 200, body = Page<AlertView>)))]
pub(crate) async fn alerts(
    State(state): State<AppState>,
    there: InPharmacy,
    listing: Listing<AlertQuery>,
) -> Result<Json<Page<AlertView>>, Problem> {
    let mut fields = Fields::default();
    let Some(wanted) = fields.optional("state", listing.filter.state.clone(), |text| AlertState::parse(&text)) else {
        return Err(fields.problem());
    };
    let (pharmacy, wanted) = (there.pharmacy.listed.id, wanted.unwrap_or(AlertState::Open));
    let list = format!("alerts?{pharmacy}&{}", wanted.as_str());
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.pharmacy_alerts(pharmacy, wanted, before.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| AlertView::of(line.entry, &state))))
}
