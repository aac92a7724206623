//! Appointments, and how they change: booked, moved, cancelled, arrived, completed, missed.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    availability::Because,
    booking_limit::MOVES,
    doctor::Doctor,
    id::{AppointmentId, DoctorId, PatientId, UserId},
    money::Money,
    mrn::Mrn,
    patient::Patient,
    schedule::Slot,
    text::{PersonName, Place, Reason, Specialization},
};

/// How long before an appointment its reminder is due.
pub const REMINDER_LEAD: SignedDuration = SignedDuration::from_hours(1);

/// How long after its end an appointment is noted as missed by itself, if nobody has noted an arrival or a completion.
pub const MISSED_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// A booked appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Its id, which stays the same when the appointment is moved.
    pub id: AppointmentId,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name when it was booked.
    pub patient_name: PersonName,
    /// The patient's medical record number.
    pub patient_mrn: Mrn,
    /// The doctor.
    pub doctor_id: DoctorId,
    /// The doctor's name when it was booked.
    pub doctor_name: PersonName,
    /// The doctor's specialization when it was booked.
    pub specialization: Specialization,
    /// The doctor's place on its day.
    pub place: Option<Place>,
    /// The fee when it was booked. A later change of the doctor's fee does not change it.
    pub consultation_fee: Money,
    /// When it takes place.
    pub slot: Slot,
    /// The reason that was given at booking.
    pub reason: Reason,
    /// Its status.
    pub status: Status,
    /// When the patient arrived, if somebody noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Timestamp>,
    /// Why it takes place outside the doctor's slots, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_because: Option<Reason>,
    /// Why it cannot take place at this time, if so: the patient has been asked to choose another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_new_time: Option<Because>,
    /// What was noted by mistake and taken back, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undone: Vec<Undone>,
    /// iCalendar SEQUENCE (RFC 5545 §3.8.7.4): grows when the appointment is moved or cancelled.
    pub sequence: u32,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
    /// When it was booked.
    pub booked_at: Timestamp,
}

/// The status of an appointment. `Completed`, `Cancelled` and `NoShow` are final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Status {
    /// Booked.
    Scheduled,
    /// Booked and moved at least once.
    Rescheduled,
    /// The patient is in the hospital.
    Arrived {
        /// When the arrival was noted.
        at: Timestamp,
    },
    /// The doctor has seen the patient.
    Completed {
        /// When that was noted.
        at: Timestamp,
    },
    /// Cancelled; the slot is free again.
    Cancelled {
        /// When it was cancelled.
        at: Timestamp,
        /// Who cancelled it.
        by: CancelledBy,
        /// Why, if a reason was given.
        reason: Option<Reason>,
    },
    /// The patient did not come.
    NoShow {
        /// When that was noted.
        at: Timestamp,
    },
}

/// A note that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The status that was noted: `arrived`, `completed` or `no_show`.
    pub status: String,
    /// When it was noted.
    pub noted_at: Timestamp,
    /// When it was taken back.
    pub at: Timestamp,
    /// The member of staff who took it back.
    pub by: UserId,
    /// Why.
    pub reason: Reason,
}

/// How long after a note it can be taken back, if the appointment's day is not over.
pub const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(2);
/// How often notes of one appointment can be taken back.
const UNDONE_AT_MOST: usize = 10;

/// Who cancelled an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBy {
    /// The patient.
    Patient,
    /// The doctor.
    Doctor,
    /// The front desk.
    FrontDesk,
}

impl Status {
    /// The name of every status.
    pub const NAMES: [&str; 6] = ["scheduled", "rescheduled", "arrived", "completed", "cancelled", "no_show"];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Rescheduled => "rescheduled",
            Self::Arrived { .. } => "arrived",
            Self::Completed { .. } => "completed",
            Self::Cancelled { .. } => "cancelled",
            Self::NoShow { .. } => "no_show",
        }
    }

    /// Whether the appointment still lies ahead: the patient has not arrived, and it is not cancelled, completed or missed.
    #[must_use]
    pub const fn is_ahead(&self) -> bool {
        matches!(self, Self::Scheduled | Self::Rescheduled)
    }
}

/// Which appointments a list shows, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum When {
    /// Those that are not over and not cancelled, the next one first.
    Upcoming,
    /// All the others, the latest one first.
    Past,
}

