//! The waiting list: patients who wait for a slot of a doctor or of a specialization. A slot that frees up is offered to the first one who
//! fits, and is held for them for a stated time.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{AppointmentId, DoctorId, PatientId, WaitId},
    mrn::Mrn,
    schedule::Slot,
    text::{PersonName, Reason, Specialization},
};

/// How many places on waiting lists one patient can have at the same time. Each place can hold one slot.
pub const PLACES: u8 = 5;
/// The longest span of days that somebody can wait for.
pub const LONGEST_SPAN_DAYS: i32 = 31;
/// How often a slot is offered. After as many offers that were not taken, the wait is over.
pub const OFFERS: usize = 5;
/// How long an offer holds its slot, by day.
pub const HELD_FOR: SignedDuration = SignedDuration::from_hours(2);
/// An offer that would end between these hours of the evening and the morning holds its slot until the morning's: people sleep.
const QUIET: (i8, i8) = (21, 10);
/// A slot is held until this long before it begins, at the latest.
const BEFORE_START: SignedDuration = SignedDuration::from_hours(1);
/// A slot that cannot be held for this long is not offered.
const SHORTEST: SignedDuration = SignedDuration::from_mins(30);

/// A patient who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Its id. Who has the lower one came first.
    pub id: WaitId,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name when the wait began.
    pub patient_name: PersonName,
    /// The patient's medical record number.
    pub patient_mrn: Mrn,
    /// Which doctors' slots are waited for.
    pub target: Target,
    /// The first day on which an appointment is wanted.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// Why the patient comes.
    pub reason: Reason,
    /// When the wait began.
    pub since: Timestamp,
    /// How it stands.
    pub state: State,
    /// Slots that were offered and not taken, oldest first.
    pub not_taken: Vec<(DoctorId, Slot)>,
    /// Which of the patient's places it has, from 0 to [`PLACES`].
    pub place: u8,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

/// Which doctors' slots are waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// One doctor's.
    Doctor {
        /// The doctor.
        id: DoctorId,
        /// Their name when the wait began.
        name: PersonName,
    },
    /// Those of any doctor of a specialization.
    Specialization(Specialization),
}

/// A slot that is held for somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The doctor.
    pub doctor_id: DoctorId,
    /// The doctor's name.
    pub doctor_name: PersonName,
    /// The slot.
    pub slot: Slot,
    /// Until when it is held.
    pub until: Timestamp,
}

/// How a wait stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// No slot has been offered, or none of those that were is still held.
    Waiting,
    /// A slot is held.
    Offered(Offer),
    /// An offer was taken.
    Booked {
        /// The appointment.
        appointment_id: AppointmentId,
    },
    /// It is over without an appointment.
    Ended {
        /// Why.
        because: Ending,
    },
}

/// The name of a wait's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// No slot is held.
    Waiting,
    /// A slot is held until the end of the offer.
    Offered,
    /// An offer was taken.
    Booked,
    /// It is over without an appointment.
    Ended,
}

/// Why a wait is over without an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The patient, a guardian or the front desk ended it.
    Left,
    /// Five offers were not taken.
    OffersNotTaken,
    /// Its last day is over.
    DaysOver,
    /// The patient has died.
    PatientDied,
}

/// Why a change of a wait is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// No slot is held: none was offered, or the offer has ended.
    NoOffer(StateName),
    /// The wait is over.
    Over(StateName),
}

impl Wait {
    /// The wait as it is at `now`: an offer that has ended is one that was not taken, and a wait whose days are over has ended. Nothing has
    /// to happen for that. Only the next one who waits depends on the timer.
    #[must_use]
    pub fn at(self, now: Timestamp, zone: &TimeZone) -> Self {
        let settled = match &self.state {
            State::Offered(offer) if offer.until <= now => self.not_taken(),
            _ => self,
        };
        let over = settled.state == State::Waiting && zone.to_datetime(now).date() > settled.to;
        if over { settled.ended(Ending::DaysOver) } else { settled }
    }

    /// Whether a slot can be offered: it is on one of the days, and has not been offered before.
    #[must_use]
    pub fn fits(&self, doctor: DoctorId, slot: Slot, zone: &TimeZone) -> bool {
        let day = slot.day(zone);
        self.state == State::Waiting && (self.from..=self.to).contains(&day) && !self.not_taken.contains(&(doctor, slot))
    }

