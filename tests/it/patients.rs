//! Patient profiles: who reads them, and how patients change their own.

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
    app.get(&path).bearer(&doctor.token).send().await.refused(404, "not_found");
    app.get(&path).bearer(&sweeper).send().await.refused(403, "forbidden");
    app.get("/patients/me").bearer(&doctor.token).send().await.refused(403, "forbidden");
    app.get(&path).send().await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_doctor_reads_the_profiles_of_the_patients_they_treat() {
    let app = App::new().await;
    let (ada, doctor, other) =
        (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await, app.doctor("Dr. Daniel Williams").await);
    let path = format!("/patients/{}", ada.id);
    let income = app.call("PATCH", "/patients/me").json(&json!({ "income": { "amount": "10", "currency": "GBP" } }));
    income.bearer(&ada.token).header("if-match", "\"v1\"").send().await.expect(200);
    let read = async |doctor: &crate::support::Doctor| app.get(&path).bearer(&app.fresh_doctor(doctor).await).send().await;
    read(&doctor).await.refused(404, "not_found");

    let first = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    let seen = read(&doctor).await.expect(200);
    assert_eq!(seen.body["phone"], "+442079460018");
    assert!(seen.body.get("income").is_none(), "{}", seen.text);
    assert_eq!(app.get("/patients/me").bearer(&ada.token).send().await.expect(200).body["income"]["amount"], "10.00");
    read(&other).await.refused(404, "not_found");
    let cancel = app.post(&format!("/appointments/{first}/cancel"), &json!({})).bearer(&ada.token);
    cancel.send().await.expect(200);
    read(&doctor).await.refused(404, "not_found");

    // The treatment ends 90 days after the last appointment.
    let second = app.book(&ada, &doctor, "2026-03-02T10:00:00Z").await.expect(201).id();
    app.set_clock("2026-03-02T10:20:00Z");
    let token = app.fresh_doctor(&doctor).await;
    let complete = app.call("POST", &format!("/appointments/{second}/complete")).bearer(&token).send();
    complete.await.expect(200);
    app.set_clock("2026-05-31T10:29:59Z");
    read(&doctor).await.expect(200);
    app.set_clock("2026-05-31T10:30:00Z");
    read(&doctor).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_patient_corrects_their_contact_data() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let patch = |body: serde_json::Value, etag: &str| {
        app.call("PATCH", "/patients/me").json(&body).bearer(&ada.token).header("if-match", etag).send()
    };
    let changed =
        patch(json!({ "phone": "+44 20 7946 0999", "income": { "amount": "10", "currency": "GBP" } }), "\"v1\"").await.expect(200);
    assert_eq!((changed.body["phone"].as_str(), changed.etag()), (Some("+442079460999"), "\"v2\""));
    assert_eq!(changed.body["address"], "12 St James's Square", "fields that are left out stay as they are");
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