/// Why a change of an appointment is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The status does not allow the change.
    Status {
        /// The present status.
        from: &'static str,
    },
    /// The appointment has begun.
    Begun,
    /// The change is possible only from `not_before` on.
    TooEarly {
        /// The first moment at which it is possible.
        not_before: Timestamp,
    },
    /// The change was possible only before `not_after`.
    TooLate {
        /// The first moment at which it is no longer possible.
        not_after: Timestamp,
    },
    /// The appointment has this time already.
    SameSlot,
    /// The patient has moved it as often as patients may.
    MovedTooOften,
    /// Nothing was noted that could be taken back.
    NothingToUndo {
        /// The present status.
        status: &'static str,
    },
    /// Notes were taken back as often as possible.
    UndoneTooOften,
}

impl Appointment {
    /// A new appointment, with the names and the fee as they are now. The slot must have been checked with
    /// [`Doctor::bookable_slot`].
    #[must_use]
    pub fn book(
        id: AppointmentId,
        patient: &Patient,
        doctor: &Doctor,
        slot: Slot,
        reason: Reason,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let terms = doctor.on(slot.day(zone));
        Self {
            id,
            patient_id: patient.id,
            patient_name: patient.name.clone(),
            patient_mrn: patient.mrn.clone(),
            doctor_id: doctor.id,
            doctor_name: doctor.name.clone(),
            specialization: doctor.specialization.clone(),
            place: terms.place.clone(),
            consultation_fee: terms.consultation_fee,
            slot,
            reason,
            status: Status::Scheduled,
            arrived_at: None,
            extra_because: None,
            needs_new_time: None,
            undone: Vec::new(),
            sequence: 0,
            version: 1,
            booked_at: now,
        }
    }

    /// Moves the appointment, to where the doctor is then. The slot must have been checked with [`Doctor::bookable_slot`].
    ///
    /// # Errors
    /// When it has begun, is over or cancelled, or has this slot already, and when a patient has moved it [`MOVES`] times.
    pub fn reschedule(self, slot: Slot, place: Option<Place>, by: CancelledBy, now: Timestamp) -> Result<Self, Refused> {
        self.still_ahead(now)?;
        if slot == self.slot {
            return Err(Refused::SameSlot);
        }
        // Whoever has to move may.
        if by == CancelledBy::Patient && self.sequence >= MOVES && self.needs_new_time.is_none() {
            return Err(Refused::MovedTooOften);
        }
        // It is in one of the doctor's slots now.
        Ok(Self {
            slot,
            place,
            extra_because: None,
            needs_new_time: None,
            sequence: self.sequence + 1,
            ..self.becoming(Status::Rescheduled)
        })
    }

    /// Cancels the appointment.
    ///
    /// # Errors
    /// When it has begun, is over or is cancelled already.
    pub fn cancel(self, by: CancelledBy, reason: Option<Reason>, now: Timestamp) -> Result<Self, Refused> {
        self.still_ahead(now)?;
        Ok(Self { sequence: self.sequence + 1, ..self.becoming(Status::Cancelled { at: now, by, reason }) })
    }

    /// Notes that the patient has arrived. Possible at any time of the appointment's local day.
    ///
    /// # Errors
    /// Before and after that day, and when the appointment does not lie ahead.
    pub fn arrive(self, now: Timestamp, zone: &TimeZone) -> Result<Self, Refused> {
        self.must_be_ahead()?;
        let (not_before, not_after) = self.day_of_it(zone);
        if now < not_before {
            return Err(Refused::TooEarly { not_before });
        }
        if now >= not_after {
            return Err(Refused::TooLate { not_after });
        }
        Ok(Self { arrived_at: Some(now), ..self.becoming(Status::Arrived { at: now }) })
    }

    /// When the appointment's local day begins and ends.
    fn day_of_it(&self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let day = self.slot.day(zone);
        let midnight = |day: Date, otherwise| day.to_zoned_datetime(zone.clone()).map_or(otherwise, |midnight| midnight.timestamp());
        (midnight(day, self.slot.start), midnight(day.saturating_add(1.day()), self.slot.end))
    }

