//! Shapes that several functions send and receive.

use domain::{
    Invalid,
    instant::Instant,
    money::{Currency, Money},
    patient::{EmergencyContact, NEXT_OF_KIN},
    schedule::Slot,
    text::{PersonName, Phone},
};
use platform::config::Hospital;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Fields;

/// An amount of money.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyBody {
    /// Decimal, with at most as many fraction digits as the currency has.
    #[schema(pattern = "^[0-9]{1,13}(\\.[0-9]{1,4})?$", example = "1250.00")]
    pub amount: String,
    #[schema(value_type = Currency)]
    pub currency: String,
}

impl MoneyBody {
    /// Parses an amount in the hospital's currency.
    pub fn parse(&self, expected: Currency) -> Result<Money, Invalid> {
        if Currency::parse(&self.currency)? != expected {
            return Err(Invalid::new("other_currency", format!("This hospital uses `{}`. Send the amount in it.", expected.code())));
        }
        Money::parse(&self.amount, expected)
    }
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        Self { amount: money.amount(), currency: money.currency().code().to_owned() }
    }
}

/// The person to call in an emergency.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyContactBody {
    #[schema(value_type = PersonName)]
    pub name: Option<String>,
    #[schema(value_type = Phone)]
    pub phone: Option<String>,
    /// Their relationship to the patient, such as `mother`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PersonName>)]
    pub relationship: Option<String>,
}

/// Parses the next of kin of a request. `None` when one of them is wrong.
pub fn next_of_kin(bodies: Vec<EmergencyContactBody>, fields: &mut Fields) -> Option<Vec<EmergencyContact>> {
    if bodies.len() > NEXT_OF_KIN {
        fields.refuse("next_of_kin", "too_many", format!("Name at most {NEXT_OF_KIN} next of kin."));
        return None;
    }
    // All of them are parsed, so that everything that is wrong is named at once.
    let parsed: Vec<_> =
        bodies.into_iter().enumerate().map(|(number, body)| body.parse(&format!("next_of_kin[{number}]"), fields)).collect();
    parsed.into_iter().collect()
}

impl EmergencyContactBody {
    /// Parses it. `at` is the path of the field that it is in.
    pub fn parse(self, at: &str, fields: &mut Fields) -> Option<EmergencyContact> {
        let field = |name: &str| format!("{at}.{name}");
        let name = fields.required(field("name"), self.name, |text| PersonName::parse(&text));
        let phone = fields.required(field("phone"), self.phone, |text| Phone::parse(&text));
        let relationship = fields.optional(field("relationship"), self.relationship, |text| PersonName::parse(&text));
        Some(EmergencyContact { name: name?, phone: phone?, relationship: relationship? })
    }
}

impl From<EmergencyContact> for EmergencyContactBody {
    fn from(contact: EmergencyContact) -> Self {
        Self { name: Some(contact.name.into()), phone: Some(contact.phone.into()), relationship: contact.relationship.map(Into::into) }
    }
}

/// The time of one appointment with a doctor.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotView {
    /// Send this as `starts_at` to book.
    pub starts_at: Instant,
    pub ends_at: Instant,
}

impl SlotView {
    #[must_use]
    pub fn of(slot: Slot, hospital: &Hospital) -> Self {
        Self { starts_at: hospital.instant(slot.start), ends_at: hospital.instant(slot.end) }
    }
}
