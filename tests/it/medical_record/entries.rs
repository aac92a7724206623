//! What all entries have in common: versions, who wrote them and why, and nothing is ever lost.

use std::{sync::Arc, time::Duration};

use domain::role::Role;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::{Consultation, count};
use crate::support::App;

fn asthma() -> Value {
    json!({ "what": "Asthma", "icd10": "j45.9", "clinical_status": "active", "verification_status": "confirmed", "onset": "2019-05-01" })
}

#[tokio::test]
async fn diagnoses_and_their_history() {
    let c = Consultation::new().await;
    let (ada, doctor) = (c.ada.token.clone(), c.doctor.token.clone());
    let added = c.post("diagnoses", &asthma(), &doctor).await.expect(201);
    let (id, path) = (added.id(), format!("diagnoses/{}", added.id()));
    assert_eq!((added.etag(), added.body["icd10"].as_str()), ("\"v1\"", Some("J45.9")));
    assert_eq!(c.summary().await["problems"][0]["diagnosis_id"], id);

    // A change is a new version with a reason; a stale one is refused, and so is one without a version.
    let mut resolved = asthma();
    resolved["clinical_status"] = json!("resolved");
    let changed = c.put(&path, &resolved, "\"v1\"", &doctor).await.expect(200);
    assert_eq!((changed.etag(), changed.body["reason"].as_str()), ("\"v2\"", Some("Typing mistake")));
    c.put(&path, &asthma(), "\"v1\"", &doctor).await.refused(412, "stale");
    let body = json!({ "reason": "x", "content": asthma() });
    c.app.call("PUT", &c.path(&path)).json(&body).bearer(&doctor).send().await.refused(428, "if_match_required");
    assert_eq!(c.summary().await["problems"], json!([]));
    let put = |body: Value| c.app.call("PUT", &c.path(&path)).json(&body).header("if-match", "\"v2\"").bearer(&doctor).send();
    put(json!({})).await.invalid(&[("reason", "required"), ("content", "required")]);
    put(json!({ "reason": "x", "content": { "what": "" } })).await.invalid(&[
        ("content.what", "required"),
        ("content.clinical_status", "required"),
        ("content.verification_status", "required"),
    ]);

    // Entered in error: out of view, and in the history with the reason.
    let error = format!("record/{id}/entered-in-error");
    c.act(&error, &json!({}), "\"v2\"", &doctor).await.invalid(&[("reason", "required")]);
    c.act(&error, &json!({ "reason": "Other patient" }), "\"v1\"", &doctor).await.refused(412, "stale");
    c.act(&error, &json!({ "reason": "Other patient" }), "\"v2\"", &ada).await.refused(403, "forbidden");
    c.act(&error, &json!({ "reason": "Other patient" }), "\"v2\"", &doctor).await.expect(204);
    c.get(&path, &doctor).await.refused(404, "not_found");
    assert_eq!(c.get("diagnoses", &ada).await.expect(200).body["items"], json!([]));
    let versions = c.get(&format!("record/{id}/versions"), &ada).await.expect(200).body;
    let told: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| (version["entered_in_error"].as_bool().unwrap(), version["entry"]["clinical_status"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(true, "resolved"), (false, "resolved"), (false, "active")]);
    assert_eq!(versions["items"][0]["entry"]["reason"], "Other patient");
    let page = c.get(&format!("record/{id}/versions?limit=2"), &ada).await.expect(200).body;
    let next =
        c.get(&format!("record/{id}/versions?limit=2&cursor={}", page["next_cursor"].as_str().unwrap()), &ada).await.expect(200).body;
    assert_eq!((count(&next["items"]), next["items"][0]["entry"]["version"].as_u64()), (1, Some(1)));
    c.get("record/dia_01JD8Z0V3XQ5T4E2W9K7M6N8PR/versions", &doctor).await.refused(404, "not_found");
    c.get("record/nonsense/versions", &doctor).await.refused(404, "not_found");
}

