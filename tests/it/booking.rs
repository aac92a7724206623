//! Booking: which slots can be booked, who may book them, and what is refused.

use domain::role::Role;
use jiff::SignedDuration;
use serde_json::json;

use crate::support::{App, booking};

#[tokio::test]
async fn times_that_nobody_can_book() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    for (starts_at, code) in [
        ("2026-03-02T07:30:00Z", "in_the_past"),
        ("2026-03-02T08:00:00Z", "in_the_past"),
        ("2026-03-02T08:30:00Z", "outside_working_hours"),
        ("2026-03-02T12:00:00Z", "outside_working_hours"),
        ("2026-03-07T09:00:00Z", "outside_working_hours"),
        ("2026-03-02T09:10:00Z", "off_grid"),
        ("2026-03-02T09:00:01Z", "off_grid"),
        ("2027-03-01T09:00:00Z", "too_far_ahead"),
        ("2026-03-02T09:00:00", "invalid_instant"),
        ("2026-02-30T09:00:00Z", "invalid_instant"),
        ("tomorrow", "invalid_instant"),
        ("", "invalid_instant"),
    ] {
        app.book(&ada, &doctor, starts_at).await.invalid(&[("starts_at", code)]);
    }
    let off_grid = app.book(&ada, &doctor, "2026-03-02T09:10:00Z").await;
    assert_eq!(off_grid.body["next_free"][0]["starts_at"], "2026-03-02T09:30:00+00:00");
    assert_eq!(app.drain().await, 5, "two accounts, two email tokens and a patient profile, and no appointment");
}

#[tokio::test]
async fn fields() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let send = |body| app.post("/appointments", &body).bearer(&ada.token).send();
    send(json!({})).await.invalid(&[("doctor_id", "required"), ("starts_at", "required"), ("reason", "required")]);
    let mut body = booking(&doctor, "2026-03-02T09:00:00Z");
    body["reason"] = json!("x".repeat(301));
    send(body.clone()).await.invalid(&[("reason", "too_long")]);
    body["reason"] = json!("checkup");
    body["doctor_id"] = json!("doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR");
    send(body.clone()).await.invalid(&[("doctor_id", "unknown")]);
    body["doctor_id"] = json!(ada.id);
    send(body.clone()).await.invalid(&[("doctor_id", "invalid_id")]);
    body["status"] = json!("completed");
    send(body).await.invalid(&[("status", "unknown_field")]);
}

#[tokio::test]
async fn who_may_book() {
    let app = App::new().await;
    let (ada, alan, doctor) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    let (_, nurse) = app.staff("Mary Mahoney", domain::role::Role::Nurse).await;
    let slot = "2026-03-02T09:00:00Z";
    app.post("/appointments", &booking(&doctor, slot)).send().await.refused(401, "unauthenticated");
    app.post("/appointments", &booking(&doctor, slot)).bearer(&nurse).send().await.refused(403, "forbidden");
    app.post("/appointments", &booking(&doctor, slot)).bearer(&doctor.token).send().await.refused(403, "forbidden");

    let mut for_alan = booking(&doctor, slot);
    for_alan["patient_id"] = json!(alan.id);
    app.post("/appointments", &for_alan).bearer(&ada.token).send().await.refused(403, "forbidden");
    app.post("/appointments", &booking(&doctor, slot)).bearer(&desk).send().await.invalid(&[("patient_id", "required")]);
    let booked = app.post("/appointments", &for_alan).bearer(&desk).send().await.expect(201);
    assert_eq!(booked.body["patient"]["id"], json!(alan.id));
    for_alan["patient_id"] = json!("pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR");
    for_alan["starts_at"] = json!("2026-03-02T10:00:00Z");
    app.post("/appointments", &for_alan).bearer(&desk).send().await.invalid(&[("patient_id", "unknown")]);
}

