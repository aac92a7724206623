//! Typed, prefixed, time-ordered ids: `pat_01J…`. One alphabetical list; the prefix says what a log line is about.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::{
    Invalid,
    feedback::{About, Visit},
};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Ulid);

        impl $name {
            /// What every id of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id. Ids sort by `now`.
            #[must_use]
            pub fn new(now: Timestamp, random: u128) -> Self {
                let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
                Self(Ulid::from_parts(millis, random))
            }

            /// When it was made.
            #[must_use]
            pub fn made_at(self) -> Timestamp {
                i64::try_from(self.0.timestamp_ms()).ok().and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or_default()
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                text.strip_prefix($prefix)
                    .and_then(|rest| Ulid::from_string(rest).ok().filter(|ulid| ulid.to_string() == rest))
                    .map(Self)
                    .ok_or_else(|| Invalid::new("invalid_id", concat!("Expected an id such as `", $prefix, "01JD8Z0V3XQ5T4E2W9K7M6N8PR`.")))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    )*};
}

ids! {
    /// A patient's stay in the hospital.
    AdmissionId = "adm_";
    /// What a pharmacy tells of a medicine that runs low, or of a lot that expires.
    AlertId = "alt_";
    /// Units of a medicine that are set aside for a patient.
    AllocationId = "alc_";
    /// An appointment of a patient with a doctor.
    AppointmentId = "apt_";
    /// One entry of the audit log.
    AuditId = "aud_";
    /// A patient's place on the list for a bed.
    BedRequestId = "bed_";
    /// A typing of a patient's blood.
    BloodTypingId = "blo_";
    /// An emergency.
    CaseId = "cas_";
    /// A diagnosis in the medical record.
    DiagnosisId = "dia_";
    /// A doctor profile.
    DoctorId = "doc_";
    /// A token that is sent by email.
    EmailTokenId = "tok_";
    /// One clinical contact.
    EncounterId = "enc_";
    /// A time at which a doctor's day is not as their hours say.
    ExceptionId = "exc_";
    /// A patient's rating and review.
    FeedbackId = "fee_";
    /// An entry of a patient's medical history.
    HistoryId = "his_";
    /// An image in the medical record.
    ImageId = "img_";
    /// An order of a lab test from a laboratory.
    LabOrderId = "ord_";
    /// A report that a laboratory has uploaded.
    LabReportId = "rep_";
    /// A result in the medical record.
    LabResultId = "res_";
    /// A lab test that was prescribed.
    LabTestId = "lab_";
    /// An invoice.
    InvoiceId = "inv_";
    /// A laboratory.
    LaboratoryId = "lby_";
    /// Somebody's leave.
    LeaveId = "lea_";
    /// A lot of a medicine in a pharmacy.
    LotId = "lot_";
    /// A medicine that was prescribed.
    MedicineId = "med_";
    /// An entry in a pharmacy's ledger.
    MovementId = "mov_";
    /// A lab test that a laboratory offers.
    OfferedTestId = "tst_";
    /// A patient profile.
    PatientId = "pat_";
    /// A pharmacy.
    PharmacyId = "pha_";
    /// A patient's request for a prescription.
    RequestId = "req_";
    /// One sign-in, with its refresh tokens.
    SessionId = "ses_";
    /// An entry in the roster.
    ShiftId = "shi_";
    /// A medicine that a pharmacy keeps.
    StockedMedicineId = "stm_";
    /// A surgery in the medical record.
    SurgeryId = "sur_";
    /// A treatment plan.
    TreatmentPlanId = "pla_";
    /// An account that can sign in.
    UserId = "usr_";
    /// Vital signs that were taken together.
    VitalsId = "vit_";
    /// A patient's place on a waiting list.
    WaitId = "wai_";
}

impl AdmissionId {
    /// The id of the stay that follows from a request for a bed, so that one request never leads to two.
    #[must_use]
    pub const fn following(request: BedRequestId) -> Self {
        Self(request.0)
    }
}

impl AlertId {
    /// The id of the alerts of a lot: it has one, which becomes more urgent.
    #[must_use]
    pub const fn of_lot(lot: LotId) -> Self {
        Self(lot.0)
    }

    /// The id of the alert of a medicine that runs low by this change of its stock, so that one change never leads to two.
    #[must_use]
    pub fn of_change(medicine: StockedMedicineId, revision: u64, at: Timestamp) -> Self {
        Self::new(at, medicine.0.random().wrapping_add(u128::from(revision)))
    }
}

impl AllocationId {
    /// The part of the id by which entries of a ledger are in order, whatever they are of.
    #[must_use]
    pub fn place(self) -> String {
        self.0.to_string()
    }
}

impl FeedbackId {
    /// The id of what a patient says about somebody after a visit, so that they say it once. The time in it is that of the visit.
    #[must_use]
    pub fn of(visit: Visit, about: &About) -> Self {
        let visit = match visit {
            Visit::Appointment(id) => id.0,
            Visit::Admission(id) => id.0,
            Visit::Case(id) => id.0,
            Visit::LabOrder(id) => id.0,
            Visit::Allocation(id) => id.0,
        };
        // Ids are random, so nobody else's feedback has the same one.
        let about = match about {
            About::Hospital => 1,
            About::Service(_) => 2,
            About::Doctor(id) => id.0.random(),
            About::Staff(id) => id.0.random() ^ 3,
        };
        Self(Ulid::from_parts(visit.timestamp_ms(), visit.random() ^ about))
    }
}

impl MovementId {
    /// The part of the id by which entries of a ledger are in order, whatever they are of.
    #[must_use]
    pub fn place(self) -> String {
        self.0.to_string()
    }
}

impl VitalsId {
    /// The id of the vital signs of one of an emergency's judgements, so that they are written down once.
    #[must_use]
    pub fn following(case: CaseId, judgement: usize) -> Self {
        Self(Ulid::from_parts(case.0.timestamp_ms(), case.0.random().wrapping_add(judgement as u128)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_another_kind_of_id() {
        let doctor = DoctorId::new(Timestamp::UNIX_EPOCH, 0x00AB_CDEF).to_string();
        assert_eq!(doctor.parse::<PatientId>().unwrap_err().code, "invalid_id");
        assert_eq!(doctor.to_lowercase().parse::<DoctorId>().unwrap_err().code, "invalid_id");
    }

    #[test]
    fn an_id_has_one_spelling() {
        assert!("pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR".parse::<PatientId>().is_ok());
        // Crockford's alphabet reads O as 0, I and L as 1; 26 characters hold two bits more than a ULID has.
        for other in [
            "81JD8Z0V3XQ5T4E2W9K7M6N8PR",
            "G1JD8Z0V3XQ5T4E2W9K7M6N8PR",
            "R1JD8Z0V3XQ5T4E2W9K7M6N8PR",
            "O1JD8Z0V3XQ5T4E2W9K7M6N8PR",
            "0IJD8Z0V3XQ5T4E2W9K7M6N8PR",
        ] {
            assert_eq!(format!("pat_{other}").parse::<PatientId>().unwrap_err().code, "invalid_id", "{other}");
        }
    }

    proptest! {
        #[test]
        fn survives_text(millis in 0i64..4_000_000_000_000, random: u128) {
            let id = AppointmentId::new(Timestamp::from_millisecond(millis).unwrap(), random);
            prop_assert_eq!(id.to_string().parse::<AppointmentId>().unwrap(), id);
        }

        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = text.parse::<UserId>();
        }
    }
}