#[tokio::test]
async fn bad_entries_name_their_fields() {
    let c = Consultation::new().await;
    let doctor = c.doctor.token.clone();
    let wrong = json!({ "what": "x", "icd10": "asthma", "clinical_status": "bad", "verification_status": "maybe", "onset": "2027-01-01" });
    c.post("diagnoses", &wrong, &doctor).await.invalid(&[
        ("icd10", "invalid_icd_code"),
        ("clinical_status", "invalid_clinical_status"),
        ("verification_status", "invalid_verification_status"),
        ("onset", "in_the_future"),
    ]);
    let mut elsewhere = asthma();
    elsewhere["encounter_id"] = json!("enc_01JD8Z0V3XQ5T4E2W9K7M6N8PR");
    c.post("diagnoses", &elsewhere, &doctor).await.invalid(&[("encounter_id", "unknown_encounter")]);
    let plan = json!({ "title": "Asthma plan", "steps": "Inhale twice a day.", "status": "dreamt", "review_on": "soon" });
    c.post("treatment-plans", &plan, &doctor).await.invalid(&[("status", "invalid_status"), ("review_on", "invalid_date")]);
    let surgery = json!({ "procedure": "Appendectomy", "surgeon_id": "doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR", "performed_on": "2026-03-01",
        "fee": { "amount": "1200.00", "currency": "GBP" } });
    c.post("surgeries", &surgery, &doctor).await.invalid(&[("surgeon_id", "unknown_doctor")]);
    let surgery = json!({ "procedure": "Appendectomy", "surgeon_id": c.doctor.id, "performed_on": "2026-03-03", "fee": { "amount": "-1", "currency": "GBP" } });
    c.post("surgeries", &surgery, &doctor).await.invalid(&[("performed_on", "in_the_future"), ("fee", "invalid_amount")]);
    assert_eq!(c.get("surgeries", &doctor).await.expect(200).body["items"], json!([]), "nothing is half-written");
}

#[tokio::test]
async fn plans_and_operations() {
    let c = Consultation::new().await;
    let (ada, doctor) = (c.ada.token.clone(), c.doctor.token.clone());
    let encounter =
        c.post("encounters", &json!({ "class": "outpatient", "appointment_id": c.appointment }), &doctor).await.expect(201).id();
    let plan = json!({ "encounter_id": encounter, "title": "Asthma plan", "goal": "No attacks.", "steps": "Inhale twice a day.", "review_on": "2026-06-01" });
    let added = c.post("treatment-plans", &plan, &doctor).await.expect(201);
    assert_eq!((added.body["status"].as_str(), added.body["encounter_id"].as_str()), (Some("active"), Some(encounter.as_str())));
    let done = json!({ "title": "Asthma plan", "steps": "Inhale twice a day.", "status": "completed" });
    let changed = c.put(&format!("treatment-plans/{}", added.id()), &done, added.etag(), &doctor).await.expect(200);
    assert!(changed.body.get("goal").is_none() && changed.body.get("encounter_id").is_none(), "what is left out is no longer there");
    assert_eq!(c.get(&format!("treatment-plans/{}", added.id()), &ada).await.expect(200).body["status"], "completed");

    let surgery = json!({ "procedure": "Appendectomy", "surgeon_id": c.doctor.id, "performed_on": "2026-03-01", "report": "Without complications.",
        "fee": { "amount": "1200.00", "currency": "GBP" } });
    let added = c.post("surgeries", &surgery, &doctor).await.expect(201);
    assert_eq!((added.body["surgeon_name"].as_str(), added.body["fee"]["amount"].as_str()), (Some("Dr. Helen Taussig"), Some("1200.00")));
    assert_eq!(count(&c.get("surgeries", &ada).await.expect(200).body["items"]), 1);
}

