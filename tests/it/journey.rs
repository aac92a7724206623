//! The first patient journey, end to end, as the README tells it: real registration, real sign-in, real emails.

use serde_json::{Value, json};

use crate::support::{App, emailed_token};

#[tokio::test]
async fn from_registration_to_reminder() {
    let app = App::new().await;
    let mut seen = 0;
    let (receptionist, _) = app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    app.on_roster(&receptionist, domain::role::Role::Receptionist, None).await;
    app.new_mails(&mut seen).await;

    // A patient registers; the receptionist on duty is told.
    app.post("/users", &ada()).send().await.expect(202);
    let mails = app.new_mails(&mut seen).await;
    let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["rosa-parks@example.org", "ada@example.org"]);
    assert!(mails[0].text.contains("Ada Byron"), "{}", mails[0].text);
    assert_eq!(mails[1].subject, "Welcome to Seacole General Hospital");
    assert!(mails[1].text.contains("You can reach us at +44 20 7946 0000."), "{}", mails[1].text);

    // She signs in.
    let tokens = sign_in(&app, "ada@example.org", "correct horse battery").await;
    let ada = tokens["access_token"].as_str().unwrap().to_owned();
    let me = app.get("/users/me").bearer(&ada).send().await.expect(200);
    assert_eq!(me.body["roles"], json!(["patient"]));
    let record = app.get("/patients/me").bearer(&ada).send().await.expect(200);
    assert_eq!(me.body["patient_id"], record.body["id"]);

    // She confirms the address: from now on she hears of her appointments.
    let confirm = json!({ "token": emailed_token(&mails[1]) });
    app.post("/users/me/email/confirm", &confirm).bearer(&ada).send().await.expect(200);

    // An administrator has opened a doctor.
    let (_, administrator) = app.staff("Florence Nightingale", domain::role::Role::Administrator).await;
    app.post("/doctors", &helen()).bearer(&administrator).send().await.expect(201);
    // The doctor accepts the invitation.
    let invited = app.new_mails(&mut seen).await.pop().unwrap();
    assert_eq!((invited.to.as_str(), invited.subject.as_str()), ("helen@example.org", "You are invited to Seacole General Hospital"));
    let accept = json!({ "token": emailed_token(&invited), "password": "another long secret" });
    app.post("/auth/password/reset", &accept).send().await.expect(204);
    let helen = sign_in(&app, "helen@example.org", "another long secret").await["access_token"].as_str().unwrap().to_owned();
    app.new_mails(&mut seen).await;

    // She finds the doctor and a free slot.
    let found = app.get("/doctors?specialization=cardiology").bearer(&ada).send().await.expect(200);
    let doctor = found.body["items"][0]["id"].as_str().unwrap().to_owned();
    let slots = app.get(&format!("/doctors/{doctor}/slots?from=2026-03-03&to=2026-03-04")).bearer(&ada).send().await.expect(200);
    assert_eq!(slots.body["items"][0]["starts_at"], "2026-03-03T09:00:00+00:00");
    assert_eq!(slots.body["items"].as_array().unwrap().len(), 12);

    // She books it; both get an invitation.
    let wish = json!({ "doctor_id": doctor, "starts_at": "2026-03-03T09:00:00Z", "reason": "Palpitations since Monday" });
    let booked = app.post("/appointments", &wish).bearer(&ada).send().await.expect(201);
    let appointment = booked.id();
    assert_eq!(booked.headers["location"], format!("/appointments/{appointment}"));
    assert_eq!(booked.body["status"], "scheduled");
    assert_eq!(booked.body["consultation_fee"], json!({ "amount": "140.00", "currency": "GBP" }));
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ada@example.org", "helen@example.org"]);
    for mail in &mails {
        assert!(!mail.text.contains("Palpitations") && !mail.html.contains("Palpitations"), "a reason is nobody else's business");
        invitation(mail, "REQUEST", &appointment, 0, "20260303T090000");
    }
    assert!(mails[0].text.contains("Tuesday 3 March 2026, 09:00 to 09:30 (London time)"), "{}", mails[0].text);

    // The slot is gone for another patient, who hears of the next ones.
    let alan = app.patient("Alan Mathison").await;
    let refused = app.post("/appointments", &wish).bearer(&alan.token).send().await.refused(409, "slot_taken");
    assert_eq!(refused.body["taken"]["starts_at"], "2026-03-03T09:00:00+00:00");
    assert_eq!(refused.body["next_free"][0]["starts_at"], "2026-03-03T09:30:00+00:00");
    assert_eq!(refused.body["next_free"].as_array().unwrap().len(), 3);
    app.new_mails(&mut seen).await;

    // She moves it: the id stays, the old slot is free at once.
    let moved = app.post(&format!("/appointments/{appointment}/reschedule"), &json!({ "starts_at": "2026-03-03T10:30:00Z" }));
    let moved = moved.bearer(&ada).send().await.expect(200);
    assert_eq!((moved.id(), moved.body["status"].as_str().unwrap()), (appointment.clone(), "rescheduled"));
    app.post("/appointments", &wish).bearer(&alan.token).send().await.expect(201);
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails[0].subject, "Your appointment with Dr. Helen Taussig has moved");
    assert!(mails[0].text.contains("Before: Tuesday 3 March 2026, 09:00 to 09:30"), "{}", mails[0].text);
    invitation(&mails[0], "REQUEST", &appointment, 1, "20260303T103000");
    invitation(&mails[1], "REQUEST", &appointment, 1, "20260303T103000");

    // One hour before, both are reminded, once.
    app.set_clock("2026-03-03T09:29:59Z");
    assert_eq!(app.fire_due().await, 1, "Alan's reminder at 08:00");
    app.new_mails(&mut seen).await;
    app.set_clock("2026-03-03T09:30:00Z");
    assert_eq!(app.fire_due().await, 1);
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails[0].subject, "Reminder: your appointment with Dr. Helen Taussig at 10:30");
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ada@example.org", "helen@example.org"]);
    assert_eq!(app.fire_due().await, 0);

    // She cancels; both hear of it, and the slot is free.
    let cancelled =
        app.post(&format!("/appointments/{appointment}/cancel"), &json!({ "reason": "I am well again" })).bearer(&ada_later(&app).await);
    let cancelled = cancelled.send().await.expect(200);
    assert_eq!(cancelled.body["status"], "cancelled");
    assert_eq!(cancelled.body["cancelled_by"], "patient");
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        invitation(mail, "CANCEL", &appointment, 2, "20260303T103000");
    }

    // The doctor completes the other appointment.
    let helen = app.post("/auth/token", &json!({ "email": "helen@example.org", "password": "another long secret" })).send().await.body["access_token"]
        .as_str()
        .map_or(helen, str::to_owned);
    let list = app.get("/appointments?when=past").bearer(&helen).send().await.expect(200);
    let other = list.body["items"][0]["id"].as_str().unwrap();
    let done = app.call("POST", &format!("/appointments/{other}/complete")).bearer(&helen).send().await.expect(200);
    assert_eq!(done.body["status"], "completed");
    assert!(app.dead_letters.list().is_empty());
}

