//! Orders of lab tests, and their way through a laboratory: which step may follow which, and who may take it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{AdmissionId, CaseId, DoctorId, LabOrderId, LabReportId, LabResultId, LabTestId, LaboratoryId, OfferedTestId, PatientId, UserId},
    laboratory::Specimen,
    money::Money,
    mrn::Mrn,
    record::{
        Author,
        image::{ImageStatus, Rejection, Sha256},
        lab_result::Loinc,
        prescription::Priority,
    },
    text::{PersonName, Reason, Title},
};

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
            // What was entered of it before the release counts no longer.
            (Collected | InProgress | Resulted | Verified, Reject) => Some(Ordered),
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

/// How many steps an order has at most: it stays one small item.
pub const MOST_STEPS: usize = 100;
/// How long an order waits for a specimen.
pub const SPECIMEN_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 14);
/// How long before that the patient is asked to come.
pub const ASKED_BEFORE: SignedDuration = SignedDuration::from_hours(24 * 3);

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTaken {
    /// The step.
    pub step: LabOrderStep,
    /// When.
    pub at: Timestamp,
    /// Who. `None` when nobody did: its time was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<StepBy>,
    /// Why: of a specimen that is rejected, of an order that is called off, of an amendment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Who took a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepBy {
    /// The account.
    pub id: UserId,
    /// Their name at that time.
    pub name: PersonName,
    /// On which side.
    pub side: Side,
}

/// On which side of an order somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The patient, or whoever acts for the patient.
    Patient,
    /// A doctor or a nurse.
    Clinician,
    /// The laboratory.
    Laboratory,
}

impl StepTaken {
    /// A step that somebody takes.
    #[must_use]
    pub fn by(step: LabOrderStep, author: &Author, side: Side, reason: Option<Reason>) -> Self {
        let by = StepBy { id: author.by, name: author.name.clone(), side };
        Self { step, at: author.at, by: Some(by), reason }
    }
}

/// What lists show of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLabOrder {
    /// Its id, which says when it was placed.
    pub id: LabOrderId,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name at that time.
    pub patient_name: PersonName,
    /// The patient's number.
    pub mrn: Mrn,
    /// The test, as it was called then.
    pub test: Title,
    /// What is examined.
    pub specimen: Specimen,
    /// How soon.
    pub priority: Priority,
    /// How it stands.
    pub status: LabOrderStatus,
    /// When the next thing is due: the specimen of somebody who is not in the hospital, otherwise the release of the result.
    pub due_at: Timestamp,
}

/// An order of a lab test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabOrder {
    /// What lists show.
    #[serde(rename = "entry")]
    pub listed: ListedLabOrder,
    /// The laboratory.
    pub laboratory_id: LaboratoryId,
    /// Its name at that time.
    pub laboratory: Title,
    /// The test.
    pub test_id: OfferedTestId,
    /// The test's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loinc: Option<Loinc>,
    /// The prescription that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prescription_id: Option<LabTestId>,
    /// The doctor who prescribed it, and who looks at the result.
    pub doctor_id: DoctorId,
    /// The doctor's name at that time.
    pub doctor_name: PersonName,
    /// The stay in which it was ordered, if the patient was in the hospital.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission_id: Option<AdmissionId>,
    /// The emergency in which it was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// What the laboratory has to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Reason>,
    /// What it costs, as it was then.
    pub price: Money,
    /// How long the laboratory has from the specimen to the release, in minutes.
    pub minutes: u32,
    /// When the laboratory is open for it: at once, or at its next opening.
    pub from: Timestamp,
    /// Who placed it.
    pub placed_by: StepBy,
    /// The steps that were taken, in their order.
    #[serde(default)]
    pub steps: Vec<StepTaken>,
    /// When the specimen was taken that is there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Timestamp>,
    /// The result, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_id: Option<LabResultId>,
    /// The report that is uploaded for the next result or amendment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<Upload>,
    /// The due time that has passed, and of which somebody was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated: Option<Timestamp>,
    /// Grows with each change; sent as the `ETag`.
    pub version: u64,
}

/// A report in the form of a PDF file, on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its id.
    pub id: LabReportId,
    /// The size of the file in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Sha256,
    /// How far it is.
    pub status: ImageStatus,
    /// Until when it can be uploaded.
    pub upload_until: Timestamp,
    /// Why it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected_because: Option<Rejection>,
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It cannot follow.
    Status(LabOrderStatus),
    /// Whoever entered a result does not verify it.
    OwnEntry,
    /// The order has as many steps as it may have.
    TooMany,
}

/// The times that an order took, for the turnaround of a laboratory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// From the order to the specimen.
    pub to_specimen: SignedDuration,
    /// From the specimen to the result.
    pub to_result: SignedDuration,
    /// From the result to its verification.
    pub to_verification: SignedDuration,
    /// From the verification to the release.
    pub to_release: SignedDuration,
    /// Whether it was released in time.
    pub in_time: bool,
}

