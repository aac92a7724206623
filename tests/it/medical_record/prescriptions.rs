//! Prescriptions: what is checked, what stops and what warns, who is told, and what is left.

use std::sync::Arc;

use domain::role::Role;
use serde_json::{Value, json};

use super::{Consultation, count};
use crate::support::{App, shared_database};

pub(super) fn amoxicillin() -> Value {
    json!({ "drug": "Amoxicillin 500 mg capsules", "ingredients": ["Amoxycillin"], "dose": "1 capsule", "route": "oral",
        "frequency": "every 8 hours", "duration_days": 7, "quantity": 21, "refills": 1, "instructions": "Take all of them." })
}

fn of(ingredients: &[&str]) -> Value {
    let mut body = amoxicillin();
    body["drug"] = json!(ingredients.join(" and "));
    body["ingredients"] = json!(ingredients);
    body
}

const MEDICINES: &str = "prescriptions/medicines";

#[tokio::test]
async fn prescribed_revised_stopped_and_told() {
    let c = Consultation::new().await;
    let (ada, doctor, mut seen) = (c.ada.token.clone(), c.doctor.token.clone(), 0);
    c.app.new_mails(&mut seen).await;
    let new = c.post(MEDICINES, &amoxicillin(), &doctor).await.expect(201);
    let path = format!("{MEDICINES}/{}", new.id());
    assert_eq!((new.body["ingredients"][0].as_str(), new.body["status"].as_str()), (Some("amoxicillin"), Some("active")));
    assert_eq!((new.body["left"].as_u64(), new.body["until"].as_str(), count(&new.body["hits"])), (Some(42), Some("2026-03-15"), 0));
    let mut longer = amoxicillin();
    longer["refills"] = json!(2);
    let revised = c.put(&path, &longer, new.etag(), &doctor).await.expect(200);
    assert_eq!((revised.body["left"].as_u64(), revised.body["prescribed_on"].as_str()), (Some(63), Some("2026-03-02")));
    c.put(&path, &longer, new.etag(), &doctor).await.refused(412, "stale");
    assert_eq!(c.get(MEDICINES, &ada).await.expect(200).body["items"][0]["left"], 63);
    let stopped = c.act(&format!("{path}/stop"), &json!({ "reason": "A rash" }), revised.etag(), &doctor).await.expect(200);
    assert_eq!((stopped.body["status"].as_str(), stopped.body["reason"].as_str()), (Some("stopped"), Some("A rash")));
    assert_eq!(stopped.body["left"], 0, "nothing more is dispensed");
    c.act(&format!("{path}/stop"), &json!({ "reason": "x" }), stopped.etag(), &doctor).await.refused(409, "already_stopped");
    c.put(&path, &longer, stopped.etag(), &doctor).await.refused(409, "already_stopped");
    assert_eq!(c.summary().await["medicines"], json!([]));

    // One email for each change. None of them says which medicine.
    let mails = c.app.new_mails(&mut seen).await;
    let subjects: Vec<_> = mails.iter().map(|mail| (mail.to.as_str(), mail.subject.as_str())).collect();
    assert_eq!(
        subjects,
        [
            (c.ada.email.as_str(), "Dr. Helen Taussig has prescribed a medicine"),
            (c.ada.email.as_str(), "Dr. Helen Taussig has changed a prescription"),
            (c.ada.email.as_str(), "Dr. Helen Taussig has stopped a prescription"),
        ]
    );
    assert!(mails.iter().all(|mail| !mail.text.to_lowercase().contains("amoxi") && !mail.text.contains("rash")));

    let test = json!({ "test": "Haemoglobin", "loinc": "718-7", "priority": "urgent" });
    let ordered = c.post("prescriptions/lab-tests", &test, &doctor).await.expect(201);
    let path = format!("prescriptions/lab-tests/{}", ordered.id());
    let revised = c.put(&path, &json!({ "test": "Full blood count" }), ordered.etag(), &doctor).await.expect(200);
    assert_eq!((revised.body["priority"].as_str(), revised.body["status"].as_str()), (Some("routine"), Some("open")));
    c.act(&format!("{path}/stop"), &json!({ "reason": "Done elsewhere" }), revised.etag(), &doctor).await.expect(200);
    c.put(&path, &json!({ "test": "Haemoglobin" }), "\"v3\"", &doctor).await.refused(409, "not_open");
    c.post("prescriptions/lab-tests", &json!({ "test": "x", "loinc": "718-8" }), &doctor).await.invalid(&[("loinc", "invalid_loinc")]);
    assert_eq!(c.app.new_mails(&mut seen).await.len(), 3);
}

