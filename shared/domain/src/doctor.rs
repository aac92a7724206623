//! A doctor's profile, and the terms on which patients book.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    id::{DoctorId, UserId},
    money::Money,
    schedule::{Buffer, Grid, SlotLength, WeeklyHours},
    text::{PersonName, Place, Specialization},
};

/// How many days ahead a doctor can be booked, unless an administrator says otherwise.
pub const HORIZON_DAYS: u16 = 180;
/// How many changes of the terms can lie ahead.
const MOST_CHANGES_AHEAD: usize = 6;

/// A doctor's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doctor {
    /// Its id.
    pub id: DoctorId,
    /// The account that acts as this doctor.
    pub user_id: UserId,
    /// Full name, with title as the doctor uses it.
    pub name: PersonName,
    /// The field in which they practise.
    pub specialization: Specialization,
    /// The terms, until the first of those that follow.
    #[serde(flatten)]
    pub terms: Terms,
    /// Terms that hold from a later day on, by that day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<LaterTerms>,
    /// How many days ahead they can be booked.
    #[serde(default = "horizon_days")]
    pub horizon_days: u16,
    /// What the doctor may change without an administrator.
    #[serde(default)]
    pub may_change: BTreeSet<Changeable>,
    /// Whether the account allows them to take appointments. It follows the account, for the directory only: a booking asks the account.
    #[serde(default = "yes")]
    pub active: bool,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

const fn horizon_days() -> u16 {
    HORIZON_DAYS
}

const fn yes() -> bool {
    true
}

/// On which terms patients book a doctor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What one appointment costs.
    pub consultation_fee: Money,
    /// Where they see patients, when it is always the same place.
    pub place: Option<Place>,
    /// How long one appointment lasts.
    pub slot_length: SlotLength,
    /// How long they need between two appointments.
    #[serde(default)]
    pub buffer: Buffer,
    /// When they work.
    pub weekly_hours: WeeklyHours,
}

impl Terms {
    /// How the slots follow each other.
    #[must_use]
    pub const fn grid(&self) -> Grid {
        Grid { length: self.slot_length, buffer: self.buffer }
    }
}

/// Terms that hold from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterTerms {
    /// The first day.
    pub from: Date,
    /// The terms.
    pub terms: Terms,
}

/// What a doctor may change without an administrator, if an administrator allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names of the fields")]
pub enum Changeable {
    ConsultationFee,
    Place,
    SlotMinutes,
    BufferMinutes,
    WeeklyHours,
    BookingHorizonDays,
}

impl Changeable {
    const ALL: [(Self, &'static str); 6] = [
        (Self::ConsultationFee, "consultation_fee"),
        (Self::Place, "place"),
        (Self::SlotMinutes, "slot_minutes"),
        (Self::BufferMinutes, "buffer_minutes"),
        (Self::WeeklyHours, "weekly_hours"),
        (Self::BookingHorizonDays, "booking_horizon_days"),
    ];

    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let names = Self::ALL.map(|(_, name)| name).join("`, `");
        let found = Self::ALL.into_iter().find(|(_, name)| *name == text);
        found.map(|(field, _)| field).ok_or_else(|| Invalid::new("invalid_field", format!("Use `{names}`.")))
    }

    /// The name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }
}

/// Checks how many days ahead a doctor can be booked.
///
/// # Errors
/// When it is none or more than a year.
pub fn horizon(days: u16) -> Result<u16, Invalid> {
    if (1..=366).contains(&days) { Ok(days) } else { Err(Invalid::new("invalid_horizon", "Use 1 to 366 days.")) }
}

/// A change of terms. A field that is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct TermsChange {
    /// What one appointment costs.
    pub consultation_fee: Option<Money>,
    /// Where they see patients. `Some(None)` removes it.
    pub place: Option<Option<Place>>,
    /// How long one appointment lasts.
    pub slot_length: Option<SlotLength>,
    /// How long they need between two appointments.
    pub buffer: Option<Buffer>,
    /// When they work.
    pub weekly_hours: Option<WeeklyHours>,
}

/// Why terms cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotChanged {
    /// Too many changes lie ahead.
    TooManyAhead,
    /// A period of the hours cannot hold a slot: which one, and why.
    Hours(usize, Invalid),
}

impl Doctor {
    /// A new profile. `horizon_days` is 180 when it is left out.
    #[must_use]
    pub fn new(
        id: DoctorId,
        user_id: UserId,
        name: PersonName,
        specialization: Specialization,
        terms: Terms,
        horizon_days: Option<u16>,
    ) -> Self {
        Self {
            id,
            user_id,
            name,
            specialization,
            terms,
            later: Vec::new(),
            horizon_days: horizon_days.unwrap_or(HORIZON_DAYS),
            may_change: [Changeable::Place].into(),
            active: true,
            version: 1,
        }
    }

    /// The terms that hold on a day.
    #[must_use]
    pub fn on(&self, day: Date) -> &Terms {
        self.later.iter().rev().find(|later| later.from <= day).map_or(&self.terms, |later| &later.terms)
    }

    /// The last day on which they can be booked.
    #[must_use]
    pub fn last_day(&self, today: Date) -> Date {
        today.saturating_add(i32::from(self.horizon_days).days())
    }

