//! Reminders: their schedules are made, moved and deleted, and nothing is sent unless a reminder is still due.

use domain::id::AppointmentId;
use jiff::Timestamp;
use local::stream::Consumer;
use mail::reminders::{MissedDue, ReminderDue};
use reminders::Due;
use serde_json::json;

use crate::support::App;

/// When reminders are due.
fn due(app: &App) -> Vec<String> {
    let schedules = app.services.schedules.list().into_iter().filter(|(name, _)| name.ends_with("-1h"));
    schedules.map(|(_, at)| at.to_string()).collect()
}

#[tokio::test]
async fn the_schedule_follows_the_appointment() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    app.drain().await;
    assert_eq!(
        app.services.schedules.list().into_iter().collect::<Vec<_>>(),
        [
            (format!("appt-{appointment}-1h"), "2026-03-03T08:00:00Z".parse().unwrap()),
            (format!("appt-{appointment}-missed"), "2026-03-03T10:30:00Z".parse().unwrap()),
        ]
    );
    let body = json!({ "starts_at": "2026-03-03T11:00:00Z" });
    app.post(&format!("/appointments/{appointment}/reschedule"), &body).bearer(&ada.token).send().await.expect(200);
    app.drain().await;
    assert_eq!(due(&app), ["2026-03-03T10:00:00Z"]);
    app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    app.drain().await;
    assert!(due(&app).is_empty());

    // Too late for a reminder: the confirmation has just been sent.
    app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201);
    app.drain().await;
    assert!(due(&app).is_empty());
    let in_summer = app.book(&ada, &doctor, "2026-04-01T08:00:00Z").await.expect(201);
    assert_eq!(in_summer.body["starts_at"], "2026-04-01T09:00:00+01:00");
    app.drain().await;
    assert_eq!(due(&app), ["2026-04-01T07:00:00Z"]);
}

#[tokio::test]
async fn reminders_are_rebuilt_from_the_table() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let ahead = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    let off = app.book(&ada, &doctor, "2026-03-04T09:00:00Z").await.expect(201).id();
    app.drain().await;
    // As after a restore: one schedule is missing, and one is for a cancelled appointment.
    app.post(&format!("/appointments/{off}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    for due in app.services.schedules.due("2026-03-03T08:00:00Z".parse().unwrap()) {
        app.services.schedules.fired(&due);
    }
    assert_eq!(due(&app), ["2026-03-04T08:00:00Z"]);
    let rebuild = json!({ "rebuild_reminders": [ahead, off, "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR"] });
    for _ in 0..2 {
        Consumer::call(&app.functions, "notifications", rebuild.clone()).await.unwrap();
        assert_eq!(due(&app), ["2026-03-03T08:00:00Z"]);
    }
}

#[tokio::test]
async fn arrival_needs_no_reminder() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-02T11:00:00Z").await.expect(201).id();
    app.drain().await;
    assert_eq!(due(&app).len(), 1);
    app.call("POST", &format!("/appointments/{appointment}/arrive")).bearer(&doctor.token).send().await.expect(200);
    let mut seen = app.services.mailbox.list().len();
    assert!(app.new_mails(&mut seen).await.is_empty(), "an arrival sends no email");
    assert!(due(&app).is_empty());
}

