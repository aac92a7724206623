//! SES reports that an address bounced for good or that its owner complained: it is not written to again.

use domain::text::Email;
use mail::EventState;
use serde::Deserialize;
use store::{
    StoreError,
    suppressions::{Suppression, SuppressionCause},
};

/// What SES puts on the event bus, as far as it matters here.
#[derive(Debug, Deserialize)]
pub struct Feedback {
    detail: Detail,
}

#[derive(Debug, Deserialize)]
struct Detail {
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Address>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Address>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    email_address: String,
}

/// Notes every address that is lost. A full mailbox (a transient bounce) is not.
pub async fn note(state: &EventState, feedback: Feedback) -> Result<(), StoreError> {
    let bounced = feedback.detail.bounce.filter(|bounce| bounce.bounce_type == "Permanent").map(|bounce| bounce.bounced_recipients);
    let complained = feedback.detail.complaint.map(|complaint| complaint.complained_recipients);
    let bounced = bounced.into_iter().flatten().map(|address| (address, SuppressionCause::Bounced));
    let complained = complained.into_iter().flatten().map(|address| (address, SuppressionCause::Complained));
    for (address, cause) in bounced.chain(complained) {
        // What does not parse is nobody's address here.
        if let Ok(email) = Email::parse(&address.email_address) {
            state.store.suppression_note(&Suppression { email, cause, since: state.clock.now() }).await?;
        }
    }
    Ok(())
}
