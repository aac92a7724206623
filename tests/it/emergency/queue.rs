use domain::{role::Role, shifts::ShiftTime, ward::Ward};
use serde_json::json;

use crate::wards::{House, told};

#[tokio::test]
async fn the_most_urgent_one_comes_first_and_then_who_came_first() {
    let mut house = House::new(&[]).await;
    let (_, nurse) = house.on_duty("Mary Seacole", Role::Nurse, Some(Ward::Emergency)).await;
    let mut cases = Vec::new();
    for level in ["non_urgent", "urgent", "urgent", "emergent", "less_urgent"] {
        let patient = house.patient().await;
        cases.push(house.emergency(patient, &json!({ "level": level })).await.expect(201).body);
        house.app.wait(jiff::SignedDuration::from_secs(1));
    }
    house.mails().await;
    let order = async |house: &House| -> Vec<usize> {
        let queue = house.queue("waiting").await;
        queue.iter().map(|line| cases.iter().position(|case| case["id"] == line["id"]).unwrap()).collect()
    };
    assert_eq!(order(&house).await, [3, 1, 2, 4, 0]);
    let line = &house.queue("waiting").await[1];
    assert_eq!(
        (&line["level"], &line["doctor_due_at"], &line["overdue"]),
        (&json!("urgent"), &json!("2026-03-02T08:30:01+00:00"), &json!(false))
    );
    // Judged anew, with what was said before.
    let worse = json!({ "level": "resuscitation", "note": "Lost consciousness", "vitals": { "heart_rate": 140, "systolic_pressure": 80 } });
    let judged = house.act(&nurse, &cases[2], "triage", &worse).await.expect(200).body;
    let levels: Vec<_> = judged["triages"].as_array().unwrap().iter().map(|triage| triage["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["urgent", "resuscitation"]);
    assert_eq!(judged["triages"][1]["vitals"][0]["flag"], "critical_high");
    assert_eq!(judged["triages"][1]["name"], "Mary Seacole");
    assert_eq!(order(&house).await, [2, 3, 1, 4, 0]);
    // The vital signs are in the medical record, written by whoever took them. A record that comes twice writes them once.
    house.mails().await;
    let vitals = format!("/patients/{}/vitals", judged["patient_id"].as_str().unwrap());
    let list = house.app.get(&vitals).bearer(&nurse).send().await.expect(200).body;
    assert_eq!((list["items"].as_array().unwrap().len(), list["items"][0]["author"]["name"].as_str()), (1, Some("Mary Seacole")));
    // A page at a time.
    let page = house.app.get("/emergency/queue?limit=2").bearer(&nurse).send().await.expect(200).body;
    let next = page["next_cursor"].as_str().unwrap();
    let rest = house.app.get(&format!("/emergency/queue?limit=2&cursor={next}")).bearer(&nurse).send().await.expect(200).body;
    assert_eq!((rest["items"][0]["id"].clone(), rest["items"][1]["id"].clone()), (cases[1]["id"].clone(), cases[4]["id"].clone()));
}

#[tokio::test]
async fn a_doctor_sees_the_patient_and_treats_them_until_it_ends_and_afterwards() {
    let mut house = House::new(&[Ward::General]).await;
    let doctor = house.doctor_on_duty("Dr. Helen Taussig", Some(Ward::Emergency)).await;
    let other = house.app.doctor("Dr. Off Duty").await;
    let patient = house.patient().await;
    let case = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
    house.act(&other.token, &case, "see", &json!({})).await.refused(403, "outside_shift");
    house.act(&house.desk, &case, "see", &json!({})).await.refused(403, "forbidden");
    let record = format!("/patients/{patient}/record");
    house.app.get(&record).bearer(&doctor.token).send().await.refused(404, "not_found");
    let seen = house.act(&doctor.token, &case, "see", &json!({})).await.expect(200).body;
    assert_eq!(
        (seen["status"].as_str(), seen["doctor_name"].as_str(), seen.get("doctor_due_at")),
        (Some("in_treatment"), Some("Dr. Helen Taussig"), None)
    );
    house.act(&doctor.token, &case, "see", &json!({})).await.refused(409, "seen");
    house.mails().await;
    assert!(house.queue("waiting").await.is_empty() && house.queue("in_treatment").await.len() == 1);
    house.app.get(&record).bearer(&doctor.token).send().await.expect(200);
    // Only a doctor says how it ends.
    house.act(&house.desk, &case, "dispose", &json!({ "disposition": "discharged" })).await.refused(403, "doctors_only");
    house.act(&house.desk, &case, "dispose", &json!({ "disposition": "left_without_being_seen" })).await.refused(409, "seen");
    let body = json!({ "disposition": "discharged", "note": "Pain is gone." });
    let over = house.act(&doctor.token, &case, "dispose", &body).await.expect(200).body;
    assert_eq!(
        (over["status"].as_str(), over["disposition"].as_str(), over["note"].as_str()),
        (Some("closed"), Some("discharged"), Some("Pain is gone."))
    );
    house.act(&doctor.token, &case, "dispose", &body).await.refused(409, "closed");
    house.mails().await;
    assert!(house.queue("in_treatment").await.is_empty());
    // She treats the patient for some time, also when she is off duty.
    house.at("2026-05-30T08:00:00Z").await;
    let token = house.app.fresh_doctor(&doctor).await;
    house.app.get(&record).bearer(&token).send().await.expect(200);
    house.app.get(&format!("/emergency/cases/{}", case["id"].as_str().unwrap())).bearer(&token).send().await.expect(200);
    house.at("2026-05-31T08:00:00Z").await;
    let token = house.app.fresh_doctor(&doctor).await;
    house.app.get(&record).bearer(&token).send().await.refused(404, "not_found");
    house.app.get(&format!("/emergency/cases/{}", case["id"].as_str().unwrap())).bearer(&token).send().await.refused(404, "not_found");
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_told_once_and_not_after_a_doctor_came() {
    let mut house = House::new(&[Ward::Emergency]).await;
    let doctor = house.doctor_on_duty("Dr. Helen Taussig", Some(Ward::Emergency)).await;
    house.doctor_on_duty("Dr. Elsewhere", Some(Ward::Icu)).await;
    house.manager("Lillian Wald", Ward::Emergency, ShiftTime::Day).await;
    house.manager("Clara Barton", Ward::Emergency, ShiftTime::Night).await;
    let mut cases = Vec::new();
    for level in ["urgent", "less_urgent", "emergent"] {
        let patient = house.patient().await;
        cases.push(house.emergency(patient, &json!({ "level": level })).await.expect(201).body);
    }
    house.mails().await;
    assert_eq!(house.app.services.schedules.list().len(), 3);
    house.act(&doctor.token, &cases[2], "see", &json!({})).await.expect(200);
    house.mails().await;
    assert_eq!(house.app.services.schedules.list().len(), 2);
    house.app.set_clock("2026-03-02T08:29:59Z");
    assert_eq!(house.app.fire_due().await, 0);
    house.app.set_clock("2026-03-02T08:30:00Z");
    assert_eq!((house.app.fire_due().await, house.app.fire_due().await), (1, 0));
    let mails = house.mails().await;
    let subject = "An emergency patient waits too long".to_owned();
    let expected = ["dr--helen-taussig@example.org", "lillian-wald@example.org"].map(|to| (to.to_owned(), subject.clone()));
    assert_eq!(told(&mails), expected.into());
    assert!(mails[0].text.contains("3 (urgent)") && !mails[0].text.contains("Chest"), "{}", mails[0].text);
    house.sign_in_again().await;
    assert_eq!(house.queue("waiting").await[0]["overdue"], true);
    // Worse now: ten minutes from now on.
    house.act(&house.desk, &cases[1], "triage", &json!({ "level": "emergent" })).await.expect(200);
    house.mails().await;
    house.app.set_clock("2026-03-02T08:39:59Z");
    assert_eq!(house.app.fire_due().await, 0);
    house.app.set_clock("2026-03-02T08:40:00Z");
    assert_eq!(house.app.fire_due().await, 1);
    assert_eq!(house.mails().await.len(), 2);
    // The old limit of an hour says nothing more.
    house.app.set_clock("2026-03-02T09:10:00Z");
    assert_eq!(house.app.fire_due().await, 0);
    assert!(house.mails().await.is_empty());
}

#[tokio::test]
async fn who_may_not_wait_at_all_is_told_of_at_once() {
    let mut house = House::new(&[]).await;
    let patient = house.patient().await;
    house.mails().await;
    house.emergency(patient, &json!({ "level": "resuscitation" })).await.expect(201);
    // Nobody is on duty, and there is no Emergency ward: the administrators hear of it.
    assert_eq!(
        told(&house.mails().await),
        [("florence-nightingale@example.org".to_owned(), "An emergency patient needs a doctor now".to_owned())].into()
    );
}

#[tokio::test]
async fn how_an_emergency_can_end() {
    let mut house = House::new(&[Ward::General]).await;
    let doctor = house.doctor_on_duty("Dr. Helen Taussig", None).await;
    for (how, seen) in [("left_without_being_seen", false), ("transferred_out", true), ("against_advice", true), ("discharged", true)] {
        let patient = house.patient().await;
        let case = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
        if how == "discharged" {
            house.act(&doctor.token, &case, "dispose", &json!({ "disposition": how })).await.refused(409, "not_seen");
        }
        house.act(&doctor.token, &case, "dispose", &json!({ "disposition": "died" })).await.refused(409, "death_not_noted");
        if seen {
            house.act(&doctor.token, &case, "see", &json!({})).await.expect(200);
        }
        let over = house.act(&doctor.token, &case, "dispose", &json!({ "disposition": how })).await.expect(200).body;
        assert_eq!((over["status"].as_str(), over["disposition"].as_str()), (Some("closed"), Some(how)));
        // They can come again.
        let again = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
        assert_ne!(again["id"], case["id"]);
    }
    // A death that is noted in the profile ends it, too.
    let patient = house.patient().await;
    let case = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
    let death = json!({ "date_of_death": "2026-03-02", "reason": "Certified in the emergency room" });
    house.app.post(&format!("/patients/{patient}/death"), &death).bearer(&house.desk).send().await.expect(200);
    house.mails().await;
    assert_eq!((house.case(&case).await["disposition"].as_str(), house.queue("waiting").await.len()), (Some("died"), 4));
    house.emergency(patient, &json!({ "level": "urgent" })).await.refused(409, "deceased");
    // Admitted by hand, under the doctor who has seen the patient.
    let patient = house.patient().await;
    let case = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
    house.act(&doctor.token, &case, "see", &json!({})).await.expect(200);
    let admitted = house.act(&doctor.token, &case, "admit", &json!({ "ward": "general", "bed": 4 })).await.expect(200).body;
    assert_eq!((admitted["status"].as_str(), admitted["disposition"].as_str()), (Some("closed"), Some("admitted")));
    let stay = house.app.store().current_admission(patient).await.unwrap().unwrap();
    assert_eq!(
        (json!(stay.id), json!(stay.case_id), stay.doctor.unwrap().id),
        (admitted["admission_id"].clone(), case["id"].clone(), doctor.id)
    );
    house.emergency(patient, &json!({ "level": "urgent" })).await.refused(409, "already_admitted");
    house.mails().await;
    assert_eq!(house.is_consistent(Ward::General).await.occupied, 1);
    // Or as any patient is: the emergency ends, too.
    let patient = house.patient().await;
    let case = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
    let stay = house.admit(patient, &json!({ "ward": "general" })).await.expect(201).body;
    assert_eq!((&house.case(&case).await["admission_id"], &stay["case_id"]), (&stay["id"], &case["id"]));
}

#[tokio::test]
async fn the_scale_is_data() {
    let house = House::new(&[]).await;
    let scale = house.app.get("/emergency/scale").bearer(&house.desk).send().await.expect(200).body;
    assert_eq!(scale["name"], "ESI");
    let limits: Vec<_> = scale["levels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|level| (level["number"].as_i64().unwrap(), level["minutes"].as_i64().unwrap()))
        .collect();
    assert_eq!(limits, [(1, 0), (2, 10), (3, 30), (4, 60), (5, 120)]);
}

/// At the end of a shift another doctor takes over. The first one treats the patient for some time, and the second one from then on.
#[tokio::test]
async fn another_doctor_takes_over() {
    let mut house = House::new(&[]).await;
    let (helen, mary) = (house.doctor_on_duty("Dr. Helen Taussig", None).await, house.doctor_on_duty("Dr. Mary Seacole", None).await);
    let patient = house.patient().await;
    let case = house.emergency(patient, &json!({ "level": "urgent" })).await.expect(201).body;
    house.act(&helen.token, &case, "see", &json!({})).await.expect(200);
    let refused = house.act(&mary.token, &case, "see", &json!({})).await.refused(409, "seen");
    assert_eq!(refused.body["doctor_id"], json!(helen.id));
    let record = format!("/patients/{patient}/record");
    house.mails().await;
    house.app.get(&record).bearer(&mary.token).send().await.refused(404, "not_found");
    let taken = house.act(&mary.token, &case, "see", &json!({ "take_over": true })).await.expect(200).body;
    assert_eq!((taken["doctor_name"].as_str(), taken["seen_at"].as_str()), (Some("Dr. Mary Seacole"), Some("2026-03-02T08:00:00+00:00")));
    house.mails().await;
    for doctor in [&helen, &mary] {
        house.app.get(&record).bearer(&doctor.token).send().await.expect(200);
    }
    house.act(&mary.token, &case, "see", &json!({ "take_over": 1 })).await.invalid(&[("take_over", "invalid_type")]);
}

/// After a restore, or when the hospital has another scale, the schedules are made again.
#[tokio::test]
async fn schedules_are_made_again() {
    let mut house = House::new(&[Ward::General]).await;
    let (ill, stays) = (house.patient().await, house.patient().await);
    let case = house.emergency(ill, &json!({ "level": "urgent" })).await.expect(201).body;
    let stay = house.admit(stays, &json!({ "ward": "general", "bed": 7 })).await.expect(201).body;
    house.leaves(&stay).await.expect(200);
    house.mails().await;
    let before = house.app.services.schedules.list();
    assert_eq!(before.len(), 3, "the invoice of the stay as well");
    for due in house.app.services.schedules.due("2027-01-01T00:00:00Z".parse().unwrap()) {
        house.app.services.schedules.fired(&due);
    }
    assert!(house.app.services.schedules.list().is_empty());
    let invoice = house.app.store().invoice_list(stays, None, 1).await.unwrap()[0].id;
    let task = json!({ "ward": "general", "bed": 7, "since": "2026-03-02T08:00:00Z" });
    let rebuild = json!({ "rebuild_reminders": [], "rebuild_cleaning": [task], "rebuild_emergencies": [case["id"]], "rebuild_invoices": [{ "patient_id": stays, "id": invoice }] });
    local::stream::Consumer::call(&house.app.functions, "notifications", rebuild).await.unwrap();
    assert_eq!(house.app.services.schedules.list(), before);
}
