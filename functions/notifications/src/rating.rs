//! The administrators hear of a rating with few stars.

use domain::{
    feedback::{About, Feedback},
    id::{FeedbackId, PatientId},
};
use mail::{EventState, MailError, emails::staff};

use crate::{Failure, change::Change};

/// A rating that has few stars now, and had more or none before.
pub(crate) fn low(before: Option<&Feedback>, after: &Feedback) -> Option<Change> {
    let becomes_low = after.rating.is_low() && before.is_none_or(|before| !before.rating.is_low());
    becomes_low.then_some(Change::LowRating(after.patient_id, after.id, after.version))
}

/// Unless the patient has changed their mind since.
pub(crate) async fn tell_administrators(state: &EventState, (patient, id): (PatientId, FeedbackId), version: u64) -> Result<(), Failure> {
    let Some(feedback) = state.store.feedback(patient, id).await?.filter(|feedback| feedback.rating.is_low()) else { return Ok(()) };
    let email = staff::rating_low(&state.hospital, &feedback).map_err(MailError::from)?;
    // An administrator hears of nothing that a patient says of them.
    let about = match feedback.about {
        About::Staff(user) => Some(user),
        About::Doctor(id) => state.store.doctor(id).await?.map(|doctor| doctor.user_id),
        About::Hospital | About::Service(_) => None,
    };
    Ok(state.to_administrators(&format!("{id}-{version}"), about, &email).await?)
}
