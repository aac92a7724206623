//! Beds: which state follows which. A bed that a patient has left is cleaned before the next one comes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Invalid;

/// How many beds a ward has. They come into being with it.
pub const BEDS: u8 = 40;

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
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Free, Self::Occupied, Self::Cleaning, Self::Maintenance];

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
            .into_iter()
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
