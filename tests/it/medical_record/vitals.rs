//! Vital signs: what cannot be true is refused, what stands out is flagged, and the newest counts.

use domain::role::Role;
use serde_json::json;

use super::{Consultation, count};

#[tokio::test]
async fn flags_and_plausibility() {
    let c = Consultation::new().await;
    let doctor = c.doctor.token.clone();
    let values = json!({ "heart_rate": 131, "respiratory_rate": 16, "systolic_pressure": 120, "diastolic_pressure": 80, "temperature": 36.6,
        "oxygen_saturation": 91, "weight": 61.5, "height": 170, "pain": 0 });
    let added = c.post("vitals", &json!({ "values": values, "detail": "Sitting" }), &doctor).await.expect(201);
    let flag = |code: &str| {
        let all = added.body["values"].as_array().unwrap();
        all.iter().find(|value| value["code"] == code).unwrap().get("flag").map(|flag| flag.as_str().unwrap().to_owned())
    };
    assert_eq!((flag("heart_rate").as_deref(), flag("oxygen_saturation").as_deref()), (Some("critical_high"), Some("critical_low")));
    assert_eq!((flag("temperature").as_deref(), flag("weight")), (Some("normal"), None));
    assert_eq!((added.body["values"][0]["loinc"].as_str(), added.body["values"][0]["unit"].as_str()), (Some("8867-4"), Some("/min")));

    let refused = |values: serde_json::Value| json!({ "values": values });
    c.post("vitals", &refused(json!({ "temperature": 366, "heart_rate": 72.5 })), &doctor)
        .await
        .invalid(&[("values.temperature", "impossible"), ("values.heart_rate", "too_fine")]);
    c.post("vitals", &refused(json!({ "systolic_pressure": 80, "diastolic_pressure": 120 })), &doctor)
        .await
        .invalid(&[("values", "impossible")]);
    c.post("vitals", &refused(json!({})), &doctor).await.invalid(&[("values", "required")]);
    c.post("vitals", &json!({}), &doctor).await.invalid(&[("values", "required")]);
    c.post("vitals", &refused(json!({ "heart_rate": "fast" })), &doctor).await.refused(422, "invalid_request");
    let at = |taken_at: &str| json!({ "taken_at": taken_at, "values": { "pain": 1 } });
    c.post("vitals", &at("2026-03-02T09:00:00Z"), &doctor).await.invalid(&[("taken_at", "in_the_future")]);
    c.post("vitals", &at("1980-03-02T09:00:00Z"), &doctor).await.invalid(&[("taken_at", "before_birth")]);
    assert_eq!(count(&c.get("vitals", &doctor).await.expect(200).body["items"]), 1);
}

#[tokio::test]
async fn the_newest_value_follows_corrections() {
    let c = Consultation::new().await;
    let (nurse, nurses) = c.app.staff("Mary Seacole", Role::Nurse).await;
    c.post("vitals", &json!({ "values": { "pain": 1 } }), &nurses).await.refused(404, "not_found");
    c.app.on_roster(&nurse, Role::Nurse, None).await;
    let taken = |at: &str, heart_rate: u32| json!({ "taken_at": at, "values": { "heart_rate": heart_rate } });
    let newest = async || {
        let summary = c.summary().await;
        summary["vitals"].as_array().unwrap().iter().find(|sign| sign["code"] == "heart_rate").map(|sign| sign["value"].as_f64().unwrap())
    };
    let early = c.post("vitals", &taken("2026-03-02T07:00:00Z", 70), &nurses).await.expect(201);
    let late = c.post("vitals", &taken("2026-03-02T07:30:00Z", 90), &nurses).await.expect(201);
    assert_eq!(newest().await, Some(90.0));
    // What was taken earlier and is written later is not the newest.
    let between = c.post("vitals", &taken("2026-03-02T07:10:00Z", 80), &nurses).await.expect(201);
    assert_eq!(newest().await, Some(90.0));
    // A correction of the newest one; then it turns out to be older than the others.
    let path = format!("vitals/{}", late.id());
    let corrected = c.put(&path, &taken("2026-03-02T07:30:00Z", 95), late.etag(), &nurses).await.expect(200);
    assert_eq!(newest().await, Some(95.0));
    // A correction that says nothing of the time leaves it as it was.
    let corrected = c.put(&path, &json!({ "values": { "heart_rate": 96 } }), corrected.etag(), &nurses).await.expect(200);
    assert_eq!((corrected.body["taken_at"].as_str(), newest().await), (Some("2026-03-02T07:30:00+00:00"), Some(96.0)));
    let moved = c.put(&path, &taken("2026-03-02T06:30:00Z", 95), corrected.etag(), &nurses).await.expect(200);
    assert_eq!(newest().await, Some(80.0));
    // Entered in error.
    let error = |id: &str| format!("record/{id}/entered-in-error");
    c.act(&error(&between.id()), &json!({ "reason": "Other patient" }), between.etag(), &nurses).await.expect(204);
    assert_eq!(newest().await, Some(70.0));
    let series = async |query: &str| {
        let page = c.get(&format!("series?code=heart_rate{query}"), &c.ada.token).await.expect(200).body;
        page["items"].as_array().unwrap().iter().map(|point| point["value"].as_f64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(series("").await, [70.0, 95.0]);
    assert_eq!(series("&from=2026-03-02T06:45:00Z").await, [70.0]);
    assert_eq!(series("&to=2026-03-02T06:30:00Z").await, [95.0]);
    c.act(&error(&early.id()), &json!({ "reason": "Other patient" }), early.etag(), &nurses).await.expect(204);
    c.act(&error(&late.id()), &json!({ "reason": "Other patient" }), moved.etag(), &nurses).await.expect(204);
    assert_eq!((newest().await, series("").await.len()), (None, 0));
    c.get("series?code=luck", &c.ada.token).await.invalid(&[("code", "unknown_code")]);
    c.get("series", &c.ada.token).await.invalid(&[("code", "required")]);
}
