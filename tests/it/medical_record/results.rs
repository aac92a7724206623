//! Results: of a lab test that was prescribed, or brought along; a doctor looks at each.

use domain::role::Role;
use serde_json::{Value, json};

use super::{Consultation, count};

fn haemoglobin() -> Value {
    json!({ "name": "Haemoglobin", "loinc": "718-7", "value": 11.2, "unit": "g/dL", "low": 12.0, "high": 16.0, "taken_at": "2026-03-02T07:00:00Z" })
}

#[tokio::test]
async fn from_the_prescription_to_the_review() {
    let c = Consultation::new().await;
    let doctor = c.doctor.token.clone();
    let (technician, lab) = c.app.staff("Edward Jenner", Role::LabTechnician).await;
    c.post("results", &haemoglobin(), &lab).await.refused(404, "not_found");
    c.app.on_roster(&technician, Role::LabTechnician, None).await;
    let ordered = json!({ "test": "Haemoglobin", "loinc": "718-7" });
    let test = c.post("prescriptions/lab-tests", &ordered, &doctor).await.expect(201).id();
    let mut body = haemoglobin();
    body["lab_test_id"] = json!(test);
    let mut glucose = body.clone();
    glucose["loinc"] = json!("2345-7");
    c.post("results", &glucose, &lab).await.invalid(&[("loinc", "other_test")]);
    let added = c.post("results", &body, &lab).await.expect(201);
    assert_eq!((added.body["flag"].as_str(), added.body["doctor_id"].as_str()), (Some("low"), Some(c.doctor.id.to_string().as_str())));
    assert_eq!(c.get(&format!("prescriptions/lab-tests/{test}"), &doctor).await.expect(200).body["status"], "resulted");
    c.post("results", &body, &lab).await.refused(409, "not_open");
    let summary = c.summary().await;
    assert_eq!((count(&summary["lab_tests"]), summary["results"][0]["flag"].as_str()), (0, Some("low")));
    assert_eq!(c.get("series?code=718-7", &c.ada.token).await.expect(200).body["items"][0]["value"], 11.2);

    c.post("results", &haemoglobin(), &lab).await.invalid(&[("doctor_id", "required")]);
    let mut strangers = haemoglobin();
    strangers["doctor_id"] = json!(c.app.doctor("Dr. Nobody").await.id);
    c.post("results", &strangers, &lab).await.invalid(&[("doctor_id", "not_treating")]);

    // It waits for the doctor who prescribed. A correction waits again.
    let waiting = async || {
        let dashboard = c.app.get("/doctors/me/dashboard").bearer(&doctor).send().await.expect(200).body;
        dashboard["results_to_review"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| result["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let path = format!("results/{}", added.id());
    assert_eq!(waiting().await, [added.id()]);
    let listed = c.app.get("/doctors/me/waiting?kind=results").bearer(&doctor).send().await.expect(200);
    assert_eq!((count(&listed.body["items"]), listed.body["items"][0]["what"].as_str()), (1, Some("Haemoglobin")));
    c.app.get("/doctors/me/waiting?kind=luck").bearer(&doctor).send().await.invalid(&[("kind", "invalid_kind")]);
    c.go(&format!("{path}/review"), added.etag(), &lab).await.refused(403, "forbidden");
    let reviewed = c.go(&format!("{path}/review"), added.etag(), &doctor).await.expect(200);
    assert_eq!(reviewed.body["reviewed_by"]["name"], "Dr. Helen Taussig");
    assert_eq!(waiting().await, Vec::<String>::new());
    c.go(&format!("{path}/review"), reviewed.etag(), &doctor).await.refused(409, "already_reviewed");
    let mut other = haemoglobin();
    other["value"] = json!(13.2);
    let corrected = c.put(&path, &other, reviewed.etag(), &lab).await.expect(200);
    assert_eq!((corrected.body["flag"].as_str(), corrected.body["lab_test_id"].as_str()), (Some("normal"), Some(test.as_str())));
    assert_eq!(waiting().await, [added.id()]);
    assert_eq!(c.get("series?code=718-7", &c.ada.token).await.expect(200).body["items"][0]["value"], 13.2);

    // Entered in error: the test waits for its result again.
    let error = format!("record/{}/entered-in-error", added.id());
    let news = async || c.get("dashboard", &c.ada.token).await.expect(200).text.contains(&added.id());
    assert!(news().await);
    c.act(&error, &json!({ "reason": "Swapped samples" }), corrected.etag(), &lab).await.expect(204);
    assert!(!news().await, "nobody is told of what is out of view");
    assert_eq!((waiting().await.len(), c.summary().await["lab_tests"][0]["prescription_id"].as_str()), (0, Some(test.as_str())));
    c.post("results", &body, &lab).await.expect(201);
}

#[tokio::test]
async fn what_the_patient_brings_along_and_what_is_wrong() {
    let c = Consultation::new().await;
    let doctor = c.doctor.token.clone();
    let culture =
        json!({ "name": "Throat culture", "text": "No growth", "laboratory": "City Laboratory", "taken_at": "2026-02-20T09:00:00Z" });
    let own = c.post("results", &culture, &doctor).await.expect(201);
    assert!(own.body["reviewed_by"].is_object() && own.body.get("flag").is_none(), "who writes it has looked at it");
    let with = |name: &str, value: Value| {
        let mut body = haemoglobin();
        body[name] = value;
        body
    };
    for (body, field, code) in [
        (with("text", json!("low")), "value", "value_or_text"),
        (with("unit", Value::Null), "value", "value_or_text"),
        (with("unit", json!("a b")), "unit", "invalid_unit"),
        (with("value", json!(1e12)), "value", "out_of_range"),
        (with("value", json!(1e-200)), "value", "out_of_range"),
        (with("low", json!(17)), "low", "reversed"),
        (with("loinc", json!("718-8")), "loinc", "invalid_loinc"),
        (with("taken_at", json!("2026-03-02T09:00:00Z")), "taken_at", "in_the_future"),
        (with("lab_test_id", json!("lab_01JD8Z0V3XQ5T4E2W9K7M6N8PR")), "lab_test_id", "unknown_prescription"),
        (with("image_id", json!("img_01JD8Z0V3XQ5T4E2W9K7M6N8PR")), "image_id", "unknown_image"),
        (with("doctor_id", json!("doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR")), "doctor_id", "not_treating"),
    ] {
        c.post("results", &body, &doctor).await.invalid(&[(field, code)]);
    }
    let moved = with("lab_test_id", json!("lab_01JD8Z0V3XQ5T4E2W9K7M6N8PR"));
    c.put(&format!("results/{}", own.id()), &moved, own.etag(), &doctor).await.invalid(&[("content.lab_test_id", "cannot_change")]);
}

/// Of the latest results five are shown. When some were entered in error, earlier ones take their places.
#[tokio::test]
async fn others_take_the_place_of_what_is_out_of_view() {
    let c = Consultation::new().await;
    let doctor = c.doctor.token.clone();
    let mut all = Vec::new();
    for hour in 0..8 {
        let mut body = haemoglobin();
        body["taken_at"] = json!(format!("2026-03-01T0{hour}:00:00Z"));
        all.push(c.post("results", &body, &doctor).await.expect(201).id());
    }
    let shown = async || {
        let summary = c.summary().await;
        summary["results"].as_array().unwrap().iter().map(|result| result["result_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shown().await, all.iter().rev().take(5).cloned().collect::<Vec<_>>());
    for id in &all[6..] {
        c.act(&format!("record/{id}/entered-in-error"), &json!({ "reason": "Other patient" }), "\"v1\"", &doctor).await.expect(204);
    }
    assert_eq!(shown().await, all[1..6].iter().rev().cloned().collect::<Vec<_>>());
}
