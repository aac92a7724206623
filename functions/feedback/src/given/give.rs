//! `POST /patients/{patient_id}/feedback`: a patient rates somebody or something.

use axum::extract::State;
use domain::{
    feedback::{About, Feedback, Visit, What},
    id::{DoctorId, FeedbackId, PatientId, UserId},
    text::Narrative,
};
use http::{AppState, Created, Fields, Json, Problem, auth::PatientAccess};
use serde::Deserialize;
use store::feedback::Visited;
use utoipa::ToSchema;

use super::{FeedbackView, NotGiven, NotOver, not_over, said, visit};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveFeedbackRequest {
    /// What the patient came for: the id of an appointment, a stay, an emergency, a lab order or an allocation.
    #[schema(value_type = String, pattern = "^(apt|adm|cas|ord|alc)_[0-7][0-9A-HJKMNP-TV-Z]{25}$", example = "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR")]
    visit: Option<String>,
    /// What it is about.
    #[schema(value_type = What)]
    about: Option<String>,
    /// For `doctor`: who.
    #[schema(value_type = Option<DoctorId>)]
    doctor_id: Option<String>,
    /// For `staff`: who.
    #[schema(value_type = Option<UserId>)]
    user_id: Option<String>,
    /// One star to five.
    #[schema(value_type = u8, minimum = 1, maximum = 5)]
    rating: Option<i64>,
    /// What the patient has to say. Others read it without the patient's name.
    #[schema(value_type = Option<Narrative>)]
    review: Option<String>,
}

/// Give feedback
///
/// Once for each appointment, stay or service, and for each of those whom the patient had to do with then:
/// `GET /patients/{patient_id}/feedback/choices` lists them. It can be changed for 14 days. Others see stars and words, and not whose they are;
/// administrators see that, too. They are told of one or two stars. Nobody rates themselves, also not for a child.
#[utoipa::path(post, path = "/patients/{patient_id}/feedback", tag = "feedback", operation_id = "give_feedback",
    params(("patient_id" = PatientId, Path)), request_body = GiveFeedbackRequest,
    responses((status = 201, body = Created<FeedbackView>, description = "Given"), NotOver, NotGiven))]
pub(crate) async fn give(
    State(state): State<AppState>,
    access: PatientAccess,
    Json(request): Json<GiveFeedbackRequest>,
) -> Result<Created<FeedbackView>, Problem> {
    let mut fields = Fields::default();
    let visit = fields.required("visit", request.visit, |text| visit(&text));
    let said = said(&mut fields, request.rating, request.review);
    let doctor = fields.optional("doctor_id", request.doctor_id, |text| text.parse::<DoctorId>());
    let user = fields.optional("user_id", request.user_id, |text| text.parse::<UserId>());
    let what = fields.required("about", request.about, |text| What::parse(&text));
    let about = about(&mut fields, visit, what, doctor.flatten(), user.flatten());
    let (Some(visit), Some((rating, review)), Some(_), Some(_), Some(about)) = (visit, said, doctor, user, about) else {
        return Err(fields.problem());
    };
    let patient_id = access.patient.id;
    let choices = match state.store.visited(patient_id, visit, (access.caller.user_id, access.caller.doctor_id)).await? {
        None => return Err(Problem::invalid_field("visit", "unknown_visit", "The patient has nothing with this id.")),
        Some(Visited::NotYet) => return Err(not_over()),
        Some(Visited::TookPlace(choices)) => choices,
    };
    let Some(choice) = choices.into_iter().find(|choice| choice.about == about) else {
        let field = if matches!(about, About::Doctor(_)) { "doctor_id" } else { "user_id" };
        return Err(Problem::invalid_field(
            field,
            "not_met",
            "The patient had nothing to do with them then. `GET /patients/{patient_id}/feedback/choices` lists who can be rated.",
        ));
    };
    let id = FeedbackId::of(visit, &about);
    let feedback = Feedback {
        id,
        patient_id,
        visit,
        about,
        about_name: choice.name,
        rating,
        review,
        at: state.clock.now(),
        changed_at: None,
        hidden: None,
        version: 1,
    };
    if !state.store.feedback_give(&feedback).await? {
        let detail = "This was rated already. It can be changed for 14 days.";
        return Err(Problem::conflict("given_already", detail).with("feedback_id", id));
    }
    let location = format!("/patients/{patient_id}/feedback/{id}");
    Ok(Created { location, version: feedback.version, body: FeedbackView::of(feedback, &state) })
}

/// Whom or what it is about. A field that does not belong to it is refused, so that nobody rates another one than they think.
fn about(fields: &mut Fields, visit: Option<Visit>, what: Option<What>, doctor: Option<DoctorId>, user: Option<UserId>) -> Option<About> {
    let what = what?;
    let mut refuse = |field, given: bool| {
        if given {
            fields.refuse(field, "not_for_this", "Leave this field out. It does not fit `about`.");
        }
        given
    };
    let doctor_too = refuse("doctor_id", doctor.is_some() && what != What::Doctor);
    let user_too = refuse("user_id", user.is_some() && what != What::Staff);
    if doctor_too || user_too {
        return None;
    }
    match what {
        What::Hospital => Some(About::Hospital),
        What::Service => visit.map(|visit| About::Service(visit.service())),
        What::Doctor => fields.required("doctor_id", doctor, Ok).map(About::Doctor),
        What::Staff => fields.required("user_id", user, Ok).map(About::Staff),
    }
}
