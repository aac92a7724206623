//! Orders: who places them, where, of what, and once.

use domain::role::Role;
use serde_json::{Value, json};

use super::{Bench, blood_count, items, potassium};

#[tokio::test]
async fn a_patient_takes_a_prescription_to_a_laboratory() {
    let mut bench = Bench::new().await;
    let (test, prescription) =
        (bench.offers(&potassium()).await, bench.prescribed(json!({ "test": "K", "loinc": "2823-3", "priority": "urgent" })).await);
    bench.mails().await;
    let placed = bench.order(&bench.wanted(&test, Some(&prescription)), &bench.ada.token).await.expect(201);
    let body = &placed.body;
    assert_eq!(
        (&body["status"], &body["price"]["amount"], &body["due_at"]),
        (&json!("ordered"), &json!("12.50"), &json!("2026-03-16T08:00:00+00:00"))
    );
    assert_eq!((&body["doctor_name"], &body["priority"], body.get("upload")), (&json!("Dr. Helen Taussig"), &json!("urgent"), None));
    assert_eq!(
        bench.mails().await,
        [
            "ada-byron@example.org: A lab order for Ada Byron at Central Laboratory",
            "central-laboratory@example.org: Urgent: Potassium was ordered"
        ]
    );
    let prescribed = bench.of_patient(&format!("prescriptions/lab-tests/{prescription}"), &bench.ada.token).await.expect(200).body;
    assert_eq!((&prescribed["status"], &prescribed["order_id"]), (&json!("ordered"), &body["id"]));

    // Once, however it is tried.
    let again = bench.order(&bench.wanted(&test, Some(&prescription)), &bench.ada.token).await.refused(409, "not_open");
    assert_eq!((&again.body["current_status"], &again.body["order_id"]), (&json!("ordered"), &body["id"]));
    // The price stays.
    let path = format!("/laboratories/{}/tests/{test}", bench.laboratory);
    let dearer = json!({ "price": { "amount": "99", "currency": "GBP" } });
    bench.app.call("PATCH", &path).json(&dearer).header("if-match", "\"v1\"").bearer(&bench.grete).send().await.expect(200);
    let listed = items(&bench.of_patient("lab-orders", &bench.ada.token).await.expect(200));
    assert_eq!((listed.len(), &listed[0]["price"]["amount"]), (1, &json!("12.50")));

    // While a laboratory has it, the doctor does not stop it, and no result is written past the laboratory.
    let stop = format!("/patients/{}/prescriptions/lab-tests/{prescription}/stop", bench.ada.id);
    let stop =
        bench.app.post(&stop, &json!({ "reason": "Not needed" })).header("if-match", "\"v2\"").bearer(&bench.doctor.token).send().await;
    assert_eq!(stop.refused(409, "not_open").body["order_id"], body["id"]);
    let result = json!({ "name": "K", "value": 4, "unit": "mmol/L", "taken_at": "2026-03-02T08:00:00Z", "lab_test_id": prescription });
    let path = format!("/patients/{}/results", bench.ada.id);
    bench.app.post(&path, &result).bearer(&bench.doctor.token).send().await.refused(409, "not_open");
    let error = format!("/patients/{}/record/{prescription}/entered-in-error", bench.ada.id);
    let error =
        bench.app.post(&error, &json!({ "reason": "Wrong patient" })).header("if-match", "\"v2\"").bearer(&bench.doctor.token).send().await;
    error.refused(409, "not_open");
}

