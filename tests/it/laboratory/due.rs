//! Orders that are late, and orders for which nobody brings a specimen.

use domain::role::Role;
use serde_json::json;

use super::{Bench, measured, potassium};

#[tokio::test]
async fn a_late_result_is_told_to_the_laboratory_and_to_the_doctor_once() {
    let mut bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    bench.mails().await;
    bench.at("2026-03-02T09:59:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, Vec::<String>::new());
    bench.at("2026-03-02T10:00:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(
        bench.mails().await,
        ["central-laboratory@example.org: Potassium is overdue", "dr--helen-taussig@example.org: Potassium is overdue"]
    );
    bench.at("2026-03-03T10:00:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, Vec::<String>::new());
    // Another specimen has another time.
    bench.step(&order, "reject", &json!({ "reason": "Clotted" }), &bench.grete).await.expect(200);
    bench.started(&order).await;
    bench.mails().await;
    bench.at("2026-03-03T12:00:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await.len(), 2);
    // What is released in time is told to nobody.
    let other = bench.ordered(&potassium()).await;
    bench.released(&other, &measured(4.2)).await;
    bench.mails().await;
    bench.at("2026-03-03T15:00:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_patient_who_does_not_come_is_asked_and_then_the_order_ends() {
    let mut bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.mails().await;
    bench.at("2026-03-13T07:59:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, Vec::<String>::new());
    bench.at("2026-03-13T08:00:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.mails().await, ["ada-byron@example.org: Central Laboratory waits for a specimen from Ada Byron"]);
    bench.at("2026-03-16T07:59:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(bench.read(&order, &bench.grete).await.expect(200).body["status"], "ordered");
    bench.at("2026-03-16T08:00:00Z").await;
    bench.app.fire_due().await;
    assert_eq!(
        bench.mails().await,
        [
            "ada-byron@example.org: Central Laboratory has cancelled an order for Ada Byron",
            "central-laboratory@example.org: An order of Potassium was cancelled",
            "dr--helen-taussig@example.org: A lab order was cancelled"
        ]
    );
    let read = bench.read(&order, &bench.grete).await.expect(200).body;
    assert_eq!((&read["status"], read["steps"][0].get("by")), (&json!("cancelled"), None));
    let prescription = read["prescription_id"].as_str().unwrap();
    let prescribed = bench.of_patient(&format!("prescriptions/lab-tests/{prescription}"), &bench.ada.token).await.expect(200).body;
    assert_eq!(prescribed["status"], "open");
    let wanted = bench.wanted(read["test_id"].as_str().unwrap(), Some(prescription));
    bench.order(&wanted, &bench.ada.token).await.expect(201);
}

#[tokio::test]
async fn of_somebody_in_the_hospital_the_doctor_is_told() {
    let mut bench = Bench::new().await;
    let (_, duty) = bench.inpatient().await;
    let test = bench.offers(&potassium()).await;
    let order = bench.order(&bench.wanted(&test, None), &duty).await.expect(201).id();
    bench.step(&order, "collect", &json!({}), &bench.grete).await.expect(200);
    bench.mails().await;
    bench.step(&order, "reject", &json!({ "reason": "Not labelled" }), &bench.grete).await.expect(200);
    assert_eq!(bench.mails().await, ["dr--charles-drew@example.org: A specimen was rejected"]);
    bench.at("2026-03-02T10:00:00Z").await;
    bench.app.fire_due().await;
    let mails = bench.mails().await;
    assert_eq!(mails, ["central-laboratory@example.org: Potassium is overdue", "dr--charles-drew@example.org: Potassium is overdue"]);
}

#[tokio::test]
async fn nothing_is_due_while_the_laboratory_is_closed_and_who_has_left_is_asked_to_come() {
    let mut bench = Bench::new().await;
    let (_, duty) = bench.inpatient().await;
    let test = bench.offers(&potassium()).await;
    let order = bench.order(&bench.wanted(&test, None), &duty).await.expect(201).id();
    bench.at("2026-03-02T17:30:00Z").await;
    let collected = bench.step(&order, "collect", &json!({}), &bench.grete).await.expect(200).body;
    assert_eq!(collected["due_at"], "2026-03-03T09:00:00+00:00");
    // She leaves before the specimen is rejected.
    let (_, desk) = bench.app.staff("Sojourner Truth", Role::Receptionist).await;
    let stay = bench.app.store().current_admission(bench.ada.id).await.unwrap().unwrap().id;
    let left = format!("/patients/{}/admissions/{stay}/left", bench.ada.id);
    bench.app.post(&left, &json!({ "departure": "against_advice" })).bearer(&desk).send().await.expect(200);
    bench.mails().await;
    bench.step(&order, "reject", &json!({ "reason": "Clotted" }), &bench.grete).await.expect(200);
    assert_eq!(bench.mails().await, ["ada-byron@example.org: Central Laboratory needs another specimen from Ada Byron"]);
}
