//! The problem documents for what the table refuses.

use domain::{allocation::AllocationStatus, id::PharmacyId, pharmacy::units_in_words};
use http::{AppState, Problem, refusals};
use store::{allocations::EndError, pharmacies::PharmacistError, stock::StockError};

refusals! {
    pub(crate) WorksElsewhere {
        409 "works_in_pharmacy" { pharmacy_id: PharmacyId },
    }
    pub(crate) NotReceived {
        409 "too_many_lots" { at_most: usize },
        409 "too_many_units",
    }
    pub(crate) NotMoved {
        409 "too_few_units" { left: u32, quarantined: u32 },
        409 "too_many_units",
    }
    pub(crate) HasEnded {
        409 "has_ended" { current_status: AllocationStatus },
    }
}

pub(crate) fn works_elsewhere(why: PharmacistError) -> Problem {
    match why {
        PharmacistError::WorksIn(pharmacy) => {
            let detail =
                "A pharmacist works in one pharmacy. This one works in the pharmacy that `pharmacy_id` names: release them there first.";
            Problem::conflict("works_in_pharmacy", detail).with("pharmacy_id", pharmacy)
        }
        PharmacistError::Changed => store::StoreError::Unavailable("the account is changed by others at this moment".into()).into(),
        PharmacistError::Store(error) => error.into(),
    }
}

pub(crate) fn not_moved(why: StockError) -> Problem {
    match why {
        StockError::TooFew { left, quarantined } => {
            let (some, more) = (units_in_words(left), units_in_words(quarantined));
            let detail = format!("This lot has {some} left, and {more} in quarantine. No more than that can go.");
            Problem::conflict("too_few_units", detail).with("left", left).with("quarantined", quarantined)
        }
        StockError::TooManyLots => {
            let at_most = domain::stock::MOST_LOTS;
            let detail =
                format!("Something is there of {at_most} lots of this medicine already. Write off what is not there any more first.");
            Problem::conflict("too_many_lots", detail).with("at_most", at_most)
        }
        StockError::TooMany => {
            Problem::conflict("too_many_units", format!("A medicine has at most {} units in stock.", domain::stock::MOST_UNITS))
        }
        StockError::NoMedicine => Problem::not_found("medicine"),
        StockError::Moved => store::StoreError::Unavailable("the stock is changed by others at this moment".into()).into(),
        StockError::Store(error) => error.into(),
    }
}

/// An allocation that was not ended. `current_status` as it is now: somebody else was first.
pub(crate) async fn not_ended(why: EndError, state: &AppState, before: &domain::allocation::Allocation) -> Problem {
    match why {
        EndError::Stale => match state.store.allocation(before.listed.patient_id, before.listed.id).await {
            Ok(Some(now)) => has_ended(now.status),
            Ok(None) => Problem::not_found("allocation"),
            Err(error) => error.into(),
        },
        EndError::Moved | EndError::Recheck => {
            store::StoreError::Unavailable("the stock is changed by others at this moment".into()).into()
        }
        EndError::Store(error) => error.into(),
    }
}

pub(crate) fn has_ended(status: AllocationStatus) -> Problem {
    let detail = match status {
        AllocationStatus::Allocated => "This has changed at this moment. Read it again.",
        AllocationStatus::HandedOver => "The patient has it already.",
        AllocationStatus::Cancelled => "It was cancelled, and went back to the stock.",
        AllocationStatus::Expired => "Nobody collected it in time, and it went back to the stock.",
    };
    Problem::conflict("has_ended", detail).with("current_status", status)
}
