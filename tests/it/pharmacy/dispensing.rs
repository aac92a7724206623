//! What is handed over, cancelled, or not collected.

use serde_json::{Value, json};

use super::{Counter, amoxicillin, paracetamol};

async fn allergic_to(counter: &Counter, what: &str) {
    let body = json!({ "kind": "allergy", "what": what, "severity": "severe" });
    counter.app.post(&format!("/patients/{}/history", counter.ada.id), &body).bearer(&counter.ada.token).send().await.expect(201);
}

fn items(body: &Value) -> Vec<Value> {
    body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_patient_gets_it_and_three_histories_know() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 100).await;
    let soon = counter.lot(&medicine, "SOON", "2026-03-20", 10).await;
    let prescription = counter.prescription().await;
    let asked = counter.ask(&medicine, 21, Some(prescription)).await.expect(201).id();
    counter.all_mails().await;
    let queue = counter.get("allocations").await.expect(200).body;
    assert_eq!((&items(&queue)[0]["id"], &items(&queue)[0]["patient_name"]), (&json!(asked), &json!("Ada Byron")));
    let path = format!("/patients/{}/allocations/{asked}/hand-over", counter.ada.id);
    counter.app.post(&path, &json!({})).bearer(&counter.ada.token).send().await.expect(403);
    let given = counter.act(&asked, "hand-over", &json!({})).await.expect(200);
    assert_eq!(
        (&given.body["status"], &given.body["handed_over"], &given.body["amount"]["amount"]),
        (&json!("handed_over"), &json!(21), &json!("5.25"))
    );
    assert_eq!(counter.act(&asked, "hand-over", &json!({})).await.refused(409, "has_ended").body["current_status"], "handed_over");
    counter.act(&asked, "cancel", &json!({ "reason": "x" })).await.refused(409, "has_ended");
    assert!(items(&counter.get("allocations").await.expect(200).body).is_empty());
    assert_eq!(items(&counter.get("allocations?status=handed_over").await.expect(200).body).len(), 1);

    let of_patient = counter.app.get(&format!("/patients/{}/dispenses", counter.ada.id)).bearer(&counter.ada.token).send().await;
    let of_patient: Vec<_> = items(&of_patient.expect(200).body).iter().map(|one| one["units"].as_u64().unwrap()).collect();
    assert_eq!(of_patient, [11, 10]);
    assert_eq!(items(&counter.get(&format!("medicines/{medicine}/dispenses")).await.expect(200).body).len(), 2);
    let of_lot = items(&counter.get(&format!("medicines/{medicine}/lots/{soon}/dispenses")).await.expect(200).body);
    assert_eq!((of_lot.len(), &of_lot[0]["patient_name"], &of_lot[0]["units"]), (1, &json!("Ada Byron"), &json!(10)));
    assert_eq!(counter.all_mails().await, Vec::<String>::new(), "who has got it needs no email");
    counter.adds_up(&medicine).await;
}

#[tokio::test]
async fn a_part_is_handed_over_and_the_rest_goes_back() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 100).await;
    let prescription = counter.prescription().await;
    let asked = counter.ask(&medicine, 21, Some(prescription)).await.expect(201).id();
    counter.act(&asked, "hand-over", &json!({ "units": 8 })).await.expect(422);
    counter.act(&asked, "hand-over", &json!({ "units": 22, "reason": "x" })).await.expect(422);
    let part = counter.act(&asked, "hand-over", &json!({ "units": 8, "reason": "Wants less" })).await.expect(200);
    assert_eq!((&part.body["handed_over"], &part.body["amount"]["amount"]), (&json!(8), &json!("2.00")));
    assert_eq!((counter.available(&medicine).await, counter.left(prescription).await), (92, 34));
    counter.adds_up(&medicine).await;
}

