//! The administrators hear of a rating with few stars.

use domain::{
    feedback::{About, Feedback},
    id::{FeedbackId, PatientId},
};
use jiff::{civil::Date, tz::TimeZone};
use mail::{EventState, MailError, emails::staff};

use crate::{Failure, change::Change};

/// A rating that has few stars now, and had more or none before.
pub(crate) fn low(before: Option<&Feedback>, after: &Feedback) -> Option<Change> {
    let becomes_low = after.rating.is_low() && before.is_none_or(|before| !before.rating.is_low());
    let day = TimeZone::UTC.to_datetime(after.changed_at.unwrap_or(after.at)).date();
    becomes_low.then_some(Change::LowRating(after.patient_id, after.id, day))
}

/// Unless the patient has changed their mind since. Once a day: nobody sends emails by changing their mind all day.
pub(crate) async fn tell_administrators(state: &EventState, (patient, id): (PatientId, FeedbackId), day: Date) -> Result<(), Failure> {
    let Some(feedback) = state.store.feedback(patient, id).await?.filter(|feedback| feedback.rating.is_low()) else { return Ok(()) };
    let email = staff::rating_low(&state.hospital, &feedback).map_err(MailError::from)?;
    // An administrator hears of nothing that a patient says of them.
    let about = match feedback.about {
        About::Staff(user) => Some(user),
        About::Doctor(id) => state.store.doctor(id).await?.map(|doctor| doctor.user_id),
        About::Hospital | About::Service(_) => None,
    };
    Ok(state.to_administrators(&format!("{id}-{day}"), about, &email).await?)
}