async fn ada_later(app: &App) -> String {
    sign_in(app, "ada@example.org", "correct horse battery").await["access_token"].as_str().unwrap().to_owned()
}

async fn sign_in(app: &App, email: &str, password: &str) -> Value {
    app.post("/auth/token", &json!({ "email": email, "password": password })).send().await.expect(200).body
}

fn ada() -> Value {
    json!({
        "name": "Ada Byron", "email": "Ada@Example.org", "password": "correct horse battery", "date_of_birth": "1990-12-10",
        "gender": "female", "phone": "+44 20 7946 0018", "address": "12 St James's Square",
        "emergency_contact": { "name": "Annabella Byron", "phone": "+44 20 7946 0019", "relationship": "mother" }
    })
}

fn helen() -> Value {
    let day = |weekday: &str| json!({ "weekday": weekday, "from": "09:00", "to": "12:00" });
    json!({
        "name": "Dr. Helen Taussig", "email": "helen@example.org", "specialization": "Cardiology",
        "consultation_fee": { "amount": "140", "currency": "GBP" }, "slot_minutes": 30,
        "weekly_hours": [day("tuesday"), day("wednesday")]
    })
}

#[track_caller]
fn invitation(mail: &local::services::mailbox::Mail, method: &str, appointment: &str, sequence: u32, start: &str) {
    let calendar = mail.attachments.iter().find(|part| part.content_type == format!("text/calendar; method={method}")).unwrap();
    for line in [
        format!("METHOD:{method}"),
        format!("UID:{appointment}@seacole.example.org"),
        format!("SEQUENCE:{sequence}"),
        format!("DTSTART;TZID=Europe/London:{start}"),
        format!("mailto:{}", mail.to),
    ] {
        assert!(calendar.content.replace("\r\n ", "").contains(&line), "{line} is not in\n{}", calendar.content);
    }
    assert!(mail.attachments.iter().any(|part| part.name == "invite.ics"));
}