#[tokio::test]
async fn allergies_are_checked_once_more() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 100).await;
    let prescription = counter.prescription().await;
    let asked = counter.ask(&medicine, 21, Some(prescription)).await.expect(201).id();
    allergic_to(&counter, "penicillin").await;
    let stopped = counter.act(&asked, "hand-over", &json!({})).await.refused(409, "safety_stop");
    let hit = stopped.body["hits"][0]["id"].clone();
    assert_eq!(stopped.body["hits"][0]["cause"], "same_class");
    let wrong = json!({ "override": { "reason": "tolerated_before", "hits": ["his_other"] } });
    counter.act(&asked, "hand-over", &wrong).await.refused(409, "safety_stop");
    // What the pharmacist needs, and the patient does not: what speaks against it, and what nobody understands.
    let unclear = json!({ "kind": "allergy", "what": "Brandex" });
    counter.app.post(&format!("/patients/{}/history", counter.ada.id), &unclear).bearer(&counter.ada.token).send().await.expect(201);
    let path = format!("/patients/{}/allocations/{asked}", counter.ada.id);
    let seen = counter.app.get(&path).bearer(&counter.pharmacist).send().await.expect(200).body;
    assert_eq!((&seen["prescription"]["dose"], &seen["safety"]["not_understood"]), (&json!("1 capsule"), &json!(["Brandex"])));
    assert_eq!((&seen["safety"]["hits"][0]["cause"], seen["mrn"].as_str().unwrap().len()), (&json!("same_class"), 9));
    assert!(counter.app.get(&path).bearer(&counter.ada.token).send().await.expect(200).body.get("safety").is_none());
    // Whoever was stopped has seen an allergy, so the patient sees who.
    let log = counter.app.get("/patients/me/access-log").bearer(&counter.ada.token).send().await.expect(200).body;
    let refused =
        log["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "allocation.hand_over" && entry["outcome"] == "refused");
    assert_eq!(refused.count(), 2, "{log}");
    let right = json!({ "override": { "reason": "tolerated_before", "note": "Called Dr. Taussig", "hits": [hit] } });
    let given = counter.act(&asked, "hand-over", &right).await.expect(200);
    assert_eq!(
        (&given.body["override"]["reason"], &given.body["override"]["note"]),
        (&json!("tolerated_before"), &json!("Called Dr. Taussig"))
    );
}

#[tokio::test]
async fn either_side_cancels_and_the_other_is_told() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 100).await;
    let prescription = counter.prescription().await;
    let first = counter.ask(&medicine, 21, Some(prescription)).await.expect(201).id();
    let second = counter.ask(&medicine, 10, Some(prescription)).await.expect(201).id();
    counter.all_mails().await;
    counter.act(&first, "cancel", &json!({})).await.expect(422);
    let cancelled = counter.act(&first, "cancel", &json!({ "reason": "Broken" })).await.expect(200);
    assert_eq!((&cancelled.body["status"], &cancelled.body["amount"]["amount"]), (&json!("cancelled"), &json!("0.00")));
    let path = format!("/patients/{}/allocations/{second}/cancel", counter.ada.id);
    counter.app.post(&path, &json!({})).bearer(&counter.ada.token).send().await.expect(200);
    assert_eq!((counter.available(&medicine).await, counter.left(prescription).await), (100, 42));
    assert_eq!(
        counter.all_mails().await,
        [
            "ada-byron@example.org: North Pharmacy no longer has a medicine for Ada Byron",
            "north-pharmacy@example.org: Put back 10 units of Amoxil 500 mg capsule"
        ]
    );
    counter.adds_up(&medicine).await;
}

#[tokio::test]
async fn what_nobody_collects_goes_back_once() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 100).await;
    let prescription = counter.prescription().await;
    let asked = counter.ask(&medicine, 21, Some(prescription)).await.expect(201).id();
    counter.all_mails().await;
    counter.at("2026-03-05T07:59:00Z").await;
    assert_eq!(counter.app.fire_due().await, 0);
    counter.at("2026-03-05T08:00:00Z").await;
    counter.act(&asked, "hand-over", &json!({})).await.refused(409, "too_late");
    assert_eq!(counter.app.fire_due().await, 1);
    assert_eq!(counter.act(&asked, "hand-over", &json!({})).await.refused(409, "has_ended").body["current_status"], "expired");
    assert_eq!((counter.available(&medicine).await, counter.left(prescription).await), (100, 42));
    assert_eq!(
        counter.all_mails().await,
        [
            "ada-byron@example.org: A medicine for Ada Byron was not collected",
            "north-pharmacy@example.org: Put back 21 units of Amoxil 500 mg capsule"
        ]
    );
    let due = json!({ "allocation_id": asked, "patient_id": counter.ada.id, "collect_by": "2026-03-05T08:00:00Z" });
    reminders::handle(&counter.app.events(), serde_json::from_value(due).unwrap()).await.unwrap();
    assert_eq!(counter.available(&medicine).await, 100, "a schedule that fires twice puts nothing back twice");
    counter.adds_up(&medicine).await;
}

