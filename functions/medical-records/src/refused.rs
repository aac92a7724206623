//! The problem documents for what the table refuses.

use documents::DocumentError;
use domain::{
    id::EncounterId,
    record::{Full, prescribing::Hit},
};
use http::{Problem, refusals};
use store::medical_record::RecordError;

refusals! {
    pub(crate) Busy {
        409 "try_again",
    }
    pub(crate) NoRoom {
        409 "too_many" { at_most: usize },
    }
    pub(crate) PatientDied {
        409 "patient_deceased",
    }
    pub(crate) NotPrescribed {
        409 "safety_stop" { hits: Vec<Hit> },
    }
    pub(crate) NotHeld {
        409 "already_held" { encounter_id: EncounterId },
        409 "not_held",
    }
    pub(crate) WrongState {
        409 "wrong_state",
    }
}

/// A change of the record that was not written.
pub(crate) fn not_written(why: RecordError) -> Problem {
    match why {
        // Only a laboratory places orders.
        RecordError::Stale | RecordError::TestChanged => Problem::stale(),
        RecordError::Busy | RecordError::Moved => {
            Problem::conflict("try_again", "The record is being changed by others at this moment. Try again.").retry_after(1)
        }
        RecordError::Full(Full(what, at_most)) => {
            let detail = format!("The record has {at_most} {what} already. End those that are over first.");
            Problem::conflict("too_many", detail).with("at_most", at_most)
        }
        RecordError::Deceased => Problem::conflict("patient_deceased", "The patient has died. Nothing can be prescribed any more."),
        RecordError::WrongState => {
            Problem::conflict("wrong_state", "The encounter was signed, or taken out of view, at this moment. Read it again.")
        }
        RecordError::AlreadyHeld(encounter) => {
            Problem::conflict("already_held", "The appointment has an encounter. Write into that one.").with("encounter_id", encounter)
        }
        RecordError::NotHeld(_) => {
            Problem::conflict("not_held", "The patient has not arrived for this appointment. Note the arrival first.")
        }
        RecordError::Stopped(hits) => {
            let detail = "Something speaks against this medicine: see `hits`. If it is right all the same, send `override` with a reason and \
                the ids of the stops.";
            Problem::conflict("safety_stop", detail).with("hits", hits)
        }
        RecordError::Store(error) => error.into(),
    }
}

/// A document that cannot be reached.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn not_reached(why: DocumentError) -> Problem {
    match why {
        DocumentError::Unavailable(_) => Problem::unavailable(&why),
        DocumentError::Refused(_) => Problem::internal(&why),
    }
}
