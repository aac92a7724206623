//! What patients say of the hospital.

use domain::{
    feedback::{About, Feedback, Met, Rating, Visit},
    id::{DoctorId, FeedbackId, PatientId, UserId},
    text::{Narrative, PersonName},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    number,
    record::from_index,
};

/// What lists show of a rating. The public list leaves out whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFeedback {
    pub id: FeedbackId,
    pub patient_id: PatientId,
    pub visit: Visit,
    pub about: About,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_name: Option<PersonName>,
    pub rating: Rating,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Narrative>,
    pub at: Timestamp,
    /// Whether an administrator has hidden the review.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Record for Feedback {
    const KIND: &'static str = "feedback";
    fn key(&self) -> Key {
        keys::feedback(self.patient_id, self.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_feedback(&self.about, self.at, self.id))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_feedback_by_stars(self.rating.stars(), self.at, self.id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        Some(ListedFeedback {
            id: self.id,
            patient_id: self.patient_id,
            visit: self.visit,
            about: self.about,
            about_name: self.about_name.clone(),
            rating: self.rating,
            review: self.review.clone(),
            at: self.at,
            hidden: self.hidden.is_some(),
        })
    }
}

/// Somebody or something that can be rated after a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub about: About,
    pub name: Option<PersonName>,
}

/// A visit of a patient.
#[derive(Debug, Clone)]
pub enum Visited {
    /// What can be rated after it.
    TookPlace(Vec<Choice>),
    /// It has not taken place, or is not over.
    NotYet,
}

impl Store {
    /// What can be rated after a visit of a patient, by somebody. Nobody rates themselves, for whomever they act. `None` when the patient has no such
    /// visit.
    pub async fn visited(
        &self,
        patient: PatientId,
        visit: Visit,
        (by, as_doctor): (UserId, Option<DoctorId>),
    ) -> Result<Option<Visited>, StoreError> {
        let met = match visit {
            Visit::Appointment(id) => {
                self.appointment(id).await?.filter(|found| found.patient_id == patient).map(|found| Met::in_appointment(&found))
            }
            Visit::Admission(id) => self.admission(patient, id).await?.map(|found| Met::in_admission(&found)),
            Visit::Case(id) => self.emergency_case(id).await?.filter(|found| found.patient_id == patient).map(|found| Met::in_case(&found)),
            Visit::LabOrder(id) => self.lab_order(patient, id).await?.map(|found| Met::in_lab_order(&found)),
            Visit::Allocation(id) => self.allocation(patient, id).await?.map(|found| Met::in_allocation(&found)),
        };
        let Some(met) = met else { return Ok(None) };
        let Some(met) = met else { return Ok(Some(Visited::NotYet)) };
        let mut choices =
            vec![Choice { about: About::Hospital, name: None }, Choice { about: About::Service(visit.service()), name: None }];
        let themselves = |about: About| about == About::Staff(by) || as_doctor.is_some_and(|own| about == About::Doctor(own));
        choices.extend(met.doctors.into_iter().map(|(id, name)| Choice { about: About::Doctor(id), name: Some(name) }));
        for user in met.staff {
            let Some(choice) = self.choice_of(user, patient).await? else { continue };
            if choices.iter().all(|other| other.about != choice.about) {
                choices.push(choice);
            }
        }
        choices.retain(|choice| !themselves(choice.about));
        Ok(Some(Visited::TookPlace(choices)))
    }

    /// Somebody who works here, as a patient can rate them: a doctor by the doctor's profile. Nobody rates themselves.
    async fn choice_of(&self, user: UserId, patient: PatientId) -> Result<Option<Choice>, StoreError> {
        let Some(account) = self.account(user).await?.map(|found| found.account) else { return Ok(None) };
        if account.patient_id == Some(patient) {
            return Ok(None);
        }
        let about = account.doctor_id.map_or(About::Staff(user), About::Doctor);
        Ok(Some(Choice { about, name: Some(account.name) }))
    }

    /// A patient's feedback.
    pub async fn feedback(&self, patient: PatientId, id: FeedbackId) -> Result<Option<Feedback>, StoreError> {
        self.get(&keys::feedback(patient, id)).await
    }

    /// A patient's feedback, that on the latest visit first.
    pub async fn feedback_of_patient(
        &self,
        patient: PatientId,
        before: Option<FeedbackId>,
        limit: usize,
    ) -> Result<Vec<Feedback>, StoreError> {
        let found = self.query(keys::feedback_of_patient(patient, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// The feedback about somebody or something, latest first.
    pub async fn feedback_about(
        &self,
        about: &About,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedFeedback>>, StoreError> {
        from_index::<Feedback, _>(self.query(keys::feedback_about(about, before)).latest_first(true).first(limit).await?)
    }

    /// The feedback with so many stars, latest first.
    pub async fn feedback_with_stars(
        &self,
        stars: u8,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedFeedback>>, StoreError> {
        let items = self.query(keys::feedback_by_stars(stars, before)).latest_first(true).first(limit).await?;
        from_index::<Feedback, _>(items)
    }

    /// Writes new feedback. `false` when the patient has given it already.
    pub async fn feedback_give(&self, feedback: &Feedback) -> Result<bool, StoreError> {
        self.put_new(feedback).await
    }

    /// Writes changed feedback. `false` when it has changed since it was read.
    pub async fn feedback_change(&self, before: &Feedback, after: &Feedback) -> Result<bool, StoreError> {
        self.put_where(after, "version = :before", &[(":before", number(before.version))]).await
    }
}
