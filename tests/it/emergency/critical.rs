use std::collections::BTreeSet;

use domain::{
    role::Role,
    shifts::ShiftTime,
    ward::{BedCounts, Ward},
};
use serde_json::{Value, json};

use crate::{
    support::at_once,
    wards::{House, told},
};

fn subjects(mails: &[local::services::mailbox::Mail], about: &str) -> BTreeSet<String> {
    mails.iter().filter(|mail| mail.subject.contains(about)).map(|mail| mail.to.clone()).collect()
}

#[tokio::test]
async fn critical_care_takes_a_free_bed_and_the_manager_on_shift_hears_of_it() {
    let mut house = House::new(&[Ward::Icu]).await;
    house.manager("Lillian Wald", Ward::Icu, ShiftTime::Day).await;
    house.manager("Clara Barton", Ward::Icu, ShiftTime::Night).await;
    let patient = house.patient().await;
    house.mails().await;
    let case = house.emergency(patient, &json!({ "level": "emergent", "critical_care": true })).await.expect(201).body;
    assert_eq!((case["status"].as_str(), case["disposition"].as_str()), (Some("closed"), Some("admitted")));
    let stay = house.app.store().current_admission(patient).await.unwrap().unwrap();
    assert_eq!((json!(stay.id), json!(stay.case_id)), (case["admission_id"].clone(), case["id"].clone()));
    let mails = house.mails().await;
    let bed = stay.place().unwrap().1;
    let subject = format!("Critical care: a patient comes to bed {bed} on the ward ICU");
    assert_eq!(told(&mails), [("lillian-wald@example.org".to_owned(), subject)].into());
    assert!(!mails[0].text.contains("Chest"), "{}", mails[0].text);
    assert!(house.queue("waiting").await.is_empty());
    assert_eq!(house.is_consistent(Ward::Icu).await, BedCounts { free: 39, occupied: 1, ..BedCounts::default() });
    // Later judged so: the same.
    let patient = house.patient().await;
    let case = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
    let worse = house.act(&house.desk, &case, "triage", &json!({ "level": "emergent", "critical_care": true })).await.expect(200).body;
    assert_eq!((worse["disposition"].as_str(), worse["triages"].as_array().unwrap().len()), (Some("admitted"), 2));
    assert_eq!(subjects(&house.mails().await, "Critical care"), ["lillian-wald@example.org".to_owned()].into());
    assert_eq!(house.is_consistent(Ward::Icu).await.occupied, 2);
}

