//! Many requests at the same moment.

use std::{collections::BTreeSet, sync::Arc};

use axum::http::StatusCode;
use domain::{account::Group, role::Role, text::Email};
use platform::config::PasswordCost;
use serde_json::json;
use tokio::sync::Barrier;
use users::password_hash::Passwords;

use crate::support::{Answer, App, at_once, booking, emailed_token};

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == StatusCode::from_u16(status).unwrap()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_want_one_slot() {
    let app = Arc::new(App::new().await);
    let doctor = app.doctor("Dr. Helen Taussig").await;
    let mut requests = Vec::new();
    for number in 0..100 {
        let patient = app.patient(&format!("Patient {number}")).await;
        requests.push(("/appointments".to_owned(), booking(&doctor, "2026-03-02T09:00:00Z"), patient.token));
    }
    let answers = at_once(&app, requests).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 99));
    for answer in answers.iter().filter(|answer| answer.status == StatusCode::CONFLICT) {
        assert_eq!(answer.body["code"], "slot_taken");
        assert_eq!(answer.body["next_free"][0]["starts_at"], "2026-03-02T09:30:00+00:00");
    }
    app.drain().await;
    let list = app.get("/appointments").bearer(&doctor.token).send().await.expect(200);
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_patient_wants_overlapping_appointments() {
    for _ in 0..5 {
        let app = Arc::new(App::new().await);
        let ada = app.patient("Ada Byron").await;
        let mut requests = Vec::new();
        for (number, slot) in [20, 30, 60, 90].into_iter().enumerate() {
            let doctor = app.doctor_with(&format!("Dr. Number{number}"), "cardiology", slot).await;
            requests.push(("/appointments".to_owned(), booking(&doctor, "2026-03-02T09:00:00Z"), ada.token.clone()));
            if slot == 20 {
                requests.push(("/appointments".to_owned(), booking(&doctor, "2026-03-02T09:20:00Z"), ada.token.clone()));
            }
        }
        let answers = at_once(&app, requests).await;
        let booked: Vec<(String, String)> = answers
            .iter()
            .filter(|answer| answer.status == StatusCode::CREATED)
            .map(|answer| (answer.body["starts_at"].as_str().unwrap().to_owned(), answer.body["ends_at"].as_str().unwrap().to_owned()))
            .collect();
        assert!(!booked.is_empty());
        for (index, (start, end)) in booked.iter().enumerate() {
            assert!(booked[..index].iter().all(|(other_start, other_end)| end <= other_start || other_end <= start), "{booked:?}");
        }
        assert_eq!(count(&answers, 201) + count(&answers, 409), answers.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn moving_and_cancelling_at_once_leaves_one_truth() {
    for _ in 0..5 {
        let app = Arc::new(App::new().await);
        let (ada, alan, doctor) =
            (app.patient("Ada Byron").await, app.patient("Alan Mathison").await, app.doctor("Dr. Helen Taussig").await);
        let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
        let path = |action: &str| format!("/appointments/{appointment}/{action}");
        let to = |starts_at: &str| json!({ "starts_at": starts_at });
        let answers = at_once(
            &app,
            vec![
                (path("cancel"), json!({}), ada.token.clone()),
                (path("cancel"), json!({}), doctor.token.clone()),
                (path("reschedule"), to("2026-03-02T10:00:00Z"), ada.token.clone()),
                (path("reschedule"), to("2026-03-03T10:00:00Z"), doctor.token.clone()),
                ("/appointments".to_owned(), booking(&doctor, "2026-03-02T10:00:00Z"), alan.token.clone()),
            ],
        )
        .await;
        assert!(answers.iter().all(|answer| answer.status.as_u16() < 500), "{answers:?}");

        // Whatever happened, the appointment takes its own slot unless it is cancelled, and no other slot.
        let now = app.get(&format!("/appointments/{appointment}")).bearer(&ada.token).send().await.expect(200);
        let slots =
            app.get(&format!("/doctors/{}/slots?from=2026-03-02&to=2026-03-03", doctor.id)).bearer(&ada.token).send().await.expect(200);
        let free: Vec<&str> = slots.body["items"].as_array().unwrap().iter().map(|slot| slot["starts_at"].as_str().unwrap()).collect();
        let alans = usize::from(answers[4].status == StatusCode::CREATED);
        let held = usize::from(now.body["status"] != "cancelled");
        assert_eq!(free.len(), 12 - alans - held, "{now:?} {free:?}");
        assert_eq!(
            free.contains(&now.body["starts_at"].as_str().unwrap()),
            held == 0 && !(alans == 1 && now.body["starts_at"] == "2026-03-02T10:00:00+00:00")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_sign_up_with_one_address() {
    let app = Arc::new(App::new().await);
    let ada = json!({
        "name": "Ada Byron", "email": "ada@example.org", "password": "correct horse battery", "date_of_birth": "1990-12-10",
        "gender": "female", "phone": "+442079460018", "address": "x", "emergency_contact": { "name": "B", "phone": "+442079460019" }
    });
    let wish = |number: usize| {
        let mut body = ada.clone();
        body["password"] = json!(format!("my own secret {number}"));
        ("/users".to_owned(), body, String::new())
    };
    let answers = at_once(&app, (0..100).map(wish).collect()).await;
    assert!(
        answers.iter().all(|answer| answer.status == StatusCode::ACCEPTED && answer.text == answers[0].text),
        "nobody learns who was first"
    );
    let mails = app.new_mails(&mut 0).await;
    let subjects: BTreeSet<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    // One welcome and one note for the 99 others. If three others were counted before the first one wrote, its welcome is not sent.
    assert!(mails.len() == subjects.len() && (1..=2).contains(&mails.len()), "{subjects:?}");
    // One of the hundred passwords is the account's.
    let account = app.store().account_by_email(&Email::parse("ada@example.org").unwrap()).await.unwrap().unwrap();
    let right = (0..100)
        .filter(|number| {
            Passwords::new(PasswordCost::default()).verify(&format!("my own secret {number}"), account.password_hash.as_deref())
        })
        .count();
    assert_eq!(right, 1);
    let listed = app.store().account_list(Group::Patients, None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_send_the_same_request_with_one_key() {
    let app = Arc::new(App::new().await);
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let barrier = Arc::new(Barrier::new(50));
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (app, barrier, token, body) =
                (Arc::clone(&app), Arc::clone(&barrier), ada.token.clone(), booking(&doctor, "2026-03-02T09:00:00Z"));
            tokio::spawn(async move {
                barrier.wait().await;
                app.post("/appointments", &body).bearer(&token).header("idempotency-key", "k").send().await
            })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        let answer = task.await.unwrap();
        match answer.status.as_u16() {
            201 => ids.push(answer.id()),
            _ => drop(answer.refused(409, "request_in_progress")),
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_use_one_refresh_token() {
    let app = Arc::new(App::new().await);
    let ada = json!({
        "name": "Ada Byron", "email": "ada@example.org", "password": "correct horse battery", "date_of_birth": "1990-12-10",
        "gender": "female", "phone": "+442079460018", "address": "x", "emergency_contact": { "name": "B", "phone": "+442079460019" }
    });
    app.post("/users", &ada).send().await.expect(202);
    let pair =
        app.post("/auth/token", &json!({ "email": "ada@example.org", "password": "correct horse battery" })).send().await.expect(200);
    let body = json!({ "refresh_token": pair.body["refresh_token"] });
    let answers = at_once(&app, vec![("/auth/refresh".to_owned(), body, String::new()); 100]).await;
    // Within seconds, they count as one request sent a hundred times: all get the same next token.
    assert_eq!(count(&answers, 200), 100);
    let next: BTreeSet<_> = answers.iter().map(|answer| answer.body["refresh_token"].as_str().unwrap()).collect();
    assert_eq!(next.len(), 1);
    let next = json!({ "refresh_token": next.first().unwrap() });
    app.post("/auth/refresh", &next).send().await.expect(200);

    // Later, a used token counts as stolen: it ends the sign-in, for every token of it.
    app.wait(jiff::SignedDuration::from_secs(11));
    let used = json!({ "refresh_token": pair.body["refresh_token"] });
    let answers = at_once(&app, vec![("/auth/refresh".to_owned(), used, String::new()); 100]).await;
    assert_eq!(count(&answers, 401), 100);
    app.post("/auth/refresh", &next).send().await.refused(401, "invalid_refresh_token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_exchange_one_emailed_token() {
    let app = Arc::new(App::new().await);
    app.patient("Ada Byron").await;
    let mut seen = 0;
    app.new_mails(&mut seen).await;
    app.post("/auth/email-token", &json!({ "email": "ada-byron@example.org" })).send().await.expect(202);
    let mails = app.new_mails(&mut seen).await;
    let body = json!({ "token": emailed_token(&mails[0]) });
    let answers = at_once(&app, vec![("/auth/email-token/exchange".to_owned(), body, String::new()); 100]).await;
    assert_eq!((count(&answers, 200), count(&answers, 401)), (1, 99));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_administrators_take_the_role_from_each_other() {
    for _ in 0..5 {
        let app = Arc::new(App::new().await);
        let (one, first) = app.staff("Florence Nightingale", Role::Administrator).await;
        let (other, second) = app.staff("Clara Barton", Role::Administrator).await;
        let demote = |id, token: &String| (format!("/users/{id}/roles"), json!({ "roles": ["nurse"] }), token.clone());
        let answers = at_once(&app, vec![demote(other.id, &first), demote(one.id, &second)]).await;
        assert_eq!(count(&answers, 200), 1, "{answers:?}");
        assert_eq!(app.store().account_list(Group::Administrators, None, 10).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_guess_one_password() {
    let app = Arc::new(App::new().await);
    app.patient("Ada Byron").await;
    let guess = |number| {
        ("/auth/token".to_owned(), json!({ "email": "ada-byron@example.org", "password": format!("guess number {number}") }), String::new())
    };
    let answers = at_once(&app, (0..100).map(guess).collect()).await;
    assert_eq!((count(&answers, 401), count(&answers, 429)), (6, 94), "five are free, and the sixth starts the first wait");
}