    /// Offers a slot. It must fit.
    #[must_use]
    pub fn offered(self, offer: Offer) -> Self {
        Self { state: State::Offered(offer), ..self.changed() }
    }

    /// The offer that can be taken at `now`.
    ///
    /// # Errors
    /// When there is none.
    pub fn offer(&self) -> Result<&Offer, Refused> {
        match &self.state {
            State::Offered(offer) => Ok(offer),
            _ => Err(Refused::NoOffer(self.state.name())),
        }
    }

    /// The offer was taken.
    #[must_use]
    pub fn booked(self, appointment_id: AppointmentId) -> Self {
        Self { state: State::Booked { appointment_id }, ..self.changed() }
    }

    /// The patient does not want the slot. They keep their place for the next one.
    ///
    /// # Errors
    /// When no slot is held.
    pub fn decline(self) -> Result<Self, Refused> {
        self.offer()?;
        Ok(self.not_taken())
    }

    /// Ends the wait.
    ///
    /// # Errors
    /// When it is over.
    pub fn end(self, because: Ending) -> Result<Self, Refused> {
        match self.state {
            State::Waiting | State::Offered(_) => Ok(self.ended(because)),
            State::Booked { .. } | State::Ended { .. } => Err(Refused::Over(self.state.name())),
        }
    }

    /// Whether it goes on.
    #[must_use]
    pub const fn goes_on(&self) -> bool {
        matches!(self.state, State::Waiting | State::Offered(_))
    }

    fn not_taken(self) -> Self {
        let mut not_taken = self.not_taken.clone();
        if let State::Offered(offer) = &self.state {
            not_taken.push((offer.doctor_id, offer.slot));
        }
        let over = not_taken.len() >= OFFERS;
        let state = if over { State::Ended { because: Ending::OffersNotTaken } } else { State::Waiting };
        Self { state, not_taken, ..self.changed() }
    }

    fn ended(self, because: Ending) -> Self {
        Self { state: State::Ended { because }, ..self.changed() }
    }

    fn changed(self) -> Self {
        Self { version: self.version + 1, ..self }
    }
}

impl State {
    /// The name used in JSON.
    #[must_use]
    pub const fn name(&self) -> StateName {
        match self {
            Self::Waiting => StateName::Waiting,
            Self::Offered(_) => StateName::Offered,
            Self::Booked { .. } => StateName::Booked,
            Self::Ended { .. } => StateName::Ended,
        }
    }
}

