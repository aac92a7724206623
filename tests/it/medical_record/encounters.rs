//! Encounters: opened with the appointment, drafted, signed, and then changed only with a reason.

use std::sync::Arc;

use domain::role::Role;
use serde_json::json;

use super::{Consultation, count};
use crate::support::{App, at_once};

#[tokio::test]
async fn from_the_arrival_to_the_signature_and_after() {
    let c = Consultation::new().await;
    let (ada, doctor) = (c.ada.token.clone(), c.doctor.token.clone());
    let outpatient = json!({ "class": "outpatient", "appointment_id": c.appointment });
    let opened = c.post("encounters", &outpatient, &doctor).await.expect(201);
    let (id, path) = (opened.id(), format!("encounters/{}", opened.id()));
    assert_eq!(opened.headers["location"], c.path(&path));
    assert_eq!((opened.body["status"].as_str(), opened.body["doctor_name"].as_str()), (Some("draft"), Some("Dr. Helen Taussig")));
    let again = c.post("encounters", &outpatient, &doctor).await.refused(409, "already_held");
    assert_eq!(again.body["encounter_id"], id);

    // A draft is saved as often as the doctor likes. The patient sees the encounter, but not the draft.
    let note = format!("{path}/note");
    let empty = c.get(&note, &doctor).await.expect(200);
    c.go(&format!("{path}/sign"), empty.etag(), &doctor).await.refused(409, "note_empty");
    let write = async |body: serde_json::Value, etag: &str| {
        c.app.call("PUT", &c.path(&note)).json(&body).header("if-match", etag).bearer(&doctor).send().await
    };
    let first = write(json!({ "subjective": "Palpitations since Monday." }), empty.etag()).await.expect(200);
    write(json!({ "subjective": "Something else" }), empty.etag()).await.refused(412, "stale");
    let body = json!({ "subjective": "Palpitations since Monday.", "objective": "Pulse 92, regular.", "plan": "ECG." });
    let second = write(body, first.etag()).await.expect(200);
    assert_eq!(count(&c.get("encounters", &ada).await.expect(200).body["items"]), 1);
    c.get(&note, &ada).await.refused(404, "not_found");
    c.app.call("PUT", &c.path(&note)).json(&json!({})).bearer(&doctor).send().await.refused(428, "if_match_required");

    // Signed is what was read. From then on the patient reads it, and a change needs a reason.
    c.go(&format!("{path}/sign"), first.etag(), &doctor).await.refused(412, "stale");
    let signed = c.go(&format!("{path}/sign"), second.etag(), &doctor).await.expect(200);
    assert_eq!(signed.body["status"], "signed");
    c.go(&format!("{path}/sign"), second.etag(), &doctor).await.refused(409, "already_signed");
    assert_eq!(c.get(&note, &ada).await.expect(200).body["plan"], "ECG.");
    let changed = json!({ "subjective": "Palpitations since Sunday." });
    write(changed.clone(), second.etag()).await.invalid(&[("reason", "required")]);
    let blank = write(json!({ "reason": "No longer needed" }), second.etag()).await.refused(409, "note_empty");
    assert!(blank.text.contains("entered in error"));
    let mut with_reason = changed;
    with_reason["reason"] = json!("The patient remembered the day");
    write(with_reason, second.etag()).await.expect(200);
    let versions = c.get(&format!("record/{id}/versions"), &ada).await.expect(200).body;
    let said: Vec<_> = versions["items"].as_array().unwrap().iter().map(|version| &version["entry"]).collect();
    assert_eq!(said.len(), 2, "drafts are not kept: {versions}");
    assert_eq!(
        (said[0]["subjective"].as_str(), said[0]["reason"].as_str()),
        (Some("Palpitations since Sunday."), Some("The patient remembered the day"))
    );
    assert_eq!((said[1]["objective"].as_str(), said[1]["kind"].as_str()), (Some("Pulse 92, regular."), Some("encounter_note")));
    assert_eq!(said[0]["author"]["name"], "Dr. Helen Taussig");
}

