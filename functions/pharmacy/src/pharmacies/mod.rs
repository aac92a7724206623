//! Pharmacies and their directory.

pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod register;

use domain::{
    id::PharmacyId,
    instant::Instant,
    pharmacy::{COLLECT_WITHIN, ListedPharmacy, Pharmacy},
    text::{Email, Phone, Title},
};
use http::{AppState, PeriodBody, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A pharmacy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PharmacyView {
    #[serde(flatten)]
    listed: PharmacySummary,
    /// Where its emails go.
    email: Email,
    /// For how many hours it keeps what is set aside for a patient.
    #[schema(minimum = 1, maximum = 336)]
    collect_within_hours: u16,
}

/// A pharmacy in the directory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PharmacySummary {
    id: PharmacyId,
    name: Title,
    /// How people reach it.
    phone: Phone,
    /// When it is open each week, in the hospital's time zone. A period that ends before the time at which it begins goes on over midnight.
    opening_hours: Vec<PeriodBody>,
    /// Whether it is open now.
    open: bool,
    /// When that changes next. Absent when it never does.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Instant>,
}

impl PharmacySummary {
    pub(crate) fn of(listed: ListedPharmacy, state: &AppState) -> Self {
        let opening = listed.hours.at(state.clock.now(), &state.hospital.zone);
        Self {
            id: listed.id,
            name: listed.name,
            phone: listed.phone,
            opening_hours: listed.hours.periods().iter().copied().map(PeriodBody::from).collect(),
            open: opening.open,
            until: opening.until.map(|until| state.hospital.instant(until)),
        }
    }
}

pub(crate) fn view(pharmacy: Pharmacy, state: &AppState) -> Versioned<PharmacyView> {
    Versioned {
        version: pharmacy.version,
        body: PharmacyView {
            listed: PharmacySummary::of(pharmacy.listed, state),
            email: pharmacy.email,
            collect_within_hours: pharmacy.collect_within_hours,
        },
    }
}

/// Checks for how long a pharmacy keeps what is set aside.
pub(crate) fn hours(hours: i64) -> Result<u16, domain::Invalid> {
    let (least, most) = COLLECT_WITHIN;
    http::whole(hours, least.into(), most.into())
}
