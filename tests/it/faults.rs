//! Events that come twice, late or broken, and services that do not answer.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use domain::email::DeliveryState;
use local::{
    functions::Functions,
    services::mailbox::Refusal,
    stream::{Consumer, Poller},
    template::Template,
};
use serde_json::{Value, json};

use crate::support::{App, booking, shared_database};

/// Changes or refuses events between the stream and the function.
struct Between<F> {
    functions: Functions,
    meddle: F,
}

impl<F: Fn(Value) -> Result<Value, String> + Send + Sync> Consumer for Between<F> {
    async fn call(&self, function: &str, event: Value) -> Result<Value, String> {
        let event = (self.meddle)(event)?;
        self.functions.call(function, event).await
    }
}

fn poller<F: Fn(Value) -> Result<Value, String> + Send + Sync>(app: &App, meddle: F) -> Poller<Between<F>> {
    let (database, _) = shared_database();
    let between = Between { functions: app.functions.clone(), meddle };
    Poller::new(database, app.table.clone(), Template::read().unwrap().streams, between, None).unwrap().with_backoff(Duration::ZERO)
}

async fn booked_and_moved(app: &App) -> String {
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    let body = json!({ "starts_at": "2026-03-03T10:00:00Z" });
    app.post(&format!("/appointments/{appointment}/reschedule"), &body).bearer(&ada.token).send().await.expect(200);
    appointment
}

fn subjects(app: &App) -> Vec<String> {
    let mut all: Vec<String> = app.services.mailbox.list().into_iter().map(|mail| format!("{} {}", mail.to, mail.subject)).collect();
    all.sort();
    all
}

async fn undisturbed() -> Vec<String> {
    let app = App::new().await;
    booked_and_moved(&app).await;
    poller(&app, Ok).drain().await.unwrap();
    let all = subjects(&app);
    assert_eq!(all.len(), 6, "two welcomes, two confirmations, two moves: {all:?}");
    all
}

#[tokio::test]
async fn every_batch_three_times_and_a_crash_at_every_record() {
    let expected = Box::pin(undisturbed()).await;

    // The whole stream, three times from the start.
    let app = App::new().await;
    let appointment = booked_and_moved(&app).await;
    for _ in 0..3 {
        poller(&app, Ok).drain().await.unwrap();
    }
    assert_eq!(subjects(&app), expected);
    assert_eq!(app.services.schedules.list()[&format!("appt-{appointment}-1h")].to_string(), "2026-03-03T09:00:00Z");

    // The function handles the first n records and crashes. Lambda sends the batch again.
    for after in 0..5 {
        let app = App::new().await;
        booked_and_moved(&app).await;
        let (database, _) = shared_database();
        let dying = Dying { functions: app.functions.clone(), after, died: AtomicBool::new(false) };
        let mapping = Template::read().unwrap().streams;
        let mut poller = Poller::new(database, app.table.clone(), mapping, dying, None).unwrap().with_backoff(Duration::ZERO);
        poller.drain().await.unwrap();
        assert_eq!(subjects(&app), expected, "crashed after {after} records");
        assert!(poller.dead_letters().list().is_empty());
    }
}

/// Crashes in the middle of its first batch.
struct Dying {
    functions: Functions,
    after: usize,
    died: AtomicBool,
}

impl Consumer for Dying {
    async fn call(&self, function: &str, mut event: Value) -> Result<Value, String> {
        if self.died.swap(true, Ordering::SeqCst) {
            return self.functions.call(function, event).await;
        }
        event["Records"].as_array_mut().unwrap().truncate(self.after);
        self.functions.call(function, event).await?;
        Err("the function died".to_owned())
    }
}

