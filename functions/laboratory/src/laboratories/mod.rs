//! Laboratories and their directory.

pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod register;

use domain::{
    id::LaboratoryId,
    instant::Instant,
    laboratory::{Laboratory, ListedLaboratory},
    text::{Email, Phone, Title},
};
use http::{AppState, PeriodBody, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A laboratory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LaboratoryView {
    #[serde(flatten)]
    listed: LaboratorySummary,
    /// Where its emails go.
    email: Email,
}

/// A laboratory in the directory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LaboratorySummary {
    id: LaboratoryId,
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

impl LaboratorySummary {
    pub(crate) fn of(listed: ListedLaboratory, state: &AppState) -> Self {
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

pub(crate) fn view(laboratory: Laboratory, state: &AppState) -> Versioned<LaboratoryView> {
    Versioned {
        version: laboratory.version,
        body: LaboratoryView { listed: LaboratorySummary::of(laboratory.listed, state), email: laboratory.email },
    }
}
