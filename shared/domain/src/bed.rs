//! Beds: which state follows which. A bed that a patient has left is cleaned before the next one comes.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    admission::{Acuity, Admission, Isolation},
    id::{AdmissionId, PatientId},
    record::{
        Summary,
        summary::Newest,
        vitals::{Flag, VitalSign},
    },
    text::Reason,
    ward::Ward,
};

/// How many beds a ward has. They come into being with it.
pub const BEDS: u8 = 40;
/// How long the cleaning of a bed may take before the ward's manager is told.
pub const CLEANING: SignedDuration = SignedDuration::from_mins(60);

/// The number of a bed in its ward, from 1 to 40.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BedNumber(u8);

impl BedNumber {
    /// Checks a number.
    ///
    /// # Errors
    /// When no ward has such a bed.
    pub fn new(number: i64) -> Result<Self, Invalid> {
        let known = u8::try_from(number).ok().filter(|number| (1..=BEDS).contains(number));
        known.map(Self).ok_or_else(|| Invalid::new("no_such_bed", format!("Use a number from 1 to {BEDS}.")))
    }

    /// Every bed of a ward.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=BEDS).map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl FromStr for BedNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // One spelling: not `07`, not `+7`.
        let number = text.parse().ok().filter(|number: &i64| number.to_string() == text);
        Self::new(number.unwrap_or_default())
    }
}

impl fmt::Display for BedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The state of a bed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BedStatus {
    /// A patient can be admitted to it.
    Free,
    /// A patient has it.
    Occupied,
    /// The patient has left, and it is not clean yet.
    Cleaning,
    /// It is being repaired.
    Maintenance,
}

/// What happens to a bed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BedEvent {
    /// A patient gets it.
    Taken,
    /// Its patient has left the bed.
    Left,
    /// It was cleaned.
    Cleaned,
    /// It is taken out of use.
    TakenOut,
    /// It is put back into use.
    PutBack,
}

impl BedStatus {
    /// The state after an event.
    ///
    /// # Errors
    /// The state as it is, when the event cannot happen in it: an occupied bed is not repaired, and one that is not clean is not given to
    /// anybody.
    pub const fn after(self, event: BedEvent) -> Result<Self, Self> {
        match (self, event) {
            (Self::Free, BedEvent::Taken) => Ok(Self::Occupied),
            // What was repaired is cleaned as well before somebody lies in it.
            (Self::Occupied, BedEvent::Left) | (Self::Maintenance, BedEvent::PutBack) => Ok(Self::Cleaning),
            (Self::Cleaning, BedEvent::Cleaned) => Ok(Self::Free),
            (Self::Free | Self::Cleaning, BedEvent::TakenOut) => Ok(Self::Maintenance),
            _ => Err(self),
        }
    }
}

named! {
    BedStatus, "invalid_status": { Free = "free", Occupied = "occupied", Cleaning = "cleaning", Maintenance = "maintenance" }
}

/// A bed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bed {
    /// Its ward.
    pub ward: Ward,
    /// Its number there.
    pub number: BedNumber,
    /// Its state.
    pub status: BedStatus,
    /// Since when.
    pub since: Timestamp,
    /// Who has it. Present exactly while it is occupied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occupant: Option<Occupant>,
    /// Why it is out of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Grows with each change.
    pub version: u64,
}

/// The patient in a bed, as the ward's board shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupant {
    /// The patient.
    pub patient_id: PatientId,
    /// The admission.
    pub admission_id: AdmissionId,
    /// The first letters of the patient's names.
    pub initials: String,
    /// When they were admitted.
    pub admitted_at: Timestamp,
    /// When they are expected to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_discharge: Option<Date>,
    /// How others are kept from an infection, or the patient from theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<Isolation>,
    /// How ill they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acuity: Option<Acuity>,
    /// Since when they are medically ready to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// Whether they have died, and have not left yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deceased: bool,
    /// Their latest vital signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vitals: Option<LatestVitals>,
}

/// When the latest vital signs were taken, and which of them are critical.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestVitals {
    /// When the latest ones were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Of each sign the newest value counts. Empty when none of them is critical.
    pub critical: Vec<(VitalSign, Flag)>,
    /// The version of the record's summary that says so.
    pub as_of: u64,
}

impl LatestVitals {
    /// What a record's summary says about vital signs that were taken since an instant.
    #[must_use]
    pub fn of(summary: &Summary, since: Timestamp) -> Self {
        let newest = || summary.vitals.iter().filter(|(_, newest)| newest.at >= since);
        let critical = |(sign, newest): (&VitalSign, &Newest)| {
            let flag = newest.flag.filter(|flag| matches!(flag, Flag::CriticalLow | Flag::CriticalHigh))?;
            Some((*sign, flag))
        };
        let at = newest().map(|(_, newest)| newest.at).max();
        Self { at, critical: newest().filter_map(critical).collect(), as_of: summary.version }
    }
}

