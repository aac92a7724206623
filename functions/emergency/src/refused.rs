//! The problem documents for what the table refuses.

use domain::{
    bed::BedStatus,
    emergency::CannotNow,
    id::{AdmissionId, CaseId, DoctorId},
    ward::Ward,
};
use http::{Problem, beds, refusals};
use store::{admissions::AdmitError, emergency::CaseError};

refusals! {
    pub(crate) NotOpened {
        409 "case_open" { case_id: CaseId },
        409 "already_admitted" { admission_id: AdmissionId },
        409 "deceased",
        409 "try_again",
    }
    pub(crate) NotJudged {
        409 "closed",
        409 "judged_too_often",
        409 "already_admitted" { admission_id: AdmissionId },
        409 "deceased",
    }
    pub(crate) NotSeen {
        409 "closed",
        409 "seen" { doctor_id: Option<DoctorId> },
    }
    pub(crate) NotAdmitted {
        409 "closed",
        409 "already_admitted" { admission_id: AdmissionId },
        409 "deceased",
        409 "bed_not_free" { bed_status: BedStatus },
        409 "ward_full" { ward: Ward },
        409 "others_wait" { ward: Ward },
    }
    pub(crate) NotDisposed {
        403 "doctors_only",
        409 "death_not_noted",
        409 "closed",
        409 "seen",
        409 "not_seen",
    }
}

/// A change that cannot be made as the case stands.
pub(crate) fn cannot_now(why: CannotNow) -> Problem {
    match why {
        CannotNow::Closed => Problem::conflict("closed", "This emergency has ended. Open another one if the patient has come again."),
        CannotNow::Seen => Problem::conflict("seen", "A doctor has seen the patient. Somebody who goes then goes `against_advice`."),
        CannotNow::NotSeen => {
            Problem::conflict("not_seen", "No doctor has seen the patient yet. Note that first, or that they left without.")
        }
        CannotNow::TooOften => Problem::conflict("judged_too_often", "This case has been judged a hundred times. Note how it ended."),
    }
}

pub(crate) fn not_written(why: CaseError) -> Problem {
    match why {
        CaseError::Open(id) => {
            Problem::conflict("case_open", "The patient is an emergency already. Judge that case anew instead.").with("case_id", id)
        }
        CaseError::Admitted(id) => {
            let detail = "The patient has a bed in the hospital. Transfer them, or put them on the list of another ward.";
            Problem::conflict("already_admitted", detail).with("admission_id", id)
        }
        CaseError::Deceased => Problem::conflict("deceased", "The patient has died."),
        CaseError::Stale | CaseError::ListChanged => Problem::stale(),
        CaseError::Store(error) => error.into(),
    }
}

/// A patient who got no bed on a ward.
pub(crate) fn no_bed(why: AdmitError, ward: Ward) -> Problem {
    match why {
        AdmitError::Case(why) => not_written(why),
        why => beds::no_bed(why, ward),
    }
}
