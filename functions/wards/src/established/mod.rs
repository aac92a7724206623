//! The wards that the hospital has.

pub(crate) mod change;
pub(crate) mod establish;
pub(crate) mod get;
pub(crate) mod list;

use domain::{
    instant::Instant,
    ward::{EstablishedWard, Ward},
};
use http::{AppState, MoneyBody, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A ward.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WardView {
    ward: Ward,
    /// What a day in one of its beds costs from now on.
    daily_fee: MoneyBody,
    established_at: Instant,
}

pub(crate) fn view(ward: &EstablishedWard, state: &AppState) -> Versioned<WardView> {
    let established_at = state.hospital.instant(ward.established_at);
    Versioned { version: ward.version, body: WardView { ward: ward.ward, daily_fee: ward.daily_fee.into(), established_at } }
}
