//! Emails that SES refuses: counted, listed, and sent again once the cause is mended.

use std::time::Duration;

use domain::{email::DeliveryState, role::Role};
use jiff::SignedDuration;
use local::{services::mailbox::Refusal, stream::Poller, template::Template};
use serde_json::json;
use store::audit::{About, Span};

use crate::support::{Answer, App, emailed_token, logs, shared_database};

impl App {
    /// Lets `notifications` handle what was written, while SES refuses that many emails.
    async fn drain_refused(&self, emails: usize) {
        (0..emails).for_each(|_| self.services.mailbox.refuse_next(Refusal::Rejected));
        self.drain().await;
    }

    async fn refused(&self, administrator: &str) -> Vec<String> {
        let page = self.get("/emails").bearer(administrator).send().await.expect(200);
        let items = page.body["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn resend(&self, id: &str, administrator: &str) -> Answer {
        self.call("POST", &format!("/emails/{id}/resend")).bearer(administrator).send().await
    }

    async fn state(&self, id: &str) -> DeliveryState {
        self.store().delivery(id).await.unwrap().unwrap().state
    }

    async fn subjects(&self, seen: &mut usize) -> Vec<String> {
        self.new_mails(seen).await.into_iter().map(|mail| mail.subject).collect()
    }
}

#[tokio::test]
async fn a_refused_email_is_listed_and_sent_again_once() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let ada = app.patient("Ada Byron").await;
    app.drain_refused(1).await;
    let id = format!("{}-welcome", ada.user_id);
    let list = app.get("/emails?state=failed").bearer(&admin).send().await.expect(200);
    let expected =
        json!({ "id": id, "account_id": ada.user_id, "state": "failed", "since": "2026-03-02T08:00:00+00:00", "reason": "not_verified" });
    assert_eq!(list.body["items"], json!([expected]));
    assert!(app.dead_letters.list().is_empty(), "trying again at once would not help");

    let queued = app.resend(&id, &admin).await.expect(202);
    assert_eq!((&queued.body["id"], &queued.body["state"]), (&json!(id), &json!("queued")));
    app.resend(&id, &admin).await.expect(202);
    assert!(app.refused(&admin).await.is_empty());
    let mut seen = 0;
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails.len(), 1, "asked twice, sent once");
    assert_eq!((mails[0].to.as_str(), mails[0].subject.as_str()), (ada.email.as_str(), "Welcome to Seacole General Hospital"));
    assert_eq!(app.state(&id).await, DeliveryState::Sent);
    app.resend(&id, &admin).await.refused(409, "email_not_refused");

    // Everything that was ever written comes again.
    let (database, _) = shared_database();
    let mapping = Template::read().unwrap().streams;
    let mut again = Poller::new(database, app.table.clone(), mapping, app.functions.clone(), None).unwrap().with_backoff(Duration::ZERO);
    again.drain().await.unwrap();
    assert!(app.new_mails(&mut seen).await.is_empty());
    assert!(again.dead_letters().list().is_empty());

    let span = Span::before("2026-01-01T00:00:00Z".parse().unwrap(), app.now() + SignedDuration::from_secs(1));
    let noted = app.store().audit_list(About::Everything, &span, 100).await.unwrap();
    let resent: Vec<_> =
        noted.iter().filter(|entry| entry.action == "email.resend").map(|entry| (entry.account, entry.name.clone())).collect();
    assert!(matches!(resent[..], [(Some(account), Some(_))] if account == ada.user_id), "once, and by name: {resent:?}");
}