#[tokio::test]
async fn cancelled_it_costs_nothing_and_the_prescription_is_free_again() {
    let mut bench = Bench::new().await;
    let (test, prescription) = (bench.offers(&potassium()).await, bench.prescription(&potassium()).await);
    let wanted = bench.wanted(&test, Some(&prescription));
    let order = bench.order(&wanted, &bench.ada.token).await.expect(201).id();
    bench.mails().await;
    bench.step(&order, "cancel", &json!({}), &bench.grete).await.invalid(&[("reason", "required")]);
    let cancelled = bench.step(&order, "cancel", &json!({}), &bench.ada.token).await.expect(200).body;
    assert_eq!(
        (&cancelled["status"], &cancelled["amount"]["amount"], &cancelled["price"]["amount"]),
        (&json!("cancelled"), &json!("0.00"), &json!("12.50"))
    );
    assert_eq!(bench.mails().await, ["central-laboratory@example.org: An order of Potassium was cancelled"]);
    bench.step(&order, "cancel", &json!({}), &bench.ada.token).await.refused(409, "wrong_status");
    let prescribed = bench.of_patient(&format!("prescriptions/lab-tests/{prescription}"), &bench.ada.token).await.expect(200).body;
    assert_eq!((&prescribed["status"], prescribed.get("order_id")), (&json!("open"), None));
    // The laboratory and the doctor can cancel, too.
    for (token, told) in [(bench.grete.clone(), 2), (bench.doctor.token.clone(), 2)] {
        let order = bench.order(&wanted, &bench.ada.token).await.expect(201).id();
        bench.mails().await;
        bench.step(&order, "cancel", &json!({ "reason": "The machine is broken" }), &token).await.expect(200);
        let mails = bench.mails().await;
        assert!(mails.len() == told && mails[0] == "ada-byron@example.org: A lab order for Ada Byron was cancelled", "{mails:?}");
    }
}

#[tokio::test]
async fn a_laboratory_that_is_closed_and_a_test_that_it_does_not_have() {
    let mut bench = Bench::new().await;
    let (test, prescription) = (bench.offers(&potassium()).await, bench.prescription(&potassium()).await);
    let count = bench.offers(&blood_count()).await;
    let mut wanted = bench.wanted(&test, Some(&prescription));
    let other = bench.order(&bench.wanted(&count, Some(&prescription)), &bench.ada.token).await.refused(409, "other_test");
    assert!(other.body["detail"].as_str().unwrap().contains("`Potassium`"));
    let mut unknown = wanted.clone();
    unknown["test_id"] = json!("tst_01JD8Z0V3XQ5T4E2W9K7M6N8PR");
    bench.order(&unknown, &bench.ada.token).await.invalid(&[("test_id", "unknown_test")]);
    unknown["laboratory_id"] = json!("lby_01JD8Z0V3XQ5T4E2W9K7M6N8PR");
    bench.order(&unknown, &bench.ada.token).await.invalid(&[("laboratory_id", "unknown_laboratory")]);
    bench.order(&json!({}), &bench.ada.token).await.invalid(&[("laboratory_id", "required"), ("test_id", "required")]);
    bench.order(&bench.wanted(&test, None), &bench.ada.token).await.invalid(&[("prescription_id", "required")]);

    bench.at("2026-03-06T19:00:00Z").await;
    let closed = bench.order(&wanted, &bench.ada.token).await.refused(409, "laboratory_closed");
    assert_eq!(closed.body["opens_at"], "2026-03-09T08:00:00+00:00");
    wanted["at_next_opening"] = json!(true);
    let placed = bench.order(&wanted, &bench.ada.token).await.expect(201);
    assert_eq!(
        (&placed.body["open_from"], &placed.body["due_at"]),
        (&json!("2026-03-09T08:00:00+00:00"), &json!("2026-03-23T08:00:00+00:00"))
    );
    bench.step(&placed.id(), "cancel", &json!({}), &bench.ada.token).await.expect(200);
    bench.at("2026-03-09T09:00:00Z").await;
    let path = format!("/laboratories/{}/tests/{test}", bench.laboratory);
    bench
        .app
        .call("PATCH", &path)
        .json(&json!({ "offered": false }))
        .header("if-match", "\"v1\"")
        .bearer(&bench.grete)
        .send()
        .await
        .expect(200);
    bench.order(&wanted, &bench.ada.token).await.refused(409, "not_offered");
    let never = format!("/laboratories/{}", bench.laboratory);
    bench
        .app
        .call("PATCH", &never)
        .json(&json!({ "opening_hours": [] }))
        .header("if-match", "\"v1\"")
        .bearer(&bench.grete)
        .send()
        .await
        .expect(200);
    let count = bench.wanted(&count, Some(&bench.prescription(&blood_count()).await));
    let closed = bench.order(&count, &bench.ada.token).await.refused(409, "laboratory_closed");
    assert_eq!(closed.body.get("opens_at"), None);
}