#[tokio::test]
async fn who_may_and_when() {
    let c = Consultation::new().await;
    let (other, stranger) = (c.second_doctor().await, c.app.doctor("Dr. Nobody").await);
    let doctor = c.doctor.token.clone();
    let later = c.app.book(&c.ada, &c.doctor, "2026-03-05T09:00:00Z").await.expect(201).id();
    let open = |appointment: &str| json!({ "class": "outpatient", "appointment_id": appointment });
    c.post("encounters", &open(&later), &doctor).await.refused(409, "not_held");
    c.post("encounters", &open(&c.appointment), &other.token).await.refused(403, "not_your_appointment");
    c.post("encounters", &open(&c.appointment), &stranger.token).await.refused(404, "not_found");
    c.post("encounters", &json!({ "class": "outpatient" }), &doctor).await.invalid(&[("appointment_id", "required")]);
    c.post("encounters", &json!({ "class": "coffee" }), &doctor).await.invalid(&[("class", "invalid_class")]);
    let inpatient = json!({ "class": "inpatient", "appointment_id": c.appointment });
    c.post("encounters", &inpatient, &doctor).await.invalid(&[("appointment_id", "outpatients_only")]);
    c.post("encounters", &open("apt_01JD8Z0V3XQ5T4E2W9K7M6N8PR"), &doctor).await.invalid(&[("appointment_id", "unknown_appointment")]);

    let id = c.post("encounters", &open(&c.appointment), &doctor).await.expect(201).id();
    let note = c.get(&format!("encounters/{id}/note"), &other.token).await.expect(200);
    let body = json!({ "plan": "Rest" });
    let put = c.app.call("PUT", &c.path(&format!("encounters/{id}/note"))).json(&body).header("if-match", note.etag());
    put.bearer(&other.token).send().await.refused(403, "not_your_encounter");
    c.go(&format!("encounters/{id}/sign"), note.etag(), &other.token).await.refused(403, "not_your_encounter");

    // The front desk sees that there was an encounter, and nothing of what was said.
    let (_, desk) = c.app.staff("Rosa Parks", Role::Receptionist).await;
    assert_eq!(count(&c.get("encounters", &desk).await.expect(200).body["items"]), 1);
    c.get(&format!("encounters/{id}/note"), &desk).await.refused(403, "forbidden");
    c.get("record", &desk).await.refused(403, "forbidden");

    // Who has an encounter was here.
    let undo = async || c.app.post(&format!("/appointments/{}/undo", c.appointment), &json!({ "reason": "x" })).bearer(&desk).send().await;
    undo().await.refused(409, "has_encounter");

    // Opened by mistake: the appointment may have another one.
    let wrong = json!({ "reason": "Wrong patient" });
    let error = format!("record/{id}/entered-in-error");
    c.act(&error, &wrong, "\"v1\"", &other.token).await.refused(403, "not_your_encounter");
    c.act(&error, &wrong, "\"v1\"", &doctor).await.expect(204);
    c.get(&format!("encounters/{id}"), &doctor).await.refused(404, "not_found");
    c.get(&format!("encounters/{id}/note"), &doctor).await.refused(404, "not_found");
    // Its history has the note and the reason. The patient never saw the draft, and does not see it now.
    let versions = c.get(&format!("record/{id}/versions"), &doctor).await.expect(200).body;
    assert_eq!(
        (versions["items"][0]["entered_in_error"].as_bool(), versions["items"][0]["entry"]["reason"].as_str()),
        (Some(true), Some("Wrong patient"))
    );
    c.get(&format!("record/{id}/versions"), &c.ada.token).await.refused(404, "not_found");
    c.post("encounters", &open(&c.appointment), &doctor).await.expect(201);
    undo().await.refused(409, "has_encounter");
}

/// Without an encounter, an arrival that was noted by mistake is taken back.
#[tokio::test]
async fn an_arrival_without_an_encounter_is_taken_back() {
    let c = Consultation::new().await;
    let undo = c.app.post(&format!("/appointments/{}/undo", c.appointment), &json!({ "reason": "Another patient" }));
    undo.bearer(&c.doctor.token).send().await.expect(200);
    let outpatient = json!({ "class": "outpatient", "appointment_id": c.appointment });
    c.post("encounters", &outpatient, &c.doctor.token).await.refused(409, "not_held");
}

/// An appointment has one encounter, however many ask at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_encounter_for_an_appointment() {
    let Consultation { app, ada, doctor, appointment } = Consultation::new().await;
    let app: Arc<App> = Arc::new(app);
    let body = json!({ "class": "outpatient", "appointment_id": appointment });
    let path = format!("/patients/{}/encounters", ada.id);
    let answers = at_once(&app, vec![(path.clone(), body, doctor.token.clone()); 10]).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.body["code"] == "already_held"));
    let listed = app.get(&path).bearer(&doctor.token).send().await.expect(200);
    assert_eq!(count(&listed.body["items"]), 1);
}