#[tokio::test]
async fn a_void_reminder_is_silent() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    app.drain().await;
    let mut seen = app.services.mailbox.list().len();
    let (id, start): (AppointmentId, Timestamp) = (appointment.parse().unwrap(), "2026-03-03T09:00:00Z".parse().unwrap());
    let state = app.events();
    let fire = |appointment_id, starts_at| reminders::handle(&state, Due::Reminder(ReminderDue { appointment_id, starts_at }));

    fire(id, "2026-03-03T10:00:00Z".parse().unwrap()).await.unwrap();
    fire("apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR".parse().unwrap(), start).await.unwrap();
    assert!(app.new_mails(&mut seen).await.is_empty());

    fire(id, start).await.unwrap();
    assert_eq!(app.new_mails(&mut seen).await.len(), 2);
    fire(id, start).await.unwrap();
    assert!(app.new_mails(&mut seen).await.is_empty(), "Scheduler delivers at least once; people get one email");

    app.set_clock("2026-03-03T09:00:00Z");
    let other = app.patient("Alan Mathison").await;
    let late = app.book(&other, &doctor, "2026-03-03T09:30:00Z").await.expect(201).id();
    app.new_mails(&mut seen).await;
    app.set_clock("2026-03-03T09:30:00Z");
    fire(late.parse().unwrap(), "2026-03-03T09:30:00Z".parse().unwrap()).await.unwrap();
    assert!(app.new_mails(&mut seen).await.is_empty(), "the appointment has begun");

    // The schedule of a cancelled appointment fires, and nothing is sent.
    let token = app.fresh(&other).await;
    let body = crate::support::booking(&doctor, "2026-03-04T09:00:00Z");
    let gone = app.post("/appointments", &body).bearer(&token).send().await.expect(201).id();
    app.drain().await;
    app.post(&format!("/appointments/{gone}/cancel"), &json!({})).bearer(&token).send().await.expect(200);
    let mut seen = app.services.mailbox.list().len();
    app.set_clock("2026-03-04T08:00:00Z");
    assert_eq!(app.fire_due().await, 4, "the cancelled one is not handled yet; one reminder and two no-shows are overdue");
    assert_eq!(app.services.mailbox.list().len(), seen);
    assert_eq!(app.new_mails(&mut seen).await.len(), 2, "the cancellation itself");
}

#[tokio::test]
async fn an_hour_after_its_end_an_appointment_that_nobody_noted_is_missed() {
    let app = App::new().await;
    let (ada, grace, alan) = (app.patient("Ada Byron").await, app.patient("Grace Hopper").await, app.patient("Alan Mathison").await);
    let doctor = app.doctor("Dr. Helen Taussig").await;
    let missed = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    let came = app.book(&grace, &doctor, "2026-03-02T09:30:00Z").await.expect(201).id();
    let moved = app.book(&alan, &doctor, "2026-03-02T10:00:00Z").await.expect(201).id();
    app.call("POST", &format!("/appointments/{came}/arrive")).bearer(&doctor.token).send().await.expect(200);
    app.drain().await;
    let to = json!({ "starts_at": "2026-03-02T11:30:00Z" });
    app.post(&format!("/appointments/{moved}/reschedule"), &to).bearer(&alan.token).send().await.expect(200);
    let status = async |id: &str| {
        let token = app.fresh_doctor(&doctor).await;
        app.get(&format!("/appointments/{id}")).bearer(&token).send().await.expect(200).body["status"].clone()
    };
    app.set_clock("2026-03-02T10:29:59Z");
    app.fire_due().await;
    assert_eq!(status(&missed).await, "scheduled");
    let mut seen = app.services.mailbox.list().len();
    // The move has not been handled yet: the timer of the earlier time fires, and is void.
    app.set_clock("2026-03-02T11:30:00Z");
    app.fire_due().await;
    assert_eq!(
        (status(&missed).await, status(&came).await, status(&moved).await),
        (json!("no_show"), json!("arrived"), json!("rescheduled"))
    );
    let about_missed: Vec<_> = app.new_mails(&mut seen).await.into_iter().filter(|mail| mail.to == ada.email).collect();
    assert!(about_missed.is_empty(), "a no-show sends no email");
    // Once more, and late: nothing changes. It was a mistake, and the front desk takes it back.
    let (id, due_at) = (missed.parse().unwrap(), "2026-03-02T10:30:00Z".parse().unwrap());
    reminders::handle(&app.events(), Due::Missed(MissedDue { appointment_id: id, due_at })).await.unwrap();
    let (_, desk) = app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    let undone = app.post(&format!("/appointments/{missed}/undo"), &json!({ "reason": "She was in room 3" })).bearer(&desk).send().await;
    assert_eq!(undone.expect(200).body["status"], "scheduled");
    app.drain().await;
    app.set_clock("2026-03-02T12:29:59Z");
    app.fire_due().await;
    assert_eq!(status(&missed).await, "scheduled", "there is an hour to note something else");
    app.set_clock("2026-03-02T13:00:00Z");
    app.fire_due().await;
    assert_eq!((status(&missed).await, status(&moved).await), (json!("no_show"), json!("no_show")));
}
