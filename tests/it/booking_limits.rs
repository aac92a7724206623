//! How much a patient may book and move, with one request after the other and with all at once.

use std::sync::Arc;

use axum::http::StatusCode;
use domain::{
    booking_limit::{CONFIRMED, MOVES, UNCONFIRMED},
    role::Role,
};
use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::Barrier;

use crate::support::{Answer, App, Doctor, Patient, booking};

/// Slots of four weeks, six on each working day.
fn slots() -> impl Iterator<Item = String> {
    let days = [3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24, 25, 26, 27];
    let times = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"];
    days.into_iter().flat_map(move |day| times.map(|time| format!("2026-03-{day:02}T{time}:00Z")))
}

async fn book_at_once(app: &Arc<App>, patient: &Patient, doctor: &Doctor, count: usize) -> Vec<Answer> {
    let barrier = Arc::new(Barrier::new(count));
    let tasks = slots().take(count).map(|slot| {
        let (app, barrier, body, token) = (Arc::clone(app), Arc::clone(&barrier), booking(doctor, &slot), patient.token.clone());
        tokio::spawn(async move {
            barrier.wait().await;
            app.post("/appointments", &body).bearer(&token).send().await
        })
    });
    let mut answers = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn ahead(app: &App, token: &str) -> usize {
    app.get("/appointments?limit=100").bearer(token).send().await.expect(200).body["items"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_books_all_at_once_gets_as_many_as_may_be_open() {
    let app = Arc::new(App::new().await);
    let cases = [(app.patient("Ada Byron").await, CONFIRMED), (app.unconfirmed_patient("Alan Mathison").await, UNCONFIRMED)];
    for (patient, limit) in cases {
        let doctor = app.doctor(&format!("Dr. With {} slots", limit.open)).await;
        let open = usize::try_from(limit.open).unwrap();
        let answers = book_at_once(&app, &patient, &doctor, 60).await;
        let booked: Vec<_> = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).collect();
        assert_eq!(booked.len(), open);
        let full = answers.iter().find(|answer| answer.body["code"] == "too_many_open_appointments").unwrap().clone().expect(409);
        assert_eq!(full.body["limit"], limit.open);
        assert_eq!(ahead(&app, &patient.token).await, booked.len());
    }
}

#[tokio::test]
async fn the_limit_counts_what_lies_ahead_and_the_front_desk_goes_beyond() {
    let app = App::new().await;
    let doctor = app.doctor("Dr. Helen Taussig").await;
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let mut slots = slots();
    let mut next = || slots.next().unwrap();
    let alan = app.unconfirmed_patient("Alan Mathison").await;
    let first = app.book(&alan, &doctor, &next()).await.expect(201).id();
    app.book(&alan, &doctor, &next()).await.expect(201);
    let full = app.book(&alan, &doctor, &next()).await.refused(409, "too_many_open_appointments");
    assert!(full.body["detail"].as_str().unwrap().contains("confirmed your email address"), "{}", full.text);
    // Bookings that are under way cannot be counted yet.
    assert_eq!(full.headers["retry-after"], "30");
    app.wait(SignedDuration::from_secs(30));
    let full = app.book(&alan, &doctor, &next()).await.refused(409, "too_many_open_appointments");
    assert!(!full.headers.contains_key("retry-after"));
    app.book_for(&desk, &alan, &doctor, &next()).await.expect(201);
    assert_eq!(ahead(&app, &alan.token).await, 3);

    // Two are cancelled, so one appointment is left of the limit of two. Half a minute later, one more can be booked.
    let list = app.get("/appointments").bearer(&alan.token).send().await.expect(200);
    for id in [first, list.body["items"][1]["id"].as_str().unwrap().to_owned()] {
        app.post(&format!("/appointments/{id}/cancel"), &json!({})).bearer(&alan.token).send().await.expect(200);
    }
    app.wait(SignedDuration::from_secs(30));
    app.book(&alan, &doctor, &next()).await.expect(201);
    app.wait(SignedDuration::from_secs(30));
    app.book(&alan, &doctor, &next()).await.refused(409, "too_many_open_appointments");
}

#[tokio::test]
async fn booking_and_moving_have_a_pace() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let mut left = CONFIRMED.burst;
    let to = |id: &str, slot: &str, token: &str| {
        app.post(&format!("/appointments/{id}/reschedule"), &json!({ "starts_at": slot })).bearer(token).send()
    };
    // Each appointment moves back and forth.
    for week in [3, 10, 17] {
        let id = app.book(&ada, &doctor, &format!("2026-03-{week:02}T09:00:00Z")).await.expect(201).id();
        left -= 1;
        let there = |step: u32| format!("2026-03-{week:02}T{}:00Z", if step.is_multiple_of(2) { "10:00" } else { "11:00" });
        for step in 0..MOVES {
            to(&id, &there(step), &ada.token).await.expect(200);
            left -= 1;
        }
        to(&id, &there(MOVES), &ada.token).await.refused(409, "moved_too_often");
        to(&id, &there(MOVES), &desk).await.expect(200);
    }
    for day in 0..left {
        app.book(&ada, &doctor, &format!("2026-03-{:02}T09:00:00Z", 4 + day)).await.expect(201);
    }
    let wait = app.book(&ada, &doctor, "2026-03-25T09:00:00Z").await.refused(429, "too_many_changes");
    assert_eq!(wait.headers["retry-after"], CONFIRMED.pace.as_secs().to_string());
    app.wait(CONFIRMED.pace);
    let later = Patient { token: app.fresh(&ada).await, ..ada };
    app.book(&later, &doctor, "2026-03-25T09:00:00Z").await.expect(201);
    app.book(&later, &doctor, "2026-03-26T09:00:00Z").await.refused(429, "too_many_changes");
    // Invalid requests do not count, and cancelling is always possible.
    app.book(&later, &doctor, "2026-03-26T09:10:00Z").await.invalid(&[("starts_at", "off_grid")]);
    let list = app.get("/appointments").bearer(&later.token).send().await.expect(200);
    let path = format!("/appointments/{}/cancel", list.body["items"][0]["id"].as_str().unwrap());
    app.post(&path, &json!({})).bearer(&later.token).send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_account_is_never_closed_under_a_booking() {
    for round in 0..8 {
        let app = Arc::new(App::new().await);
        let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
        let (booking_app, patient, with) = (Arc::clone(&app), ada.clone(), doctor.clone());
        let booking = tokio::spawn(async move { booking_app.book(&patient, &with, "2026-03-03T09:00:00Z").await.status });
        if round % 2 == 0 {
            tokio::task::yield_now().await;
        }
        let closed = app.call("DELETE", "/users/me").bearer(&ada.token).send().await.status;
        let booked = booking.await.unwrap();
        app.drain().await;
        let taken = ahead(&app, &doctor.token).await;
        assert_eq!(taken == 1, booked == StatusCode::CREATED);
        assert!(taken == 0 || closed != StatusCode::NO_CONTENT, "a closed account still has an appointment");
    }
}