/// The story: somebody whom nobody knows comes at three in the night, the ICU is full and has no manager on shift. A bed becomes free at 03:20.
#[tokio::test]
async fn an_unknown_patient_at_three_in_the_night() {
    let mut house = House::new(&[Ward::Icu]).await;
    let stays = house.fill(Ward::Icu).await;
    house.manager("Lillian Wald", Ward::Icu, ShiftTime::Day).await;
    house.manager("Clara Barton", Ward::Icu, ShiftTime::Evening).await;
    let (receptionist, _) = house.app.staff("Walt Whitman", Role::Receptionist).await;
    let (nurse, _) = house.app.staff("Mary Seacole", Role::Nurse).await;
    let (sweeper, _) = house.app.staff("Mary Mahoney", Role::Sweeper).await;
    house.at("2026-03-03T03:00:00Z").await;
    for (account, role, ward) in
        [(&receptionist, Role::Receptionist, None), (&nurse, Role::Nurse, Some(Ward::Emergency)), (&sweeper, Role::Sweeper, None)]
    {
        house.app.on_roster_in(ShiftTime::Night, account, role, ward).await;
    }
    house.mails().await;
    // 03:00: the nurse opens the case.
    let nurses = house.app.token(&nurse).await;
    let body = json!({ "unknown": { "gender": "male", "age": 60 }, "complaint": "Found on the street, not responding",
        "triage": { "level": "resuscitation", "critical_care": true, "vitals": { "systolic_pressure": 70, "oxygen_saturation": 85 } } });
    let case = house.app.post("/emergency/cases", &body).bearer(&nurses).send().await.expect(201).body;
    assert_eq!((case["status"].as_str(), case["patient_name"].as_str()), (Some("waiting"), Some("Unknown man 3 Mar 2026 03h00")));
    assert_eq!(case["triages"][0]["vitals"][0]["flag"], "critical_low", "by the age that he looks");
    assert_eq!(house.case(&case).await["triages"][0].get("vitals"), None, "the front desk does not see them");
    let mails = house.mails().await;
    let both = ["lillian-wald@example.org", "clara-barton@example.org"].map(str::to_owned);
    let no_bed = subjects(&mails, "Critical care: there is no bed");
    assert!(both.iter().all(|to| no_bed.contains(to)), "{no_bed:?}");
    assert!(no_bed.contains("florence-nightingale@example.org"), "{no_bed:?}");
    assert_eq!(subjects(&mails, "A new patient has registered"), ["walt-whitman@example.org".to_owned()].into());
    let told_of_wait = subjects(&mails, "needs a doctor now");
    assert!(told_of_wait.contains("florence-nightingale@example.org"), "no doctor is on duty: {told_of_wait:?}");
    assert!(mails.iter().all(|mail| !mail.text.contains("street")));
    // He is at the head of the list, before somebody who has waited since yesterday.
    let list = house.app.get("/wards/icu/bed-requests").bearer(&house.desk).send().await.expect(200).body;
    assert_eq!((list["items"][0]["case_id"].clone(), list["items"][0]["priority"].as_str()), (case["id"].clone(), Some("critical")));
    // 03:20: a patient has left, and the sweeper cleans the bed at 03:30.
    house.at("2026-03-03T03:20:00Z").await;
    house.leaves(&stays[&17]).await.expect(200);
    let mails = house.mails().await;
    assert_eq!(subjects(&mails, "Bed 17 on the ward ICU waits"), ["mary-mahoney@example.org".to_owned()].into());
    house.at("2026-03-03T03:30:00Z").await;
    let sweepers = house.app.token(&sweeper).await;
    house.app.call("POST", "/wards/icu/beds/17/cleaned").bearer(&sweepers).send().await.expect(200);
    let mails = house.mails().await;
    let comes = subjects(&mails, "Critical care: a patient comes to bed 17 on the ward ICU");
    assert!(both.iter().all(|to| comes.contains(to)) && comes.contains("florence-nightingale@example.org"), "{comes:?}");
    let over = house.case(&case).await;
    assert_eq!((over["disposition"].as_str(), over["ended_at"].as_str()), (Some("admitted"), Some("2026-03-03T03:30:00+00:00")));
    let board = house.app.get("/wards/icu/board").bearer(&house.desk).send().await.expect(200).body;
    let bed = &board["beds"][16];
    let mrn = case["mrn"].as_str().unwrap();
    assert_eq!((&bed["patient"]["admission_id"], &bed["patient"]["initials"]), (&over["admission_id"], &json!(format!("? {}", &mrn[5..]))));
    // What was measured at three is on the nurse's board, and not on that of the front desk.
    assert_eq!(bed["patient"].get("critical_vitals"), None);
    let (of_icu, _) = house.app.staff("Edith Cavell", Role::Nurse).await;
    house.app.on_roster_in(ShiftTime::Night, &of_icu, Role::Nurse, Some(Ward::Icu)).await;
    let list = house.app.get("/critical-care").bearer(&house.app.token(&of_icu).await).send().await.expect(200).body;
    assert_eq!(list["items"][0]["admission_id"], over["admission_id"], "the most ill one comes first");
    let signs = json!([{ "code": "systolic_pressure", "flag": "critical_low" }, { "code": "oxygen_saturation", "flag": "critical_low" }]);
    assert_eq!(list["items"][0]["critical_vitals"], signs);
    // In the morning somebody knows him.
    let patient = case["patient_id"].as_str().unwrap();
    let known = json!({ "name": "Paul Hawking", "identity": "confirmed", "reason": "His wife brought his passport" });
    let identify = house.app.call("PATCH", &format!("/patients/{patient}")).json(&known).header("if-match", "\"v1\"");
    identify.bearer(&house.desk).send().await.expect(200);
    house.mails().await;
    let board = house.app.get("/wards/icu/board").bearer(&house.desk).send().await.expect(200).body;
    assert_eq!(board["beds"][16]["patient"]["initials"], "P. H.");
    let list = house.app.get("/wards/icu/bed-requests").bearer(&house.desk).send().await.expect(200).body;
    assert_eq!(list["items"], json!([]));
    assert!(house.queue("waiting").await.is_empty());
    assert_eq!(house.is_consistent(Ward::Icu).await.occupied, 40);
}