    /// Takes back an arrival, a completion or a no-show that was noted by mistake, within [`UNDO_WITHIN`] and on the appointment's day. The
    /// status is again what it was before.
    ///
    /// # Errors
    /// When nothing was noted, when it is too late, and when notes were taken back ten times.
    pub fn undo(self, by: UserId, reason: Reason, now: Timestamp, zone: &TimeZone) -> Result<Self, Refused> {
        let (Status::Arrived { at: noted_at } | Status::Completed { at: noted_at } | Status::NoShow { at: noted_at }) = self.status else {
            return Err(Refused::NothingToUndo { status: self.status.as_str() });
        };
        let not_after = noted_at.saturating_add(UNDO_WITHIN).unwrap_or(noted_at).min(self.day_of_it(zone).1);
        if now >= not_after {
            return Err(Refused::TooLate { not_after });
        }
        if self.undone.len() >= UNDONE_AT_MOST {
            return Err(Refused::UndoneTooOften);
        }
        // Only a move raises the sequence of an appointment that was not cancelled.
        let ahead = if self.sequence == 0 { Status::Scheduled } else { Status::Rescheduled };
        let (status, arrived_at) = match (&self.status, self.arrived_at) {
            (Status::Completed { .. }, Some(at)) => (Status::Arrived { at }, Some(at)),
            _ => (ahead, None),
        };
        let mut undone = self.undone.clone();
        undone.push(Undone { status: self.status.as_str().to_owned(), noted_at, at: now, by, reason });
        Ok(Self { arrived_at, undone, ..self.becoming(status) })
    }

    /// Notes that the doctor has seen the patient. Possible once the arrival is noted; without that, from the appointment's start on.
    ///
    /// # Errors
    /// When the appointment is over or cancelled, or when it has not begun and no arrival is noted.
    pub fn complete(self, now: Timestamp) -> Result<Self, Refused> {
        if !matches!(self.status, Status::Arrived { .. }) {
            self.must_be_ahead()?;
            self.must_have_begun(now)?;
        }
        Ok(self.becoming(Status::Completed { at: now }))
    }

    /// Notes that the patient did not come.
    ///
    /// # Errors
    /// Before the appointment's start, and when the appointment does not lie ahead.
    pub fn miss(self, now: Timestamp) -> Result<Self, Refused> {
        self.must_be_ahead()?;
        self.must_have_begun(now)?;
        Ok(self.becoming(Status::NoShow { at: now }))
    }

    /// It can take place as booked, or it cannot, and where. `None` when that is known already, or when it does not lie ahead.
    #[must_use]
    pub fn reviewed(self, needs_new_time: Option<Because>, place: Option<&Place>, now: Timestamp) -> Option<Self> {
        if self.still_ahead(now).is_err() || (self.needs_new_time, self.place.as_ref()) == (needs_new_time, place) {
            return None;
        }
        Some(Self { needs_new_time, place: place.cloned(), version: self.version + 1, ..self })
    }

    /// It could not take place, and nobody chose another time: it is cancelled when its time is over. Nobody missed it.
    ///
    /// # Errors
    /// When it does not lie ahead, or could take place.
    pub fn lapse(self, now: Timestamp) -> Result<Self, Refused> {
        self.must_be_ahead()?;
        if self.needs_new_time.is_none() {
            return Err(Refused::Status { from: self.status.as_str() });
        }
        Ok(self.becoming(Status::Cancelled { at: now, by: CancelledBy::Doctor, reason: None }))
    }

    /// The patient has another name now.
    #[must_use]
    pub fn with_patient_name(self, name: PersonName) -> Self {
        Self { patient_name: name, version: self.version + 1, ..self }
    }

    /// When the reminder is due, if the appointment still lies ahead and that moment has not passed.
    #[must_use]
    pub fn reminder_due(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.slot.start.checked_sub(REMINDER_LEAD).ok()?;
        (self.status.is_ahead() && self.needs_new_time.is_none() && due > now).then_some(due)
    }

    /// When it is noted as missed by itself, if nothing else is noted until then. Whoever takes a note back has the same time to note
    /// something else.
    #[must_use]
    pub fn missed_due(&self) -> Option<Timestamp> {
        let from = self.undone.last().map_or(self.slot.end, |undone| undone.at.max(self.slot.end));
        from.checked_add(MISSED_AFTER).ok().filter(|_| self.status.is_ahead())
    }

    fn becoming(self, status: Status) -> Self {
        // Whoever is here, was seen or was missed needs no other time.
        let needs_new_time = self.needs_new_time.filter(|_| status.is_ahead() || matches!(status, Status::Cancelled { .. }));
        Self { status, needs_new_time, version: self.version + 1, ..self }
    }

    fn must_be_ahead(&self) -> Result<(), Refused> {
        if self.status.is_ahead() { Ok(()) } else { Err(Refused::Status { from: self.status.as_str() }) }
    }

