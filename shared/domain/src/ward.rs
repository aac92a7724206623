//! The wards that a hospital can have.

use serde::{Deserialize, Serialize};

use crate::Invalid;

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