/// A blood group is certain once two typings agree.
#[tokio::test]
async fn a_blood_group_is_determined_twice() {
    let c = Consultation::new().await;
    let doctor = c.doctor.token.clone();
    let (technician, lab) = c.app.staff("Edward Jenner", Role::LabTechnician).await;
    c.app.on_roster(&technician, Role::LabTechnician, None).await;
    let typed = |group: &str, day: &str| json!({ "blood_group": group, "determined_on": day });
    let known = async || {
        let group = c.summary().await["blood_group"].clone();
        (group["blood_group"].as_str().map(str::to_owned), group["certainty"].as_str().map(str::to_owned))
    };
    let is = |group: &str, certainty: &str| (Some(group.to_owned()), Some(certainty.to_owned()));
    assert_eq!(known().await, (None, None));
    c.post("blood-typings", &typed("a_positive", "2026-02-01"), &lab).await.expect(201);
    assert_eq!(known().await, is("a_positive", "determined_once"));
    let second = c.post("blood-typings", &typed("a_negative", "2026-03-01"), &lab).await.expect(201);
    assert_eq!(known().await, is("a_negative", "contradictory"));
    let path = format!("blood-typings/{}", second.id());
    let corrected = c.put(&path, &typed("a_positive", "2026-03-01"), second.etag(), &doctor).await.expect(200);
    assert_eq!(known().await, is("a_positive", "certain"));
    c.post("blood-typings", &typed("a_positive", "1989-01-01"), &lab).await.invalid(&[("determined_on", "before_birth")]);
    c.act(&format!("record/{}/entered-in-error", second.id()), &json!({ "reason": "Other sample" }), corrected.etag(), &lab)
        .await
        .expect(204);
    c.post("blood-typings", &typed("a_positive", "2026-02-01"), &lab).await.expect(201);
    assert_eq!(known().await, is("a_positive", "determined_once"), "the same day is the same sample");
    assert_eq!(1 + count(&c.get("blood-typings", &c.ada.token).await.expect(200).body["items"]), 3);
    c.get(&path, &doctor).await.refused(404, "not_found");
    let wrong = typed("unknown", "2026-03-03");
    c.post("blood-typings", &wrong, &lab).await.invalid(&[("blood_group", "invalid_blood_group"), ("determined_on", "in_the_future")]);
    c.post("blood-typings", &typed("a_positive", "2026-02-01"), &c.ada.token).await.refused(403, "forbidden");
}

/// A doctor who does not treat the patient sees nothing, as if there were no such patient. Everybody on shift in other roles sees a part.
#[tokio::test]
async fn each_role_has_its_part() {
    let c = Consultation::new().await;
    let id = c.post("diagnoses", &asthma(), &c.doctor.token).await.expect(201).id();
    let stranger = c.app.doctor("Dr. Nobody").await;
    c.get("record", &stranger.token).await.refused(404, "not_found");
    c.post("diagnoses", &asthma(), &stranger.token).await.refused(404, "not_found");
    c.act(&format!("record/{id}/entered-in-error"), &json!({ "reason": "x" }), "\"v1\"", &stranger.token).await.refused(404, "not_found");
    let other = c.app.patient("Alan Mathison").await;
    c.get("record", &other.token).await.refused(404, "not_found");

    let (nurse, nurses) = c.app.staff("Mary Seacole", Role::Nurse).await;
    c.get("record", &nurses).await.refused(404, "not_found");
    c.app.on_roster(&nurse, Role::Nurse, None).await;
    c.get("record", &nurses).await.expect(200);
    c.get("diagnoses", &nurses).await.expect(200);
    c.post("diagnoses", &asthma(), &nurses).await.refused(403, "forbidden");
    c.act(&format!("record/{id}/entered-in-error"), &json!({ "reason": "x" }), "\"v1\"", &nurses).await.refused(403, "forbidden");
    let (technician, technicians) = c.app.staff("Edward Jenner", Role::LabTechnician).await;
    c.app.on_roster(&technician, Role::LabTechnician, None).await;
    c.get("prescriptions/lab-tests", &technicians).await.expect(200);
    c.get("diagnoses", &technicians).await.refused(403, "forbidden");
    c.get(&format!("record/{id}/versions"), &technicians).await.refused(403, "forbidden");
    // Who has two roles is on shift in the one that the roster says.
    let (both, _) = c.app.staff("Clara Barton", Role::Nurse).await;
    let both = domain::account::Account { roles: [Role::Nurse, Role::Sweeper].into(), ..both };
    c.app.on_roster(&both, Role::Sweeper, None).await;
    let swept = c.app.token(&both).await;
    c.get("record", &swept).await.refused(404, "not_found");
    // After the shift, at 16:00.
    c.app.set_clock("2026-03-02T16:00:00Z");
    let nurses = c.app.token(&nurse).await;
    c.get("record", &nurses).await.refused(404, "not_found");

    // The patient sees who read it.
    c.app.drain().await;
    let log = c.app.get("/patients/me/access-log").bearer(&c.app.fresh(&c.ada).await).send().await.expect(200);
    assert!(log.text.contains("Mary Seacole") && log.text.contains("record.read_summary"), "{}", log.text);
}