#[tokio::test]
async fn emails_about_the_roster_leave_and_a_new_time_go_out_again_while_they_are_true() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (doctor, ada) = (app.doctor("Dr. Helen Taussig").await, app.patient("Ada Byron").await);
    app.book(&ada, &doctor, "2026-03-10T09:00:00Z").await.expect(201);
    let mut seen = 0;
    app.new_mails(&mut seen).await;
    let shift = json!({ "user_id": doctor.user_id, "role": "doctor", "ward": "icu", "shift": "day", "date": "2026-03-03" });
    let entered = app.post("/shifts", &shift).bearer(&admin).send().await.expect(201).id();
    app.drain_refused(1).await;
    let leave = json!({ "type": "annual", "from": "2026-03-10", "to": "2026-03-10" });
    let asked = app.post("/leaves", &leave).bearer(&doctor.token).send().await.expect(201).id();
    app.drain_refused(2).await;
    app.post(&format!("/leaves/{asked}/approve"), &json!({})).bearer(&admin).send().await.expect(200);
    app.drain_refused(2).await;
    let refused = app.refused(&admin).await;
    assert_eq!((refused.len(), app.new_mails(&mut seen).await.len()), (5, 0), "{refused:?}");
    // The request has been decided since: what was said about it is no longer true.
    for id in &refused {
        app.resend(id, &admin).await.expect(202);
    }
    let mut subjects = app.subjects(&mut seen).await;
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        ["Please choose a new time for your appointment with Dr. Helen Taussig", "You have a new shift", "Your leave is approved"]
    );
    for id in refused.iter().filter(|id| id.starts_with(&format!("{asked}-v1"))) {
        assert_eq!(app.state(id).await, DeliveryState::Void);
    }
    assert!(refused.iter().any(|id| id.starts_with(&entered)));
}

#[tokio::test]
async fn refusals() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (_, nurse) = app.staff("Mary Mahoney", Role::Nurse).await;
    app.resend("apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR-0-booked-patient", &admin).await.refused(404, "not_found");
    app.resend("x", &admin).await.refused(404, "not_found");
    app.resend("x", &nurse).await.refused(403, "forbidden");
    app.get("/emails").bearer(&nurse).send().await.refused(403, "forbidden");
    app.get("/emails?state=sent").bearer(&admin).send().await.invalid(&[("state", "invalid_state")]);
    app.get("/emails?limit=0").bearer(&admin).send().await.invalid(&[("limit", "invalid_limit")]);
    app.get("/emails?cursor=x").bearer(&admin).send().await.refused(400, "invalid_cursor");
    app.get("/emails?to=x").bearer(&admin).send().await.invalid(&[("to", "unknown_field")]);
}

#[tokio::test]
async fn latest_first_in_pages_and_for_every_kind_of_refusal() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let mut expected = Vec::new();
    for (name, refusal) in [("Ada", Refusal::Rejected), ("Alan", Refusal::Paused), ("Lin", Refusal::Rejected)] {
        app.wait(SignedDuration::from_secs(1));
        let patient = app.patient(name).await;
        app.services.mailbox.refuse_next(refusal);
        app.drain().await;
        expected.insert(0, format!("{}-welcome", patient.user_id));
    }
    assert_eq!(app.refused(&admin).await, expected);
    let first = app.get("/emails?limit=2").bearer(&admin).send().await.expect(200);
    assert_eq!(first.body["items"][1]["reason"], "sending_paused");
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = app.get(&format!("/emails?limit=2&cursor={cursor}")).bearer(&admin).send().await.expect(200);
    assert_eq!((&second.body["items"][0]["id"], second.body["items"].as_array().unwrap().len()), (&json!(expected[2]), 1));
    assert!(second.body.get("next_cursor").is_none());
}

#[tokio::test]
async fn what_is_refused_again_is_listed_again() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let ada = app.patient("Ada Byron").await;
    app.drain_refused(1).await;
    let id = format!("{}-welcome", ada.user_id);
    app.resend(&id, &admin).await.expect(202);
    app.drain_refused(1).await;
    assert_eq!(app.refused(&admin).await, [id.as_str()]);
    app.resend(&id, &admin).await.expect(202);
    assert_eq!(app.subjects(&mut 0).await, ["Welcome to Seacole General Hospital"]);
}

