//! Everybody who comes on one day, as the front desk and the doctor see it.

use domain::role::Role;
use serde_json::{Value, json};

use crate::support::{Answer, App};

fn lines(day: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    day.body["items"].as_array().unwrap().iter().map(|item| (text(&item["patient"]["name"]), text(&item["status"]))).collect()
}

fn line(name: &str, status: &str) -> (String, String) {
    (name.to_owned(), status.to_owned())
}

#[tokio::test]
async fn the_front_desk_sees_everybody_who_comes_today() {
    let app = App::new().await;
    let (ada, alan, grace) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await, app.patient("Grace Hopper").await);
    let (helen, daniel) = (app.doctor("Dr. Helen Taussig").await, app.doctor_with("Dr. Daniel Williams", "surgery", 30).await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let first = app.book(&ada, &helen, "2026-03-02T09:00:00Z").await.expect(201).id();
    let second = app.book(&alan, &daniel, "2026-03-02T09:00:00Z").await.expect(201).id();
    let third = app.book(&grace, &helen, "2026-03-02T10:00:00Z").await.expect(201).id();
    app.book(&grace, &daniel, "2026-03-03T09:00:00Z").await.expect(201);
    app.drain().await;
    let day = |query: &str| app.get(&format!("/appointments/day{query}")).bearer(&desk).send();

    let all = day("").await.expect(200);
    assert_eq!(all.body["date"], "2026-03-02");
    assert_eq!(lines(&all), [line("Alan Mathison", "scheduled"), line("Ada Byron", "scheduled"), line("Grace Hopper", "scheduled")]);
    assert_eq!(
        all.body["counts"],
        json!({ "scheduled": 3, "rescheduled": 0, "arrived": 0, "completed": 0, "no_show": 0, "needs_new_time": 0 })
    );
    assert_eq!(lines(&day("?date=2026-03-03").await.expect(200)), [line("Grace Hopper", "scheduled")]);

    app.call("POST", &format!("/appointments/{first}/arrive")).bearer(&desk).send().await.expect(200);
    app.post(&format!("/appointments/{second}/cancel"), &json!({})).bearer(&alan.token).send().await.expect(200);
    let to = json!({ "starts_at": "2026-03-02T11:00:00Z" });
    app.post(&format!("/appointments/{third}/reschedule"), &to).bearer(&grace.token).send().await.expect(200);
    app.drain().await;
    let all = day("").await.expect(200);
    assert_eq!(lines(&all), [line("Ada Byron", "arrived"), line("Grace Hopper", "rescheduled")]);
    let waiting = &all.body["items"][0];
    assert_eq!(
        (waiting["waiting_since"].as_str(), waiting["patient"]["mrn"].as_str().unwrap().len()),
        (Some("2026-03-02T08:00:00+00:00"), 9)
    );
    assert_eq!(lines(&day("?status=arrived").await.expect(200)), [line("Ada Byron", "arrived")]);
    assert_eq!(day("?status=arrived").await.expect(200).body["counts"]["rescheduled"], 1, "the counts are of the whole day");
    assert_eq!(lines(&day(&format!("?doctor_id={}", daniel.id)).await.expect(200)), []);
    assert_eq!(lines(&day("?specialization=surgery").await.expect(200)), []);

    // Moved to another day: it is on that day, and no longer on this one.
    let to = json!({ "starts_at": "2026-03-03T10:00:00Z" });
    app.post(&format!("/appointments/{third}/reschedule"), &to).bearer(&desk).send().await.expect(200);
    app.drain().await;
    assert_eq!(lines(&day("").await.expect(200)), [line("Ada Byron", "arrived")]);
    let tomorrow = [line("Grace Hopper", "scheduled"), line("Grace Hopper", "rescheduled")];
    assert_eq!(lines(&day("?date=2026-03-03").await.expect(200)), tomorrow);

    day("?date=2026-02-30").await.invalid(&[("date", "invalid_date")]);
    day("?status=ill&doctor_id=x").await.invalid(&[("doctor_id", "invalid_id"), ("status", "invalid_status")]);
    app.get("/appointments/day").bearer(&ada.token).send().await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_doctor_sees_their_own_day_and_who_is_next() {
    let app = App::new().await;
    let (ada, alan) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await);
    let (helen, daniel) = (app.doctor("Dr. Helen Taussig").await, app.doctor("Dr. Daniel Williams").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let first = app.book(&ada, &helen, "2026-03-02T09:00:00Z").await.expect(201).id();
    let second = app.book(&alan, &helen, "2026-03-02T10:00:00Z").await.expect(201).id();
    app.book(&ada, &daniel, "2026-03-02T11:00:00Z").await.expect(201);
    app.drain().await;
    let own = || app.get("/appointments/day").bearer(&helen.token).send();
    let day = own().await.expect(200);
    assert_eq!(lines(&day), [line("Ada Byron", "scheduled"), line("Alan Mathison", "scheduled")]);
    assert_eq!(day.body["next"], first.as_str());
    app.call("POST", &format!("/appointments/{second}/arrive")).bearer(&desk).send().await.expect(200);
    app.drain().await;
    assert_eq!(own().await.expect(200).body["next"], second.as_str(), "who is there comes first");
    let others = app.get(&format!("/appointments/day?doctor_id={}", daniel.id)).bearer(&helen.token).send().await;
    others.refused(403, "forbidden");
}

/// A record of the stream that comes again, or after a later one, brings nothing back.
#[tokio::test]
async fn a_late_record_changes_nothing() {
    let app = App::new().await;
    let (ada, helen) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let id = app.book(&ada, &helen, "2026-03-02T09:00:00Z").await.expect(201).id();
    let (store, zone) = (app.store(), &app.functions.state.hospital.zone);
    let booked = store.appointment(id.parse().unwrap()).await.unwrap().unwrap();
    app.drain().await;
    app.post(&format!("/appointments/{id}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    app.drain().await;
    let day = || app.get("/appointments/day").bearer(&desk).send();
    assert_eq!(lines(&day().await.expect(200)), []);
    store.day_list_follow(&booked, &[&booked], zone).await.unwrap();
    assert_eq!(lines(&day().await.expect(200)), []);
}
