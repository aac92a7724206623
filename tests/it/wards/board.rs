use domain::{role::Role, shifts::ShiftTime, ward::Ward};
use serde_json::{Value, json};

use super::{House, path};

async fn bed(house: &House, token: &str, number: i64) -> Value {
    let board = house.app.get("/wards/icu/board").bearer(token).send().await.expect(200).body;
    board["beds"].as_array().unwrap().iter().find(|bed| bed["bed"] == number).unwrap().clone()
}

#[tokio::test]
async fn every_bed_with_initials_and_how_the_patient_is() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let (manager, _) = house.manager("Lillian Wald", Ward::Icu, ShiftTime::Day).await;
    let (nurse, _) = house.on_duty("Mary Seacole", Role::Nurse, Some(Ward::Icu)).await;
    let ada = house.app.patient("Ada Byron").await;
    let body = json!({ "ward": "icu", "bed": 7, "expected_discharge": "2026-03-06", "isolation": "airborne", "acuity": "critical" });
    let stay = house.admit(ada.id, &body).await.expect(201).body;
    house.later(5 * 60 + 59).await;
    let (manager, nurse) = (house.app.token(&manager).await, house.app.token(&nurse).await);
    let shown = bed(&house, &manager, 7).await;
    assert_eq!(
        shown,
        json!({
            "bed": 7, "status": "occupied", "since": "2026-03-02T08:00:00+00:00",
            "patient": { "patient_id": ada.id, "admission_id": stay["id"], "initials": "A. B.", "admitted_at": "2026-03-02T08:00:00+00:00", "hours": 5, "deceased": false,
                "expected_discharge": "2026-03-06", "isolation": "airborne", "acuity": "critical" }
        })
    );
    assert!(!shown.to_string().contains("Byron"));
    // Vital signs flag the patient, and better ones no longer do.
    let take = async |values: Value| {
        let vitals = format!("/patients/{}/vitals", ada.id);
        let answer = house.app.post(&vitals, &json!({ "values": values })).bearer(&nurse).send().await.expect(201);
        house.app.drain().await;
        answer.body["id"].as_str().unwrap().to_owned()
    };
    take(json!({ "heart_rate": 72 })).await;
    let calm = bed(&house, &manager, 7).await;
    assert_eq!((calm["patient"].get("critical_vitals"), calm["patient"]["vitals_at"].as_str()), (None, Some("2026-03-02T13:59:00+00:00")));
    house.app.wait(jiff::SignedDuration::from_mins(1));
    let wrong = take(json!({ "heart_rate": 140, "oxygen_saturation": 90 })).await;
    let critical = bed(&house, &manager, 7).await["patient"]["critical_vitals"].clone();
    assert_eq!(
        critical,
        json!([{ "code": "heart_rate", "flag": "critical_high" }, { "code": "oxygen_saturation", "flag": "critical_low" }])
    );
    // The saturation is better. The heart rate is still the newest one of its kind.
    house.app.wait(jiff::SignedDuration::from_mins(1));
    take(json!({ "oxygen_saturation": 97 })).await;
    assert_eq!(bed(&house, &manager, 7).await["patient"]["critical_vitals"], json!([{ "code": "heart_rate", "flag": "critical_high" }]));
    // The front desk sees who lies where, and no vital signs.
    assert_eq!(bed(&house, &house.desk, 7).await["patient"].get("critical_vitals"), None);
    // It was written of the wrong patient.
    let error = json!({ "reason": "Another patient's" });
    let path_of_error = format!("/patients/{}/record/{wrong}/entered-in-error", ada.id);
    house.app.post(&path_of_error, &error).header("if-match", "\"v1\"").bearer(&nurse).send().await.expect(204);
    house.app.drain().await;
    assert_eq!(bed(&house, &manager, 7).await["patient"].get("critical_vitals"), None);
    // A transfer takes along what the board shows.
    take(json!({ "respiratory_rate": 30 })).await;
    house.step(&stay, "transfer", &json!({ "ward": "icu", "bed": 8 })).await.expect(200);
    let moved = bed(&house, &manager, 8).await["patient"].clone();
    assert_eq!((&moved["isolation"], &moved["critical_vitals"][0]["code"]), (&json!("airborne"), &json!("respiratory_rate")));
    assert_eq!(bed(&house, &manager, 7).await["status"], "cleaning");
    // Nobody else sees it.
    let (_, pharmacist) = house.app.staff("Jane Sharp", Role::Pharmacist).await;
    house.app.get("/wards/icu/board").bearer(&pharmacist).send().await.refused(403, "forbidden");
    house.app.get("/wards/general/board").bearer(&manager).send().await.refused(403, "other_ward");
    house.app.get("/wards/burns/board").bearer(&house.desk).send().await.refused(404, "not_found");
    house.is_consistent(Ward::Icu).await;
}

