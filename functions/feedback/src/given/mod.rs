//! Feedback of a patient: the patient gives and changes it, administrators moderate it.

pub(crate) mod all;
pub(crate) mod change;
pub(crate) mod choices;
pub(crate) mod get;
pub(crate) mod give;
pub(crate) mod hide;
pub(crate) mod list;
pub(crate) mod show;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use domain::{
    Invalid,
    feedback::{About, Feedback, Rating, Service, Visit, What},
    id::{DoctorId, FeedbackId, PatientId, UserId},
    instant::Instant,
    text::{Narrative, PersonName, Reason},
};
use http::{AppState, Fields, Path, Problem, Versioned, auth::PatientAccess, refusals};
use serde::Serialize;
use utoipa::ToSchema;

/// What feedback is about, and whom.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AboutView {
    what: What,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Service>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor_id: Option<DoctorId>,
    /// The account of somebody who works here.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    /// The name of the doctor or of whoever it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
}

impl AboutView {
    pub(crate) fn of(about: About, name: Option<PersonName>) -> Self {
        let mut view = Self { what: about.what(), service: None, doctor_id: None, user_id: None, name };
        match about {
            About::Hospital => {}
            About::Service(service) => view.service = Some(service),
            About::Doctor(id) => view.doctor_id = Some(id),
            About::Staff(id) => view.user_id = Some(id),
        }
        view
    }
}

/// Why a review is not shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HiddenView {
    at: Instant,
    reason: Reason,
}

/// Feedback of a patient.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedbackView {
    id: FeedbackId,
    patient_id: PatientId,
    /// What the patient came for: an appointment, a stay, an emergency, a lab order or an allocation.
    #[schema(value_type = String, pattern = "^(apt|adm|cas|ord|alc)_[0-7][0-9A-HJKMNP-TV-Z]{25}$", example = "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR")]
    visit: Visit,
    about: AboutView,
    /// One star to five.
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<Narrative>,
    at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<Instant>,
    /// The patient can change it before this time.
    changeable_until: Instant,
    /// That an administrator has hidden the review. The rating counts all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<HiddenView>,
    /// Grows with each change; sent as the `ETag`.
    version: u64,
}

impl FeedbackView {
    pub(crate) fn of(feedback: Feedback, state: &AppState) -> Self {
        let instant = |at| state.hospital.instant(at);
        Self {
            id: feedback.id,
            patient_id: feedback.patient_id,
            visit: feedback.visit,
            rating: feedback.rating.stars(),
            changeable_until: instant(feedback.changeable_until()),
            at: instant(feedback.at),
            changed_at: feedback.changed_at.map(instant),
            hidden: feedback.hidden.map(|hidden| HiddenView { at: instant(hidden.at), reason: hidden.reason }),
            about: AboutView::of(feedback.about, feedback.about_name),
            review: feedback.review,
            version: feedback.version,
        }
    }

    fn versioned(feedback: Feedback, state: &AppState) -> Versioned<Self> {
        Versioned { version: feedback.version, body: Self::of(feedback, state) }
    }
}

/// Stars and words, as a request has them.
fn said(fields: &mut Fields, rating: Option<i64>, review: Option<String>) -> Option<(Rating, Option<Narrative>)> {
    let rating = fields.required("rating", rating, Rating::new);
    let review = fields.optional("review", review, |text| Narrative::parse(&text));
    rating.zip(review)
}

/// An id of what a patient came for.
fn visit(text: &str) -> Result<Visit, Invalid> {
    text.parse()
}

refusals! {
    pub(crate) NotOver {
        409 "not_over",
    }
    pub(crate) NotGiven {
        409 "given_already" { feedback_id: FeedbackId },
    }
    pub(crate) NotChanged {
        409 "too_late" { not_after: Instant },
    }
}

fn not_over() -> Problem {
    Problem::conflict("not_over", "This has not taken place, or is not over. Only what took place can be rated.")
}

/// The feedback in the path.
pub(crate) struct OfFeedback {
    pub(crate) access: PatientAccess,
    pub(crate) feedback: Feedback,
}

impl<S> FromRequestParts<S> for OfFeedback
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let access = PatientAccess::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("feedback");
        let Path(id) = Path::<FeedbackId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let feedback = AppState::from_ref(state).store.feedback(access.patient.id, id).await?.ok_or_else(missing)?;
        Ok(Self { access, feedback })
    }
}

impl OfFeedback {
    /// Nobody moderates what is said of themselves.
    async fn must_be_of_somebody_else(&self, state: &AppState) -> Result<(), Problem> {
        let caller = &self.access.caller;
        let own = match self.feedback.about {
            About::Doctor(id) => state.store.doctor(id).await?.is_some_and(|doctor| doctor.user_id == caller.user_id),
            About::Staff(id) => id == caller.user_id,
            About::Hospital | About::Service(_) => false,
        };
        if own { Err(Problem::forbidden("Another administrator has to do this: it is about you.")) } else { Ok(()) }
    }

    /// Writes the feedback as it is to be.
    async fn change(self, after: Feedback, state: &AppState) -> Result<Versioned<FeedbackView>, Problem> {
        if state.store.feedback_change(&self.feedback, &after).await? {
            return Ok(FeedbackView::versioned(after, state));
        }
        Err(Problem::stale())
    }
}