#[tokio::test]
async fn a_poison_record_is_parked_and_the_rest_delivered() {
    let app = App::new().await;
    booked_and_moved(&app).await;
    let alan = app.patient("Alan Mathison").await;
    // The token of Ada's welcome cannot be read, in whichever batch it comes.
    let poison = |mut event: Value| {
        for record in event["Records"].as_array_mut().unwrap() {
            let image = &mut record["dynamodb"]["NewImage"];
            if image["kind"]["S"] == "email_token" && image["email"]["S"] == "ada-byron@example.org" {
                image["id"] = json!({ "S": "not an id" });
            }
        }
        Ok(event)
    };
    let mut poller = poller(&app, poison);
    poller.drain().await.unwrap();
    let dead = poller.dead_letters().list();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].records.len(), 1, "the record is parked alone, without its batch");
    assert_eq!(dead[0].condition, "RetryAttemptsExhausted");
    let all = subjects(&app);
    assert!(all.iter().any(|line| line.starts_with(&alan.email)), "{all:?}");
    assert_eq!(all.len(), 6, "everything but one welcome: {all:?}");

    // Once the cause is fixed, what was given up is delivered.
    let (database, _) = shared_database();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("dead-letters.json"), serde_json::to_string(&dead).unwrap()).unwrap();
    let mapping = Template::read().unwrap().streams;
    let mut mended = Poller::new(database, app.table.clone(), mapping, app.functions.clone(), Some(folder.path())).unwrap();
    mended.drain().await.unwrap();
    let messages = mended.dead_letters();
    assert_eq!(messages.list().len(), 1, "a restart keeps it and does not replay it by itself");
    messages.replay();
    mended.drain().await.unwrap();
    assert!(messages.list().is_empty());
    assert_eq!(std::fs::read_to_string(folder.path().join("dead-letters.json")).unwrap(), "[]");
}

#[tokio::test]
async fn a_crash_is_bisected_to_the_record_that_causes_it() {
    let app = App::new().await;
    booked_and_moved(&app).await;
    let mut poller = poller(&app, |event| {
        let deadly = event["Records"].as_array().unwrap().iter().any(|record| record["dynamodb"]["NewImage"]["kind"]["S"] == "patient");
        if deadly { Err("panic".to_owned()) } else { Ok(event) }
    });
    poller.drain().await.unwrap();
    let dead = poller.dead_letters().list();
    assert_eq!((dead.len(), dead[0].records.len()), (1, 1));
    assert_eq!(dead[0].records[0]["dynamodb"]["NewImage"]["kind"]["S"], "patient");
    assert_eq!(subjects(&app).len(), 6);
}

#[tokio::test]
async fn ses_is_away_for_a_moment_or_refuses_for_good() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    for _ in 0..6 {
        app.services.mailbox.refuse_next(Refusal::Throttled);
    }
    app.drain().await;
    assert_eq!(subjects(&app), ["ada-byron@example.org Welcome to Seacole General Hospital"]);
    let delivery = app.store().delivery(&format!("{}-welcome", ada.user_id)).await.unwrap().unwrap();
    assert_eq!(delivery.state, DeliveryState::Sent);
    assert!(delivery.message_id.is_some());

    let alan = app.patient("Alan Mathison").await;
    app.services.mailbox.refuse_next(Refusal::Rejected);
    app.drain().await;
    let delivery = app.store().delivery(&format!("{}-welcome", alan.user_id)).await.unwrap().unwrap();
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert!(app.dead_letters.list().is_empty(), "trying again would not help");
}

#[tokio::test]
async fn a_sender_that_died_is_followed_by_another() {
    use store::deliveries::Turn;
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let claim = || app.store().delivery_claim("some-email", ada.user_id, app.now());
    assert_eq!(claim().await.unwrap(), Turn::Yours);
    assert_eq!(claim().await.unwrap(), Turn::Busy);
    app.wait(jiff::SignedDuration::from_secs(11));
    assert_eq!(claim().await.unwrap(), Turn::Yours);
}

#[tokio::test]
async fn the_table_is_away() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    // Nothing answers at the table's address.
    let mut config = app.config.clone();
    config.aws.dynamodb_endpoint = Some("http://127.0.0.1:9".to_owned());
    let state = http::AppState::new(&config, app.clock.clone()).unwrap();
    let router = appointments::router(&state);
    let request = axum::http::Request::post("/appointments")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", ada.token))
        .body(axum::body::Body::from(booking(&doctor, "2026-03-02T09:00:00Z").to_string()))
        .unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(response.status().as_u16(), 503);
    assert_eq!(response.headers()["retry-after"], "2");
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&body);
    assert!(text.contains("\"code\":\"unavailable\""), "{text}");
    for inside in ["127.0.0.1", "dynamodb", "DynamoDb", "Connect", app.table.as_str()] {
        assert!(!text.contains(inside), "{text}");
    }
}
