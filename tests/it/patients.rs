//! Patients' own records.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn who_reads_a_record() {
    let app = App::new().await;
    let (ada, alan, doctor) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    let (_, sweeper) = app.staff("Ignaz Clean", domain::role::Role::Sweeper).await;
    let path = format!("/patients/{}", ada.id);
    let own = app.get("/patients/me").bearer(&ada.token).send().await.expect(200);
    assert_eq!(own.body["name"], "Ada Byron");
    assert_eq!(own.body["emergency_contact"]["phone"], "+442079460019");
    assert_eq!(app.get(&path).bearer(&ada.token).send().await.expect(200).body, own.body);
    app.get(&path).bearer(&desk).send().await.expect(200);
    let hidden = app.get(&path).bearer(&alan.token).send().await.refused(404, "not_found");
    let missing = app.get("/patients/pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR").bearer(&alan.token).send().await.refused(404, "not_found");
    assert_eq!(hidden.text, missing.text);
    app.get(&path).bearer(&doctor.token).send().await.refused(403, "forbidden");
    app.get(&path).bearer(&sweeper).send().await.refused(403, "forbidden");
    app.get("/patients/me").bearer(&doctor.token).send().await.refused(403, "forbidden");
    app.get(&path).send().await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_patient_corrects_their_contact_data() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let patch = |body: serde_json::Value, etag: &str| {
        app.call("PATCH", "/patients/me").json(&body).bearer(&ada.token).header("if-match", etag).send()
    };
    let changed =
        patch(json!({ "phone": "+44 20 7946 0999", "income": { "amount": "10", "currency": "USD" } }), "\"v1\"").await.expect(200);
    assert_eq!((changed.body["phone"].as_str(), changed.etag()), (Some("+442079460999"), "\"v2\""));
    assert_eq!(changed.body["address"], "12 St James's Square", "what is left out stays");
    patch(json!({ "phone": "+44 20 7946 0998" }), "\"v1\"").await.refused(412, "stale");
    let removed = patch(json!({ "income": null }), "\"v2\"").await.expect(200);
    assert!(removed.body.get("income").is_none());
    patch(json!({ "phone": "1", "emergency_contact": { "name": "B" } }), "\"v3\"")
        .await
        .invalid(&[("phone", "invalid_phone"), ("emergency_contact.phone", "required")]);
    patch(json!({ "date_of_birth": "1990-01-01" }), "\"v3\"").await.invalid(&[("date_of_birth", "unknown_field")]);
    patch(json!({}), "*").await.refused(400, "invalid_if_match");
    app.call("PATCH", "/patients/me").json(&json!({})).bearer(&ada.token).send().await.refused(428, "if_match_required");
    let read = app.get("/patients/me").bearer(&ada.token).send().await.expect(200);
    assert_eq!(read.etag(), "\"v3\"");
}
