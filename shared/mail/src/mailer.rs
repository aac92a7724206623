//! Hands emails to SES, each at most once for its cause.

use std::{sync::Arc, time::Duration};

use aws_sdk_sesv2::{
    Client,
    error::SdkError,
    operation::send_email::SendEmailError,
    primitives::Blob,
    types::{Destination, EmailContent, MessageTag, RawMessage},
};
use aws_types::SdkConfig;
use domain::{
    Clock,
    email::{DeliveryState, RefusalReason},
};
use platform::config::{Config, Hospital};
use store::{
    Store, StoreError,
    deliveries::{Delivery, ListedEmail, Turn},
};

use super::{Cause, Message, Recipient, RenderError};

/// How many seconds to wait for another sender: a little longer than a claim lasts.
const WAITS: u32 = 12;

/// The way out for email.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    store: Store,
    hospital: Hospital,
    /// Where SES reports bounces and complaints.
    configuration_set: Option<String>,
    clock: Clock,
    /// What the emails follow from.
    cause: Option<Arc<Cause>>,
}

/// An email did not go out this time; the next attempt may succeed.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the message could not be described")]
    Build(#[from] aws_sdk_sesv2::error::BuildError),
    #[error("the cause of a refused email cannot be kept or read")]
    Cause(#[from] serde_json::Error),
    #[error("the same email is being sent this moment")]
    Busy,
    #[error("SES did not take the email")]
    Ses(#[source] Box<SdkError<SendEmailError>>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Mailer {
    #[must_use]
    pub fn new(config: &Config, sdk: &SdkConfig, store: Store, clock: Clock) -> Self {
        let mut client = aws_sdk_sesv2::config::Builder::from(sdk);
        client.set_endpoint_url(config.aws.ses_endpoint.clone());
        Self {
            client: Client::from_conf(client.build()),
            store,
            hospital: config.hospital.clone(),
            configuration_set: config.mail_configuration_set.clone(),
            clock,
            cause: None,
        }
    }

    /// The way out for emails that follow from this. When SES refuses one, its cause is kept, to have it follow again.
    #[must_use]
    pub fn because_of(&self, cause: Cause) -> Self {
        Self { cause: Some(Arc::new(cause)), ..self.clone() }
    }

    /// Sends an email unless the same `id` has been sent. `id` names the cause and the recipient.
    ///
    /// SES has no idempotency token, so: claim, send, note. A crash between the last two can send twice; nothing loses it.
    pub async fn send(&self, id: &str, to: &Recipient, message: &Message) -> Result<(), MailError> {
        let mut waits = 0;
        loop {
            match self.store.delivery_claim(id, to.user_id, self.clock.now()).await? {
                Turn::Yours => break,
                Turn::Settled => return Ok(()),
                Turn::Busy if waits == WAITS => return Err(MailError::Busy),
                // Whoever is sending is done soon, or has died and its claim is over soon: no need to fail the record.
                Turn::Busy => tokio::time::sleep(Duration::from_secs(1)).await,
            }
            waits += 1;
        }
        let now = self.clock.now();
        if self.store.suppression(&to.email).await?.is_some() {
            return self.settle((id, to, message), DeliveryState::Suppressed, None, Some(RefusalReason::Suppressed)).await;
        }
        let raw = RawMessage::builder().data(Blob::new(message.message(id, to, &self.hospital, now)?)).build()?;
        let send = self
            .client
            .send_email()
            .from_email_address(self.hospital.sender.as_str())
            .destination(Destination::builder().to_addresses(to.email.as_str()).build())
            .content(EmailContent::builder().raw(raw).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .set_email_tags(tag(id))
            .send()
            .await;
        match send {
            Ok(output) => self.settle((id, to, message), DeliveryState::Sent, output.message_id, None).await,
            Err(error) => {
                let Some(reason) = refusal(&error) else {
                    self.store.delivery_release(id).await?;
                    return Err(MailError::Ses(Box::new(error)));
                };
                // An alarm counts these lines: the template has their first words.
                tracing::error!(delivery = id, ?reason, "SES refuses an email: list it and send it again");
                self.settle((id, to, message), DeliveryState::Failed, None, Some(reason)).await
            }
        }
    }

    async fn settle(
        &self,
        (id, to, message): (&str, &Recipient, &Message),
        state: DeliveryState,
        message_id: Option<String>,
        reason: Option<RefusalReason>,
    ) -> Result<(), MailError> {
        let now = self.clock.now();
        let subject = to.name.is_some().then(|| message.subject.clone());
        let cause = self.cause.as_deref().filter(|_| reason.is_some()).map(Cause::write).transpose()?;
        let delivery = Delivery {
            id: id.to_owned(),
            to: to.user_id,
            state,
            since: now.as_second(),
            message_id,
            listed: Some(ListedEmail { id: id.to_owned(), to: to.user_id, at: now, subject, state, reason }),
            cause,
        };
        Ok(self.store.delivery_settle(&delivery).await?)
    }
}

/// What SES gives back with a bounce or a complaint. It takes few signs.
fn tag(id: &str) -> Option<Vec<MessageTag>> {
    let fits = id.len() <= 256 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.@".contains(&b));
    let tag = MessageTag::builder().name("delivery").value(id).build();
    tag.ok().filter(|_| fits).map(|tag| vec![tag])
}

/// Why trying again at once would be refused again. `None` for what passes by itself.
fn refusal(error: &SdkError<SendEmailError>) -> Option<RefusalReason> {
    match error.as_service_error()? {
        SendEmailError::MessageRejected(_) => Some(RefusalReason::NotVerified),
        SendEmailError::MailFromDomainNotVerifiedException(_) => Some(RefusalReason::MailFromNotVerified),
        SendEmailError::AccountSuspendedException(_) => Some(RefusalReason::AccountSuspended),
        SendEmailError::SendingPausedException(_) => Some(RefusalReason::SendingPaused),
        SendEmailError::BadRequestException(_) | SendEmailError::NotFoundException(_) => Some(RefusalReason::Invalid),
        _ => None,
    }
}