impl Occupant {
    /// The patient of an admission.
    #[must_use]
    pub fn of(admission: &Admission, initials: String) -> Self {
        Self {
            patient_id: admission.patient_id,
            admission_id: admission.id,
            initials,
            admitted_at: admission.admitted_at,
            expected_discharge: admission.expected_discharge,
            isolation: admission.isolation,
            acuity: admission.acuity,
            ready_at: admission.ready.as_ref().map(|ready| ready.at),
            deceased: false,
            vitals: None,
        }
    }

    /// The same patient, as the admission is now.
    #[must_use]
    pub fn follow(self, admission: &Admission) -> Self {
        Self { vitals: self.vitals, deceased: self.deceased, ..Self::of(admission, self.initials) }
    }
}

impl Bed {
    /// A new bed.
    #[must_use]
    pub const fn new(ward: Ward, number: BedNumber, now: Timestamp) -> Self {
        Self { ward, number, status: BedStatus::Free, since: now, occupant: None, reason: None, version: 1 }
    }

    /// The bed with its patient.
    ///
    /// # Errors
    /// The bed's state, when it is not free.
    pub fn take(self, occupant: Occupant, now: Timestamp) -> Result<Self, BedStatus> {
        Ok(Self { occupant: Some(occupant), ..self.after(BedEvent::Taken, now)? })
    }

    /// The bed after what happens to it.
    ///
    /// # Errors
    /// The bed's state, when that cannot happen in it.
    pub fn after(self, event: BedEvent, now: Timestamp) -> Result<Self, BedStatus> {
        let status = self.status.after(event)?;
        Ok(Self { status, since: now, occupant: None, reason: None, version: self.version + 1, ..self })
    }

    /// The bed, taken out of use for a reason.
    ///
    /// # Errors
    /// The bed's state, when somebody has it or it is out of use already.
    pub fn take_out(self, reason: Reason, now: Timestamp) -> Result<Self, BedStatus> {
        Ok(Self { reason: Some(reason), ..self.after(BedEvent::TakenOut, now)? })
    }

    /// The bed with other news of its patient.
    #[must_use]
    pub fn with_occupant(self, occupant: Occupant) -> Self {
        Self { occupant: Some(occupant), version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVENTS: [BedEvent; 5] = [BedEvent::Taken, BedEvent::Left, BedEvent::Cleaned, BedEvent::TakenOut, BedEvent::PutBack];

    #[test]
    fn a_ward_has_forty() {
        assert_eq!((BedNumber::all().count(), BedNumber::new(1).unwrap().get(), BedNumber::new(40).unwrap().get()), (40, 1, 40));
        for wrong in [0, 41, -1, i64::MAX] {
            assert_eq!(BedNumber::new(wrong).unwrap_err().code, "no_such_bed", "{wrong}");
        }
    }

    #[test]
    fn what_may_follow() {
        let allowed: Vec<_> = BedStatus::ALL
            .iter()
            .copied()
            .flat_map(|from| EVENTS.into_iter().filter_map(move |event| Some((from, event, from.after(event).ok()?))))
            .collect();
        assert_eq!(
            allowed,
            [
                (BedStatus::Free, BedEvent::Taken, BedStatus::Occupied),
                (BedStatus::Free, BedEvent::TakenOut, BedStatus::Maintenance),
                (BedStatus::Occupied, BedEvent::Left, BedStatus::Cleaning),
                (BedStatus::Cleaning, BedEvent::Cleaned, BedStatus::Free),
                (BedStatus::Cleaning, BedEvent::TakenOut, BedStatus::Maintenance),
                (BedStatus::Maintenance, BedEvent::PutBack, BedStatus::Cleaning),
            ]
        );
    }

    proptest! {
        /// Whatever happens in whatever order, nobody gets a bed that was not cleaned after the one before.
        #[test]
        fn a_bed_is_clean_when_somebody_gets_it(events in prop::collection::vec(prop::sample::select(EVENTS.as_slice()), 0..40)) {
            let (mut status, mut dirty) = (BedStatus::Free, false);
            for event in events {
                if let Ok(next) = status.after(event) {
                    prop_assert!(event != BedEvent::Taken || !dirty);
                    dirty = match event { BedEvent::Left | BedEvent::PutBack => true, BedEvent::Cleaned => false, _ => dirty };
                    status = next;
                }
            }
        }
    }
}
