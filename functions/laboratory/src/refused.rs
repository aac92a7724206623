//! The problem documents for what the table refuses.

use documents::DocumentError;
use domain::{
    id::LaboratoryId,
    lab_order::{LabOrder, LabOrderStatus, MOST_STEPS, NotTaken},
};
use http::{AppState, Problem, refusals};
use store::{StoreError, laboratories::TechnicianError, medical_record::RecordError};

refusals! {
    pub(crate) WorksElsewhere {
        409 "works_in_laboratory" { laboratory_id: LaboratoryId },
    }
    pub(crate) NotStepped {
        409 "wrong_status" { current_status: LabOrderStatus },
        409 "too_many_steps" { at_most: usize },
        409 "try_again",
    }
}

pub(crate) fn works_elsewhere(why: TechnicianError) -> Problem {
    match why {
        TechnicianError::WorksIn(laboratory) => {
            let detail = "A lab technician works in one laboratory. This one works in the laboratory that `laboratory_id` names. To work in \
                another one, they have to be released there.";
            Problem::conflict("works_in_laboratory", detail).with("laboratory_id", laboratory)
        }
        TechnicianError::Changed => StoreError::Unavailable("the account is changed by others at this moment".into()).into(),
        TechnicianError::Store(error) => error.into(),
    }
}

/// A step that is not taken.
pub(crate) fn not_taken(why: NotTaken) -> Problem {
    match why {
        NotTaken::Status(status) => {
            let detail = match status {
                LabOrderStatus::Ordered => "No specimen has been collected for this order.",
                LabOrderStatus::Collected => "The specimen is collected, and nobody has begun to examine it.",
                LabOrderStatus::InProgress => "The specimen is being examined. There is no result.",
                LabOrderStatus::Resulted => "There is a result, which another person has to verify.",
                LabOrderStatus::Verified => "The result is verified, and not released yet.",
                LabOrderStatus::Released => "The result is released. Amend it, if it is wrong.",
                LabOrderStatus::Cancelled => "The order was cancelled.",
            };
            Problem::conflict("wrong_status", detail).with("current_status", status)
        }
        NotTaken::OwnEntry => {
            Problem::conflict("own_entry", "You entered this result. Somebody else who works in the laboratory has to verify it.")
        }
        NotTaken::TooMany => {
            let detail = format!("This order has {MOST_STEPS} steps, which is as many as it can have. Place a new order.");
            Problem::conflict("too_many_steps", detail).with("at_most", MOST_STEPS)
        }
    }
}

/// An order that was not changed: somebody else was first. Says how it stands now.
pub(crate) async fn overtaken(state: &AppState, before: &LabOrder) -> Problem {
    match state.store.lab_order(before.listed.patient_id, before.listed.id).await {
        Ok(Some(now)) if now.listed.status != before.listed.status => not_taken(NotTaken::Status(now.listed.status)),
        Ok(_) => Problem::conflict("try_again", "Others have changed this order at this moment. Read it again."),
        Err(error) => error.into(),
    }
}

/// A result or a prescription that was not written with its order.
pub(crate) async fn not_written(why: RecordError, state: &AppState, before: &LabOrder) -> Problem {
    match why {
        RecordError::Stale => overtaken(state, before).await,
        RecordError::Store(error) => error.into(),
        RecordError::Busy | RecordError::Moved => {
            Problem::conflict("try_again", "The record is being changed by others at this moment. Try again.").retry_after(1)
        }
        // The others are refusals of other entries.
        other => Problem::internal(&other),
    }
}

/// A report that cannot be reached.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn not_reached(why: DocumentError) -> Problem {
    match why {
        DocumentError::Unavailable(_) => Problem::unavailable(&why),
        DocumentError::Refused(_) => Problem::internal(&why),
    }
}
