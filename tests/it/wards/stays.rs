use domain::ward::{BedCounts, Ward};
use serde_json::{Value, json};

use super::{House, path, told};

#[tokio::test]
async fn from_the_admission_to_the_email_about_the_bill() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let ada = house.app.patient("Ada Byron").await;
    let doctor = house.app.doctor("Dr. Helen Taussig").await;
    let record = format!("/patients/{}/record", ada.id);
    house.app.get(&record).bearer(&doctor.token).send().await.refused(404, "not_found");
    let body = json!({ "ward": "icu", "bed": 7, "doctor_id": doctor.id, "expected_discharge": "2026-03-06", "isolation": "droplet", "acuity": "serious" });
    let admitted = house.admit(ada.id, &body).await.expect(201);
    let stay = admitted.body.clone();
    assert_eq!(admitted.headers["location"], path(&stay).as_str());
    assert_eq!(stay["status"], "admitted");
    assert_eq!((&stay["ward"], &stay["bed"], &stay["days"]), (&json!("icu"), &json!(7), &json!(1)));
    house.mails().await;
    // The doctor of the stay treats her.
    house.app.get(&record).bearer(&doctor.token).send().await.expect(200);
    let treated = house.app.get("/doctors/me/patients").bearer(&doctor.token).send().await.expect(200).body;
    assert_eq!(treated["items"][0]["name"], "Ada Byron");
    // Two days later she is better.
    house.at("2026-03-04T10:00:00Z").await;
    house
        .app
        .call("PATCH", "/wards/general")
        .json(&json!({ "daily_fee": { "amount": "150", "currency": "GBP" } }))
        .header("if-match", "\"v1\"")
        .bearer(&house.admin)
        .send()
        .await
        .expect(200);
    let moved = house.step(&stay, "transfer", &json!({ "ward": "general", "bed": 3 })).await.expect(200).body;
    assert_eq!((&moved["ward"], &moved["bed"], &moved["days"]), (&json!("general"), &json!(3), &json!(2)));
    assert_eq!(
        moved["segments"],
        json!([
            { "ward": "icu", "bed": 7, "daily_fee": { "amount": "200.00", "currency": "GBP" }, "from": "2026-03-02T08:00:00+00:00", "to": "2026-03-04T10:00:00+00:00", "days": 2 },
            { "ward": "general", "bed": 3, "daily_fee": { "amount": "150.00", "currency": "GBP" }, "from": "2026-03-04T10:00:00+00:00", "days": 0 },
        ])
    );
    let plan = json!({ "expected_discharge": null, "isolation": null, "acuity": "good" });
    let doctors = house.app.fresh_doctor(&doctor).await;
    let patch = house.app.call("PATCH", &path(&stay)).json(&plan).header("if-match", "\"v2\"").bearer(&doctors);
    let changed = patch.send().await.expect(200).body;
    assert_eq!((changed.get("expected_discharge"), changed.get("isolation"), &changed["acuity"]), (None, None, &json!("good")));
    // She may leave, but has not left.
    house.at("2026-03-05T11:00:00Z").await;
    let doctors = house.app.fresh_doctor(&doctor).await;
    house.step(&stay, "left", &json!({})).await.refused(409, "not_ready");
    let follow_up = json!({ "follow_up": "See your doctor in a week." });
    house.step(&stay, "medically-ready", &follow_up).await.refused(403, "forbidden");
    let ready = house.step_as(&doctors, &stay, "medically-ready", &follow_up).await.expect(200).body;
    assert_eq!((ready["status"].as_str(), ready["follow_up"].as_str()), (Some("medically_ready"), Some("See your doctor in a week.")));
    house.step_as(&doctors, &stay, "medically-ready", &follow_up).await.refused(409, "ready_already");
    assert_eq!(house.is_consistent(Ward::General).await.occupied, 1, "the bed is hers until she has left");
    house.mails().await;
    house.at("2026-03-05T14:00:00Z").await;
    let left = house.step(&stay, "left", &json!({})).await.expect(200).body;
    assert_eq!((left["status"].as_str(), left["departure"].as_str(), left["days"].as_i64()), (Some("left"), Some("home"), Some(3)));
    assert_eq!(house.is_consistent(Ward::General).await, BedCounts { free: 39, occupied: 0, cleaning: 1, maintenance: 0 });
    let mails = house.mails().await;
    let mail = mails.iter().find(|mail| mail.to == ada.email).unwrap();
    assert_eq!(mail.subject, "The hospital stay of Ada Byron has ended");
    for said in ["See your doctor in a week.", "Thursday 5 March 2026, 14:00 (London time)", "bill", "/bills"] {
        assert!(mail.text.contains(said), "{said}: {}", mail.text);
    }
    for unsaid in ["ICU", "icu", "droplet", "general"] {
        assert!(!mail.text.contains(unsaid), "{unsaid}: {}", mail.text);
    }
    // She sees her own stays, and others do not.
    let own = house.app.fresh(&ada).await;
    let list = house.app.get(&format!("/patients/{}/admissions", ada.id)).bearer(&own).send().await.expect(200).body;
    assert_eq!((list["items"].as_array().unwrap().len(), list["items"][0]["id"].clone()), (1, stay["id"].clone()));
    let other = house.app.patient("Grace Hopper").await;
    house.app.get(&path(&stay)).bearer(&other.token).send().await.refused(404, "not_found");
    // The doctor treats her for some time after the stay.
    house.app.set_clock("2026-06-03T13:59:00Z");
    house.app.get(&record).bearer(&house.app.fresh_doctor(&doctor).await).send().await.expect(200);
    house.app.set_clock("2026-06-03T14:00:00Z");
    house.app.get(&record).bearer(&house.app.fresh_doctor(&doctor).await).send().await.refused(404, "not_found");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_changes() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let (ada, other) = (house.patient().await, house.patient().await);
    let stay = house.admit(ada, &json!({ "ward": "icu", "bed": 7 })).await.expect(201).body;
    house.admit(other, &json!({ "ward": "icu", "bed": 7 })).await.refused(409, "bed_not_free");
    let again = house.admit(ada, &json!({ "ward": "general" })).await.refused(409, "already_admitted");
    assert_eq!(again.body["admission_id"], stay["id"]);
    for (body, field, code) in [
        (json!({}), "ward", "required"),
        (json!({ "ward": "moon" }), "ward", "invalid_ward"),
        (json!({ "ward": "burns" }), "ward", "not_established"),
        (json!({ "ward": "burns", "bed": 3 }), "ward", "not_established"),
        (json!({ "ward": "icu", "bed": 0 }), "bed", "no_such_bed"),
        (json!({ "ward": "icu", "bed": 41 }), "bed", "no_such_bed"),
        (json!({ "ward": "icu", "bed": "7" }), "bed", "invalid_type"),
        (json!({ "ward": "icu", "bed": 7.5 }), "bed", "invalid_type"),
        (json!({ "ward": "icu", "doctor_id": "doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR" }), "doctor_id", "unknown"),
        (json!({ "ward": "icu", "doctor_id": "x" }), "doctor_id", "invalid_id"),
        (json!({ "ward": "icu", "expected_discharge": "2026-03-01" }), "expected_discharge", "out_of_range"),
        (json!({ "ward": "icu", "expected_discharge": "2027-03-04" }), "expected_discharge", "out_of_range"),
        (json!({ "ward": "icu", "isolation": "x" }), "isolation", "invalid_isolation"),
        (json!({ "ward": "icu", "acuity": "x" }), "acuity", "invalid_acuity"),
    ] {
        house.admit(other, &body).await.invalid(&[(field, code)]);
    }
    let missing = "pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR".parse().unwrap();
    house.admit(missing, &json!({ "ward": "icu" })).await.refused(404, "not_found");
    // Into the bed that they have, one that another has, and one that is not there.
    house.step(&stay, "transfer", &json!({ "ward": "icu", "bed": 7 })).await.refused(409, "same_bed");
    house.admit(other, &json!({ "ward": "general", "bed": 3 })).await.expect(201);
    house.step(&stay, "transfer", &json!({ "ward": "general", "bed": 3 })).await.refused(409, "bed_not_free");
    house.step(&stay, "transfer", &json!({ "ward": "burns" })).await.invalid(&[("ward", "not_established")]);
    let stale = house.app.post(&format!("{}/transfer", path(&stay)), &json!({ "ward": "general" })).header("if-match", "\"v9\"");
    stale.bearer(&house.desk).send().await.refused(412, "stale");
    house.step(&stay, "left", &json!({ "departure": "x" })).await.invalid(&[("departure", "invalid_departure")]);
    assert_eq!(house.is_consistent(Ward::Icu).await.occupied, 1);
    assert_eq!(house.is_consistent(Ward::General).await.occupied, 1);
    // Nobody leaves twice, and what is over does not change.
    house.leaves(&stay).await.expect(200);
    house.leaves(&stay).await.refused(409, "has_left");
    house.step(&stay, "transfer", &json!({ "ward": "general" })).await.refused(409, "has_left");
    let doctor = house.app.doctor("Dr. Helen Taussig").await;
    house.app.on_roster(&house.app.store().account(doctor.user_id).await.unwrap().unwrap().account, domain::role::Role::Doctor, None).await;
    let patch = house.app.call("PATCH", &path(&stay)).json(&json!({ "acuity": "good" })).header("if-match", "\"v2\"");
    patch.bearer(&doctor.token).send().await.refused(409, "has_left");
    house.step_as(&doctor.token, &stay, "medically-ready", &json!({ "follow_up": "Rest." })).await.refused(409, "has_left");
    house.step_as(&doctor.token, &stay, "not-ready", &json!({})).await.refused(409, "has_left");
    assert_eq!(house.is_consistent(Ward::Icu).await, BedCounts { free: 39, occupied: 0, cleaning: 1, maintenance: 0 });
    // She comes again, and both stays are kept.
    house.later(1).await;
    let second = house.admit(ada, &json!({ "ward": "icu" })).await.expect(201).body;
    let list = house.app.get(&format!("/patients/{ada}/admissions")).bearer(&house.desk).send().await.expect(200).body;
    assert_eq!([&list["items"][0]["id"], &list["items"][1]["id"]], [&second["id"], &stay["id"]]);
}

