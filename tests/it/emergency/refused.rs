use std::sync::Arc;

use axum::http::StatusCode;
use domain::{role::Role, ward::Ward};
use serde_json::{Value, json};

use crate::{support::at_once, wards::House};

#[tokio::test]
async fn what_is_wrong_is_named() {
    let mut house = House::new(&[Ward::General]).await;
    let patient = house.patient().await;
    let open = async |body: Value| house.app.post("/emergency/cases", &body).bearer(&house.desk).send().await;
    let triage = json!({ "level": "urgent" });
    open(json!({})).await.invalid(&[("patient_id", "one_of"), ("complaint", "required"), ("triage", "required")]);
    let both = json!({ "patient_id": patient, "unknown": { "gender": "male" }, "complaint": "Fall", "triage": triage });
    open(both).await.invalid(&[("patient_id", "one_of")]);
    let of = |patient: &str, triage: Value| json!({ "patient_id": patient, "complaint": "Fall", "triage": triage });
    open(of("x", triage.clone())).await.invalid(&[("patient_id", "invalid_id")]);
    open(of("pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR", triage.clone())).await.invalid(&[("patient_id", "unknown")]);
    let known = patient.to_string();
    open(of(&known, json!({}))).await.invalid(&[("triage.level", "required")]);
    open(of(&known, json!({ "level": "1" }))).await.invalid(&[("triage.level", "invalid_level")]);
    open(of(&known, json!({ "level": "urgent", "vitals": {} }))).await.invalid(&[("triage.vitals", "required")]);
    let impossible = json!({ "level": "urgent", "vitals": { "heart_rate": 900, "temperature": 366 } });
    open(of(&known, impossible)).await.invalid(&[("triage.vitals.heart_rate", "impossible"), ("triage.vitals.temperature", "impossible")]);
    let swapped = json!({ "level": "urgent", "vitals": { "systolic_pressure": 80, "diastolic_pressure": 120 } });
    open(of(&known, swapped)).await.invalid(&[("triage.vitals", "impossible")]);
    let unknown = |unknown: Value| json!({ "unknown": unknown, "complaint": "Fall", "triage": { "level": "urgent" } });
    open(unknown(json!({}))).await.invalid(&[("unknown.gender", "required")]);
    open(unknown(json!({ "gender": "x", "age": 121 })))
        .await
        .invalid(&[("unknown.gender", "invalid_gender"), ("unknown.age", "out_of_range")]);
    // Nothing of this is in the queue, and nobody was registered.
    house.app.drain().await;
    assert!(house.queue("waiting").await.is_empty());
    let found = house.app.get("/patients?name=unknown").bearer(&house.desk).send().await.expect(200).body;
    assert_eq!(found["items"], json!([]));
    house.app.get("/emergency/queue?status=closed").bearer(&house.desk).send().await.invalid(&[("status", "invalid_status")]);
    // The case itself.
    let case = open(of(&known, triage.clone())).await.expect(201).body;
    let again = open(of(&known, triage.clone())).await.refused(409, "case_open");
    assert_eq!(again.body["case_id"], case["id"]);
    house
        .act(&house.desk, &case, "dispose", &json!({ "disposition": "admitted" }))
        .await
        .invalid(&[("disposition", "invalid_disposition")]);
    house.act(&house.desk, &case, "dispose", &json!({})).await.invalid(&[("disposition", "required")]);
    house.act(&house.desk, &case, "admit", &json!({})).await.invalid(&[("ward", "required")]);
    house.act(&house.desk, &case, "admit", &json!({ "ward": "burns" })).await.invalid(&[("ward", "not_established")]);
    house.act(&house.desk, &case, "admit", &json!({ "ward": "general", "bed": 41 })).await.invalid(&[("bed", "no_such_bed")]);
    let stale = format!("/emergency/cases/{}/triage", case["id"].as_str().unwrap());
    house.app.post(&stale, &triage).header("if-match", "\"v9\"").bearer(&house.desk).send().await.refused(412, "stale");
    house.app.get("/emergency/cases/cas_01JD8Z0V3XQ5T4E2W9K7M6N8PR").bearer(&house.desk).send().await.refused(404, "not_found");
    assert_eq!(house.case(&case).await["status"], "waiting");
    // Who lies in the hospital is no new emergency.
    let inpatient = house.patient().await;
    let stay = house.admit(inpatient, &json!({ "ward": "general" })).await.expect(201).body;
    let refused = house.emergency(inpatient, &triage).await.refused(409, "already_admitted");
    assert_eq!(refused.body["admission_id"], stay["id"]);
    // Nobody off duty looks into the queue.
    let (_, nurse) = house.app.staff("Walt Whitman", Role::Nurse).await;
    house.app.get("/emergency/queue").bearer(&nurse).send().await.refused(403, "outside_shift");
    let (_, pharmacist) = house.app.staff("Jane Sharp", Role::Pharmacist).await;
    house.app.get("/emergency/queue").bearer(&pharmacist).send().await.refused(403, "forbidden");
    house.app.get(&format!("/emergency/cases/{}", case["id"].as_str().unwrap())).bearer(&nurse).send().await.refused(403, "outside_shift");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_in_the_queue_twice() {
    let mut house = House::new(&[Ward::Icu]).await;
    let patient = house.patient().await;
    let body = |critical: bool| json!({ "patient_id": patient, "complaint": "Fall", "triage": { "level": "emergent", "critical_care": critical } });
    let requests = (0..30).map(|number| ("/emergency/cases".to_owned(), body(number % 2 == 0), house.desk.clone()));
    let answers = at_once(&house.app, requests.collect()).await;
    let opened = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    // Critical care may have found the case closed already, with the patient in a bed.
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status.as_u16())), "{answers:?}");
    assert_eq!(opened, 1);
    house.mails().await;
    let in_bed = house.app.store().current_admission(patient).await.unwrap().is_some();
    assert_eq!(house.queue("waiting").await.len(), usize::from(!in_bed));
    assert_eq!(house.is_consistent(Ward::Icu).await.occupied, u8::from(in_bed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_doctors_one_sees_the_patient() {
    let mut house = House::new(&[]).await;
    let mut tokens = Vec::new();
    for number in 0..8 {
        tokens.push(house.doctor_on_duty(&format!("Dr. Number{number}"), None).await.token);
    }
    let patient = house.patient().await;
    let case = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
    let path = format!("/emergency/cases/{}/see", case["id"].as_str().unwrap());
    let answers = at_once(&Arc::clone(&house.app), tokens.into_iter().map(|token| (path.clone(), json!({}), token)).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
    assert!(answers.iter().all(|answer| [200, 409, 412].contains(&answer.status.as_u16())));
}