#[tokio::test]
async fn a_prescription_that_is_anothers_or_stopped_or_used() {
    let bench = Bench::new().await;
    let test = bench.offers(&potassium()).await;
    let prescription = bench.prescription(&potassium()).await;
    let grace = bench.app.patient("Grace Hopper").await;
    let path = format!("/patients/{}/lab-orders", grace.id);
    let wanted = bench.wanted(&test, Some(&prescription));
    let place = async |token: &str| bench.app.post(&path, &wanted).bearer(token).send().await;
    place(&grace.token).await.invalid(&[("prescription_id", "unknown_prescription")]);
    place(&bench.ada.token).await.refused(404, "not_found");
    bench.order(&wanted, &grace.token).await.refused(404, "not_found");
    let stop = format!("/patients/{}/prescriptions/lab-tests/{prescription}/stop", bench.ada.id);
    bench
        .app
        .post(&stop, &json!({ "reason": "Not needed" }))
        .header("if-match", "\"v1\"")
        .bearer(&bench.doctor.token)
        .send()
        .await
        .expect(200);
    assert_eq!(bench.order(&wanted, &bench.ada.token).await.refused(409, "not_open").body["current_status"], "stopped");
    let used = bench.prescription(&potassium()).await;
    let wanted = bench.wanted(&test, Some(&used));
    let order = bench.order(&wanted, &bench.ada.token).await.expect(201).id();
    bench.released(&order, &super::measured(4.2)).await;
    assert_eq!(bench.order(&wanted, &bench.ada.token).await.refused(409, "not_open").body["current_status"], "resulted");
    let death = json!({ "date_of_death": "2026-03-02", "reason": "Died at home" });
    let another = bench.prescription(&potassium()).await;
    bench.app.wait(jiff::SignedDuration::from_mins(1));
    bench.app.post(&format!("/patients/{}/death", bench.ada.id), &death).bearer(&bench.doctor.token).send().await.expect(200);
    bench.order(&bench.wanted(&test, Some(&another)), &bench.grete).await.refused(409, "deceased");
}

