//! An appointment's status over HTTP: who may change it, when, and to what.

use std::sync::Arc;

use serde_json::json;

use crate::support::{App, at_once};

#[tokio::test]
async fn the_doctor_and_the_desk_note_what_happens() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let other = app.doctor("Dr. Daniel Williams").await;
    let (_, desk) = app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    let (_, nurse) = app.staff("Mary Mahoney", domain::role::Role::Nurse).await;
    let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    let act = |action: &str, token: &str| app.call("POST", &format!("/appointments/{appointment}/{action}")).bearer(token).send();

    for action in ["arrive", "no-show", "complete"] {
        act(action, &ada.token).await.refused(403, "forbidden");
        act(action, &other.token).await.refused(404, "not_found");
        act(action, &nurse).await.refused(403, "forbidden");
    }
    act("complete", &desk).await.refused(403, "forbidden");
    let early = act("complete", &doctor.token).await.refused(409, "too_early");
    assert_eq!(early.body["not_before"], "2026-03-02T09:00:00+00:00");
    act("no-show", &desk).await.refused(409, "too_early");

    let arrived = act("arrive", &desk).await.expect(200);
    assert_eq!((arrived.body["status"].as_str(), arrived.body["status_at"].as_str()), (Some("arrived"), Some("2026-03-02T08:00:00+00:00")));
    act("arrive", &desk).await.refused(409, "wrong_status");
    act("no-show", &desk).await.refused(409, "wrong_status");
    app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&ada.token).send().await.refused(409, "wrong_status");
    let done = act("complete", &doctor.token).await.expect(200);
    assert_eq!(done.body["status"], "completed");
    assert_eq!(act("complete", &doctor.token).await.refused(409, "wrong_status").body["current_status"], "completed");
}

#[tokio::test]
async fn a_missed_appointment() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-02T08:00:00Z").await;
    appointment.invalid(&[("starts_at", "in_the_past")]);
    let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    app.set_clock("2026-03-02T09:10:00Z");
    let (_, desk) = app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&desk).send().await.refused(409, "appointment_begun");
    let body = json!({ "starts_at": "2026-03-02T10:00:00Z" });
    app.post(&format!("/appointments/{appointment}/reschedule"), &body).bearer(&desk).send().await.refused(409, "appointment_begun");
    let missed = app.call("POST", &format!("/appointments/{appointment}/no-show")).bearer(&desk).send().await.expect(200);
    assert_eq!(missed.body["status"], "no_show");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_noted_by_mistake_is_taken_back_once() {
    let app = Arc::new(App::new().await);
    let (ada, doctor, other) =
        (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await, app.doctor("Dr. Daniel Williams").await);
    let (rosa, desk) = app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    let id = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    let path = format!("/appointments/{id}/undo");
    let because = json!({ "reason": "It was the next patient" });
    let undo = |token: &str| app.post(&path, &because).bearer(token).send();
    assert_eq!(undo(&desk).await.refused(409, "nothing_to_undo").body["current_status"], "scheduled");

    app.call("POST", &format!("/appointments/{id}/arrive")).bearer(&desk).send().await.expect(200);
    undo(&ada.token).await.refused(403, "forbidden");
    undo(&other.token).await.refused(404, "not_found");
    app.post(&path, &json!({})).bearer(&desk).send().await.invalid(&[("reason", "required")]);
    let requests = (0..10).map(|_| (path.clone(), because.clone(), desk.clone())).collect();
    let answers = at_once(&app, requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1, "each note is taken back once");

    let read = app.get(&format!("/appointments/{id}")).bearer(&doctor.token).send().await.expect(200);
    assert_eq!((read.body["status"].as_str(), read.body.get("arrived_at")), (Some("scheduled"), None));
    let undone = &read.body["undone"][0];
    assert_eq!((undone["status"].as_str(), undone["reason"].as_str()), (Some("arrived"), Some("It was the next patient")));
    assert_eq!(undone["staff_id"], rosa.id.to_string());

    // The doctor completes it too early, takes that back, and the patient is still there.
    app.set_clock("2026-03-02T09:10:00Z");
    let token = app.fresh_doctor(&doctor).await;
    let note = async |what: &str| app.call("POST", &format!("/appointments/{id}/{what}")).bearer(&token).send().await.expect(200);
    note("arrive").await;
    note("complete").await;
    let back = app.post(&path, &because).bearer(&token).send().await.expect(200);
    assert_eq!((back.body["status"].as_str(), back.body["arrived_at"].as_str()), (Some("arrived"), Some("2026-03-02T09:10:00+00:00")));
    app.set_clock("2026-03-02T11:10:00Z");
    let token = app.fresh_doctor(&doctor).await;
    let late = app.post(&path, &because).bearer(&token).send().await.refused(409, "too_late");
    assert_eq!(late.body["not_after"], "2026-03-02T11:10:00+00:00");
}