/// 50 clinicians change one entry at the same moment, each from the version that it read: one wins for each version, and none is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_at_once() {
    let Consultation { app, ada, doctor, .. } = Consultation::new().await;
    let app: Arc<App> = Arc::new(app);
    let path = format!("/patients/{}/diagnoses", ada.id);
    let id = app.post(&path, &asthma()).bearer(&doctor.token).send().await.expect(201).id();
    let (path, barrier) = (format!("{path}/{id}"), Arc::new(Barrier::new(50)));
    let tasks = (0..50_u64).map(|number| {
        let (app, barrier, path, token) = (Arc::clone(&app), Arc::clone(&barrier), path.clone(), doctor.token.clone());
        tokio::spawn(async move {
            barrier.wait().await;
            let (mut etag, mut refused) = ("\"v1\"".to_owned(), 0);
            loop {
                let mut content = asthma();
                content["detail"] = json!(format!("Change {number}"));
                let body = json!({ "reason": format!("Change {number}"), "content": content });
                let answer = app.call("PUT", &path).json(&body).header("if-match", &etag).bearer(&token).send().await;
                match answer.status.as_u16() {
                    200 => return (answer.body["version"].as_u64().unwrap(), number, refused),
                    // People do not try again all at once.
                    412 | 409 => tokio::time::sleep(Duration::from_millis(4 * number)).await,
                    _ => panic!("{}", answer.text),
                }
                refused += 1;
                etag = app.get(&path).bearer(&token).send().await.expect(200).etag().to_owned();
            }
        })
    });
    let mut won = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        won.push(task.await.unwrap());
    }
    won.sort_unstable();
    assert_eq!(won.iter().map(|(version, ..)| *version).collect::<Vec<_>>(), (2..=51).collect::<Vec<_>>(), "one wins for each version");
    assert!(won.iter().any(|(.., refused)| *refused > 0), "there was no race");
    let (mut versions, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            app.get(&format!("/patients/{}/record/{id}/versions?limit=20{cursor}", ada.id)).bearer(&doctor.token).send().await.expect(200);
        versions.extend(page.body["items"].as_array().unwrap().clone());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let said: Vec<_> = versions.iter().rev().map(|version| version["entry"]["detail"].as_str().map(str::to_owned)).collect();
    let expected = [None].into_iter().chain(won.iter().map(|(_, number, _)| Some(format!("Change {number}"))));
    assert_eq!(said, expected.collect::<Vec<_>>(), "none is lost");
}

/// Entries of different kinds that are written at the same moment all get through, and the summary has them all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_entries_at_once() {
    let Consultation { app, ada, doctor, .. } = Consultation::new().await;
    let app: Arc<App> = Arc::new(app);
    let path = |rest: &str| format!("/patients/{}/{rest}", ada.id);
    let request = |number: usize| match number % 3 {
        0 => (path("diagnoses"), asthma(), doctor.token.clone()),
        1 => (path("vitals"), json!({ "values": { "heart_rate": 60 + number } }), doctor.token.clone()),
        _ => (path("history"), json!({ "kind": "allergy", "what": format!("Substance {number}") }), ada.token.clone()),
    };
    let answers = crate::support::at_once(&app, (0..15).map(request).collect()).await;
    let written = |part: usize| answers.iter().enumerate().filter(|(at, answer)| at % 3 == part && answer.status == 201).count();
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.body["code"] == "try_again"), "{answers:?}");
    let summary = app.get(&path("record")).bearer(&doctor.token).send().await.expect(200).body;
    assert_eq!((count(&summary["problems"]), count(&summary["allergies"])), (written(0), written(2)));
    assert!(written(0) + written(1) + written(2) >= 10);
}