#[tokio::test]
async fn critical_care_has_the_most_ill_first() {
    let mut house = House::new(&[Ward::Icu]).await;
    let mut beds = Vec::new();
    for acuity in ["good", "critical", "fair", "serious"] {
        let patient = house.patient().await;
        beds.push((acuity, house.admit(patient, &json!({ "ward": "icu", "acuity": acuity })).await.expect(201).body));
        house.later(30).await;
    }
    let patient = house.patient().await;
    beds.push(("unknown", house.admit(patient, &json!({ "ward": "icu" })).await.expect(201).body));
    let (_, nurse) = house.on_duty("Mary Seacole", Role::Nurse, Some(Ward::Icu)).await;
    let fair = beds.iter().find(|(acuity, _)| *acuity == "fair").unwrap().1["patient_id"].as_str().unwrap().to_owned();
    let vitals = json!({ "values": { "systolic_pressure": 80 } });
    house.app.post(&format!("/patients/{fair}/vitals"), &vitals).bearer(&nurse).send().await.expect(201);
    house.mails().await;
    let list = house.app.get("/critical-care").bearer(&nurse).send().await.expect(200).body;
    let order: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|one| (one["acuity"].as_str(), one["hours"].as_i64().unwrap())).collect();
    assert_eq!(order, [(Some("fair"), 1), (Some("critical"), 1), (Some("serious"), 0), (None, 0), (Some("good"), 2)]);
    let (_, other) = house.on_duty("Walt Whitman", Role::Nurse, Some(Ward::General)).await;
    house.app.get("/critical-care").bearer(&other).send().await.refused(403, "other_ward");
}

/// A change of the stay and vital signs at the same moment: neither is lost.
#[tokio::test]
async fn vital_signs_and_a_change_of_the_stay_do_not_lose_each_other() {
    let mut house = House::new(&[Ward::Icu]).await;
    let (_, nurse) = house.on_duty("Mary Seacole", Role::Nurse, Some(Ward::Icu)).await;
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "icu", "bed": 7 })).await.expect(201).body;
    for round in 1..=8 {
        house.app.wait(jiff::SignedDuration::from_mins(1));
        let vitals = json!({ "values": { "heart_rate": 131 + round } });
        house.app.post(&format!("/patients/{patient}/vitals"), &vitals).bearer(&nurse).send().await.expect(201);
        let plan = json!({ "expected_discharge": format!("2026-03-{:02}", 3 + round) });
        let (change, _) = tokio::join!(
            house.app.call("PATCH", &path(&stay)).json(&plan).header("if-match", &format!("\"v{round}\"")).bearer(&nurse).send(),
            house.app.drain(),
        );
        change.expect(200);
        house.app.drain().await;
        let shown = bed(&house, &nurse, 7).await["patient"].clone();
        assert_eq!(shown["expected_discharge"], plan["expected_discharge"], "{round}");
        assert_eq!(shown["vitals_at"], json!(house.app.functions.state.hospital.instant(house.app.now())), "{round}");
    }
}

/// The only vital signs were entered in error: the board does not keep them.
#[tokio::test]
async fn vital_signs_that_were_entered_in_error_leave_the_board() {
    let mut house = House::new(&[Ward::Icu]).await;
    let (_, nurse) = house.on_duty("Mary Seacole", Role::Nurse, Some(Ward::Icu)).await;
    let patient = house.patient().await;
    house.admit(patient, &json!({ "ward": "icu", "bed": 7 })).await.expect(201);
    let body = json!({ "values": { "heart_rate": 170 } });
    let id = house.app.post(&format!("/patients/{patient}/vitals"), &body).bearer(&nurse).send().await.expect(201).id();
    house.mails().await;
    assert!(bed(&house, &nurse, 7).await["patient"]["critical_vitals"].is_array());
    let error = format!("/patients/{patient}/record/{id}/entered-in-error");
    let reason = json!({ "reason": "Another patient's" });
    house.app.post(&error, &reason).header("if-match", "\"v1\"").bearer(&nurse).send().await.expect(204);
    house.mails().await;
    let shown = bed(&house, &nurse, 7).await["patient"].clone();
    assert_eq!((shown.get("critical_vitals"), shown.get("vitals_at")), (None, None));
}

/// Whoever is on duty on the ward treats who lies there, also if another doctor is responsible.
#[tokio::test]
async fn the_doctor_on_duty_on_the_ward_opens_the_record() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let (on_ward, elsewhere) = (house.app.doctor("Dr. Helen Taussig").await, house.app.doctor("Dr. Mary Seacole").await);
    for (doctor, ward) in [(&on_ward, Ward::Icu), (&elsewhere, Ward::General)] {
        house.app.on_roster(&house.app.store().account(doctor.user_id).await.unwrap().unwrap().account, Role::Doctor, Some(ward)).await;
    }
    let patient = house.patient().await;
    let stay = house.admit(patient, &json!({ "ward": "icu" })).await.expect(201).body;
    let record = format!("/patients/{patient}/record");
    house.app.get(&record).bearer(&on_ward.token).send().await.expect(200);
    house.app.get(&record).bearer(&elsewhere.token).send().await.refused(404, "not_found");
    house.step(&stay, "transfer", &json!({ "ward": "general" })).await.expect(200);
    house.app.get(&record).bearer(&on_ward.token).send().await.refused(404, "not_found");
    house.app.get(&record).bearer(&elsewhere.token).send().await.expect(200);
    house.leaves(&stay).await.expect(200);
    house.app.get(&record).bearer(&elsewhere.token).send().await.refused(404, "not_found");
}