/// Until when an offer that is made now holds its slot. `None` when the slot begins too soon to be offered.
#[must_use]
pub fn held_until(slot: Slot, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let latest = slot.start.checked_sub(BEFORE_START).ok()?;
    let by_day = now.checked_add(HELD_FOR).ok()?;
    let local = zone.to_datetime(by_day);
    let (evening, morning) = QUIET;
    let until = if (morning..evening).contains(&local.hour()) {
        by_day
    } else {
        let day = if local.hour() >= evening { local.date().saturating_add(1.day()) } else { local.date() };
        zone.to_timestamp(day.at(morning, 0, 0, 0)).unwrap_or(by_day)
    };
    // Whole seconds, which is all that a schedule and a stored hold know.
    let until = Timestamp::from_second(until.min(latest).as_second()).ok()?;
    (until.duration_since(now) >= SHORTEST).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn slot(start: &str) -> Slot {
        Slot { start: at(start), end: at(start).checked_add(SignedDuration::from_mins(30)).unwrap() }
    }

    fn zone() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    fn wait() -> Wait {
        Wait {
            id: WaitId::new(Timestamp::UNIX_EPOCH, 1),
            patient_id: PatientId::new(Timestamp::UNIX_EPOCH, 1),
            patient_name: PersonName::parse("Ada Byron").unwrap(),
            patient_mrn: Mrn::parse("100000006").unwrap(),
            target: Target::Specialization(Specialization::parse("cardiology").unwrap()),
            from: jiff::civil::date(2026, 3, 2),
            to: jiff::civil::date(2026, 3, 4),
            reason: Reason::parse("checkup").unwrap(),
            since: at("2026-03-01T09:00:00Z"),
            state: State::Waiting,
            not_taken: Vec::new(),
            place: 0,
            version: 1,
        }
    }

    fn offer(start: &str, until: &str) -> Offer {
        let doctor_name = PersonName::parse("Dr. Mary Seacole").unwrap();
        Offer { doctor_id: DoctorId::new(Timestamp::UNIX_EPOCH, 1), doctor_name, slot: slot(start), until: at(until) }
    }

    #[test]
    fn a_slot_is_held_for_two_hours_but_not_into_the_night_and_not_to_its_start() {
        let until = |start: &str, now: &str| held_until(slot(start), at(now), &zone()).map(|until| until.to_string());
        assert_eq!(until("2026-03-03T15:00:00Z", "2026-03-02T10:05:00Z").as_deref(), Some("2026-03-02T12:05:00Z"));
        assert_eq!(until("2026-03-03T15:00:00Z", "2026-03-02T18:59:00Z").as_deref(), Some("2026-03-02T20:59:00Z"));
        assert_eq!(until("2026-03-03T15:00:00Z", "2026-03-02T19:00:00Z").as_deref(), Some("2026-03-03T10:00:00Z"));
        assert_eq!(until("2026-03-03T15:00:00Z", "2026-03-03T06:00:00Z").as_deref(), Some("2026-03-03T10:00:00Z"));
        assert_eq!(until("2026-03-03T09:00:00Z", "2026-03-02T23:00:00Z").as_deref(), Some("2026-03-03T08:00:00Z"));
        assert_eq!(until("2026-03-02T11:35:00Z", "2026-03-02T10:05:00Z").as_deref(), Some("2026-03-02T10:35:00Z"));
        assert_eq!(until("2026-03-02T11:34:00Z", "2026-03-02T10:05:00Z"), None);
        assert_eq!(until("2026-03-02T10:00:00Z", "2026-03-02T10:05:00Z"), None);
        // London puts its clocks forward on 29 March: 10:00 is 09:00 UTC.
        assert_eq!(until("2026-03-29T15:00:00Z", "2026-03-28T20:00:00Z").as_deref(), Some("2026-03-29T09:00:00Z"));
    }

    #[test]
    fn an_offer_ends_by_itself_and_is_not_made_again() {
        let offered = wait().offered(offer("2026-03-03T09:00:00Z", "2026-03-02T12:00:00Z"));
        assert!(!offered.fits(DoctorId::new(Timestamp::UNIX_EPOCH, 2), slot("2026-03-03T10:00:00Z"), &zone()), "one at a time");
        assert!(offered.clone().at(at("2026-03-02T11:59:59Z"), &zone()).offer().is_ok());
        let later = offered.at(at("2026-03-02T12:00:00Z"), &zone());
        assert_eq!((later.offer(), later.state.clone()), (Err(Refused::NoOffer(StateName::Waiting)), State::Waiting));
        let doctor = DoctorId::new(Timestamp::UNIX_EPOCH, 1);
        assert!(!later.fits(doctor, slot("2026-03-03T09:00:00Z"), &zone()));
        assert!(later.fits(doctor, slot("2026-03-04T23:30:00Z"), &zone()) && !later.fits(doctor, slot("2026-03-05T00:00:00Z"), &zone()));
    }

    #[test]
    fn a_wait_ends_after_five_offers_and_after_its_days() {
        let mut one = wait();
        for hour in 0..OFFERS {
            one = one.offered(offer(&format!("2026-03-03T1{hour}:00:00Z"), "2026-03-02T12:00:00Z")).decline().unwrap();
        }
        assert_eq!(one.state, State::Ended { because: Ending::OffersNotTaken });
        assert_eq!(one.clone().end(Ending::Left).unwrap_err(), Refused::Over(StateName::Ended));
        assert!(one.decline().is_err());
        assert!(wait().at(at("2026-03-04T23:59:59Z"), &zone()).goes_on());
        assert_eq!(wait().at(at("2026-03-05T00:00:00Z"), &zone()).state, State::Ended { because: Ending::DaysOver });
    }
}