#[tokio::test]
async fn a_prescription_says_what_is_wrong_with_it() {
    let c = Consultation::new().await;
    let doctor = c.doctor.token.clone();
    let wrong = json!({ "drug": "x", "ingredients": ["500 mg"], "dose": "", "route": "telepathy", "frequency": "x", "duration_days": 0,
        "quantity": 1001, "refills": 13 });
    c.post(MEDICINES, &wrong, &doctor).await.invalid(&[
        ("ingredients", "invalid_ingredient"),
        ("dose", "required"),
        ("route", "invalid_route"),
        ("duration_days", "out_of_range"),
        ("quantity", "out_of_range"),
        ("refills", "out_of_range"),
    ]);
    let mut none = amoxicillin();
    none["ingredients"] = json!([]);
    none["override"] = json!({ "reason": "because" });
    c.post(MEDICINES, &none, &doctor).await.invalid(&[
        ("ingredients", "out_of_range"),
        ("override.reason", "invalid_override_reason"),
        ("override.hits", "required"),
    ]);
    let mut fraction = amoxicillin();
    fraction["quantity"] = json!(2.5);
    c.post(MEDICINES, &fraction, &doctor).await.refused(422, "invalid_request");
}

#[tokio::test]
async fn allergies_stop_or_warn() {
    let c = Consultation::new().await;
    let (ada, doctor) = (c.ada.token.clone(), c.doctor.token.clone());
    let allergy = |what: &str, severity: &str| json!({ "kind": "allergy", "what": what, "severity": severity });
    let penicillin = c.post("history", &allergy("Penicillin", "severe"), &ada).await.expect(201).id();
    let stopped = c.post(MEDICINES, &amoxicillin(), &doctor).await.refused(409, "safety_stop");
    let hit = &stopped.body["hits"][0];
    assert_eq!(
        (hit["id"].as_str(), hit["level"].as_str(), hit["cause"].as_str()),
        (Some(penicillin.as_str()), Some("stop"), Some("same_class"))
    );
    assert_eq!(c.get(MEDICINES, &doctor).await.expect(200).body["items"], json!([]), "nothing was prescribed");

    // A related class warns, and the doctor reads it in the answer.
    let warned = c.post(MEDICINES, &of(&["ceftriaxone"]), &doctor).await.expect(201);
    assert_eq!(
        (warned.body["hits"][0]["level"].as_str(), warned.body["hits"][0]["cause"].as_str()),
        (Some("warning"), Some("related_class"))
    );
    // An ingredient whose class nobody knows here is named as such.
    let unknown = c.post(MEDICINES, &of(&["ivermectin"]), &doctor).await.expect(201);
    assert_eq!((&unknown.body["not_classified"], &unknown.body["not_understood"]), (&json!(["ivermectin"]), &json!([])));
    // And so is an allergy that the check can make nothing of.
    c.post("history", &allergy("Augmentin", "severe"), &ada).await.expect(201);
    let brand = c.post(MEDICINES, &of(&["zinc"]), &doctor).await.expect(201);
    assert_eq!(brand.body["not_understood"], json!(["Augmentin"]));

    // An override answers the stops that it names, with a reason that is kept.
    let mut body = amoxicillin();
    body["override"] = json!({ "reason": "tolerated_before", "hits": ["his_01JD8Z0V3XQ5T4E2W9K7M6N8PR"] });
    c.post(MEDICINES, &body, &doctor).await.refused(409, "safety_stop");
    body["override"] = json!({ "reason": "tolerated_before", "note": "Twice in 2024", "hits": [penicillin] });
    let overridden = c.post(MEDICINES, &body, &doctor).await.expect(201);
    assert_eq!(
        (overridden.body["override"]["reason"].as_str(), overridden.body["override"]["hits"][0]["what"].as_str()),
        (Some("tolerated_before"), Some("Penicillin"))
    );
    let path = format!("{MEDICINES}/{}", overridden.id());
    assert_eq!(c.get(&path, &doctor).await.expect(200).body["override"]["note"], "Twice in 2024");
    // It stays answered for the same ingredients, and not for others.
    let revised = c.put(&path, &amoxicillin(), overridden.etag(), &doctor).await.expect(200);
    assert_eq!(revised.body["override"]["reason"], "tolerated_before");
    c.put(&path, &of(&["ampicillin"]), revised.etag(), &doctor).await.refused(409, "safety_stop");

    // What is withdrawn does not count. What only a class says, does.
    c.act(&format!("{path}/stop"), &json!({ "reason": "x" }), revised.etag(), &doctor).await.expect(200);
    c.post(&format!("history/{penicillin}/withdraw"), &json!({ "reason": "Tested negative" }), &doctor).await.expect(200);
    c.post(MEDICINES, &amoxicillin(), &doctor).await.expect(201);
    let pain_killers = json!({ "kind": "allergy", "what": "Strong pain killers", "class": "opioids" });
    c.post("history", &pain_killers, &ada).await.expect(201);
    c.post(MEDICINES, &of(&["morphine"]), &doctor).await.refused(409, "safety_stop");
    assert_eq!(c.summary().await["allergies"][1]["class"], "opioids");
    let wrong = json!({ "kind": "surgery", "what": "x", "class": "opioids" });
    c.post("history", &wrong, &ada).await.invalid(&[("class", "allergies_only")]);
}

