//! A doctor's own patients and days, and appointments outside the slots.

use domain::role::Role;
use serde_json::{Value, json};

use crate::support::{Answer, App};

fn names(page: &Answer) -> Vec<String> {
    let name = |item: &Value| item["name"].as_str().or(item["patient"]["name"].as_str()).unwrap().to_owned();
    page.body["items"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_doctor_sees_the_patients_whom_they_treat_and_no_others() {
    let app = App::new().await;
    let (helen, daniel) = (app.doctor("Dr. Helen Taussig").await, app.doctor("Dr. Daniel Williams").await);
    let (ada, grace, alan) = (app.patient("Ada Byron").await, app.patient("Grace Hopper").await, app.patient("Alan Mathison").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let list = async |token: &str| names(&app.get("/doctors/me/patients").bearer(token).send().await.expect(200));
    app.book(&grace, &helen, "2026-03-02T09:00:00Z").await.expect(201);
    let first = app.book(&ada, &helen, "2026-03-02T09:30:00Z").await.expect(201).id();
    let second = app.book(&ada, &helen, "2026-03-03T09:30:00Z").await.expect(201).id();
    app.book(&alan, &daniel, "2026-03-02T09:00:00Z").await.expect(201);
    app.drain().await;
    assert_eq!(
        (list(&helen.token).await, list(&daniel.token).await),
        (vec!["Ada Byron".to_owned(), "Grace Hopper".to_owned()], vec!["Alan Mathison".to_owned()])
    );
    let page = app.get("/doctors/me/patients?limit=1").bearer(&helen.token).send().await.expect(200);
    assert_eq!(page.body["items"][0]["latest_appointment_at"], "2026-03-03T09:30:00+00:00");
    let next = format!("/doctors/me/patients?limit=1&cursor={}", page.body["next_cursor"].as_str().unwrap());
    assert_eq!(names(&app.get(&next).bearer(&helen.token).send().await.expect(200)), ["Grace Hopper"]);
    // What the list shows, they may open. Nobody else.
    app.get(&format!("/patients/{}", ada.id)).bearer(&helen.token).send().await.expect(200);
    assert_eq!(app.get(&format!("/patients/{}", ada.id)).bearer(&daniel.token).send().await.status, 404);

    // As long as one appointment is left, and under the name that the patient has now.
    let cancel = async |id: &str| app.post(&format!("/appointments/{id}/cancel"), &json!({})).bearer(&desk).send().await.expect(200);
    cancel(&second).await;
    let profile = app.get(&format!("/patients/{}", ada.id)).bearer(&desk).send().await.expect(200);
    let rename = json!({ "name": "Zoe Byron", "reason": "Marriage" });
    app.call("PATCH", &format!("/patients/{}", ada.id))
        .json(&rename)
        .bearer(&desk)
        .header("if-match", profile.etag())
        .send()
        .await
        .expect(200);
    app.drain().await;
    assert_eq!(list(&helen.token).await, ["Grace Hopper", "Zoe Byron"]);
    cancel(&first).await;
    app.drain().await;
    assert_eq!(list(&helen.token).await, ["Grace Hopper"]);
    // Also when the appointment is over.
    app.set_clock("2026-03-02T12:00:00Z");
    let (_, desk) = app.staff("Mary Eliza", Role::Receptionist).await;
    let profile = app.get(&format!("/patients/{}", grace.id)).bearer(&desk).send().await.expect(200);
    let rename = json!({ "name": "Grace Murray", "reason": "Divorce" });
    app.call("PATCH", &format!("/patients/{}", grace.id))
        .json(&rename)
        .bearer(&desk)
        .header("if-match", profile.etag())
        .send()
        .await
        .expect(200);
    app.drain().await;
    assert_eq!(list(&app.fresh_doctor(&helen).await).await, ["Grace Murray"]);
    // Ninety days after the last appointment.
    app.set_clock("2026-05-31T09:29:59Z");
    assert_eq!(list(&app.fresh_doctor(&helen).await).await, ["Grace Murray"]);
    app.set_clock("2026-05-31T09:30:00Z");
    assert_eq!(list(&app.fresh_doctor(&helen).await).await, [] as [&str; 0]);
    let (_, desk) = app.staff("Ruth Davis", Role::Receptionist).await;
    assert_eq!(app.get("/doctors/me/patients").bearer(&desk).send().await.status, 403);
}

#[tokio::test]
async fn a_doctor_reads_several_days_as_one_list() {
    let app = App::new().await;
    let (helen, daniel) = (app.doctor("Dr. Helen Taussig").await, app.doctor("Dr. Daniel Williams").await);
    let (ada, grace) = (app.patient("Ada Byron").await, app.patient("Grace Hopper").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let first = app.book(&ada, &helen, "2026-03-02T09:00:00Z").await.expect(201).id();
    let second = app.book(&grace, &helen, "2026-03-02T09:30:00Z").await.expect(201).id();
    let off = app.book(&grace, &helen, "2026-03-03T09:30:00Z").await.expect(201).id();
    app.book(&ada, &helen, "2026-03-06T11:30:00Z").await.expect(201);
    app.post(&format!("/appointments/{off}/cancel"), &json!({})).bearer(&desk).send().await.expect(200);
    let days = async |query: &str, token: &str| app.get(&format!("/appointments/calendar{query}")).bearer(token).send().await;
    app.drain().await;
    let week = days("", &helen.token).await.expect(200);
    assert_eq!(names(&week), ["Ada Byron", "Grace Hopper", "Ada Byron"]);
    assert_eq!((&week.body["from"], &week.body["to"], &week.body["next"]), (&json!("2026-03-02"), &json!("2026-03-08"), &json!(first)));
    app.call("POST", &format!("/appointments/{second}/arrive")).bearer(&desk).send().await.expect(200);
    app.drain().await;
    let week = days("?to=2026-03-02", &helen.token).await.expect(200);
    assert_eq!(
        (week.body["next"].as_str(), week.body["items"][1]["waiting_since"].as_str()),
        (Some(second.as_str()), Some("2026-03-02T08:00:00+00:00"))
    );
    // What is over stays on the list.
    app.call("POST", &format!("/appointments/{second}/complete")).bearer(&helen.token).send().await.expect(200);
    app.drain().await;
    let week = days("?from=2026-02-20&to=2026-03-22", &helen.token).await.expect(200);
    assert_eq!((names(&week).len(), week.body["next"].as_str()), (3, Some(first.as_str())));
    let later = days("?from=2026-03-03", &helen.token).await.expect(200);
    assert_eq!((names(&later).len(), later.body.get("next")), (1, None), "today is not among the days");

    assert_eq!(names(&days(&format!("?doctor_id={}", helen.id), &desk).await.expect(200)).len(), 3);
    assert_eq!(days("?doctor_id=doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR", &desk).await.expect(422).body["errors"][0]["code"], "unknown");
    assert_eq!(days("", &desk).await.expect(422).body["errors"][0]["field"], "doctor_id");
    assert_eq!(days(&format!("?doctor_id={}", helen.id), &daniel.token).await.status, 403);
    assert_eq!(days("", &ada.token).await.status, 403);
    for (query, field, code) in [
        ("?from=2026-03-02&to=2026-03-01", "to", "before_from"),
        ("?to=2026-04-02", "to", "range_too_long"),
        ("?from=x", "from", "invalid_date"),
    ] {
        let answer = days(query, &helen.token).await.expect(422);
        assert_eq!((&answer.body["errors"][0]["field"], &answer.body["errors"][0]["code"]), (&json!(field), &json!(code)), "{query}");
    }
    let old = app.get("/appointments/day?date=2025-12-31").bearer(&desk).send().await.expect(422);
    assert_eq!(old.body["errors"][0]["code"], "too_long_ago");
}

#[tokio::test]
async fn an_extra_appointment_is_outside_the_slots_and_has_a_reason() {
    let app = App::new().await;
    let (helen, daniel) = (app.doctor("Dr. Helen Taussig").await, app.doctor("Dr. Daniel Williams").await);
    let (ada, grace) = (app.patient("Ada Byron").await, app.patient("Grace Hopper").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let body = |patient: &crate::support::Patient, at: &str, minutes: u16| json!({ "patient_id": patient.id, "starts_at": at, "minutes": minutes, "reason": "Chest pain", "extra_because": "Cannot wait until tomorrow" });
    let extra = async |body: &Value, token: &str| app.post("/appointments/extra", body).bearer(token).send().await;
    let with = |mut body: Value, doctor: &crate::support::Doctor| {
        body["doctor_id"] = json!(doctor.id);
        body
    };

    // In the evening, at the front desk: with the emails and the reminder of every appointment.
    let made = extra(&with(body(&ada, "2026-03-02T18:05:00Z", 15), &helen), &desk).await.expect(201);
    assert_eq!(
        (made.body["ends_at"].as_str(), made.body["extra_because"].as_str()),
        (Some("2026-03-02T18:20:00+00:00"), Some("Cannot wait until tomorrow"))
    );
    let mut seen = 0;
    let mails = app.new_mails(&mut seen).await;
    assert!(mails.iter().any(|mail| mail.to == ada.email && mail.text.contains("18:05 to 18:20")));
    assert!(!mails.iter().any(|mail| mail.text.contains("Cannot wait")), "no email says why");
    assert_eq!(app.services.schedules.list()[&format!("appt-{}-1h", made.id())], "2026-03-02T17:05:00Z".parse().unwrap());
    // By the doctor, for a patient whom they treat now. Their slots stay free.
    let between = extra(&body(&ada, "2026-03-03T09:10:00Z", 10), &helen.token).await.expect(201);
    app.book(&grace, &helen, "2026-03-03T09:00:00Z").await.expect(201);
    app.drain().await;
    let day = app.get("/appointments/calendar?from=2026-03-03&to=2026-03-03").bearer(&helen.token).send().await.expect(200);
    assert_eq!(names(&day), ["Grace Hopper", "Ada Byron"]);
    assert_eq!(extra(&body(&ada, "2026-03-04T18:05:00Z", 10), &daniel.token).await.status, 403, "he does not treat her");
    assert_eq!(extra(&with(body(&ada, "2026-03-04T18:05:00Z", 10), &daniel), &helen.token).await.status, 403);
    assert_eq!(extra(&body(&ada, "2026-03-04T18:05:00Z", 10), &ada.token).await.status, 403);

    for (at, minutes, field, code) in [
        ("2026-03-04T09:00:00Z", 10, "starts_at", "on_grid"),
        ("2026-03-04T18:03:00Z", 10, "starts_at", "not_on_mark"),
        ("2026-03-04T23:55:00Z", 10, "starts_at", "not_on_mark"),
        ("2026-03-02T07:45:00Z", 10, "starts_at", "in_the_past"),
        ("2026-02-02T09:00:00Z", 10, "starts_at", "in_the_past"),
        ("2026-12-02T18:05:00Z", 10, "starts_at", "too_far_ahead"),
        ("2026-03-04T18:05:00Z", 7, "minutes", "invalid_slot_length"),
    ] {
        let answer = extra(&with(body(&ada, at, minutes), &helen), &desk).await.expect(422);
        assert_eq!(
            (&answer.body["errors"][0]["field"], &answer.body["errors"][0]["code"]),
            (&json!(field), &json!(code)),
            "{at} {minutes}"
        );
    }
    let mut without = with(body(&ada, "2026-03-04T18:05:00Z", 10), &helen);
    without.as_object_mut().unwrap().remove("extra_because");
    assert_eq!(extra(&without, &desk).await.expect(422).body["errors"][0]["field"], "extra_because");
    assert_eq!(extra(&with(body(&grace, "2026-03-02T18:05:00Z", 15), &helen), &desk).await.expect(409).body["code"], "slot_taken");
    assert_eq!(extra(&with(body(&ada, "2026-03-02T18:15:00Z", 15), &daniel), &desk).await.expect(409).body["code"], "patient_busy");
    // JSON knows one kind of number.
    let mut number = with(body(&grace, "2026-03-04T19:05:00Z", 10), &helen);
    number["minutes"] = json!(10.0);
    extra(&number, &desk).await.expect(201);
    number["minutes"] = json!(7.5);
    assert_eq!(extra(&number, &desk).await.expect(422).body["errors"][0]["code"], "invalid_type");
    // It started a moment ago, for somebody who stands there.
    extra(&with(body(&grace, "2026-03-02T07:55:00Z", 10), &helen), &desk).await.expect(201);
    // Moved into a slot, it is an appointment like every other one.
    let to = json!({ "starts_at": "2026-03-03T10:00:00Z" });
    let moved = app.post(&format!("/appointments/{}/reschedule", between.id()), &to).bearer(&desk).send().await.expect(200);
    assert!(moved.body.get("extra_because").is_none());
}
