//! Emergencies: who came, how urgent it is, who has seen them, and how it ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    admission::Attending,
    id::{AdmissionId, CaseId, PatientId, UserId},
    mrn::Mrn,
    record::{Author, vitals::Vitals},
    text::{PersonName, Reason},
    triage::{Scale, TriageLevel, place},
};

/// How often a patient can be judged anew: a case is one item.
pub const MOST_TRIAGES: usize = 100;

/// How an emergency ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// The patient got a bed.
    Admitted,
    /// The patient went home.
    Discharged,
    /// To another hospital.
    TransferredOut,
    /// The patient went before a doctor saw them.
    LeftWithoutBeingSeen,
    /// The patient died.
    Died,
}

/// Where an emergency stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// No doctor has seen the patient yet.
    Waiting,
    /// A doctor has.
    InTreatment,
    /// It ended.
    Closed,
}

named! {
    Disposition, "invalid_disposition": {
        Admitted = "admitted", Discharged = "discharged", TransferredOut = "transferred_out",
        LeftWithoutBeingSeen = "left_without_being_seen", Died = "died",
    }
    CaseStatus, "invalid_status": { Waiting = "waiting", InTreatment = "in_treatment", Closed = "closed" }
}

/// Somebody's judgement of how urgent it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triage {
    /// Who judged, and when.
    pub author: Author,
    /// How urgent.
    pub level: TriageLevel,
    /// Whether the patient needs critical care.
    pub critical: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Reason>,
    /// The vital signs at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vitals: Option<Vitals>,
}

/// A doctor has seen the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// The doctor.
    pub doctor: Attending,
}

/// It ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// When.
    pub at: Timestamp,
    /// Who noted it. Nobody, when a bed became free for the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// How.
    pub how: Disposition,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Reason>,
}

/// An emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyCase {
    /// Its id.
    pub id: CaseId,
    /// The patient.
    pub patient_id: PatientId,
    /// The patient's name at that time.
    pub patient_name: PersonName,
    /// The patient's medical record number.
    pub mrn: Mrn,
    /// Why the patient came.
    pub complaint: Reason,
    /// When they came.
    pub arrived_at: Timestamp,
    /// Every judgement, the first one first. There is at least one.
    pub triages: Vec<Triage>,
    /// Since when the wait of the present level counts: since the arrival, or since it became more urgent.
    pub counts_from: Timestamp,
    /// That a doctor has seen them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// The stay that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission_id: Option<AdmissionId>,
    /// That it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

/// A change that cannot be made as a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotNow {
    /// It ended.
    Closed,
    /// A doctor has seen the patient.
    Seen,
    /// No doctor has seen the patient.
    NotSeen,
    /// It was judged too often.
    TooOften,
}

impl EmergencyCase {
    /// Where it stands.
    #[must_use]
    pub const fn status(&self) -> CaseStatus {
        match (&self.closed, &self.seen) {
            (Some(_), _) => CaseStatus::Closed,
            (None, Some(_)) => CaseStatus::InTreatment,
            (None, None) => CaseStatus::Waiting,
        }
    }

    /// How urgent it is now.
    #[must_use]
    pub fn level(&self) -> TriageLevel {
        self.triages.last().map_or(TriageLevel::Resuscitation, |triage| triage.level)
    }

