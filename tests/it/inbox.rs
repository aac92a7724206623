//! `GET /notifications`: each person reads what was sent to them, and what became of it.

use domain::role::Role;
use local::{services::mailbox::Refusal, stream::Consumer};
use serde_json::{Value, json};

use crate::{
    pharmacy::{Counter, amoxicillin},
    support::App,
};

async fn inbox(app: &App, token: &str) -> Vec<Value> {
    app.get("/notifications?limit=100").bearer(token).send().await.expect(200).body["items"].as_array().unwrap().clone()
}

fn subjects(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["subject"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_person_sees_what_was_sent_to_them() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let eve = app.patient("Eve Moneypenny").await;
    let mut seen = 0;
    app.new_mails(&mut seen).await;
    let before = inbox(&app, &ada.token).await.len();
    for start in ["2026-03-03T09:00:00Z", "2026-03-04T09:00:00Z"] {
        app.wait(jiff::SignedDuration::from_secs(60));
        app.book(&ada, &doctor, start).await.expect(201);
        app.drain().await;
    }
    let mails = app.new_mails(&mut seen).await;
    for (token, address) in [(&ada.token, &ada.email), (&doctor.token, &doctor.email)] {
        let all = inbox(&app, token).await;
        let mut sent: Vec<_> = mails.iter().filter(|mail| mail.to == *address).map(|mail| mail.subject.as_str()).collect();
        sent.reverse();
        assert_eq!((subjects(&all)[..2].to_vec(), sent.len()), (sent, 2), "latest first");
        assert!(all.iter().all(|item| item["state"] == "sent" && item.get("reason").is_none()), "{all:?}");
    }
    let all = inbox(&app, &ada.token).await;
    assert_eq!((all.len(), &all[0]["at"]), (before + 2, &json!("2026-03-02T08:02:00+00:00")));
    let first = app.get("/notifications?limit=1").bearer(&ada.token).send().await.expect(200).body;
    let next = format!("/notifications?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = app.get(&next).bearer(&ada.token).send().await.expect(200).body;
    assert_eq!((&first["items"][0], &second["items"][0]), (&all[0], &all[1]));
    app.get(&next).bearer(&eve.token).send().await.refused(400, "invalid_cursor");
    assert!(inbox(&app, &eve.token).await.iter().all(|item| !item["subject"].as_str().unwrap().contains("appointment")));
    app.get("/notifications").send().await.expect(401);
}

#[tokio::test]
async fn what_did_not_go_out_says_why_until_it_is_sent_again() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    app.new_mails(&mut 0).await;
    app.wait(jiff::SignedDuration::from_secs(60));
    app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201);
    (0..2).for_each(|_| app.services.mailbox.refuse_next(Refusal::Rejected));
    app.drain().await;
    let refused = inbox(&app, &ada.token).await[0].clone();
    assert_eq!((&refused["state"], &refused["reason"]), (&json!("failed"), &json!("not_verified")));
    let again = format!("/emails/{}/resend", refused["id"].as_str().unwrap());
    app.call("POST", &again).bearer(&admin).send().await.expect(202);
    let queued = inbox(&app, &ada.token).await[0].clone();
    assert_eq!((&queued["state"], &queued["id"]), (&json!("queued"), &refused["id"]));
    app.drain().await;
    let sent = inbox(&app, &ada.token).await;
    assert_eq!((&sent[0]["state"], sent[0].get("reason")), (&json!("sent"), None));
    assert_eq!(sent.iter().filter(|item| item["id"] == refused["id"]).count(), 1);
}

#[tokio::test]
async fn what_comes_back_says_so_and_the_administrators_hear_of_it_once() {
    for (file, state, says) in [
        (include_str!("../../events/notifications/email-bounced.json"), "bounced", "came back"),
        (include_str!("../../events/notifications/email-complaint.json"), "complained", "unwanted"),
    ] {
        let app = App::new().await;
        app.staff("Florence Nightingale", Role::Administrator).await;
        let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
        app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201);
        let mut seen = 0;
        app.new_mails(&mut seen).await;
        let before = inbox(&app, &ada.token).await;
        let mut event: Value = serde_json::from_str(file).unwrap();
        event["detail"]["mail"]["tags"]["delivery"][0] = before[0]["id"].clone();
        let (kind, list) = if state == "bounced" { ("bounce", "bouncedRecipients") } else { ("complaint", "complainedRecipients") };
        event["detail"][kind][list][0]["emailAddress"] = json!(ada.email);
        for _ in 0..2 {
            app.functions.call("notifications", event.clone()).await.unwrap();
        }
        let mails = app.new_mails(&mut seen).await;
        let [told] = &mails[..] else { panic!("{mails:?}") };
        assert_eq!(
            (told.to.as_str(), told.subject.as_str()),
            ("florence-nightingale@example.org", "Emails to ada-byron@example.org are held back")
        );
        assert!(told.text.contains(says) && told.text.contains("Please ask Ada Byron"), "{}", told.text);
        let after = inbox(&app, &ada.token).await;
        assert_eq!((&after[0]["state"], &after[0]["subject"]), (&json!(state), &before[0]["subject"]));
        // The next email is held back.
        app.book(&ada, &doctor, "2026-03-04T09:00:00Z").await.expect(201);
        app.drain().await;
        let held_back = inbox(&app, &ada.token).await;
        assert!(held_back.iter().any(|item| item["state"] == "suppressed" && item["reason"] == "suppressed"), "{held_back:?}");
    }
}

#[tokio::test]
async fn what_goes_to_a_pharmacy_is_in_nobodys_list() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 42).await;
    let before = inbox(&counter.app, &counter.pharmacist).await.len();
    counter.ask(&medicine, 21, Some(counter.prescription().await)).await.expect(201);
    let mails = counter.app.new_mails(&mut 0).await;
    assert!(mails.iter().any(|mail| mail.to == "north-pharmacy@example.org"), "{mails:?}");
    // Who registered the pharmacy works there, and has a list of their own.
    assert_eq!(inbox(&counter.app, &counter.pharmacist).await.len(), before);
}