    /// The doctor with other terms from a day on. What was to change later is changed, too.
    ///
    /// # Errors
    /// When a period of the hours is too short for a slot, and when too many changes lie ahead.
    pub fn with_terms(mut self, change: &TermsChange, from: Date, today: Date) -> Result<Self, NotChanged> {
        // What has begun is no longer a change ahead.
        while self.later.first().is_some_and(|later| later.from <= today) {
            self.terms = self.later.remove(0).terms;
        }
        if from <= today {
            self.terms = change.apply(self.terms)?;
        } else if !self.later.iter().any(|later| later.from == from) {
            let terms = self.on(from).clone();
            self.later.push(LaterTerms { from, terms });
            self.later.sort_by_key(|later| later.from);
        }
        for later in self.later.iter_mut().filter(|later| later.from >= from) {
            later.terms = change.apply(later.terms.clone())?;
        }
        if self.later.len() > MOST_CHANGES_AHEAD { Err(NotChanged::TooManyAhead) } else { Ok(self) }
    }
}

impl TermsChange {
    /// Whether it changes nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        let Self { consultation_fee, place, slot_length, buffer, weekly_hours } = self;
        consultation_fee.is_none() && place.is_none() && slot_length.is_none() && buffer.is_none() && weekly_hours.is_none()
    }

    fn apply(&self, terms: Terms) -> Result<Terms, NotChanged> {
        let slot_length = self.slot_length.unwrap_or(terms.slot_length);
        let hours = self.weekly_hours.clone().unwrap_or(terms.weekly_hours);
        Ok(Terms {
            consultation_fee: self.consultation_fee.unwrap_or(terms.consultation_fee),
            place: self.place.clone().unwrap_or(terms.place),
            slot_length,
            buffer: self.buffer.unwrap_or(terms.buffer),
            weekly_hours: WeeklyHours::new(hours.periods().to_vec(), slot_length).map_err(|(index, why)| NotChanged::Hours(index, why))?,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::{Timestamp, civil::date};

    use super::*;
    use crate::{
        money::Currency,
        schedule::{Period, TimeOfDay, Weekday},
    };

    fn minutes(slot: u16) -> SlotLength {
        SlotLength::from_minutes(slot).unwrap()
    }

    /// Works on Mondays, 09:00 to 12:00, in slots of 30 minutes.
    pub(crate) fn doctor() -> Doctor {
        let (from, to) = (TimeOfDay::parse("09:00").unwrap(), TimeOfDay::parse("12:00").unwrap());
        let period = Period { weekday: Weekday::Monday, from, to };
        Doctor {
            id: DoctorId::new(Timestamp::UNIX_EPOCH, 1),
            user_id: UserId::new(Timestamp::UNIX_EPOCH, 1),
            name: PersonName::parse("Dr. Helen Taussig").unwrap(),
            specialization: Specialization::parse("cardiology").unwrap(),
            terms: Terms {
                consultation_fee: Money::parse("80", Currency::parse("GBP").unwrap()).unwrap(),
                place: None,
                slot_length: minutes(30),
                buffer: Buffer::default(),
                weekly_hours: WeeklyHours::new(vec![period], minutes(30)).unwrap(),
            },
            later: Vec::new(),
            horizon_days: 180,
            may_change: BTreeSet::new(),
            active: true,
            version: 1,
        }
    }

    #[test]
    fn terms_hold_from_a_day_on() {
        let today = date(2026, 3, 2);
        let slots = |slot| TermsChange { slot_length: Some(minutes(slot)), ..TermsChange::default() };
        let place = TermsChange { place: Some(Some(Place::parse("Room 2").unwrap())), ..TermsChange::default() };
        let doctor = doctor().with_terms(&slots(20), date(2026, 4, 1), today).unwrap().with_terms(&place, date(2026, 3, 9), today).unwrap();
        let on = |day| (doctor.on(day).slot_length.minutes(), doctor.on(day).place.is_some());
        let seen = [today, date(2026, 3, 9), date(2026, 3, 31), date(2026, 4, 1)].map(on);
        assert_eq!(seen, [(30, false), (30, true), (30, true), (20, true)]);
        // A later day: what has begun becomes the present, and a change of today reaches all that follows.
        let doctor = doctor.clone().with_terms(&slots(60), date(2026, 3, 10), date(2026, 3, 10)).unwrap();
        assert_eq!(
            (doctor.later.len(), doctor.terms.slot_length.minutes(), doctor.on(date(2026, 4, 1)).slot_length.minutes()),
            (1, 60, 60)
        );
        assert!(matches!(doctor.clone().with_terms(&slots(240), today, today), Err(NotChanged::Hours(0, _))));
        let many = (1..8).try_fold(doctor, |doctor, day| doctor.with_terms(&slots(30), date(2026, 5, day), date(2026, 3, 10)));
        assert_eq!(many, Err(NotChanged::TooManyAhead));
    }

    #[test]
    fn names_of_fields() {
        for (field, name) in Changeable::ALL {
            assert_eq!((Changeable::parse(name), field.as_str()), (Ok(field), name));
        }
        assert!(Changeable::parse("name").is_err() && horizon(0).is_err() && horizon(367).is_err() && horizon(366) == Ok(366));
    }
}
