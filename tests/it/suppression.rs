//! Addresses that bounced or complained are not written to again.

use domain::{email::DeliveryState, role::Role, text::Email};
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
            app.functions.call("notifications", serde_json::from_str(payload).unwrap()).await.unwrap();
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
async fn a_suppression_is_lifted_and_what_was_held_back_is_sent() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    app.functions
        .call("notifications", serde_json::from_str(include_str!("../../events/notifications/email-bounced.json")).unwrap())
        .await
        .unwrap();
    let (gone, mut seen) = (app.patient("Gone").await, 0);
    app.new_mails(&mut seen).await;
    let list = async |path: &str| app.get(path).bearer(&admin).send().await.expect(200).body["items"].clone();
    let suppressed = list("/emails/suppressions").await;
    assert_eq!((suppressed[0]["email"].as_str(), suppressed[0]["cause"].as_str()), (Some("gone@example.org"), Some("bounced")));
    let held_back = list("/emails").await;
    let email = held_back.as_array().unwrap().iter().find(|email| email["account_id"] == gone.user_id.to_string()).unwrap().clone();
    assert_eq!((email["state"].as_str(), email["reason"].as_str()), (Some("suppressed"), Some("suppressed")));
    let again = || app.call("POST", &format!("/emails/{}/resend", email["id"].as_str().unwrap())).bearer(&admin).send();

    // While the suppression stands, it is held back again.
    again().await.expect(202);
    assert!(app.new_mails(&mut seen).await.is_empty());
    let lifted = |body: Value, token: &str| app.post("/emails/suppressions/lift", &body).bearer(token).send();
    lifted(json!({ "email": "gone@example.org" }), &admin).await.invalid(&[("reason", "required")]);
    let wanted = json!({ "email": "gone@example.org", "reason": "The mailbox is there again" });
    lifted(wanted.clone(), &desk).await.refused(403, "forbidden");
    lifted(wanted.clone(), &admin).await.expect(204);
    lifted(wanted, &admin).await.invalid(&[("email", "not_suppressed")]);
    assert_eq!(list("/emails/suppressions").await, json!([]));
    again().await.expect(202);
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["gone@example.org"]);
    let log = app.get("/audit-log").bearer(&admin).send().await.expect(200);
    assert!(log.text.contains("The mailbox is there again"), "{}", log.text);
}

#[tokio::test]
async fn a_full_mailbox_is_no_reason() {
    let app = App::new().await;
    let mut event: Value = serde_json::from_str(include_str!("../../events/notifications/email-bounced.json")).unwrap();
    event["detail"]["bounce"]["bounceType"] = json!("Transient");
    app.functions.call("notifications", event).await.unwrap();
    assert!(app.store().suppression(&Email::parse("gone@example.org").unwrap()).await.unwrap().is_none());
}
