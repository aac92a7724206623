use domain::{role::Role, shifts::ShiftTime, ward::Ward};
use serde_json::{Value, json};

use super::{House, told};

async fn list(house: &House, ward: Ward) -> Vec<Value> {
    let path = format!("/wards/{}/bed-requests", ward.as_str());
    house.app.get(&path).bearer(&house.desk).send().await.expect(200).body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_most_urgent_one_gets_the_bed_that_becomes_free() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    house.manager("Lillian Wald", Ward::General, ShiftTime::Day).await;
    house.manager("Clara Barton", Ward::Icu, ShiftTime::Day).await;
    let doctor = house.app.doctor("Dr. Helen Taussig").await;
    let stays = house.fill(Ward::General).await;
    let (first, urgent, lies_elsewhere) = (house.patient().await, house.patient().await, house.patient().await);
    let full = house.admit(first, &json!({ "ward": "general" })).await.refused(409, "ward_full");
    assert!(full.body["detail"].as_str().unwrap().contains("bed-requests"), "{}", full.text);
    house.ask_for_bed(first, Ward::General, "routine").await.expect(201);
    house.app.wait(jiff::SignedDuration::from_secs(1));
    let elsewhere = house.admit(lies_elsewhere, &json!({ "ward": "icu" })).await.expect(201).body;
    let under = json!({ "ward": "general", "doctor_id": doctor.id });
    house.app.post(&format!("/patients/{lies_elsewhere}/bed-requests"), &under).bearer(&house.desk).send().await.expect(201);
    house.app.wait(jiff::SignedDuration::from_secs(1));
    let asked = house.ask_for_bed(urgent, Ward::General, "urgent").await.expect(201).body;
    assert_eq!(house.ask_for_bed(urgent, Ward::Icu, "urgent").await.refused(409, "waits_already").body["bed_request_id"], asked["id"]);
    house.mails().await;
    let waiting: Vec<_> = list(&house, Ward::General).await.iter().map(|line| line["patient_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(waiting, [urgent, first, lies_elsewhere].map(|id| id.to_string()));
    // Nobody goes past them, not even at the moment in which a bed is free.
    house.leaves(&stays[&5]).await.expect(200);
    house.cleaned(Ward::General, &json!(5)).await.expect(200);
    let newcomer = house.patient().await;
    house.admit(newcomer, &json!({ "ward": "general" })).await.refused(409, "others_wait");
    house.admit(newcomer, &json!({ "ward": "general", "bed": 5 })).await.refused(409, "others_wait");
    let mails = house.mails().await;
    assert!(
        told(&mails).contains(&("lillian-wald@example.org".to_owned(), "A patient comes to bed 5 on the ward general".to_owned())),
        "{:?}",
        told(&mails)
    );
    let given = house.app.store().current_admission(urgent).await.unwrap().unwrap();
    assert_eq!((given.place().unwrap().0, given.place().unwrap().1.get(), given.admitted_by), (Ward::General, 5, None));
    // The next two, one of whom is transferred.
    for bed in [6, 7] {
        house.leaves(&stays[&bed]).await.expect(200);
        house.cleaned(Ward::General, &json!(bed)).await.expect(200);
    }
    let mails = house.mails().await;
    let goes = ("clara-barton@example.org".to_owned(), "A patient leaves the ward ICU for another ward".to_owned());
    assert!(told(&mails).contains(&goes), "{:?}", told(&mails));
    assert!(mails.iter().all(|mail| !mail.text.contains("Patient Number")), "wards and names do not stand together");
    assert!(list(&house, Ward::General).await.is_empty());
    for patient in [first, lies_elsewhere] {
        assert_eq!(house.app.store().current_admission(patient).await.unwrap().unwrap().place().unwrap().0, Ward::General);
    }
    let moved = house.app.get(&super::path(&elsewhere)).bearer(&house.desk).send().await.expect(200).body;
    assert_eq!((moved["segments"].as_array().unwrap().len(), moved["segments"][0]["ward"].clone()), (2, json!("icu")));
    assert_eq!(moved["doctor_id"], json!(doctor.id), "who was asked for is responsible");
    assert_eq!(house.is_consistent(Ward::General).await.occupied, 40);
    assert_eq!(house.is_consistent(Ward::Icu).await.cleaning, 1);
}

#[tokio::test]
async fn who_asks_while_a_bed_is_free_gets_it_and_who_needs_none_is_refused() {
    let mut house = House::new(&[Ward::General]).await;
    let patient = house.patient().await;
    let ask = async |body: Value| house.app.post(&format!("/patients/{patient}/bed-requests"), &body).bearer(&house.desk).send().await;
    ask(json!({ "ward": "burns" })).await.invalid(&[("ward", "not_established")]);
    ask(json!({ "ward": "general", "priority": "critical" })).await.invalid(&[("priority", "invalid_priority")]);
    ask(json!({ "priority": "x" })).await.invalid(&[("ward", "required"), ("priority", "invalid_priority")]);
    ask(json!({ "ward": "general", "doctor_id": "doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR" })).await.invalid(&[("doctor_id", "unknown")]);
    ask(json!({ "ward": "general" })).await.expect(201);
    // Whoever waits can be admitted by hand as well, before the list is served.
    house.admit(patient, &json!({ "ward": "general" })).await.expect(201);
    ask(json!({ "ward": "general" })).await.refused(409, "already_there");
    let other = house.patient().await;
    house.ask_for_bed(other, Ward::General, "routine").await.expect(201);
    house.mails().await;
    assert_eq!(house.is_consistent(Ward::General).await.occupied, 2);
    assert!(list(&house, Ward::General).await.is_empty());
}

#[tokio::test]
async fn who_withdraws_no_longer_waits() {
    let mut house = House::new(&[Ward::General, Ward::Icu]).await;
    house.fill(Ward::General).await;
    let patient = house.patient().await;
    let id = house.ask_for_bed(patient, Ward::General, "routine").await.expect(201).body["id"].as_str().unwrap().to_owned();
    let withdraw = format!("/patients/{patient}/bed-requests/{id}/withdraw");
    let (_, nurse) = house.on_duty("Mary Seacole", Role::Nurse, Some(Ward::Icu)).await;
    house.app.call("POST", &withdraw).bearer(&nurse).send().await.refused(403, "other_ward");
    let (_, of_ward) = house.on_duty("Walt Whitman", Role::Nurse, Some(Ward::General)).await;
    house.app.call("POST", &withdraw).bearer(&of_ward).send().await.expect(204);
    house.app.call("POST", &withdraw).bearer(&of_ward).send().await.refused(404, "not_found");
    assert!(list(&house, Ward::General).await.is_empty());
    let ask = json!({ "ward": "general" });
    let path = format!("/patients/{patient}/bed-requests");
    house.app.post(&path, &ask).bearer(&nurse).send().await.refused(403, "other_ward");
    house.app.post(&path, &ask).bearer(&of_ward).send().await.expect(201);
}

/// Every record of the stream three times: a bed is given once.
#[tokio::test]
async fn a_record_that_comes_again_gives_nobody_a_second_bed() {
    let mut house = House::new(&[Ward::General]).await;
    let stays = house.fill(Ward::General).await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let patient = house.patient().await;
        house.app.wait(jiff::SignedDuration::from_secs(1));
        house.ask_for_bed(patient, Ward::General, "routine").await.expect(201);
        waiting.push(patient);
    }
    house.mails().await;
    house.leaves(&stays[&1]).await.expect(200);
    house.cleaned(Ward::General, &json!(1)).await.expect(200);
    house.mails().await;
    let beds = house.app.store().beds_now(Ward::General).await.unwrap();
    let freed = beds.iter().find(|bed| bed.number.get() == 1).unwrap();
    // The record of the freed bed, long after it was given away.
    let before = domain::bed::Bed { status: domain::bed::BedStatus::Cleaning, occupant: None, version: 3, ..freed.clone() };
    let after = domain::bed::Bed { status: domain::bed::BedStatus::Free, version: 4, ..before.clone() };
    let image = |bed: &domain::bed::Bed| serde_json::to_value(store::StreamItem::from(store::to_item(bed).unwrap())).unwrap();
    let event = json!({ "Records": [{ "eventID": "1", "eventName": "MODIFY", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "eu-west-2",
        "eventSourceARN": "arn", "dynamodb": { "ApproximateCreationDateTime": 1_772_438_400.0, "Keys": {}, "OldImage": image(&before), "NewImage": image(&after),
        "SequenceNumber": "1", "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES" } }] });
    for _ in 0..3 {
        let answer = local::stream::Consumer::call(&house.app.functions, "notifications", event.clone()).await.unwrap();
        assert_eq!(answer["batchItemFailures"], json!([]));
    }
    assert_eq!(house.is_consistent(Ward::General).await.occupied, 40);
    assert_eq!(list(&house, Ward::General).await.len(), 2);
    let store = house.app.store();
    let mut has_bed = Vec::new();
    for patient in &waiting {
        has_bed.push(store.current_admission(*patient).await.unwrap().is_some());
    }
    assert_eq!(has_bed, [true, false, false]);
}

/// A ward that comes later serves those who could not wait for it: nobody can ask before it is there.
#[tokio::test]
async fn a_patient_may_wait_for_a_bed_in_the_icu_while_lying_elsewhere() {
    let mut house = House::new(&[Ward::General, Ward::Icu]).await;
    let icu = house.fill(Ward::Icu).await;
    let patient = house.patient().await;
    house.ask_for_bed(patient, Ward::Icu, "urgent").await.expect(201);
    // In the meantime they lie on a general ward. They still wait.
    house.admit(patient, &json!({ "ward": "general" })).await.expect(201);
    house.mails().await;
    assert_eq!(list(&house, Ward::Icu).await.len(), 1);
    house.leaves(&icu[&3]).await.expect(200);
    house.cleaned(Ward::Icu, &json!(3)).await.expect(200);
    house.mails().await;
    assert_eq!(house.app.store().current_admission(patient).await.unwrap().unwrap().place().unwrap().0, Ward::Icu);
    assert_eq!(house.is_consistent(Ward::General).await.cleaning, 1);
}

#[tokio::test]
async fn who_has_left_waits_for_nothing() {
    let mut house = House::new(&[Ward::General, Ward::Icu]).await;
    let stays = house.fill(Ward::General).await;
    let (first, second) = (house.patient().await, house.patient().await);
    let mut lain = Vec::new();
    for patient in [first, second] {
        lain.push(house.admit(patient, &json!({ "ward": "icu" })).await.expect(201).body);
        house.app.wait(jiff::SignedDuration::from_secs(1));
        house.ask_for_bed(patient, Ward::General, "urgent").await.expect(201);
    }
    house.leaves(&lain[0]).await.expect(200);
    assert!(house.app.store().bed_request(first).await.unwrap().is_none());
    // A request that was made in the very moment in which the patient left is found out when its turn comes.
    let late = house.app.store().bed_request(second).await.unwrap().unwrap();
    house.leaves(&lain[1]).await.expect(200);
    house.app.store().bed_request_begin(&late).await.unwrap();
    house.mails().await;
    house.leaves(&stays[&1]).await.expect(200);
    house.cleaned(Ward::General, &json!(1)).await.expect(200);
    house.mails().await;
    assert!(list(&house, Ward::General).await.is_empty());
    for patient in [first, second] {
        assert!(house.app.store().current_admission(patient).await.unwrap().is_none());
    }
    assert_eq!(house.is_consistent(Ward::General).await.free, 1);
}

#[tokio::test]
async fn a_nurse_of_the_emergency_ward_puts_an_emergency_on_a_list() {
    let mut house = House::new(&[Ward::General]).await;
    house.fill(Ward::General).await;
    let (_, nurse) = house.on_duty("Mary Seacole", Role::Nurse, Some(Ward::Emergency)).await;
    let patient = house.patient().await;
    let ask = async |house: &House| {
        house.app.post(&format!("/patients/{patient}/bed-requests"), &json!({ "ward": "general" })).bearer(&nurse).send().await
    };
    ask(&house).await.refused(403, "other_ward");
    house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201);
    ask(&house).await.expect(201);
}
