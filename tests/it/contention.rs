//! Transactions that conflict with others. The embedded database never reports a conflict, so a server stands in that answers as
//! DynamoDB would.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{appointment::Appointment, id::AppointmentId, text::Reason};
use serde_json::json;
use store::{Store, StoreError, appointments::WriteError};

use crate::support::App;

/// A table that reports so many conflicts before a transaction succeeds, and that answers each read with the item `holder`.
async fn clashing(times: u32, holder: serde_json::Value) -> (String, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let answer = async move |headers: HeaderMap| -> Response {
        let operation = headers["x-amz-target"].to_str().unwrap().to_owned();
        let amz = [("content-type", "application/x-amz-json-1.0")];
        if operation.ends_with("GetItem") {
            return (amz, holder.to_string()).into_response();
        }
        if count.fetch_add(1, Ordering::SeqCst) < times {
            let body = json!({
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "Message": "Transaction cancelled",
                "CancellationReasons": [{ "Code": "None" }, { "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }, { "Code": "None" }]
            });
            return (StatusCode::BAD_REQUEST, amz, body.to_string()).into_response();
        }
        (amz, "{}").into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
    (format!("http://{address}"), asked)
}

async fn book(app: &App, endpoint: String) -> Result<(), WriteError> {
    let (ada, helen) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let patient = app.store().patient(ada.id).await.unwrap().unwrap();
    let doctor = app.store().doctor(helen.id).await.unwrap().unwrap();
    let slot = doctor.bookable_slot("2026-03-02T09:00:00Z".parse().unwrap(), app.now(), &app.config.hospital.zone).unwrap();
    let appointment =
        Appointment::book(AppointmentId::new(app.now(), 1), &patient, &doctor, slot, Reason::parse("checkup").unwrap(), app.now());
    let mut aws = app.config.aws.clone();
    aws.dynamodb_endpoint = Some(endpoint);
    let sdk = platform::aws::sdk_config(&aws, platform::aws::Patience::SomebodyWaits);
    Store::connect(&aws, &sdk, "any".to_owned()).appointment_book(&appointment, &app.config.hospital.zone).await
}

#[tokio::test]
async fn a_clash_is_tried_again() {
    let app = App::new().await;
    let (endpoint, asked) = clashing(2, json!({})).await;
    book(&app, endpoint).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

/// The item of a taken slot.
fn holder(appointment: &str) -> serde_json::Value {
    let id = |prefix: &str| json!({ "S": format!("{prefix}01JD8Z0V3XQ5T4E2W9K7M6N8PR") });
    let text = |text: &str| json!({ "S": text });
    json!({ "Item": {
        "pk": text("x"), "sk": text("x"), "kind": text("doctor_slot"), "v": { "N": "2" }, "id": text(appointment), "patient_id": id("pat_"), "doctor_id": id("doc_"),
        "patient_name": text("Alan"), "patient_mrn": text("100000006"), "doctor_name": text("Helen"), "specialization": text("cardiology"), "status": text("scheduled"),
        "slot": { "M": { "start": text("2026-03-02T09:00:00Z"), "end": text("2026-03-02T09:30:00Z") } }
    } })
}

#[tokio::test]
async fn an_answer_that_was_lost_is_no_refusal() {
    let app = App::new().await;
    let own = AppointmentId::new(app.now(), 1).to_string();
    let (endpoint, _) = clashing(u32::MAX, holder(&own)).await;
    book(&app, endpoint).await.unwrap();
}

#[tokio::test]
async fn a_lost_race_is_a_taken_slot_and_not_an_outage() {
    let app = App::new().await;
    let (endpoint, asked) = clashing(u32::MAX, holder("apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR")).await;
    assert!(matches!(book(&app, endpoint).await, Err(WriteError::SlotTaken)));
    assert_eq!(asked.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_clash_without_a_winner_is_an_outage() {
    let app = App::new().await;
    let (endpoint, _) = clashing(u32::MAX, json!({})).await;
    assert!(matches!(book(&app, endpoint).await, Err(WriteError::Store(StoreError::Unavailable(_)))));
}
