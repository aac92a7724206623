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
use domain::{appointment::Appointment, availability::DoctorDay, id::AppointmentId, text::Reason};
use serde_json::json;
use store::{Store, StoreError, StreamItem, allocations::NewAllocation, appointments::WriteError};

use crate::{
    pharmacy::{Counter, paracetamol},
    support::App,
};

/// A table that reports so many conflicts before a transaction succeeds, and that has these items.
async fn clashing(times: u32, items: serde_json::Value) -> (String, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let answer = async move |headers: HeaderMap, body: String| -> Response {
        let operation = headers["x-amz-target"].to_str().unwrap().to_owned();
        let amz = [("content-type", "application/x-amz-json-1.0")];
        if operation.ends_with("GetItem") {
            let request: serde_json::Value = serde_json::from_str(&body).unwrap();
            let (pk, sk) = (request["Key"]["pk"]["S"].as_str().unwrap(), request["Key"]["sk"]["S"].as_str().unwrap());
            let item = &items[&pk[..4]][sk];
            return (amz, if item.is_null() { json!({}) } else { json!({ "Item": item }) }.to_string()).into_response();
        }
        if operation.ends_with("Query") {
            return (amz, json!({ "Items": [], "Count": 0 }).to_string()).into_response();
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
    let zone = &app.config.hospital.zone;
    let (ada, helen) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let patient = app.store().patient(ada.id).await.unwrap().unwrap();
    let doctor = app.store().doctor(helen.id).await.unwrap().unwrap();
    let slot = doctor.bookable_slot("2026-03-02T09:00:00Z".parse().unwrap(), &DoctorDay::default(), app.now(), zone).unwrap();
    let (id, reason) = (AppointmentId::new(app.now(), 1), Reason::parse("checkup").unwrap());
    let appointment = Appointment::book(id, &patient, &doctor, slot, reason, app.now(), zone);
    let mut aws = app.config.aws.clone();
    aws.dynamodb_endpoint = Some(endpoint);
    let sdk = platform::aws::sdk_config(&aws, platform::aws::Patience::SomebodyWaits);
    Store::connect(&aws, &sdk, "any".to_owned()).appointment_book(&appointment, &doctor, 0, zone).await
}

#[tokio::test]
async fn a_clash_is_tried_again() {
    let app = App::new().await;
    let (endpoint, asked) = clashing(2, json!({})).await;
    book(&app, endpoint).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_no_refusal() {
    let app = App::new().await;
    // The appointment is there, as it was written.
    let (ada, helen) = (app.patient("Ada King").await, app.doctor("Dr. Mary Seacole").await);
    let patient = app.store().patient(ada.id).await.unwrap().unwrap();
    let doctor = app.store().doctor(helen.id).await.unwrap().unwrap();
    let start: jiff::Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let slot = domain::schedule::Slot { start, end: start + jiff::SignedDuration::from_mins(30) };
    let (id, reason) = (AppointmentId::new(app.now(), 1), Reason::parse("checkup").unwrap());
    let ours = Appointment::book(id, &patient, &doctor, slot, reason, app.now(), &app.config.hospital.zone);
    let item: StreamItem = store::to_item(&ours).unwrap().into();
    let (endpoint, _) = clashing(u32::MAX, json!({ "APPT": { "APPOINTMENT": item } })).await;
    book(&app, endpoint).await.unwrap();
}

#[tokio::test]
async fn a_lost_race_is_a_taken_slot_and_not_an_outage() {
    let app = App::new().await;
    let text = |text: &str| json!({ "S": text });
    let mut day = json!({ "pk": text("DOC#x"), "sk": text("DAY#2026-03-02"), "kind": text("doctor_day"), "v": { "N": "1" } });
    day["m110"] = json!({ "N": "9000000000000" });
    let (endpoint, asked) = clashing(u32::MAX, json!({ "DOC#": { "DAY#2026-03-02": day } })).await;
    assert!(matches!(book(&app, endpoint).await, Err(WriteError::SlotTaken)));
    assert_eq!(asked.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_clash_without_a_winner_is_an_outage() {
    let app = App::new().await;
    let (endpoint, _) = clashing(u32::MAX, json!({})).await;
    assert!(matches!(book(&app, endpoint).await, Err(WriteError::Store(StoreError::Unavailable(_)))));
}

/// Many change the stock of one medicine at once, so what they write is tried again for longer.
#[tokio::test]
async fn a_stock_that_many_take_of_is_no_outage() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 10).await;
    let asked = counter.ask(&medicine, 1, None).await.expect(201).id();
    let template = counter.app.store().allocation(counter.ada.id, asked.parse().unwrap()).await.unwrap().unwrap();
    let stock = counter.app.store().stock(medicine.parse().unwrap()).await.unwrap().unwrap();
    let kept = counter.app.store().stocked_medicine(medicine.parse().unwrap()).await.unwrap().unwrap();
    let item: StreamItem = store::to_item(&stock).unwrap().into();
    let (endpoint, tried) = clashing(9, json!({ "STOC": { "STOCK": item } })).await;
    let mut aws = counter.app.config.aws.clone();
    aws.dynamodb_endpoint = Some(endpoint);
    let sdk = platform::aws::sdk_config(&aws, platform::aws::Patience::SomebodyWaits);
    let store = Store::connect(&aws, &sdk, "any".to_owned());
    let new = NewAllocation { allocation: template, units: 2, medicine: &kept, prescription: None };
    let today = jiff::civil::date(2026, 3, 2);
    let made = store.allocation_begin(&new, today, |day| counter.app.config.hospital.midnight(day)).await.unwrap();
    assert_eq!((made.listed.units(), tried.load(Ordering::SeqCst)), (2, 10));
}
