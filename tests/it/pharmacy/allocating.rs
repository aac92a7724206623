//! What patients ask a pharmacy for.

use domain::role::Role;
use serde_json::json;

use super::{Counter, amoxicillin, fields, paracetamol, registration};

#[tokio::test]
async fn of_the_lots_that_expire_first_and_of_the_prescription() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 100).await;
    counter.lot(&medicine, "SOON", "2026-03-20", 10).await;
    let prescription = counter.prescription().await;
    counter.mails().await;
    let asked = counter.ask(&medicine, 21, Some(prescription)).await.expect(201);
    let lots: Vec<_> =
        asked.body["lots"].as_array().unwrap().iter().map(|lot| (lot["lot_number"].as_str().unwrap(), &lot["units"])).collect();
    assert_eq!(lots, [("SOON", &json!(10)), ("B4711", &json!(11))]);
    assert_eq!((&asked.body["amount"]["amount"], &asked.body["unit_price"]["amount"]), (&json!("5.25"), &json!("0.25")));
    assert_eq!((&asked.body["status"], &asked.body["collect_by"]), (&json!("allocated"), &json!("2026-03-05T08:00:00+00:00")));
    assert_eq!((counter.available(&medicine).await, counter.left(prescription).await), (89, 21));
    counter.adds_up(&medicine).await;
    assert_eq!(
        counter.all_mails().await,
        [
            "ada-byron@example.org: North Pharmacy has a medicine for Ada Byron",
            "north-pharmacy@example.org: Prepare 21 units of Amoxil 500 mg capsule"
        ]
    );
    let everything: Vec<_> =
        counter.app.services.mailbox.list().into_iter().filter(|mail| mail.to == "north-pharmacy@example.org").collect();
    assert!(everything.iter().all(|mail| !mail.text.contains("Ada")), "emails to a pharmacy name no patient");

    // The price is frozen, and the refill is as good as the first time.
    let path = counter.path(&format!("medicines/{medicine}"));
    let dearer = json!({ "unit_price": { "amount": "9.99", "currency": "GBP" } });
    counter.app.call("PATCH", &path).json(&dearer).header("if-match", "\"v1\"").bearer(&counter.pharmacist).send().await.expect(200);
    let kept = counter.app.get(&format!("/patients/{}/allocations/{}", counter.ada.id, asked.id())).bearer(&counter.ada.token).send().await;
    assert_eq!(kept.expect(200).body["amount"]["amount"], "5.25");
    let refill = counter.ask(&medicine, 21, Some(prescription)).await.expect(201);
    assert_eq!(refill.body["unit_price"]["amount"], "9.99");
    let refused = counter.ask(&medicine, 1, Some(prescription)).await.refused(409, "not_enough_prescribed");
    assert_eq!(refused.body["left"], 0);
}

