//! A doctor as this API shows them: `users` adds one, `doctors` reads them.

use crate::{Fields, MoneyBody};
use domain::{
    doctor::Doctor,
    id::DoctorId,
    schedule::{Period, SlotLength, TimeOfDay, Weekday},
    text::{PersonName, Place, Specialization},
};
use platform::config::Hospital;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A doctor.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoctorView {
    id: DoctorId,
    name: PersonName,
    specialization: Specialization,
    /// Where patients find the doctor.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    consultation_fee: MoneyBody,
    slot_minutes: SlotLength,
    /// In the hospital's time zone.
    weekly_hours: Vec<PeriodBody>,
    #[schema(example = "Europe/London")]
    time_zone: String,
}

/// Working time on one weekday, in the hospital's time zone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodBody {
    #[schema(value_type = Weekday)]
    pub weekday: Option<String>,
    #[schema(value_type = TimeOfDay)]
    pub from: Option<String>,
    #[schema(value_type = TimeOfDay)]
    pub to: Option<String>,
}

impl PeriodBody {
    pub fn parse(self, index: usize, fields: &mut Fields) -> Option<Period> {
        let at = |name: &str| format!("weekly_hours[{index}].{name}");
        let weekday = fields.required(at("weekday"), self.weekday, |text| Weekday::parse(&text));
        let from = fields.required(at("from"), self.from, |text| TimeOfDay::parse(&text));
        let to = fields.required(at("to"), self.to, |text| TimeOfDay::parse(&text));
        Some(Period { weekday: weekday?, from: from?, to: to? })
    }
}

impl From<Period> for PeriodBody {
    fn from(period: Period) -> Self {
        Self { weekday: Some(period.weekday.as_str().to_owned()), from: Some(period.from.to_string()), to: Some(period.to.to_string()) }
    }
}

impl DoctorView {
    #[must_use]
    pub fn of(doctor: Doctor, hospital: &Hospital) -> Self {
        Self {
            id: doctor.id,
            name: doctor.name,
            specialization: doctor.specialization,
            place: doctor.place,
            consultation_fee: doctor.consultation_fee.into(),
            slot_minutes: doctor.slot_length,
            weekly_hours: doctor.weekly_hours.periods().iter().copied().map(Into::into).collect(),
            time_zone: hospital.zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }
}