#[tokio::test]
async fn an_allocation_that_ended_has_no_schedule() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 100).await;
    let asked = counter.ask(&medicine, 5, None).await.expect(201).id();
    counter.app.drain().await;
    counter.act(&asked, "hand-over", &json!({})).await.expect(200);
    counter.app.drain().await;
    counter.at("2026-03-06T08:00:00Z").await;
    assert_eq!(counter.app.fire_due().await, 0);
}

#[tokio::test]
async fn a_lot_that_expires_while_it_waits_is_not_handed_over() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 0).await;
    let lot = counter.lot(&medicine, "SOON", "2026-03-04", 10).await;
    let asked = counter.ask(&medicine, 4, None).await.expect(201).id();
    counter.at("2026-03-04T09:00:00Z").await;
    counter.act(&asked, "hand-over", &json!({})).await.refused(409, "too_late");
    counter.act(&asked, "cancel", &json!({ "reason": "It has expired" })).await.expect(200);
    let lots = items(&counter.get(&format!("medicines/{medicine}/lots")).await.expect(200).body);
    assert_eq!((&lots[0]["id"], &lots[0]["left"], &lots[0]["quarantined"]), (&json!(lot), &json!(6), &json!(4)));
    counter.adds_up(&medicine).await;
}

#[tokio::test]
async fn nothing_is_handed_over_that_was_stopped_or_to_the_dead() {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 100).await;
    let (first, second) = (counter.prescription().await, counter.prescription_of("amoxicillin trihydrate", 21).await);
    let stopped = counter.ask(&medicine, 5, Some(first)).await.expect(201).id();
    let wrong = counter.ask(&medicine, 5, Some(second)).await.expect(201).id();
    let stop = format!("/patients/{}/prescriptions/medicines/{first}/stop", counter.ada.id);
    let reason = json!({ "reason": "Rash" });
    counter.app.post(&stop, &reason).header("if-match", "\"v2\"").bearer(&counter.doctor.token).send().await.expect(200);
    counter.act(&stopped, "hand-over", &json!({})).await.refused(409, "prescription_stopped");
    let error = format!("/patients/{}/record/{second}/entered-in-error", counter.ada.id);
    counter.app.post(&error, &reason).header("if-match", "\"v2\"").bearer(&counter.doctor.token).send().await.expect(204);
    counter.act(&wrong, "hand-over", &json!({})).await.refused(409, "prescription_stopped");
    counter.all_mails().await;
    counter.act(&wrong, "cancel", &json!({ "reason": "It was wrong" })).await.expect(200);
    let told = counter.all_mails().await;
    assert_eq!(told, ["ada-byron@example.org: North Pharmacy no longer has a medicine for Ada Byron"], "not once more that it was stopped");
    let (_, desk) = counter.app.staff("Rosa Parks", domain::role::Role::Receptionist).await;
    let death = json!({ "date_of_death": "2026-03-01", "reason": "Told by the family" });
    counter.app.wait(jiff::SignedDuration::from_mins(1));
    counter.app.post(&format!("/patients/{}/death", counter.ada.id), &death).bearer(&desk).send().await.expect(200);
    counter.act(&stopped, "hand-over", &json!({})).await.refused(409, "deceased");
    counter.adds_up(&medicine).await;
}

#[tokio::test]
async fn what_changes_between_the_check_and_the_hand_over_is_seen() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 100).await;
    let prescription = counter.prescription().await;
    let asked = counter.ask(&medicine, 5, Some(prescription)).await.expect(201).id();
    let store = counter.app.store();
    let checked = store.record_summary(counter.ada.id).await.unwrap();
    allergic_to(&counter, "penicillin").await;
    let before = store.allocation(counter.ada.id, asked.parse().unwrap()).await.unwrap().unwrap();
    let (at, by) = (counter.app.now(), Some(counter.account.id));
    let end = domain::allocation::AllocationEnd { at, by, by_pharmacy: true, units: 5, reason: None, accepted: None };
    let ending = before.clone().end(domain::allocation::AllocationStatus::HandedOver, end, jiff::civil::date(2026, 3, 2)).unwrap();
    let written = store.allocation_end(&before, &ending, store.movement_id(at).unwrap(), at, Some(&checked)).await;
    assert!(matches!(written, Err(store::allocations::EndError::Recheck)), "{written:?}");
}