#[tokio::test]
async fn a_appointment_is_told_as_long_as_it_is_so() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let mut seen = 0;
    app.new_mails(&mut seen).await;
    let appointment = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    app.drain_refused(2).await;
    let (to_patient, to_doctor) = (format!("{appointment}-0-booked-patient"), format!("{appointment}-0-booked-doctor"));
    assert_eq!(app.refused(&admin).await.len(), 2);
    let kept = app.store().delivery(&to_patient).await.unwrap().unwrap().cause.unwrap();
    assert!(kept.contains(&appointment) && !kept.contains("Palpitations"), "{kept}");

    app.resend(&to_patient, &admin).await.expect(202);
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["Your appointment with Dr. Helen Taussig is booked"]);
    assert!(mails[0].attachments.iter().any(|part| part.content.contains("METHOD:REQUEST")));

    // It moves: that it was booked is old news.
    let body = json!({ "starts_at": "2026-03-03T10:00:00Z" });
    app.post(&format!("/appointments/{appointment}/reschedule"), &body).bearer(&ada.token).send().await.expect(200);
    app.drain_refused(2).await;
    app.resend(&to_doctor, &admin).await.expect(202);
    assert!(app.subjects(&mut seen).await.is_empty());
    assert_eq!(app.state(&to_doctor).await, DeliveryState::Void);
    app.resend(&to_doctor, &admin).await.refused(409, "email_not_refused");
    app.resend(&format!("{appointment}-1-moved-doctor"), &admin).await.expect(202);
    let moved = app.new_mails(&mut seen).await;
    assert!(moved.len() == 1 && moved[0].text.contains("Before: Tuesday 3 March 2026, 09:00"), "{moved:?}");

    // It is cancelled: that it moved is old news.
    app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    app.drain_refused(2).await;
    app.resend(&format!("{appointment}-1-moved-patient"), &admin).await.expect(202);
    assert!(app.subjects(&mut seen).await.is_empty());
    app.resend(&format!("{appointment}-2-cancelled-patient"), &admin).await.expect(202);
    assert_eq!(app.subjects(&mut seen).await, ["Your appointment with Dr. Helen Taussig is cancelled"]);

    // Its time has passed: nothing about it is news.
    app.set_clock("2026-03-03T10:00:00Z");
    let (_, admin) = app.staff("Edith Cavell", Role::Administrator).await;
    app.resend(&format!("{appointment}-2-cancelled-doctor"), &admin).await.expect(202);
    assert!(app.subjects(&mut seen).await.is_empty());
}

#[tokio::test]
async fn a_reminder_fires_again_while_it_is_due() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    let mut seen = 0;
    app.new_mails(&mut seen).await;
    app.set_clock("2026-03-03T08:00:00Z");
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    (0..2).for_each(|_| app.services.mailbox.refuse_next(Refusal::Rejected));
    assert_eq!(app.fire_due().await, 1);
    assert_eq!(app.refused(&admin).await.len(), 2);

    app.resend(&format!("{appointment}-0-reminder-patient"), &admin).await.expect(202);
    app.drain().await;
    app.wait(SignedDuration::from_mins(1));
    assert_eq!(app.fire_due().await, 1);
    assert_eq!(app.subjects(&mut seen).await, ["Reminder: your appointment with Dr. Helen Taussig at 09:00"]);

    // The appointment has begun: too late for the doctor's.
    app.set_clock("2026-03-03T09:00:00Z");
    let (_, admin) = app.staff("Edith Cavell", Role::Administrator).await;
    let to_doctor = format!("{appointment}-0-reminder-doctor");
    app.resend(&to_doctor, &admin).await.expect(202);
    app.drain().await;
    assert_eq!(app.state(&to_doctor).await, DeliveryState::Void);
    assert!(!app.services.schedules.list().keys().any(|name| name.ends_with("-1h")));
}

