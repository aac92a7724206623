//! A doctor as this API shows them: `users` adds one, `doctors` reads them.

use crate::{Fields, MoneyBody};
use domain::{
    Invalid,
    doctor::{Changeable, Doctor, Terms},
    id::DoctorId,
    schedule::{Buffer, Period, SlotLength, TimeOfDay, Weekday, WeeklyHours},
    text::{PersonName, Place, Specialization},
};
use jiff::civil::Date;
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
    /// What lies between two appointments.
    buffer_minutes: Buffer,
    /// In the hospital's time zone.
    weekly_hours: Vec<PeriodBody>,
    /// What changes on a later day, soonest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    later: Vec<LaterTermsView>,
    /// How many days ahead the doctor can be booked.
    booking_horizon_days: u16,
    /// What the doctor may change without an administrator.
    doctor_may_change: Vec<Changeable>,
    #[schema(example = "Europe/London")]
    time_zone: String,
}

/// The terms that hold from a day on.
#[derive(Debug, Serialize, ToSchema)]
struct LaterTermsView {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    consultation_fee: MoneyBody,
    slot_minutes: SlotLength,
    buffer_minutes: Buffer,
    weekly_hours: Vec<PeriodBody>,
}

fn hours(terms: &Terms) -> Vec<PeriodBody> {
    terms.weekly_hours.periods().iter().copied().map(Into::into).collect()
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
    /// Parses a period. `list` is the field that it is in.
    pub fn parse(self, list: &str, index: usize, fields: &mut Fields) -> Option<Period> {
        let at = |name: &str| format!("{list}[{index}].{name}");
        let weekday = fields.required(at("weekday"), self.weekday, |text| Weekday::parse(&text));
        let from = fields.required(at("from"), self.from, |text| TimeOfDay::parse(&text));
        let to = fields.required(at("to"), self.to, |text| TimeOfDay::parse(&text));
        Some(Period { weekday: weekday?, from: from?, to: to? })
    }
}

/// Parses a week's hours for a slot length. `None` when something is wrong.
pub fn parse_hours(periods: Vec<PeriodBody>, slot: SlotLength, fields: &mut Fields) -> Option<WeeklyHours> {
    let parsed: Vec<_> =
        periods.into_iter().take(50).enumerate().map(|(index, period)| period.parse("weekly_hours", index, fields)).collect();
    let periods = parsed.into_iter().collect::<Option<Vec<_>>>()?;
    let refuse = |(index, why): (usize, Invalid)| fields.refuse(format!("weekly_hours[{index}]"), why.code, why.detail);
    WeeklyHours::new(periods, slot).map_err(refuse).ok()
}

impl From<Period> for PeriodBody {
    fn from(period: Period) -> Self {
        Self { weekday: Some(period.weekday.as_str().to_owned()), from: Some(period.from.to_string()), to: Some(period.to.to_string()) }
    }
}

impl DoctorView {
    #[must_use]
    pub fn of(doctor: Doctor, today: Date, hospital: &Hospital) -> Self {
        let now = doctor.on(today).clone();
        let later = doctor.later.into_iter().filter(|later| later.from > today);
        Self {
            id: doctor.id,
            name: doctor.name,
            specialization: doctor.specialization,
            weekly_hours: hours(&now),
            place: now.place,
            consultation_fee: now.consultation_fee.into(),
            slot_minutes: now.slot_length,
            buffer_minutes: now.buffer,
            later: later
                .map(|later| LaterTermsView {
                    from: later.from,
                    weekly_hours: hours(&later.terms),
                    place: later.terms.place,
                    consultation_fee: later.terms.consultation_fee.into(),
                    slot_minutes: later.terms.slot_length,
                    buffer_minutes: later.terms.buffer,
                })
                .collect(),
            booking_horizon_days: doctor.horizon_days,
            doctor_may_change: doctor.may_change.into_iter().collect(),
            time_zone: hospital.zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }
}