#[tokio::test]
async fn each_refusal_says_what_is_wrong() {
    let mut counter = Counter::new().await;
    let (amoxil, panadol) = (counter.keeps(&amoxicillin(), 30).await, counter.keeps(&paracetamol(), 0).await);
    let prescription = counter.prescription().await;
    counter.ask(&amoxil, 5, None).await.refused(409, "prescription_needed");
    let refused = counter.ask(&amoxil, 43, Some(prescription)).await.refused(409, "not_enough_prescribed");
    assert_eq!(refused.body["left"], 42);
    counter.ask(&panadol, 5, Some(prescription)).await.refused(409, "other_medicine");
    for (body, field) in [
        (json!({ "units": 0 }), "units"),
        (json!({ "units": -1 }), "units"),
        (json!({ "units": 1.5 }), "units"),
        (json!({ "units": "5" }), "units"),
        (json!({ "pharmacy_id": "pha_x" }), "pharmacy_id"),
        (json!({ "pharmacy_id": "pha_01JD8Z0V3XQ5T4E2W9K7M6N8PR" }), "pharmacy_id"),
        (json!({ "medicine_id": "stm_01JD8Z0V3XQ5T4E2W9K7M6N8PR" }), "medicine_id"),
        (json!({ "prescription_id": "med_01JD8Z0V3XQ5T4E2W9K7M6N8PR" }), "prescription_id"),
    ] {
        let mut wanted = counter.wanted(&amoxil, 5, Some(prescription));
        wanted.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let answer =
            counter.app.post(&format!("/patients/{}/allocations", counter.ada.id), &wanted).bearer(&counter.ada.token).send().await;
        assert_eq!(fields(&answer), [field], "{body}");
    }
    assert_eq!(fields(&counter.ask(&panadol, 101, None).await), ["units"], "so many need a prescription");

    // Another patient has no such prescription.
    let eve = counter.app.patient("Eve Moneypenny").await;
    let wanted = counter.wanted(&amoxil, 5, Some(prescription));
    let others = counter.app.post(&format!("/patients/{}/allocations", eve.id), &wanted).bearer(&eve.token).send().await;
    assert_eq!(fields(&others), ["prescription_id"]);
    counter.app.post(&format!("/patients/{}/allocations", counter.ada.id), &wanted).bearer(&eve.token).send().await.expect(404);

    // Not enough: what is there, what has expired, and who has it.
    counter.lot(&panadol, "P1", "2026-03-04", 6).await;
    counter.lot(&panadol, "P2", "2026-06-01", 3).await;
    let (_, percy) = counter.app.staff("Percy Julian", Role::Pharmacist).await;
    let south = counter.app.post("/pharmacies", &registration("South Pharmacy")).bearer(&percy).send().await.expect(201).id();
    let theirs = counter.app.post(&format!("/pharmacies/{south}/medicines"), &paracetamol()).bearer(&percy).send().await.expect(201).id();
    let lot = json!({ "lot_number": "S1", "expires_on": "2027-01-01", "units": 40 });
    counter.app.post(&format!("/pharmacies/{south}/medicines/{theirs}/lots"), &lot).bearer(&percy).send().await.expect(201);
    counter.app.drain().await;
    counter.at("2026-03-04T10:00:00Z").await;
    let short = counter.ask(&panadol, 4, None).await.refused(409, "not_enough_stock");
    assert_eq!((&short.body["available"], &short.body["expired"]), (&json!(3), &json!(6)));
    let others = json!([{ "pharmacy_id": south, "name": "South Pharmacy", "medicine_id": theirs, "available": 40, "open": true }]);
    assert_eq!(short.body["others"], others);

    // Closed, and when it opens.
    counter.at("2026-03-06T18:00:00Z").await;
    let closed = counter.ask(&panadol, 1, None).await.refused(409, "pharmacy_closed");
    assert_eq!(closed.body["opens_at"], "2026-03-09T08:00:00+00:00");

    // Over, and stopped.
    counter.at("2026-03-16T10:00:00Z").await;
    counter.ask(&amoxil, 1, Some(prescription)).await.refused(409, "prescription_over");
    let again = counter.prescription().await;
    let stop = format!("/patients/{}/prescriptions/medicines/{again}/stop", counter.ada.id);
    let reason = json!({ "reason": "Rash" });
    counter.app.post(&stop, &reason).header("if-match", "\"v1\"").bearer(&counter.doctor.token).send().await.expect(200);
    counter.ask(&amoxil, 1, Some(again)).await.refused(409, "prescription_stopped");
    assert_eq!(counter.available(&amoxil).await, 30, "nothing was half-done");
    counter.adds_up(&amoxil).await;
}

#[tokio::test]
async fn whoever_revises_the_prescription_has_seen_what_was_taken_of_it() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 100).await;
    let prescription = counter.prescription().await;
    counter.ask(&medicine, 30, Some(prescription)).await.expect(201);
    let path = format!("/patients/{}/prescriptions/medicines/{prescription}", counter.ada.id);
    let revise = async |etag: &str, refills: u32| {
        let content = json!({ "drug": "Amoxicillin 500 mg capsules", "ingredients": ["amoxicillin"], "dose": "1 capsule", "route": "oral",
            "frequency": "every 8 hours", "duration_days": 7, "quantity": 21, "refills": refills });
        let body = json!({ "reason": "Shorter", "content": content });
        counter.app.call("PUT", &path).json(&body).header("if-match", etag).bearer(&counter.doctor.token).send().await
    };
    revise("\"v1\"", 0).await.expect(412);
    let refused = revise("\"v2\"", 0).await.refused(409, "below_dispensed");
    assert_eq!(refused.body["dispensed"], 30);
    assert_eq!(revise("\"v2\"", 2).await.expect(200).body["left"], 33);
}

