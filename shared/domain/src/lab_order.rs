//! The way of an order through a laboratory: which step may follow which.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabOrderStatus {
    /// It waits for a specimen.
    Ordered,
    /// The specimen is there.
    Collected,
    /// The specimen is being examined.
    InProgress,
    /// There is a result. The doctors see it.
    Resulted,
    /// Another person has checked the result.
    Verified,
    /// The patient sees the result.
    Released,
    /// It was called off.
    Cancelled,
}

/// What is done with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabOrderStep {
    /// A specimen is taken.
    Collect,
    /// The specimen cannot be used. Another one has to be taken.
    Reject,
    /// The examination begins.
    Start,
    /// A result is entered, or entered again before it is released. It has to be verified, then.
    Result,
    /// Another person agrees.
    Verify,
    /// The patient may see it.
    Release,
    /// A released result is replaced. The old one is kept.
    Amend,
    /// It is called off.
    Cancel,
}

named! {
    LabOrderStatus, "invalid_status": {
        Ordered = "ordered", Collected = "collected", InProgress = "in_progress", Resulted = "resulted", Verified = "verified",
        Released = "released", Cancelled = "cancelled",
    }
    LabOrderStep, "invalid_step": {
        Collect = "collect", Reject = "reject", Start = "start", Result = "result", Verify = "verify", Release = "release", Amend = "amend",
        Cancel = "cancel",
    }
}

impl LabOrderStatus {
    /// How the order stands after a step. `None` when this step cannot follow.
    #[must_use]
    pub const fn after(self, step: LabOrderStep) -> Option<Self> {
        use LabOrderStatus::{Cancelled, Collected, InProgress, Ordered, Released, Resulted, Verified};
        use LabOrderStep::{Amend, Cancel, Collect, Reject, Release, Result, Start, Verify};
        match (self, step) {
            (Ordered, Collect) => Some(Collected),
            (Collected | InProgress, Reject) => Some(Ordered),
            (Collected, Start) => Some(InProgress),
            (InProgress | Resulted | Verified, Result) => Some(Resulted),
            (Resulted, Verify) => Some(Verified),
            (Verified, Release) | (Released, Amend) => Some(Released),
            // Once there is a result, it stays.
            (Ordered | Collected | InProgress, Cancel) => Some(Cancelled),
            _ => None,
        }
    }

    /// Whether the laboratory still has something to do.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Released | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_way_of_an_order() {
        use LabOrderStep::{Collect, Reject, Release, Result, Start, Verify};
        let steps = [Collect, Reject, Collect, Start, Reject, Collect, Start, Result, Verify, Result, Verify, Release];
        let end = steps.into_iter().try_fold(LabOrderStatus::Ordered, LabOrderStatus::after);
        assert_eq!(end, Some(LabOrderStatus::Released));
        for status in LabOrderStatus::ALL {
            let steps = LabOrderStep::ALL.iter().filter(|step| status.after(**step).is_some()).map(|step| step.as_str());
            let expected = match status {
                LabOrderStatus::Ordered => "collect cancel",
                LabOrderStatus::Collected => "reject start cancel",
                LabOrderStatus::InProgress => "reject result cancel",
                LabOrderStatus::Resulted => "result verify",
                LabOrderStatus::Verified => "result release",
                LabOrderStatus::Released => "amend",
                LabOrderStatus::Cancelled => "",
            };
            assert_eq!(steps.collect::<Vec<_>>().join(" "), expected, "{status:?}");
        }
    }

    proptest! {
        /// Nothing is released that nobody has verified, and nothing that is over begins again.
        #[test]
        fn what_is_released_was_verified(steps in proptest::collection::vec(0..LabOrderStep::ALL.len(), 0..60)) {
            let mut status = LabOrderStatus::Ordered;
            let mut verified = false;
            for step in steps.into_iter().map(|at| LabOrderStep::ALL[at]) {
                let Some(next) = status.after(step) else { continue };
                verified = step == LabOrderStep::Verify || verified && step != LabOrderStep::Result;
                prop_assert!(status.is_open() || step == LabOrderStep::Amend);
                prop_assert!(next != LabOrderStatus::Released || verified);
                status = next;
            }
        }
    }
}