#[tokio::test]
async fn nobody_admits_the_dead_and_who_dies_keeps_the_bed_until_they_have_left_it() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    house.fill(Ward::General).await;
    let ada = house.app.patient("Ada Byron").await;
    let stay = house.admit(ada.id, &json!({ "ward": "icu" })).await.expect(201).body;
    house.ask_for_bed(ada.id, Ward::General, "urgent").await.expect(201);
    house.step(&stay, "left", &json!({ "departure": "died" })).await.refused(409, "death_not_noted");
    let death = json!({ "date_of_death": "2026-03-02", "reason": "Certified on the ward" });
    house.app.post(&format!("/patients/{}/death", ada.id), &death).bearer(&house.desk).send().await.expect(200);
    house.mails().await;
    assert_eq!(house.is_consistent(Ward::Icu).await.occupied, 1);
    assert!(house.app.store().bed_request(ada.id).await.unwrap().is_none(), "the dead wait for nothing");
    let board = house.app.get("/wards/icu/board").bearer(&house.desk).send().await.expect(200).body;
    let shown = board["beds"].as_array().unwrap().iter().find(|bed| bed["status"] == "occupied").unwrap();
    assert_eq!(shown["patient"]["deceased"], true);
    house.step(&stay, "transfer", &json!({ "ward": "icu" })).await.refused(409, "deceased");
    house.step(&stay, "left", &json!({ "departure": "home" })).await.invalid(&[("departure", "has_died")]);
    let left = house.step(&stay, "left", &json!({})).await.expect(200).body;
    assert_eq!((left["departure"].as_str(), left.get("follow_up")), (Some("died"), None));
    assert!(told(&house.mails().await).iter().all(|(to, _)| *to != ada.email), "no email goes to the dead");
    house.admit(ada.id, &json!({ "ward": "icu" })).await.refused(409, "deceased");
    house.ask_for_bed(ada.id, Ward::Icu, "urgent").await.refused(409, "deceased");
}