    /// Whether the patient needs critical care.
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.triages.last().is_some_and(|triage| triage.critical)
    }

    /// The doctor who has seen the patient.
    #[must_use]
    pub fn doctor(&self) -> Option<Attending> {
        self.seen.as_ref().map(|seen| seen.doctor.clone())
    }

    /// The place in the queue. The order of the text is the order of the queue.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}#{}", place(self.level(), self.arrived_at), self.id)
    }

    /// By when a doctor has to see the patient. `None` once that is so, or the patient is gone.
    #[must_use]
    pub fn due(&self, scale: &Scale) -> Option<Timestamp> {
        (self.status() == CaseStatus::Waiting).then(|| scale.due(self.level(), self.counts_from))
    }

    const fn open(&self) -> Result<(), CannotNow> {
        if self.closed.is_some() { Err(CannotNow::Closed) } else { Ok(()) }
    }

    /// With another judgement. A more urgent one counts from now on. Any other keeps the time from which the wait counts, so that nobody waits
    /// longer because they were judged again.
    ///
    /// # Errors
    /// When it ended.
    pub fn judged(mut self, triage: Triage) -> Result<Self, CannotNow> {
        self.open()?;
        if self.triages.len() >= MOST_TRIAGES {
            return Err(CannotNow::TooOften);
        }
        if triage.level < self.level() {
            self.counts_from = triage.author.at;
        }
        self.triages.push(triage);
        Ok(Self { version: self.version + 1, ..self })
    }

    /// With the doctor who has seen the patient.
    ///
    /// # Errors
    /// When it ended, or a doctor has seen them already.
    pub fn seen(self, seen: Seen) -> Result<Self, CannotNow> {
        self.open()?;
        if self.seen.is_some() {
            return Err(CannotNow::Seen);
        }
        Ok(Self { seen: Some(seen), version: self.version + 1, ..self })
    }

    /// With its end, and the stay that follows if the patient is admitted.
    ///
    /// # Errors
    /// When it ended already, when a patient whom a doctor has seen would leave unseen, or one whom none has seen would be discharged.
    pub fn close(self, closed: Closed, admission_id: Option<AdmissionId>) -> Result<Self, CannotNow> {
        self.open()?;
        match (closed.how, &self.seen) {
            (Disposition::LeftWithoutBeingSeen, Some(_)) => Err(CannotNow::Seen),
            (Disposition::Discharged, None) => Err(CannotNow::NotSeen),
            _ => Ok(Self { closed: Some(closed), admission_id, version: self.version + 1, ..self }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn triage(level: TriageLevel, when: &str) -> Triage {
        let author = Author { at: at(when), by: UserId::new(Timestamp::UNIX_EPOCH, 1), name: PersonName::parse("Mary Seacole").unwrap() };
        Triage { author, level, critical: false, note: None, vitals: None }
    }

    fn case() -> EmergencyCase {
        let arrived_at = at("2026-03-02T08:00:00Z");
        EmergencyCase {
            id: CaseId::new(arrived_at, 1),
            patient_id: PatientId::new(arrived_at, 2),
            patient_name: PersonName::parse("Ada Byron").unwrap(),
            mrn: Mrn::parse("100000006").unwrap(),
            complaint: Reason::parse("Chest pain").unwrap(),
            arrived_at,
            triages: vec![triage(TriageLevel::Urgent, "2026-03-02T08:00:00Z")],
            counts_from: arrived_at,
            seen: None,
            admission_id: None,
            closed: None,
            version: 1,
        }
    }

    fn seen() -> Seen {
        let doctor =
            Attending { id: crate::id::DoctorId::new(Timestamp::UNIX_EPOCH, 1), name: PersonName::parse("Dr. Helen Taussig").unwrap() };
        Seen { at: at("2026-03-02T08:20:00Z"), doctor }
    }

    fn closed(how: Disposition) -> Closed {
        Closed { at: at("2026-03-02T09:00:00Z"), by: None, how, note: None }
    }

    #[test]
    fn a_more_urgent_level_counts_from_then_on_and_nobody_waits_longer_because_they_were_judged_again() {
        let scale = Scale::esi();
        assert_eq!(case().due(&scale), Some(at("2026-03-02T08:30:00Z")));
        let same = case().judged(triage(TriageLevel::Urgent, "2026-03-02T08:15:00Z")).unwrap();
        assert_eq!(same.due(&scale), Some(at("2026-03-02T08:30:00Z")));
        let worse = same.judged(triage(TriageLevel::Emergent, "2026-03-02T08:20:00Z")).unwrap();
        assert_eq!(worse.due(&scale), Some(at("2026-03-02T08:30:00Z")));
        assert!(worse.place() < case().place(), "it comes first now");
        let better = case().judged(triage(TriageLevel::NonUrgent, "2026-03-02T08:20:00Z")).unwrap();
        assert_eq!(better.due(&scale), Some(at("2026-03-02T10:00:00Z")));
        assert_eq!((better.triages.len(), better.status()), (2, CaseStatus::Waiting));
    }

    #[test]
    fn who_is_seen_waits_no_longer_and_no_case_ends_twice() {
        let in_treatment = case().seen(seen()).unwrap();
        assert_eq!((in_treatment.status(), in_treatment.due(&Scale::esi())), (CaseStatus::InTreatment, None));
        assert_eq!(in_treatment.clone().seen(seen()), Err(CannotNow::Seen));
        assert_eq!(in_treatment.clone().close(closed(Disposition::LeftWithoutBeingSeen), None), Err(CannotNow::Seen));
        assert_eq!(case().close(closed(Disposition::Discharged), None), Err(CannotNow::NotSeen));
        for how in [Disposition::LeftWithoutBeingSeen, Disposition::TransferredOut, Disposition::Died, Disposition::Admitted] {
            let over = case().close(closed(how), None).unwrap();
            assert_eq!((over.status(), over.due(&Scale::esi())), (CaseStatus::Closed, None), "{how:?}");
            assert_eq!(over.clone().close(closed(how), None), Err(CannotNow::Closed));
            assert_eq!(over.clone().seen(seen()), Err(CannotNow::Closed));
            assert_eq!(over.judged(triage(TriageLevel::Urgent, "2026-03-02T10:00:00Z")), Err(CannotNow::Closed));
        }
    }

    #[test]
    fn a_case_is_judged_only_so_often() {
        let mut case = case();
        for _ in 1..MOST_TRIAGES {
            case = case.judged(triage(TriageLevel::Urgent, "2026-03-02T08:15:00Z")).unwrap();
        }
        assert_eq!(case.judged(triage(TriageLevel::Urgent, "2026-03-02T08:15:00Z")), Err(CannotNow::TooOften));
    }
}