#[tokio::test]
async fn without_an_icu_the_case_is_opened_all_the_same_and_the_first_icu_takes_the_patient() {
    let mut house = House::new(&[]).await;
    let patient = house.patient().await;
    house.mails().await;
    let case = house.emergency(patient, &json!({ "level": "emergent", "critical_care": true })).await.expect(201).body;
    assert_eq!(case["status"], "waiting");
    let mails = house.mails().await;
    assert_eq!(subjects(&mails, "Critical care: there is no bed"), ["florence-nightingale@example.org".to_owned()].into());
    assert!(mails[0].text.contains("The hospital has no ICU."), "{}", mails[0].text);
    house.establish(Ward::Icu, "900").await.expect(201);
    house.mails().await;
    assert_eq!(house.case(&case).await["disposition"], "admitted");
    assert_eq!(house.is_consistent(Ward::Icu).await.occupied, 1);
}

#[tokio::test]
async fn who_came_first_gets_the_bed_first_and_who_needs_none_leaves_the_list() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let doctor = house.doctor_on_duty("Dr. Helen Taussig", None).await;
    let stays = house.fill(Ward::Icu).await;
    let critical = json!({ "level": "emergent", "critical_care": true });
    let mut cases = Vec::new();
    for _ in 0..3 {
        let patient = house.patient().await;
        cases.push(house.emergency(patient, &critical).await.expect(201).body);
        house.app.wait(jiff::SignedDuration::from_secs(1));
    }
    house.mails().await;
    // Judged again, the first one keeps the place.
    house.act(&house.desk, &cases[0], "triage", &critical).await.expect(200);
    // The second one goes to another hospital.
    house.act(&doctor.token, &cases[1], "dispose", &json!({ "disposition": "transferred_out" })).await.expect(200);
    house.mails().await;
    let listed = |list: &Value| -> Vec<Value> { list["items"].as_array().unwrap().iter().map(|line| line["case_id"].clone()).collect() };
    let list = house.app.get("/wards/icu/bed-requests").bearer(&house.desk).send().await.expect(200).body;
    assert_eq!(listed(&list), [cases[0]["id"].clone(), cases[2]["id"].clone()]);
    // A bed is clean, and before the list is served somebody else comes who needs critical care: it is not theirs.
    house.leaves(&stays[&1]).await.expect(200);
    house.cleaned(Ward::Icu, &json!(1)).await.expect(200);
    let patient = house.patient().await;
    let newest = house.emergency(patient, &critical).await.expect(201).body;
    assert_eq!(newest["status"], "waiting");
    house.mails().await;
    assert_eq!(house.case(&cases[0]).await["disposition"], "admitted");
    let list = house.app.get("/wards/icu/bed-requests").bearer(&house.desk).send().await.expect(200).body;
    assert_eq!(listed(&list), [cases[2]["id"].clone(), newest["id"].clone()]);
    assert_eq!(house.is_consistent(Ward::Icu).await.occupied, 40);
}

#[tokio::test]
async fn a_bed_on_another_list_is_given_up_for_critical_care() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    house.fill(Ward::General).await;
    let patient = house.patient().await;
    house.ask_for_bed(patient, Ward::General, "urgent").await.expect(201);
    let case = house.emergency(patient, &json!({ "level": "emergent", "critical_care": true })).await.expect(201).body;
    assert_eq!(case["disposition"], "admitted");
    house.mails().await;
    assert!(house.app.store().bed_request(patient).await.unwrap().is_none(), "nobody moves them out of the ICU by itself");
}

#[tokio::test]
async fn an_emergency_that_waits_for_another_ward_ends_with_the_bed() {
    let mut house = House::new(&[Ward::General]).await;
    let stays = house.fill(Ward::General).await;
    let patient = house.patient().await;
    let case = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
    house.act(&house.desk, &case, "admit", &json!({ "ward": "general" })).await.refused(409, "ward_full");
    house.ask_for_bed(patient, Ward::General, "urgent").await.expect(201);
    house.leaves(&stays[&9]).await.expect(200);
    house.cleaned(Ward::General, &json!(9)).await.expect(200);
    house.mails().await;
    assert_eq!(house.case(&case).await["disposition"], "admitted");
    let stay = house.app.store().current_admission(patient).await.unwrap().unwrap();
    assert_eq!(json!(stay.case_id), case["id"]);
}

