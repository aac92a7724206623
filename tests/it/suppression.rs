//! Addresses that bounced or complained are not written to again.

use domain::{email::DeliveryState, text::Email};
use local::{services::mailbox::Refusal, stream::Consumer};
use serde_json::{Value, json};
use store::suppressions::SuppressionCause;

use crate::support::App;

#[tokio::test]
async fn what_ses_reports_is_heeded() {
    let app = App::new().await;
    for payload in
        [include_str!("../../events/notifications/email-bounced.json"), include_str!("../../events/notifications/email-complaint.json")]
    {
        for _ in 0..2 {
            app.functions.call(serde_json::from_str(payload).unwrap()).await.unwrap();
        }
    }
    let cause = async |address: &str| app.store().suppression(&Email::parse(address).unwrap()).await.unwrap().map(|found| found.cause);
    assert_eq!(cause("gone@example.org").await, Some(SuppressionCause::Bounced));
    assert_eq!(cause("annoyed@example.org").await, Some(SuppressionCause::Complained));

    let gone = app.patient("Gone").await;
    assert_eq!(gone.email, "gone@example.org");
    let ada = app.patient("Ada Byron").await;
    // SES refuses the next email. That must be Ada's, because none goes to the suppressed address.
    app.services.mailbox.refuse_next(Refusal::Rejected);
    assert!(app.new_mails(&mut 0).await.is_empty());
    let state = async |user| app.store().delivery(&format!("{user}-welcome")).await.unwrap().unwrap().state;
    assert_eq!(state(gone.user_id).await, DeliveryState::Suppressed);
    assert_eq!(state(ada.user_id).await, DeliveryState::Failed);
    assert!(app.dead_letters.list().is_empty());
}

#[tokio::test]
async fn a_full_mailbox_is_no_reason() {
    let app = App::new().await;
    let mut event: Value = serde_json::from_str(include_str!("../../events/notifications/email-bounced.json")).unwrap();
    event["detail"]["bounce"]["bounceType"] = json!("Transient");
    app.functions.call(event).await.unwrap();
    assert!(app.store().suppression(&Email::parse("gone@example.org").unwrap()).await.unwrap().is_none());
}