#[tokio::test]
async fn staff_order_for_those_in_the_hospital_and_the_laboratory_for_those_at_the_counter() {
    let bench = Bench::new().await;
    let (test, prescription) = (bench.offers(&blood_count()).await, bench.prescribed(json!({ "test": "FBC" })).await);
    let wanted = bench.wanted(&test, Some(&prescription));
    // The names differ, and there is no code: the patient may be wrong, the laboratory knows.
    bench.order(&wanted, &bench.ada.token).await.refused(409, "other_test");
    bench.order(&wanted, &bench.doctor.token).await.refused(409, "not_an_inpatient");
    let (_, elsewhere) = bench.app.staff("Percy Julian", Role::LabTechnician).await;
    bench.order(&wanted, &elsewhere).await.refused(404, "not_found");
    bench.app.post("/laboratories", &super::registration("South Laboratory")).bearer(&elsewhere).send().await.expect(201);
    bench.order(&wanted, &elsewhere).await.invalid(&[("laboratory_id", "not_yours")]);
    let order = bench.order(&wanted, &bench.grete).await.expect(201);
    assert_eq!((&order.body["placed_by"]["name"], &order.body["doctor_name"]), (&json!("Grete Hermann"), &json!("Dr. Helen Taussig")));
    bench.step(&order.id(), "cancel", &json!({ "reason": "x" }), &bench.grete).await.expect(200);

    let (nurse, duty) = bench.inpatient().await;
    let placed = bench.order(&wanted, &nurse).await.expect(201);
    assert!(placed.body["admission_id"].is_string() && placed.body["due_at"] == "2026-03-02T11:00:00+00:00", "{}", placed.text);
    bench.order(&bench.wanted(&test, None), &nurse).await.invalid(&[("prescription_id", "required")]);
    // A doctor orders directly; a prescription says the rest itself.
    let mut direct = bench.wanted(&test, None);
    direct["priority"] = json!("urgent");
    let ordered = bench.order(&direct, &duty).await.expect(201);
    assert_eq!((&ordered.body["doctor_name"], ordered.body.get("prescription_id")), (&json!("Dr. Charles Drew"), None));
    let mut both = wanted.clone();
    both["priority"] = json!("urgent");
    bench.order(&both, &duty).await.invalid(&[("priority", "prescribed")]);
    // The ward takes the specimen, the laboratory does the rest.
    bench.step(&ordered.id(), "collect", &json!({}), &nurse).await.expect(200);
    bench.step(&ordered.id(), "start", &Value::Null, &nurse).await.expect(403);
    bench.step(&ordered.id(), "cancel", &json!({}), &nurse).await.invalid(&[("reason", "required")]);
    bench.step(&ordered.id(), "cancel", &json!({ "reason": "Not needed" }), &nurse).await.expect(200);
    assert_eq!(items(&bench.of_patient("lab-orders", &nurse).await.expect(200)).len(), 3);
}

#[tokio::test]
async fn staff_order_for_an_emergency() {
    let bench = Bench::new().await;
    let (app, test) = (&bench.app, bench.offers(&potassium()).await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let emergency = json!({ "patient_id": bench.ada.id, "complaint": "Fall", "triage": { "level": "urgent" } });
    let case = app.post("/emergency/cases", &emergency).bearer(&desk).send().await.expect(201).id();
    let (nurse, nurses) = app.staff("Mary Seacole", Role::Nurse).await;
    app.on_roster(&nurse, Role::Nurse, Some(domain::ward::Ward::Emergency)).await;
    let placed = bench.order(&bench.wanted(&test, None), &bench.doctor.token).await.expect(201).body;
    assert_eq!((&placed["case_id"], &placed["due_at"]), (&json!(case), &json!("2026-03-02T10:00:00+00:00")));
    let prescription = bench.prescription(&potassium()).await;
    let order = bench.order(&bench.wanted(&test, Some(&prescription)), &nurses).await.expect(201).id();
    bench.step(&order, "collect", &json!({}), &nurses).await.expect(200);
}

#[tokio::test]
async fn nobody_works_on_their_own_specimen() {
    let bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    // Ada begins to work in the laboratory.
    let store = bench.app.store();
    let before = store.account(bench.ada.user_id).await.unwrap().unwrap().account;
    let (_, admin) = bench.app.staff("Clara Barton", Role::Administrator).await;
    let roles = json!({ "roles": ["patient", "lab_technician"] });
    bench.app.post(&format!("/users/{}/roles", before.id), &roles).bearer(&admin).send().await.expect(200);
    bench.post("technicians", &json!({ "user_id": before.id })).await.expect(200);
    let account = store.account(before.id).await.unwrap().unwrap().account;
    let ada = bench.app.token(&account).await;
    let version = bench.read(&order, &bench.grete).await.expect(200).etag().to_owned();
    bench.step_from(&order, "result", &super::measured(4.2), &version, &ada).await.expect(403);
    assert_eq!(bench.read(&order, &ada).await.expect(200).body.get("upload"), None);
    // What the laboratory works on is not the patient's to call off.
    assert_eq!(bench.step(&order, "cancel", &json!({}), &ada).await.refused(409, "wrong_status").body["current_status"], "in_progress");
    let waits = bench.ordered(&potassium()).await;
    bench.step(&waits, "cancel", &json!({}), &ada).await.expect(200);
}