    fn still_ahead(&self, now: Timestamp) -> Result<(), Refused> {
        self.must_be_ahead()?;
        if now < self.slot.start { Ok(()) } else { Err(Refused::Begun) }
    }

    fn must_have_begun(&self, now: Timestamp) -> Result<(), Refused> {
        if now >= self.slot.start { Ok(()) } else { Err(Refused::TooEarly { not_before: self.slot.start }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn slot(start: &str) -> Slot {
        Slot { start: at(start), end: at(start).checked_add(SignedDuration::from_mins(30)).unwrap() }
    }

    fn appointment(status: Status) -> Appointment {
        Appointment {
            id: AppointmentId::new(Timestamp::UNIX_EPOCH, 1),
            patient_id: PatientId::new(Timestamp::UNIX_EPOCH, 1),
            patient_name: PersonName::parse("Ada Byron").unwrap(),
            patient_mrn: Mrn::parse("100000006").unwrap(),
            doctor_id: DoctorId::new(Timestamp::UNIX_EPOCH, 1),
            doctor_name: PersonName::parse("Dr. Mary Seacole").unwrap(),
            specialization: Specialization::parse("cardiology").unwrap(),
            place: None,
            consultation_fee: Money::parse("80", Currency::parse("USD").unwrap()).unwrap(),
            slot: slot("2026-03-02T09:00:00Z"),
            reason: Reason::parse("checkup").unwrap(),
            status,
            arrived_at: None,
            extra_because: None,
            needs_new_time: None,
            undone: Vec::new(),
            sequence: 0,
            version: 1,
            booked_at: at("2026-03-01T09:00:00Z"),
        }
    }

    #[test]
    fn every_status_allows_exactly_these_changes() {
        let before = at("2026-03-02T08:00:00Z");
        let after = at("2026-03-02T09:05:00Z");
        let moment = after;
        let cancelled = Status::Cancelled { at: moment, by: CancelledBy::Patient, reason: None };
        let table: [(Status, [bool; 5]); 6] = [
            // reschedule, cancel, arrive, complete, miss
            (Status::Scheduled, [true, true, true, true, true]),
            (Status::Rescheduled, [true, true, true, true, true]),
            (Status::Arrived { at: moment }, [false, false, false, true, false]),
            (Status::Completed { at: moment }, [false; 5]),
            (cancelled, [false; 5]),
            (Status::NoShow { at: moment }, [false; 5]),
        ];
        assert_eq!(table.each_ref().map(|(status, _)| status.as_str()), Status::NAMES);
        for (status, expected) in table {
            let appointment = || appointment(status.clone());
            let outcome = [
                appointment().reschedule(slot("2026-03-02T10:00:00Z"), None, CancelledBy::Patient, before).is_ok(),
                appointment().cancel(CancelledBy::Doctor, None, before).is_ok(),
                appointment().arrive(before, &TimeZone::UTC).is_ok(),
                appointment().complete(after).is_ok(),
                appointment().miss(after).is_ok(),
            ];
            assert_eq!(outcome, expected, "{status:?}");
        }
    }

    #[test]
    fn time_limits() {
        let start = at("2026-03-02T09:00:00Z");
        let just_before = at("2026-03-02T08:59:59Z");
        assert_eq!(appointment(Status::Scheduled).cancel(CancelledBy::Patient, None, start), Err(Refused::Begun));
        assert_eq!(
            appointment(Status::Scheduled).reschedule(slot("2026-03-03T09:00:00Z"), None, CancelledBy::Doctor, start),
            Err(Refused::Begun)
        );
        assert_eq!(
            appointment(Status::Scheduled).reschedule(slot("2026-03-02T09:00:00Z"), None, CancelledBy::Doctor, just_before),
            Err(Refused::SameSlot)
        );
        assert_eq!(appointment(Status::Scheduled).complete(just_before), Err(Refused::TooEarly { not_before: start }));
        assert_eq!(appointment(Status::Scheduled).miss(just_before), Err(Refused::TooEarly { not_before: start }));
        let midnight = at("2026-03-02T00:00:00Z");
        let day_before = at("2026-03-01T23:59:59Z");
        assert_eq!(appointment(Status::Scheduled).arrive(day_before, &TimeZone::UTC), Err(Refused::TooEarly { not_before: midnight }));
        assert!(appointment(Status::Scheduled).arrive(at("2026-03-02T23:59:59Z"), &TimeZone::UTC).is_ok());
        let next_day = at("2026-03-03T00:00:00Z");
        assert_eq!(appointment(Status::Scheduled).arrive(next_day, &TimeZone::UTC), Err(Refused::TooLate { not_after: next_day }));
    }

    #[test]
    fn what_was_noted_by_mistake_is_taken_back_on_the_same_day() {
        let (zone, user) = (TimeZone::UTC, UserId::new(Timestamp::UNIX_EPOCH, 1));
        let because = || Reason::parse("Wrong patient").unwrap();
        let (nine, ten) = (at("2026-03-02T09:00:00Z"), at("2026-03-02T10:00:00Z"));
        let arrived = appointment(Status::Scheduled).arrive(nine, &zone).unwrap();
        let back = arrived.clone().undo(user, because(), ten, &zone).unwrap();
        assert_eq!((back.status.as_str(), back.arrived_at, back.version), ("scheduled", None, 3));
        assert_eq!((back.undone[0].status.as_str(), back.undone[0].noted_at, back.undone[0].at), ("arrived", nine, ten));
        let completed = arrived.complete(ten).unwrap().undo(user, because(), ten, &zone).unwrap();
        assert_eq!((completed.status, completed.arrived_at), (Status::Arrived { at: nine }, Some(nine)));
        let moved = Appointment { sequence: 1, ..appointment(Status::Rescheduled) };
        let missed = moved.miss(ten).unwrap();
        assert_eq!(missed.clone().undo(user, because(), ten, &zone).unwrap().status, Status::Rescheduled);

        let noon = at("2026-03-02T12:00:00Z");
        assert_eq!(missed.clone().undo(user, because(), noon, &zone), Err(Refused::TooLate { not_after: noon }));
        let (late, midnight) = (at("2026-03-02T23:30:00Z"), at("2026-03-03T00:00:00Z"));
        let missed = appointment(Status::Scheduled).miss(late).unwrap();
        assert_eq!(missed.undo(user, because(), midnight, &zone), Err(Refused::TooLate { not_after: midnight }));
        let nothing = appointment(Status::Scheduled).undo(user, because(), ten, &zone);
        assert_eq!(nothing, Err(Refused::NothingToUndo { status: "scheduled" }));
        let mut often = appointment(Status::Scheduled);
        for _ in 0..10 {
            often = often.miss(ten).unwrap().undo(user, because(), ten, &zone).unwrap();
        }
        assert_eq!(often.miss(ten).unwrap().undo(user, because(), ten, &zone), Err(Refused::UndoneTooOften));
    }

    #[test]
    fn moving_and_cancelling_raise_the_sequence() {
        let before = at("2026-03-01T09:00:00Z");
        let moved = appointment(Status::Scheduled).reschedule(slot("2026-03-02T10:00:00Z"), None, CancelledBy::Doctor, before).unwrap();
        assert_eq!((moved.sequence, moved.version, moved.status.as_str()), (1, 2, "rescheduled"));
        let cancelled = moved.cancel(CancelledBy::Patient, None, before).unwrap();
        assert_eq!((cancelled.sequence, cancelled.version), (2, 3));
    }

    #[test]
    fn a_patient_moves_an_appointment_so_often_and_the_front_desk_more_often() {
        let before = at("2026-03-01T09:00:00Z");
        let moved = Appointment { sequence: MOVES, ..appointment(Status::Rescheduled) };
        let to = |by| moved.clone().reschedule(slot("2026-03-02T10:00:00Z"), None, by, before);
        assert_eq!(to(CancelledBy::Patient), Err(Refused::MovedTooOften));
        assert!(to(CancelledBy::FrontDesk).is_ok() && to(CancelledBy::Doctor).is_ok());
    }

    #[test]
    fn the_reminder_is_due_one_hour_before_while_the_appointment_lies_ahead() {
        let due = at("2026-03-02T08:00:00Z");
        assert_eq!(appointment(Status::Scheduled).reminder_due(at("2026-03-01T08:00:00Z")), Some(due));
        assert_eq!(appointment(Status::Scheduled).reminder_due(due), None);
        let cancelled = appointment(Status::Scheduled).cancel(CancelledBy::Patient, None, at("2026-03-01T09:00:00Z")).unwrap();
        assert_eq!(cancelled.reminder_due(at("2026-03-01T08:00:00Z")), None);
    }
}
