//! SES reports that an address bounced for good or that its owner complained: it is not written to again, the email says so in the list of who should
//! have got it, and the administrators are told.

use domain::{email::DeliveryState, text::Email};
use mail::{EventState, MailError, emails::staff};
use serde::Deserialize;
use store::suppressions::{Suppression, SuppressionCause};

use crate::Failure;

/// What SES puts on the event bus, as far as it matters here.
#[derive(Debug, Deserialize)]
pub struct Report {
    detail: Detail,
}

#[derive(Debug, Deserialize)]
struct Detail {
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
    mail: Option<Sent>,
}

/// The email that SES reports about.
#[derive(Debug, Deserialize)]
struct Sent {
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Default, Deserialize)]
struct Tags {
    /// The id that we gave it.
    #[serde(default)]
    delivery: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    #[serde(rename = "bounceType")]
    kind: String,
    feedback_id: String,
    bounced_recipients: Vec<Address>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    feedback_id: String,
    complained_recipients: Vec<Address>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    email_address: String,
}

/// Notes every address that is lost. A full mailbox (a transient bounce) is not.
pub async fn note(state: &EventState, report: Report) -> Result<(), Failure> {
    let Detail { bounce, complaint, mail } = report.detail;
    let bounce = bounce.filter(|bounce| bounce.kind == "Permanent");
    let bounced = bounce.map(|bounce| (bounce.feedback_id, bounce.bounced_recipients, SuppressionCause::Bounced));
    let complained = complaint.map(|complaint| (complaint.feedback_id, complaint.complained_recipients, SuppressionCause::Complained));
    for (feedback_id, addresses, cause) in bounced.into_iter().chain(complained) {
        // What does not parse is nobody's address here.
        for email in addresses.iter().filter_map(|address| Email::parse(&address.email_address).ok()) {
            state.store.suppression_note(&Suppression { email: email.clone(), cause, since: state.clock.now() }).await?;
            tell(state, &feedback_id, &email, cause).await?;
        }
        let reported = if cause == SuppressionCause::Bounced { DeliveryState::Bounced } else { DeliveryState::Complained };
        for id in mail.iter().flat_map(|mail| &mail.tags.delivery) {
            state.store.delivery_report(id, reported).await?;
        }
    }
    Ok(())
}

/// The administrators hear of it, but for the one whose address it is.
async fn tell(state: &EventState, feedback_id: &str, address: &Email, cause: SuppressionCause) -> Result<(), Failure> {
    let account = state.store.account_by_email(address).await?.map(|stored| stored.account);
    let account = account.filter(|account| account.email == *address);
    let complained = cause == SuppressionCause::Complained;
    let email = staff::address_lost(&state.hospital, account.as_ref(), address, complained).map_err(MailError::from)?;
    Ok(state.to_administrators(&format!("feedback-{feedback_id}"), account.map(|account| account.id), &email).await?)
}
