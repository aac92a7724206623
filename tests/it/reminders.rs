//! Reminders: their schedules are made, moved and deleted, and nothing is sent unless a reminder is still due.

use domain::id::AppointmentId;
use jiff::Timestamp;
use local::stream::Consumer;
use mail::reminders::ReminderDue;
use reminders::Due;
use serde_json::json;

use crate::support::App;

fn due(app: &App) -> Vec<String> {
    app.services.schedules.list().into_values().map(|at| at.to_string()).collect()
}

#[tokio::test]
async fn the_schedule_follows_the_appointment() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    app.drain().await;
    assert_eq!(
        app.services.schedules.list().into_iter().collect::<Vec<_>>(),
        [(format!("appt-{appointment}-1h"), "2026-03-03T08:00:00Z".parse().unwrap())]
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
        Consumer::call(&app.functions, rebuild.clone()).await.unwrap();
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
    assert_eq!(app.fire_due().await, 2, "the cancelled one is not handled yet, and the first one is overdue");
    assert_eq!(app.services.mailbox.list().len(), seen);
    assert_eq!(app.new_mails(&mut seen).await.len(), 2, "the cancellation itself");
}