#[tokio::test]
async fn anothers_appointment_and_no_appointment_look_alike() {
    let app = App::new().await;
    let (ada, alan, doctor) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    let missing = "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR";
    for (method, action) in [("GET", ""), ("GET", "/calendar.ics"), ("POST", "/cancel")] {
        let mut texts = Vec::new();
        for id in [appointment.as_str(), missing, "apt_x", "doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR"] {
            let call = app.call(method, &format!("/appointments/{id}{action}")).bearer(&alan.token).json(&json!({}));
            texts.push(call.send().await.refused(404, "not_found").text);
        }
        texts.dedup();
        assert_eq!(texts.len(), 1, "{texts:?}");
    }
    let (_, nurse) = app.staff("Mary Mahoney", domain::role::Role::Nurse).await;
    app.get(&format!("/appointments/{appointment}")).bearer(&nurse).send().await.refused(403, "forbidden");
    app.get(&format!("/appointments/{appointment}")).bearer(&doctor.token).send().await.expect(200);
}

#[tokio::test]
async fn a_stale_change_is_refused() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let booked = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201);
    let read = app.get(&format!("/appointments/{}", booked.id())).bearer(&ada.token).send().await.expect(200);
    assert_eq!(read.etag(), booked.etag());
    let path = format!("/appointments/{}/reschedule", booked.id());
    let to = |starts_at: &str, etag: &str| {
        app.post(&path, &json!({ "starts_at": starts_at })).bearer(&ada.token).header("if-match", etag).send()
    };
    let moved = to("2026-03-02T09:30:00Z", booked.etag()).await.expect(200);
    assert_eq!(moved.etag(), "\"v2\"");
    to("2026-03-02T10:00:00Z", booked.etag()).await.refused(412, "stale");
    to("2026-03-02T10:00:00Z", "v2").await.refused(400, "invalid_if_match");
    to("2026-03-02T10:00:00Z", "*").await.expect(200);
}

#[tokio::test]
async fn the_calendar_file() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-30T08:00:00Z").await.expect(201).id();
    let file = app.get(&format!("/appointments/{appointment}/calendar.ics")).bearer(&ada.token).send().await.expect(200);
    assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8");
    let lines: Vec<&str> = file.text.split("\r\n").collect();
    for line in [
        "TZID:Europe/London",
        "DTSTART:20260329T010000",
        "TZOFFSETTO:+0100",
        "DTSTART;TZID=Europe/London:20260330T090000",
        "DTEND;TZID=Europe/London:20260330T093000",
        "SUMMARY:Appointment with Dr. Helen Taussig (cardiology)",
        "STATUS:CONFIRMED",
    ] {
        assert!(lines.contains(&line), "{line} is not in\n{}", file.text);
    }
    assert!(!file.text.contains("METHOD:") && !file.text.contains("Palpitations"));
    let file = app.get(&format!("/appointments/{appointment}/calendar.ics")).bearer(&doctor.token).send().await.expect(200);
    assert!(file.text.contains("SUMMARY:Appointment with Ada Byron (MRN "), "{}", file.text);
}