impl LabOrder {
    /// Takes a step.
    ///
    /// # Errors
    /// When it cannot follow, or is not for whoever takes it.
    pub fn take(mut self, taken: StepTaken) -> Result<Self, NotTaken> {
        let status = self.listed.status.after(taken.step).ok_or(NotTaken::Status(self.listed.status))?;
        if self.steps.len() >= MOST_STEPS && taken.step != LabOrderStep::Cancel {
            return Err(NotTaken::TooMany);
        }
        if taken.step == LabOrderStep::Verify && self.entered_by() == taken.by.as_ref().map(|by| by.id) {
            return Err(NotTaken::OwnEntry);
        }
        match taken.step {
            LabOrderStep::Collect => self.taken_at = Some(taken.at),
            LabOrderStep::Reject => (self.taken_at, self.result_id, self.upload) = (None, None, None),
            _ => {}
        }
        self.listed.status = status;
        self.steps.push(taken);
        self.version += 1;
        Ok(self)
    }

    /// The order with when its next thing is due. `open` says when a result is due that the laboratory can begin with at an instant.
    #[must_use]
    pub fn due(mut self, open: impl Fn(Timestamp, SignedDuration) -> Timestamp) -> Self {
        let takes = SignedDuration::from_mins(self.minutes.into());
        let since = self.taken_at.unwrap_or_else(|| self.awaited_since());
        self.listed.due_at = match self.specimen_until() {
            Some(until) if self.awaits_patient() => until,
            _ => open(since, takes),
        };
        self
    }

    /// Whether the patient was in the hospital: in a bed, or as an emergency.
    #[must_use]
    pub const fn in_hospital(&self) -> bool {
        self.admission_id.is_some() || self.case_id.is_some()
    }

    /// What it costs as it stands.
    #[must_use]
    pub fn amount(&self) -> Money {
        if self.listed.status == LabOrderStatus::Cancelled { self.price.times(0) } else { self.price }
    }

    /// The last time that a step was taken.
    #[must_use]
    pub fn last(&self, step: LabOrderStep) -> Option<&StepTaken> {
        self.steps.iter().rev().find(|taken| taken.step == step)
    }

    /// Whether the specimen that was rejected last had a result, which the doctors saw.
    #[must_use]
    pub fn had_result(&self) -> bool {
        let rejected = self.steps.iter().rposition(|taken| taken.step == LabOrderStep::Reject);
        let before = rejected.and_then(|at| at.checked_sub(1)).and_then(|at| self.steps.get(at));
        before.is_some_and(|taken| matches!(taken.step, LabOrderStep::Result | LabOrderStep::Verify))
    }

    /// Whoever entered the result that is there now.
    fn entered_by(&self) -> Option<UserId> {
        self.last(LabOrderStep::Result).and_then(|taken| taken.by.as_ref()).map(|by| by.id)
    }

    /// Whether the patient is to come for a specimen.
    #[must_use]
    pub const fn awaits_patient(&self) -> bool {
        matches!(self.listed.status, LabOrderStatus::Ordered) && !self.in_hospital()
    }

    /// Since when a specimen is awaited.
    fn awaited_since(&self) -> Timestamp {
        self.last(LabOrderStep::Reject).map_or(self.from, |rejected| rejected.at.max(self.from))
    }

    /// Until when an order waits for a specimen.
    #[must_use]
    pub fn specimen_until(&self) -> Option<Timestamp> {
        let since = self.awaited_since();
        let waits = matches!(self.listed.status, LabOrderStatus::Ordered);
        waits.then(|| since.saturating_add(SPECIMEN_WITHIN).unwrap_or(since))
    }

    /// When somebody has to look at it next: when it is due, some days before that if the patient is to come, and when its time is over.
    #[must_use]
    pub fn next_look(&self) -> Option<Timestamp> {
        let due = self.listed.due_at;
        let first = if self.awaits_patient() { due.saturating_sub(ASKED_BEFORE).unwrap_or(due) } else { due };
        let first = Some(first).filter(|_| self.listed.status.is_open() && self.escalated != Some(due));
        first.into_iter().chain(self.specimen_until()).min()
    }