#[tokio::test]
async fn a_welcome_that_never_arrived_is_good_however_late_it_comes() {
    let app = App::new().await;
    app.staff("Florence Nightingale", Role::Administrator).await;
    let mut seen = 0;
    let register = json!({ "name": "Mary Mahoney", "email": "mary@example.org", "password": "correct horse battery", "phone": "+442079460018", "role": "nurse" });
    app.post("/users", &register).send().await.expect(202);
    app.drain_refused(2).await;
    app.wait(SignedDuration::from_hours(3 * 24));
    let (_, admin) = app.staff("Mary Seacole", Role::Administrator).await;
    let refused = app.refused(&admin).await;
    let welcome = refused.iter().find(|id| id.ends_with("-welcome")).unwrap().clone();
    let request = refused.iter().find(|id| id.contains("-requested-")).unwrap().clone();
    app.resend(&welcome, &admin).await.expect(202);
    let mails = app.new_mails(&mut seen).await;
    let message = mails.iter().find(|mail| mail.to == "mary@example.org").unwrap();
    let mary = app.sign_in("mary@example.org").await;
    let confirm = json!({ "token": emailed_token(message) });
    let confirmed = app.post("/users/me/email/confirm", &confirm).bearer(&mary).send().await.expect(200);
    assert_eq!(confirmed.body["email_confirmed"], true);

    // She is approved: nobody has to be asked any more.
    app.post(&format!("/users/{}/approve", confirmed.id()), &json!({})).bearer(&admin).send().await.expect(200);
    app.new_mails(&mut seen).await;
    app.resend(&request, &admin).await.expect(202);
    assert!(app.subjects(&mut seen).await.is_empty());
    assert_eq!(app.state(&request).await, DeliveryState::Void);
}

#[tokio::test]
async fn a_decision_is_told_as_long_as_it_stands_and_a_changed_password_always() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let email = app.with_invitation("Mary Mahoney", Role::Nurse).await;
    let mut seen = 0;
    app.new_mails(&mut seen).await;
    let mary = app.sign_in(&email).await;
    let change = json!({ "current_password": "correct horse battery", "new_password": "wrong horse battery" });
    app.post("/users/me/password", &change).bearer(&mary).send().await;
    app.drain_refused(1).await;
    let refused = app.refused(&admin).await;
    assert_eq!(refused.len(), 1);
    let kept = app.store().delivery(&refused[0]).await.unwrap().unwrap();
    assert!(!kept.cause.unwrap().contains("argon2"), "no hash outlives the password");
    let decide = async |what: &str| {
        app.post(&format!("/users/{}/{what}", kept.to), &json!({})).bearer(&admin).send().await.expect(200);
        app.drain_refused(1).await;
    };
    decide("suspend").await;
    let suspended = app.refused(&admin).await.into_iter().find(|id| id.ends_with("-suspended")).unwrap();
    decide("reinstate").await;
    app.resend(&suspended, &admin).await.expect(202);
    assert!(app.subjects(&mut seen).await.is_empty(), "she is back");
    for id in app.refused(&admin).await {
        app.resend(&id, &admin).await.expect(202);
    }
    let mut told = app.subjects(&mut seen).await;
    told.sort();
    assert_eq!(told, ["Your account at Seacole General Hospital is active again", "Your password at Seacole General Hospital has changed"]);
}

#[tokio::test]
async fn the_alarm_counts_what_is_logged() {
    let app = App::new().await;
    logs::listen();
    app.patient("Ada Byron").await;
    app.drain_refused(1).await;
    let log = logs::heard();
    let template = include_str!("../../infra/template.yaml");
    let counted = template.split("FilterPattern: '{ $.message = \"").nth(1).unwrap().split("*\"").next().unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let lines = lines.filter(|line| line["fields"]["message"].as_str().is_some_and(|message| message.starts_with(counted)));
    assert_eq!(lines.count(), 1, "{counted}: {log}");
}
