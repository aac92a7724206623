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
    /// The patient went after a doctor saw them, against medical advice.
    AgainstAdvice,
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
        LeftWithoutBeingSeen = "left_without_being_seen", AgainstAdvice = "against_advice", Died = "died",
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
    /// The doctors who have seen them, in order. The last one treats them now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
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
        match (&self.closed, self.seen.is_empty()) {
            (Some(_), _) => CaseStatus::Closed,
            (None, false) => CaseStatus::InTreatment,
            (None, true) => CaseStatus::Waiting,
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

    /// The doctor who treats the patient.
    #[must_use]
    pub fn doctor(&self) -> Option<Attending> {
        self.seen.last().map(|seen| seen.doctor.clone())
    }

    /// The place in the queue. The order of the text is the order of the queue.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}#{}", place(self.level(), self.arrived_at), self.id)
    }

    /// By when a doctor has to see the patient. `None` once that is so, or the patient is gone.
    #[must_use]
    pub fn due(&self, scale: &Scale) -> Option<Timestamp> {
        if self.status() == CaseStatus::Waiting { scale.due(&self.clocks()) } else { None }
    }

    /// Since when the patient has been at least as urgent as each level, from the present one on. The first judgement counts from the arrival. So
    /// whoever becomes more urgent is never due later than before, and whoever was more urgent for a while keeps that time.
    #[must_use]
    pub fn clocks(&self) -> Vec<(TriageLevel, Timestamp)> {
        let judged = || self.triages.iter().enumerate();
        let since = |level: TriageLevel| {
            let (number, first) = judged().find(|(_, triage)| triage.level <= level)?;
            Some((level, if number == 0 { self.arrived_at } else { first.author.at }))
        };
        TriageLevel::ALL.iter().copied().filter(|level| *level >= self.level()).filter_map(since).collect()
    }

    const fn open(&self) -> Result<(), CannotNow> {
        if self.closed.is_some() { Err(CannotNow::Closed) } else { Ok(()) }
    }

    /// With another judgement.
    ///
    /// # Errors
    /// When it ended, or was judged too often.
    pub fn judged(mut self, triage: Triage) -> Result<Self, CannotNow> {
        self.open()?;
        if self.triages.len() >= MOST_TRIAGES {
            return Err(CannotNow::TooOften);
        }
        self.triages.push(triage);
        Ok(Self { version: self.version + 1, ..self })
    }

    /// With a doctor who sees the patient. Another doctor has to say that they take over.
    ///
    /// # Errors
    /// When it ended, when the doctor treats the patient already, or another one does.
    pub fn seen(mut self, seen: Seen, takes_over: bool) -> Result<Self, CannotNow> {
        self.open()?;
        match self.seen.last() {
            Some(last) if !takes_over || last.doctor.id == seen.doctor.id => Err(CannotNow::Seen),
            _ => {
                self.seen.push(seen);
                Ok(Self { version: self.version + 1, ..self })
            }
        }
    }

    /// With the stay that it leads to.
    ///
    /// # Errors
    /// When it ended already.
    pub fn admitted(self, admission: AdmissionId, at: Timestamp, by: Option<UserId>) -> Result<Self, CannotNow> {
        let closed = Closed { at, by, how: Disposition::Admitted, note: None };
        Ok(Self { admission_id: Some(admission), ..self.close(closed)? })
    }

    /// With its end.
    ///
    /// # Errors
    /// When it ended already, when a patient whom a doctor has seen would leave unseen, or one whom none has seen would be discharged.
    pub fn close(self, closed: Closed) -> Result<Self, CannotNow> {
        self.open()?;
        match (closed.how, self.seen.is_empty()) {
            (Disposition::LeftWithoutBeingSeen, false) => Err(CannotNow::Seen),
            (Disposition::Discharged | Disposition::AgainstAdvice, true) => Err(CannotNow::NotSeen),
            _ => Ok(Self { closed: Some(closed), version: self.version + 1, ..self }),
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
            seen: Vec::new(),
            admission_id: None,
            closed: None,
            version: 1,
        }
    }

    fn seen(number: u128) -> Seen {
        let name = PersonName::parse("Dr. Helen Taussig").unwrap();
        let doctor = Attending { id: crate::id::DoctorId::new(Timestamp::UNIX_EPOCH, number), name };
        Seen { at: at("2026-03-02T08:20:00Z"), doctor }
    }

    fn closed(how: Disposition) -> Closed {
        Closed { at: at("2026-03-02T09:00:00Z"), by: None, how, note: None }
    }

    /// The case after it was judged like this at these times, and by when a doctor is due.
    fn due(judged: &[(TriageLevel, &str)]) -> String {
        let after =
            judged.iter().fold(case(), |case, (level, when)| case.judged(triage(*level, &format!("2026-03-02T{when}:00Z"))).unwrap());
        after.due(&Scale::esi()).unwrap().strftime("%H:%M").to_string()
    }

    #[test]
    fn nobody_is_due_later_because_they_became_more_urgent() {
        use TriageLevel::{Emergent, LessUrgent, NonUrgent, Urgent};
        // Urgent at 08:00, so within 30 minutes.
        assert_eq!(due(&[]), "08:30");
        assert_eq!(due(&[(Urgent, "08:15")]), "08:30");
        assert_eq!(due(&[(Emergent, "08:10")]), "08:20", "ten minutes from then on");
        assert_eq!(due(&[(Emergent, "08:29")]), "08:30", "not later than before");
        assert_eq!(due(&[(Emergent, "08:10"), (Emergent, "08:15")]), "08:20");
        assert_eq!(due(&[(NonUrgent, "08:20")]), "10:00", "two hours from the arrival");
        assert_eq!(due(&[(LessUrgent, "08:20"), (Urgent, "08:28")]), "08:30", "as urgent as at first");
        assert_eq!(due(&[(Emergent, "08:10"), (Urgent, "08:12"), (Emergent, "08:19")]), "08:20", "as urgent as before");
    }

    #[test]
    fn the_order_follows_the_level() {
        let worse = case().judged(triage(TriageLevel::Emergent, "2026-03-02T08:20:00Z")).unwrap();
        assert!(worse.place() < case().place());
        assert_eq!((worse.triages.len(), worse.status()), (2, CaseStatus::Waiting));
    }

    #[test]
    fn who_is_seen_waits_no_longer_and_another_doctor_takes_over_only_if_they_say_so() {
        let in_treatment = case().seen(seen(1), false).unwrap();
        assert_eq!((in_treatment.status(), in_treatment.due(&Scale::esi())), (CaseStatus::InTreatment, None));
        assert_eq!(in_treatment.clone().seen(seen(1), true), Err(CannotNow::Seen));
        assert_eq!(in_treatment.clone().seen(seen(2), false), Err(CannotNow::Seen));
        assert_eq!(in_treatment.clone().seen(seen(2), true).unwrap().doctor(), Some(seen(2).doctor));
        assert_eq!(in_treatment.close(closed(Disposition::LeftWithoutBeingSeen)), Err(CannotNow::Seen));
        assert_eq!(case().close(closed(Disposition::Discharged)), Err(CannotNow::NotSeen));
    }

    #[test]
    fn no_case_ends_twice() {
        for how in [Disposition::LeftWithoutBeingSeen, Disposition::TransferredOut, Disposition::Died, Disposition::Admitted] {
            let over = case().close(closed(how)).unwrap();
            assert_eq!((over.status(), over.due(&Scale::esi())), (CaseStatus::Closed, None), "{how:?}");
            assert_eq!(over.clone().close(closed(how)), Err(CannotNow::Closed));
            assert_eq!(over.clone().seen(seen(1), true), Err(CannotNow::Closed));
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