/// Twenty who need critical care, and three free beds.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_need_three_beds() {
    let mut house = House::new(&[Ward::Icu]).await;
    let stays = house.fill(Ward::Icu).await;
    for bed in 1..=3 {
        house.leaves(&stays[&bed]).await.expect(200);
        house.cleaned(Ward::Icu, &json!(bed)).await.expect(200);
    }
    house.mails().await;
    let patients = house.crowd(20).await;
    let open = |patient| {
        let body = json!({ "patient_id": patient, "complaint": "Fire", "triage": { "level": "emergent", "critical_care": true } });
        ("/emergency/cases".to_owned(), body, house.desk.clone())
    };
    let answers = at_once(&house.app, patients.iter().map(open).collect()).await;
    assert!(answers.iter().all(|answer| answer.status == 201), "everybody is in the queue or in a bed");
    house.mails().await;
    assert_eq!(house.is_consistent(Ward::Icu).await.occupied, 40);
    let waiting = house.app.store().bed_request_list(Ward::Icu, None, 100).await.unwrap().len();
    let mut in_beds = 0;
    for patient in patients {
        in_beds += usize::from(house.app.store().current_admission(patient).await.unwrap().is_some());
    }
    assert_eq!((in_beds, waiting), (3, 17));
    assert_eq!(house.queue("waiting").await.len(), 17);
}

#[tokio::test]
async fn what_is_left_out_stays_and_false_takes_off_the_list() {
    let mut house = House::new(&[Ward::Icu]).await;
    let stays = house.fill(Ward::Icu).await;
    let (_, nurse) = house.on_duty("Mary Seacole", Role::Nurse, Some(Ward::Emergency)).await;
    let patient = house.patient().await;
    let case = house.emergency(patient, &json!({ "level": "emergent", "critical_care": true })).await.expect(201).body;
    let again = house.act(&nurse, &case, "triage", &json!({ "level": "emergent", "vitals": { "heart_rate": 120 } })).await.expect(200).body;
    assert_eq!(again["critical_care"], true);
    // Nobody takes them off the list by the way.
    let request = house.app.store().bed_request(patient).await.unwrap().unwrap();
    let withdraw = format!("/patients/{patient}/bed-requests/{}/withdraw", request.id);
    house.app.call("POST", &withdraw).bearer(&house.desk).send().await.refused(409, "needs_critical_care");
    let better = json!({ "level": "less_urgent", "critical_care": false, "note": "Fainted, and well again" });
    assert_eq!(house.act(&nurse, &case, "triage", &better).await.expect(200).body["critical_care"], false);
    assert!(house.app.store().bed_request(patient).await.unwrap().is_none());
    house.mails().await;
    house.leaves(&stays[&1]).await.expect(200);
    house.cleaned(Ward::Icu, &json!(1)).await.expect(200);
    house.mails().await;
    assert_eq!(house.is_consistent(Ward::Icu).await.free, 1);
    assert_eq!(house.case(&case).await["status"], "waiting");
}

/// Nobody is an emergency and in a bed at the same time, however the requests meet.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_emergency_and_an_admission_at_the_same_moment() {
    for _ in 0..2 {
        let mut house = House::new(&[Ward::General]).await;
        let patient = house.patient().await;
        let emergency = json!({ "patient_id": patient, "complaint": "Fall", "triage": { "level": "urgent" } });
        let requests = (0..12).flat_map(|_| {
            [
                ("/emergency/cases".to_owned(), emergency.clone(), house.desk.clone()),
                (format!("/patients/{patient}/admissions"), json!({ "ward": "general" }), house.desk.clone()),
            ]
        });
        let answers = at_once(&house.app, requests.collect()).await;
        assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status.as_u16())), "{answers:?}");
        house.mails().await;
        assert_eq!(house.is_consistent(Ward::General).await.occupied, 1);
        assert!(house.queue("waiting").await.is_empty(), "the admission has ended the emergency, or there was none");
    }
}

#[tokio::test]
async fn the_doctors_on_shift_in_the_icu_hear_of_critical_care() {
    let mut house = House::new(&[Ward::Icu]).await;
    house.doctor_on_duty("Dr. Helen Taussig", Some(Ward::Icu)).await;
    house.doctor_on_duty("Dr. Mary Seacole", Some(Ward::General)).await;
    house.manager("Lillian Wald", Ward::Icu, ShiftTime::Day).await;
    let patient = house.patient().await;
    house.mails().await;
    house.emergency(patient, &json!({ "level": "emergent", "critical_care": true })).await.expect(201);
    let expected = ["dr--helen-taussig@example.org", "lillian-wald@example.org"].map(str::to_owned);
    assert_eq!(subjects(&house.mails().await, "Critical care"), expected.into());
}
