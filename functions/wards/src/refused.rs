//! The problem documents for what the table refuses.

use domain::{admission::NotNow, bed::BedStatus, id::AdmissionId, ward::Ward};
use http::{Problem, refusals};

refusals! {
    pub(crate) NotAdmitted {
        409 "already_admitted" { admission_id: AdmissionId },
        409 "deceased",
        409 "bed_not_free" { bed_status: BedStatus },
        409 "ward_full" { ward: Ward },
        409 "others_wait" { ward: Ward },
    }
    pub(crate) NotMoved {
        409 "has_left",
        409 "deceased",
        409 "same_bed",
        409 "bed_not_free" { bed_status: BedStatus },
        409 "ward_full" { ward: Ward },
        409 "others_wait" { ward: Ward },
    }
    pub(crate) NotReady {
        409 "has_left",
        409 "deceased",
        409 "ready_already",
    }
    pub(crate) NotUndone {
        409 "has_left",
        409 "not_ready",
    }
    pub(crate) NotGone {
        409 "has_left",
        409 "not_ready",
        409 "death_not_noted",
    }
    pub(crate) HasLeft {
        409 "has_left",
    }
}

/// A change that cannot be made as the admission stands.
pub(crate) fn not_now(why: NotNow) -> Problem {
    match why {
        NotNow::HasLeft => Problem::conflict("has_left", "The patient has left. What was their stay no longer changes."),
        NotNow::NotReady => {
            Problem::conflict("not_ready", "No doctor has said that the patient is medically ready to leave. Note that first.")
        }
        NotNow::ReadyAlready => Problem::conflict("ready_already", "A doctor has said already that the patient can leave."),
    }
}