/// The limit is for medicines at the same time: courses that are over make room.
#[tokio::test]
async fn a_lifetime_of_courses() {
    let c = Consultation::new().await;
    for day in 0..32 {
        let doctor = c.app.fresh_doctor(&c.doctor).await;
        let mut course = of(&[&format!("ingredient-{day}")]);
        (course["duration_days"], course["refills"]) = (json!(1), json!(0));
        c.post(MEDICINES, &course, &doctor).await.expect(201);
        c.app.wait(jiff::SignedDuration::from_hours(24));
    }
}

/// The patient reads who has stopped it, and only once.
#[tokio::test]
async fn another_doctor_takes_a_prescription_out_of_view() {
    let c = Consultation::new().await;
    let (other, mut seen) = (c.second_doctor().await, 0);
    c.app.new_mails(&mut seen).await;
    let medicine = c.post(MEDICINES, &amoxicillin(), &c.doctor.token).await.expect(201);
    let error = format!("record/{}/entered-in-error", medicine.id());
    c.act(&error, &json!({ "reason": "Other patient" }), medicine.etag(), &other.token).await.expect(204);
    let subjects: Vec<_> = c.app.new_mails(&mut seen).await.into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["Dr. Helen Taussig has prescribed a medicine", "Dr. Maude Abbott has stopped a prescription"]);
    let stopped = c.post(MEDICINES, &amoxicillin(), &c.doctor.token).await.expect(201);
    let stop = format!("{MEDICINES}/{}/stop", stopped.id());
    c.act(&stop, &json!({ "reason": "A rash" }), stopped.etag(), &c.doctor.token).await.expect(200);
    c.act(&format!("record/{}/entered-in-error", stopped.id()), &json!({ "reason": "x" }), "\"v2\"", &other.token).await.expect(204);
    assert_eq!(c.app.new_mails(&mut seen).await.len(), 2);
}

