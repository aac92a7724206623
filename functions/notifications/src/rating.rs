//! The administrators hear of a rating with few stars.

use domain::id::{FeedbackId, PatientId};
use mail::{EventState, MailError, emails::staff};

use crate::Failure;

/// Unless the patient has changed their mind since.
pub(crate) async fn tell_administrators(state: &EventState, (patient, id): (PatientId, FeedbackId), version: u64) -> Result<(), Failure> {
    let Some(feedback) = state.store.feedback(patient, id).await?.filter(|feedback| feedback.rating.is_low()) else { return Ok(()) };
    let email = staff::rating_low(&state.hospital, &feedback).map_err(MailError::from)?;
    // An administrator hears of nothing that a patient says of them.
    let about = match feedback.about {
        domain::feedback::About::Staff(user) => Some(user),
        _ => None,
    };
    Ok(state.to_administrators(&format!("{id}-{version}"), about, &email).await?)
}