    /// The times that it took, once it is released.
    #[must_use]
    pub fn taken(&self) -> Option<Taken> {
        let at = |step| self.last(step).map(|taken| taken.at);
        let (result, verified, released) = (at(LabOrderStep::Result)?, at(LabOrderStep::Verify)?, at(LabOrderStep::Release)?);
        let (placed, specimen) = (self.listed.id.made_at(), self.taken_at?);
        Some(Taken {
            // A specimen may be there before the order.
            to_specimen: specimen.duration_since(placed).max(SignedDuration::ZERO),
            to_result: result.duration_since(specimen),
            to_verification: verified.duration_since(result),
            to_release: released.duration_since(verified),
            in_time: released <= self.listed.due_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn at(minutes: i64) -> Timestamp {
        "2026-03-02T08:00:00Z".parse::<Timestamp>().unwrap() + minutes.minutes()
    }

    fn order() -> LabOrder {
        let name = |text: &str| PersonName::parse(text).unwrap();
        let listed = ListedLabOrder {
            id: LabOrderId::new(at(0), 1),
            patient_id: PatientId::new(at(0), 1),
            patient_name: name("Ada Byron"),
            mrn: Mrn::parse("100000006").unwrap(),
            test: Title::parse("Potassium").unwrap(),
            specimen: Specimen::Serum,
            priority: Priority::Routine,
            status: LabOrderStatus::Ordered,
            due_at: at(120),
        };
        LabOrder {
            listed,
            laboratory_id: LaboratoryId::new(at(0), 1),
            laboratory: Title::parse("Central laboratory").unwrap(),
            test_id: OfferedTestId::new(at(0), 1),
            loinc: None,
            prescription_id: None,
            doctor_id: DoctorId::new(at(0), 1),
            doctor_name: name("Dr. Helen Taussig"),
            admission_id: None,
            case_id: None,
            instructions: None,
            price: Money::parse("12.50", Currency::parse("USD").unwrap()).unwrap(),
            minutes: 120,
            from: at(0),
            placed_by: StepBy { id: UserId::new(at(0), 9), name: name("Ada Byron"), side: Side::Patient },
            steps: Vec::new(),
            taken_at: None,
            result_id: None,
            upload: None,
            escalated: None,
            version: 1,
        }
    }

    fn step(step: LabOrderStep, by: u128, minutes: i64) -> StepTaken {
        let author = Author { at: at(minutes), by: UserId::new(at(0), by), name: PersonName::parse("Grete Hermann").unwrap() };
        StepTaken::by(step, &author, Side::Laboratory, None)
    }

    #[test]
    fn nobody_verifies_what_they_entered() {
        use LabOrderStep::{Collect, Release, Result, Start, Verify};
        let steps = [step(Collect, 1, 10), step(Start, 1, 20), step(Result, 1, 60), step(Result, 2, 70)];
        let resulted = steps.into_iter().try_fold(order(), LabOrder::take).unwrap();
        // The one who entered it last does not; the one whose entry was replaced may.
        assert_eq!(resulted.clone().take(step(Verify, 2, 80)), Err(NotTaken::OwnEntry));
        let released = resulted.take(step(Verify, 1, 80)).unwrap().take(step(Release, 2, 90)).unwrap();
        let minutes = |taken: SignedDuration| taken.as_mins();
        let taken = released.taken().unwrap();
        let spans = [taken.to_specimen, taken.to_result, taken.to_verification, taken.to_release].map(minutes);
        assert_eq!((spans, taken.in_time), ([10, 60, 10, 10], true));
        assert_eq!(released.clone().take(step(Result, 1, 100)), Err(NotTaken::Status(LabOrderStatus::Released)));
        assert_eq!((released.next_look(), released.amount()), (None, released.price));
    }

    #[test]
    fn a_rejected_specimen_takes_its_result_with_it_and_a_cancelled_order_costs_nothing() {
        use LabOrderStep::{Cancel, Collect, Reject, Result, Start};
        let steps = [step(Collect, 1, 10), step(Start, 1, 20), step(Result, 1, 60)];
        let mut resulted = steps.into_iter().try_fold(order(), LabOrder::take).unwrap();
        resulted.result_id = Some(LabResultId::new(at(60), 1));
        let rejected = resulted.take(step(Reject, 1, 70)).unwrap();
        assert_eq!((rejected.listed.status, rejected.taken_at, rejected.result_id), (LabOrderStatus::Ordered, None, None));
        let cancelled = rejected.take(step(Cancel, 1, 80)).unwrap();
        assert_eq!((cancelled.amount(), cancelled.next_look()), (cancelled.price.times(0), None));
    }

    #[test]
    fn somebody_looks_at_it_when_it_is_due_and_when_its_time_is_over() {
        let due = |order: LabOrder| order.due(|at, takes| at + takes);
        let (until, waits) = (at(0) + SPECIMEN_WITHIN, due(order()));
        assert_eq!((waits.listed.due_at, waits.next_look()), (until, Some(until - ASKED_BEFORE)));
        let told = LabOrder { escalated: Some(until), ..waits };
        assert_eq!(told.next_look(), Some(until));
        // Who is in the hospital need not come. Even so, nothing waits for ever.
        let inpatient = due(LabOrder { admission_id: Some(AdmissionId::new(at(0), 1)), ..told.clone() });
        assert_eq!((inpatient.next_look(), inpatient.specimen_until()), (Some(at(120)), Some(until)));
        let collected = due(told.take(step(LabOrderStep::Collect, 1, 130)).unwrap());
        assert_eq!((collected.next_look(), collected.specimen_until()), (Some(at(250)), None));
        let rejected = due(collected.take(step(LabOrderStep::Reject, 1, 140)).unwrap());
        assert_eq!(rejected.listed.due_at, at(140) + SPECIMEN_WITHIN);
    }

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
                LabOrderStatus::Resulted => "reject result verify",
                LabOrderStatus::Verified => "reject result release",
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
                let undone = matches!(step, LabOrderStep::Result | LabOrderStep::Reject);
                verified = step == LabOrderStep::Verify || verified && !undone;
                prop_assert!(status.is_open() || step == LabOrderStep::Amend);
                prop_assert!(next != LabOrderStatus::Released || verified);
                status = next;
            }
        }
    }
}