/// The midnight census, over a change of the clocks.
#[tokio::test]
async fn days_count_at_midnight_and_a_stay_of_one_day_counts_one() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let days =
        |stay: &Value| -> Vec<i64> { stay["segments"].as_array().unwrap().iter().map(|one| one["days"].as_i64().unwrap()).collect() };
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "icu" })).await.expect(201).body;
    house.step(&stay, "transfer", &json!({ "ward": "general" })).await.expect(200);
    let left = house.leaves(&stay).await.expect(200).body;
    assert_eq!((days(&left), left["days"].as_i64()), (vec![0, 1], Some(1)));
    house.at("2026-03-28T23:30:00Z").await;
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "icu" })).await.expect(201).body;
    // Twenty minutes after midnight; an hour and a half later it is half past two in summer time.
    house.at("2026-03-29T00:20:00Z").await;
    house.step(&stay, "transfer", &json!({ "ward": "general" })).await.expect(200);
    house.at("2026-03-30T21:59:00Z").await;
    let left = house.leaves(&stay).await.expect(200).body;
    assert_eq!((days(&left), left["days"].as_i64()), (vec![1, 1], Some(2)));
}

/// Within a ward the fee stays what it was; it changes with the ward.
#[tokio::test]
async fn a_move_within_the_ward_costs_nothing_more() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "general" })).await.expect(201).body;
    for ward in ["general", "icu"] {
        let dearer = json!({ "daily_fee": { "amount": "999", "currency": "GBP" } });
        let patch = house.app.call("PATCH", &format!("/wards/{ward}")).json(&dearer).header("if-match", "\"v1\"");
        patch.bearer(&house.admin).send().await.expect(200);
    }
    house.step(&stay, "transfer", &json!({ "ward": "general" })).await.expect(200);
    let moved = house.step(&stay, "transfer", &json!({ "ward": "icu" })).await.expect(200).body;
    let fees: Vec<_> = moved["segments"].as_array().unwrap().iter().map(|one| one["daily_fee"]["amount"].as_str().unwrap()).collect();
    assert_eq!(fees, ["200.00", "200.00", "999.00"]);
}

#[tokio::test]
async fn what_ended_long_ago_is_no_longer_the_business_of_the_ward() {
    let mut house = House::new(&[Ward::Icu]).await;
    let (nurse, _) = house.app.staff("Mary Seacole", domain::role::Role::Nurse).await;
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "icu" })).await.expect(201).body;
    house.leaves(&stay).await.expect(200);
    for (clock, status) in [("2026-05-31T07:59:00Z", 200), ("2026-06-01T08:00:00Z", 404)] {
        house.at(clock).await;
        house.app.on_roster(&nurse, domain::role::Role::Nurse, Some(Ward::Icu)).await;
        let token = house.app.token(&nurse).await;
        assert_eq!(house.app.get(&path(&stay)).bearer(&token).send().await.status.as_u16(), status, "{clock}");
        let list = house.app.get(&format!("/patients/{patient}/admissions")).bearer(&token).send().await.expect(200).body;
        assert_eq!(list["items"].as_array().unwrap().len(), usize::from(status == 200), "{clock}");
    }
}