#[tokio::test]
async fn a_guardian_asks_for_a_child_and_nobody_for_the_dead() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 10).await;
    let (_, desk) = counter.app.staff("Rosa Parks", Role::Receptionist).await;
    let child = json!({ "name": "Ben Byron", "date_of_birth": "2020-05-01", "gender": "male",
        "guardians": [{ "patient_id": counter.ada.id, "name": "Ada Byron", "relationship": "mother" }] });
    let child = counter.app.post("/patients", &child).bearer(&desk).send().await.expect(201).id();
    let path = format!("/patients/{child}/allocations");
    let asked = counter.app.post(&path, &counter.wanted(&medicine, 2, None)).bearer(&counter.ada.token).send().await.expect(201);
    counter.app.get(&format!("{path}/{}", asked.id())).bearer(&counter.ada.token).send().await.expect(200);
    let death = json!({ "date_of_death": "2026-03-01", "reason": "Told by the family" });
    counter.app.post(&format!("/patients/{child}/death"), &death).bearer(&desk).send().await.expect(200);
    counter.app.post(&path, &counter.wanted(&medicine, 2, None)).bearer(&counter.ada.token).send().await.refused(409, "deceased");
}

#[tokio::test]
async fn nobody_keeps_a_whole_stock_from_others() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 1000).await;
    let mut first = String::new();
    for _ in 0..5 {
        first = counter.ask(&medicine, 100, None).await.expect(201).id();
    }
    assert_eq!(counter.ask(&medicine, 1, None).await.refused(409, "too_many_wait").body["at_most"], 5);
    counter.act(&first, "cancel", &json!({ "reason": "Too many" })).await.expect(200);
    counter.ask(&medicine, 1, None).await.expect(201);
}

#[tokio::test]
async fn another_strength_than_was_prescribed_is_refused() {
    let counter = Counter::new().await;
    let mut weaker = amoxicillin();
    weaker["strength"] = json!("250 mg");
    let medicine = counter.keeps(&weaker, 100).await;
    let prescription = counter.prescription().await;
    counter.ask(&medicine, 21, Some(prescription)).await.refused(409, "other_strength");
}

#[tokio::test]
async fn a_pharmacist_asks_for_who_stands_at_the_counter() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 100).await;
    let (_, desk) = counter.app.staff("Rosa Parks", Role::Receptionist).await;
    let walk_in = json!({ "name": "Katherine Johnson", "date_of_birth": "1978-08-26", "gender": "female" });
    let patient = counter.app.post("/patients", &walk_in).bearer(&desk).send().await.expect(201).id();
    let path = format!("/patients/{patient}/allocations");
    let asked = counter.app.post(&path, &counter.wanted(&medicine, 2, None)).bearer(&counter.pharmacist).send().await.expect(201).id();
    let over = format!("{path}/{asked}/hand-over");
    counter.app.post(&over, &json!({})).bearer(&counter.pharmacist).send().await.expect(200);
    // In another pharmacy, others ask; who works in none asks for nobody.
    let (_, percy) = counter.app.staff("Percy Julian", Role::Pharmacist).await;
    counter.app.post(&path, &counter.wanted(&medicine, 2, None)).bearer(&percy).send().await.expect(404);
    counter.app.post("/pharmacies", &registration("South Pharmacy")).bearer(&percy).send().await.expect(201);
    let elsewhere = counter.app.post(&path, &counter.wanted(&medicine, 2, None)).bearer(&percy).send().await;
    assert_eq!(fields(&elsewhere), ["pharmacy_id"]);
    let own = counter.app.get("/pharmacies?mine=true").bearer(&counter.pharmacist).send().await.expect(200).body;
    assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["id"]), (1, &json!(counter.pharmacy)));
    let other = counter.app.get("/pharmacies?mine=true&name=zzz").bearer(&counter.pharmacist).send().await.expect(200).body;
    assert_eq!(other["items"].as_array().unwrap().len(), 0, "filters hold together");
    counter.app.get("/pharmacies?mine=true&cursor=made-up").bearer(&counter.pharmacist).send().await.refused(400, "invalid_cursor");
    let none = counter.app.get("/pharmacies?mine=true").bearer(&counter.ada.token).send().await.expect(200).body;
    assert_eq!(none["items"], json!([]));
}