/// Allergies that were noted before there were summaries count as well.
#[tokio::test]
async fn an_allergy_of_an_older_history_stops() {
    let c = Consultation::new().await;
    c.post("history", &json!({ "kind": "allergy", "what": "Penicillin" }), &c.ada.token).await.expect(201);
    let key = store::keys::record_summary(c.ada.id);
    let gone = json!({ "TableName": c.app.table, "Key": { "pk": { "S": key.pk }, "sk": { "S": key.sk } } });
    shared_database().0.delete_item(serde_json::from_value(gone).unwrap()).unwrap();
    c.post(MEDICINES, &amoxicillin(), &c.doctor.token).await.refused(409, "safety_stop");
}

/// Two doctors prescribe the same ingredient at the same moment: one of them is stopped.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_ingredient_twice() {
    let c = Consultation::new().await;
    let other = c.second_doctor().await;
    let (path, doctor) = (c.path(MEDICINES), c.doctor.token.clone());
    let app: Arc<App> = Arc::new(c.app);
    let request = |number: usize| {
        let token = if number.is_multiple_of(2) { doctor.clone() } else { other.token.clone() };
        (path.clone(), amoxicillin(), token)
    };
    let answers = crate::support::at_once(&app, (0..8).map(request).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert!(["safety_stop", "try_again"].contains(&refused.body["code"].as_str().unwrap()), "{}", refused.text);
    }
    let hit = app.post(&path, &of(&["amoxicillin", "clavulanic acid"])).bearer(&doctor).send().await.refused(409, "safety_stop");
    assert_eq!((hit.body["hits"][0]["cause"].as_str(), count(&hit.body["hits"])), (Some("same_ingredient"), 1));
    // When the course is over, it may be prescribed again.
    app.wait(jiff::SignedDuration::from_hours(14 * 24));
    let doctor = app.fresh_doctor(&other).await;
    app.post(&path, &amoxicillin()).bearer(&doctor).send().await.expect(201);
}

#[tokio::test]
async fn nothing_is_prescribed_for_the_dead() {
    let c = Consultation::new().await;
    let doctor = c.doctor.token.clone();
    let medicine = c.post(MEDICINES, &amoxicillin(), &doctor).await.expect(201);
    let (_, desk) = c.app.staff("Rosa Parks", Role::Receptionist).await;
    // A booking may be under way for half a minute.
    c.app.wait(jiff::SignedDuration::from_mins(1));
    c.post("death", &json!({ "date_of_death": "2026-03-02", "reason": "Seen by the doctor" }), &desk).await.expect(200);
    assert!(c.app.store().patient(c.ada.id).await.unwrap().unwrap().deceased.is_some());
    c.post(MEDICINES, &of(&["ibuprofen"]), &doctor).await.refused(409, "patient_deceased");
    c.post("prescriptions/lab-tests", &json!({ "test": "x" }), &doctor).await.refused(409, "patient_deceased");
    c.put(&format!("{MEDICINES}/{}", medicine.id()), &amoxicillin(), medicine.etag(), &doctor).await.refused(409, "patient_deceased");
    // What was prescribed can be stopped, and what happened can be written down. No email goes to the dead.
    let mut seen = 0;
    c.app.new_mails(&mut seen).await;
    c.act(&format!("{MEDICINES}/{}/stop", medicine.id()), &json!({ "reason": "Died" }), medicine.etag(), &doctor).await.expect(200);
    c.post("diagnoses", &json!({ "what": "Cardiac arrest", "clinical_status": "active", "verification_status": "confirmed" }), &doctor)
        .await
        .expect(201);
    assert_eq!(c.app.new_mails(&mut seen).await.len(), 0);
}
