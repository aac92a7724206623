//! The patient's and the doctor's dashboard.

use serde_json::{Value, json};

use super::{Consultation, count, prescriptions::amoxicillin};

#[tokio::test]
async fn everything_a_patient_looks_for_first() {
    let c = Consultation::new().await;
    let (ada, doctor) = (c.ada.token.clone(), c.doctor.token.clone());
    let later = c.app.book(&c.ada, &c.doctor, "2026-03-05T09:00:00Z").await.expect(201).id();
    let gone = c.app.book(&c.ada, &c.doctor, "2026-03-06T09:00:00Z").await.expect(201).id();
    c.app.post(&format!("/appointments/{gone}/cancel"), &json!({})).bearer(&ada).send().await.expect(200);
    let medicine = c.post("prescriptions/medicines", &amoxicillin(), &doctor).await.expect(201);
    c.post("prescriptions/lab-tests", &json!({ "test": "Haemoglobin" }), &doctor).await.expect(201);
    let result = json!({ "name": "Throat culture", "text": "No growth", "taken_at": "2026-02-20T09:00:00Z" });
    c.post("results", &result, &doctor).await.expect(201);
    c.post("prescription-requests", &json!({ "doctor_id": c.doctor.id, "what": "Eye drops" }), &ada).await.expect(201);

    let seen = c.get("dashboard", &ada).await.expect(200).body;
    let ids: Vec<_> = seen["appointments"].as_array().unwrap().iter().map(|appointment| appointment["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [c.appointment.as_str(), later.as_str()]);
    assert_eq!((count(&seen["medicines"]), count(&seen["lab_tests"]), count(&seen["results"])), (1, 1, 1));
    assert_eq!(seen["open_requests"], 1);
    let news = |body: &Value| {
        body["unread"].as_array().unwrap().iter().map(|notice| notice["news"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(news(&seen), ["result_available", "lab_test_prescribed", "medicine_prescribed"]);

    // Of the news about one entry the latest counts. What was read is gone.
    c.act(&format!("prescriptions/medicines/{}/stop", medicine.id()), &json!({ "reason": "A rash" }), medicine.etag(), &doctor)
        .await
        .expect(200);
    assert_eq!(news(&c.get("dashboard", &ada).await.expect(200).body), ["medicine_stopped", "result_available", "lab_test_prescribed"]);
    let read = c.post("dashboard/read", &json!({ "about": medicine.id() }), &ada).await.expect(200);
    assert_eq!(news(&read.body), ["result_available", "lab_test_prescribed"]);
    c.post("dashboard/read", &json!({}), &ada).await.expect(200);
    assert_eq!(news(&c.get("dashboard", &ada).await.expect(200).body), Vec::<String>::new());
    c.get("dashboard", &doctor).await.refused(403, "forbidden");

    // Nothing yet, and nothing from yesterday.
    let empty = c.app.patient("Alan Mathison").await;
    let seen = c.app.get(&format!("/patients/{}/dashboard", empty.id)).bearer(&empty.token).send().await.expect(200).body;
    assert_eq!((count(&seen["appointments"]), count(&seen["medicines"]), count(&seen["unread"])), (0, 0, 0));
    c.app.set_clock("2026-03-16T08:00:00Z");
    let seen = c.get("dashboard", &c.app.fresh(&c.ada).await).await.expect(200).body;
    assert_eq!((count(&seen["appointments"]), count(&seen["medicines"]), count(&seen["lab_tests"])), (0, 0, 1));
}

#[tokio::test]
async fn everything_that_waits_for_a_doctor() {
    let c = Consultation::new().await;
    let other = c.app.patient("Alan Mathison").await;
    let second = c.app.book(&other, &c.doctor, "2026-03-02T10:00:00Z").await.expect(201).id();
    c.app.book(&other, &c.doctor, "2026-03-03T10:00:00Z").await.expect(201);
    c.app.drain().await;
    let dashboard = async || c.app.get("/doctors/me/dashboard").bearer(&c.doctor.token).send().await.expect(200).body;
    let of = |list: &Value| list.as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let seen = dashboard().await;
    assert_eq!((of(&seen["today"]), of(&seen["waiting"])), (vec![c.appointment.clone(), second.clone()], vec![c.appointment.clone()]));
    assert_eq!(seen["today"][1]["patient_name"], "Alan Mathison");
    c.app.call("POST", &format!("/appointments/{}/complete", c.appointment)).bearer(&c.doctor.token).send().await;
    c.app.drain().await;
    assert!(of(&dashboard().await["waiting"]).len() <= 1);
    c.app.get("/doctors/me/dashboard").bearer(&c.ada.token).send().await.refused(403, "forbidden");
}
