//! The wards that a hospital can have.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Invalid,
    bed::{Bed, BedStatus},
    money::Money,
};

macro_rules! wards {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A type of ward. A hospital has at most one ward of each type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Ward {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Ward {
            /// Every type.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name used in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

wards! {
    /// Burns.
    Burns = "burns",
    /// Cardiology.
    Cardiology = "cardiology",
    /// Dialysis.
    Dialysis = "dialysis",
    /// Emergency.
    Emergency = "emergency",
    /// Ear, nose and throat.
    Ent = "ent",
    /// General.
    General = "general",
    /// Geriatrics.
    Geriatrics = "geriatrics",
    /// The ICU.
    Icu = "icu",
    /// Intensive care, where it is apart from the ICU.
    IntensiveCare = "intensive_care",
    /// Isolation.
    Isolation = "isolation",
    /// Maternity.
    Maternity = "maternity",
    /// Nephrology.
    Nephrology = "nephrology",
    /// Neurology.
    Neurology = "neurology",
    /// Oncology.
    Oncology = "oncology",
    /// Orthopedics.
    Orthopedic = "orthopedic",
    /// Pediatrics.
    Pediatric = "pediatric",
    /// Plastic surgery.
    PlasticSurgery = "plastic_surgery",
    /// Psychiatry.
    Psychiatric = "psychiatric",
    /// Rehabilitation.
    Rehabilitation = "rehabilitation",
    /// Respiratory diseases.
    Respiratory = "respiratory",
    /// Surgery.
    Surgical = "surgical",
    /// Trauma.
    Trauma = "trauma",
    /// Urology.
    Urology = "urology",
}

impl Ward {
    /// The name as people write it, such as `intensive care`.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Icu => "ICU".to_owned(),
            Self::Ent => "ENT".to_owned(),
            ward => ward.as_str().replace('_', " "),
        }
    }

    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When there is no such type of ward.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let names = || Self::ALL.iter().map(|ward| ward.as_str()).collect::<Vec<_>>().join("`, `");
        let known = Self::ALL.iter().copied().find(|ward| ward.as_str() == text);
        known.ok_or_else(|| Invalid::new("invalid_ward", format!("Use `{}`.", names())))
    }
}

impl FromStr for Ward {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

/// A ward that the hospital has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstablishedWard {
    /// Its type.
    pub ward: Ward,
    /// What a day in one of its beds costs. A stay keeps the fee that was true when the patient came into the bed.
    pub daily_fee: Money,
    /// When it was established.
    pub established_at: Timestamp,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

/// How many beds of a ward are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BedCounts {
    /// Patients can be admitted to them.
    pub free: u8,
    /// They have a patient.
    pub occupied: u8,
    /// They are not clean yet.
    pub cleaning: u8,
    /// They are being repaired.
    pub maintenance: u8,
}

impl BedCounts {
    /// Counts beds.
    #[must_use]
    pub fn of(beds: &[Bed]) -> Self {
        let mut counts = Self::default();
        for bed in beds {
            let count = match bed.status {
                BedStatus::Free => &mut counts.free,
                BedStatus::Occupied => &mut counts.occupied,
                BedStatus::Cleaning => &mut counts.cleaning,
                BedStatus::Maintenance => &mut counts.maintenance,
            };
            *count += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_one_name() {
        for ward in Ward::ALL {
            assert_eq!(Ward::parse(ward.as_str()), Ok(*ward));
        }
        assert_eq!((Ward::ALL.len(), Ward::parse("ICU").unwrap_err().code), (23, "invalid_ward"));
    }
}