#[tokio::test]
async fn a_patient_is_in_one_place_at_a_time() {
    let app = App::new().await;
    let (ada, alan) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await);
    let half_hours = app.doctor("Dr. Helen Taussig").await;
    let twenty_minutes = app.doctor_with("Dr. Mary Seacole", "general practice", 20).await;
    let first = app.book(&ada, &half_hours, "2026-03-02T09:30:00Z").await.expect(201);
    for overlapping in ["2026-03-02T09:20:00Z", "2026-03-02T09:40:00Z"] {
        let refused = app.book(&ada, &twenty_minutes, overlapping).await.refused(409, "patient_busy");
        assert!(refused.body["wanted"]["starts_at"].is_string());
    }
    app.book(&alan, &twenty_minutes, "2026-03-02T09:40:00Z").await.expect(201);
    app.book(&ada, &twenty_minutes, "2026-03-02T09:00:00Z").await.expect(201);
    app.book(&ada, &twenty_minutes, "2026-03-02T10:00:00Z").await.expect(201);

    // Once that is cancelled, the time is free again.
    app.post(&format!("/appointments/{}/cancel", first.id()), &json!({})).bearer(&ada.token).send().await.expect(200);
    app.book(&ada, &twenty_minutes, "2026-03-02T09:20:00Z").await.expect(201);
}

#[tokio::test]
async fn booking_ones_own_slot_names_the_appointment() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-02T09:30:00Z").await.expect(201).id();
    // The first answer was lost, and the client tries again.
    let again = app.book(&ada, &doctor, "2026-03-02T09:30:00Z").await.refused(409, "already_booked");
    assert_eq!(again.body["appointment_id"], json!(appointment));
}

#[tokio::test]
async fn a_day_holds_a_dozen_changes_of_mind() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    for _ in 0..12 {
        let appointment = app.book_for(&desk, &ada, &doctor, "2026-03-03T09:30:00Z").await.expect(201).id();
        app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    }
    app.book_for(&desk, &ada, &doctor, "2026-03-03T09:30:00Z").await.refused(409, "day_full");
    app.wait(SignedDuration::from_secs(31));
    app.book(&ada, &doctor, "2026-03-04T09:30:00Z").await.expect(201);
    let alan = app.patient("Alan Mathison").await;
    app.book(&alan, &doctor, "2026-03-03T09:30:00Z").await.expect(201);
}

#[tokio::test]
async fn moving_never_stands_in_its_own_way() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let doctor = app.doctor_with("Dr. Mary Seacole", "general practice", 60).await;
    let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    let other = app.doctor("Dr. Helen Taussig").await;
    app.book(&ada, &other, "2026-03-02T10:30:00Z").await.expect(201);
    let path = format!("/appointments/{appointment}/reschedule");
    let to = |starts_at: &str| app.post(&path, &json!({ "starts_at": starts_at })).bearer(&ada.token).send();

    to("2026-03-02T09:00:00Z").await.invalid(&[("starts_at", "same_slot")]);
    to("2026-03-02T10:00:00Z").await.refused(409, "patient_busy");
    to("2026-03-02T11:00:00Z").await.expect(200);
    to("2026-03-03T09:00:00Z").await.expect(200);
    to("2026-03-02T09:00:00Z").await.expect(200);
    app.post(&path, &json!({})).bearer(&ada.token).send().await.invalid(&[("starts_at", "required")]);
    to("2026-03-02T13:00:00Z").await.invalid(&[("starts_at", "outside_working_hours")]);

    let alan = app.patient("Alan Mathison").await;
    app.book(&alan, &doctor, "2026-03-02T11:00:00Z").await.expect(201);
    let refused = to("2026-03-02T11:00:00Z").await.refused(409, "slot_taken");
    assert_eq!(refused.body["taken"]["starts_at"], "2026-03-02T11:00:00+00:00");
    app.book(&alan, &doctor, "2026-03-03T09:00:00Z").await.expect(201);
}

#[tokio::test]
async fn slots_follow_the_hospitals_clock_over_a_change_of_time() {
    // New York, Sunday 8 March 2026: clocks go forward; the Monday after is an hour earlier in UTC.
    let app = App::in_zone("America/New_York").await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let slots = |from: &str, to: &str| app.get(&format!("/doctors/{}/slots?from={from}&to={to}", doctor.id)).bearer(&ada.token).send();
    assert_eq!(slots("2026-03-06", "2026-03-06").await.expect(200).body["items"][0]["starts_at"], "2026-03-06T09:00:00-05:00");
    assert_eq!(slots("2026-03-09", "2026-03-09").await.expect(200).body["items"][0]["starts_at"], "2026-03-09T09:00:00-04:00");
    let booked = app.book(&ada, &doctor, "2026-03-09T13:00:00Z").await.expect(201);
    assert_eq!(booked.body["starts_at"], "2026-03-09T09:00:00-04:00");
    app.book(&ada, &doctor, "2026-03-09T12:00:00Z").await.invalid(&[("starts_at", "outside_working_hours")]);
}
