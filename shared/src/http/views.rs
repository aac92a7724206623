//! Shapes that several functions send and receive.

use domain::{
    Invalid,
    money::{Currency, Money},
    patient::EmergencyContact,
    text::{PersonName, Phone},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Fields;
use crate::config::House;

/// An amount of money.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyBody {
    /// Decimal, with at most as many fraction digits as the currency has.
    #[schema(example = "1250.00")]
    pub amount: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    pub currency: String,
}

impl MoneyBody {
    /// Parses an amount in the hospital's currency.
    pub fn parse(&self, expected: Currency) -> Result<Money, Invalid> {
        if Currency::parse(&self.currency)? != expected {
            return Err(Invalid::new("other_currency", format!("This hospital counts in `{}`.", expected.code())));
        }
        Money::parse(&self.amount, expected)
    }
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        Self { amount: money.amount(), currency: money.currency().code().to_owned() }
    }
}

/// Whom to call when something happens.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyContactBody {
    #[schema(required, nullable = false, example = "Grace Hopper")]
    pub name: Option<String>,
    #[schema(required, nullable = false, example = "+1 212 555 0117")]
    pub phone: Option<String>,
    /// Who they are to the patient.
    #[schema(example = "mother")]
    pub relationship: Option<String>,
}

impl EmergencyContactBody {
    pub fn parse(self, fields: &mut Fields) -> Option<EmergencyContact> {
        let name = fields.required("emergency_contact.name", self.name, |text| PersonName::parse(&text));
        let phone = fields.required("emergency_contact.phone", self.phone, |text| Phone::parse(&text));
        let relationship = fields.optional("emergency_contact.relationship", self.relationship, |text| PersonName::parse(&text));
        Some(EmergencyContact { name: name?, phone: phone?, relationship: relationship? })
    }
}

impl From<EmergencyContact> for EmergencyContactBody {
    fn from(contact: EmergencyContact) -> Self {
        Self { name: Some(contact.name.into()), phone: Some(contact.phone.into()), relationship: contact.relationship.map(Into::into) }
    }
}

/// Parses an RFC 3339 instant; the offset is required, so that nobody's time zone is guessed.
pub fn parse_instant(text: &str) -> Result<Timestamp, Invalid> {
    let refused = || Invalid::new("invalid_instant", "Give an instant with its offset, such as `2026-03-02T09:00:00+01:00`.");
    if text.len() > 40 {
        return Err(refused());
    }
    text.parse().map_err(|_| refused())
}

impl House {
    /// An instant as this API writes it: RFC 3339 with the hospital's offset.
    #[must_use]
    pub fn instant(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}
