use std::{collections::BTreeSet, sync::Arc};

use axum::http::StatusCode;
use domain::{
    role::Role,
    ward::{BedCounts, Ward},
};
use serde_json::{Value, json};

use super::{House, path};
use crate::support::{Answer, at_once};

fn count(answers: &[Answer], status: u16, code: &str) -> usize {
    let status = StatusCode::from_u16(status).unwrap();
    answers.iter().filter(|answer| answer.status == status && (code.is_empty() || answer.body["code"] == code)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_hundred_want_forty_beds() {
    let house = House::new(&[Ward::General]).await;
    let patients = house.crowd(400).await;
    let wants = |patient| (format!("/patients/{patient}/admissions"), json!({ "ward": "general" }), house.desk.clone());
    let answers = at_once(&house.app, patients.iter().map(wants).collect()).await;
    assert_eq!((count(&answers, 201, ""), count(&answers, 409, "ward_full")), (40, 360));
    let beds: BTreeSet<_> = answers.iter().filter_map(|answer| answer.body["bed"].as_i64()).collect();
    assert_eq!(beds, (1..=40).collect());
    let full = answers.iter().find(|answer| answer.status == StatusCode::CONFLICT).unwrap();
    assert!(full.body["detail"].as_str().unwrap().contains("POST /patients/{patient_id}/bed-requests"));
    assert_eq!(house.is_consistent(Ward::General).await, BedCounts { occupied: 40, ..BedCounts::default() });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_want_three_shifts_and_two_wards() {
    let house = House::new(&[Ward::Icu, Ward::General]).await;
    let mut requests = Vec::new();
    for number in 0..50 {
        let (_, token) = house.app.staff(&format!("Manager {number}"), Role::WardManager).await;
        let shift = ["night", "day", "evening"][number % 3];
        requests.push(("/wards/icu/managers".to_owned(), json!({ "shift": shift }), token.clone()));
        // At the same moment, everybody tries another ward as well.
        if number < 3 {
            requests.push(("/wards/general/managers".to_owned(), json!({ "shift": shift }), token));
        }
    }
    let answers = at_once(&house.app, requests).await;
    assert_eq!(answers.len() - count(&answers, 200, ""), count(&answers, 409, "shift_taken") + count(&answers, 409, "manages_another"));
    let (icu, general) =
        (house.app.store().ward_managers(Ward::Icu).await.unwrap(), house.app.store().ward_managers(Ward::General).await.unwrap());
    let shifts: BTreeSet<_> = icu.iter().map(|manager| manager.shift).collect();
    assert_eq!((icu.len(), shifts.len()), (3, 3));
    let people: BTreeSet<_> = icu.iter().chain(&general).map(|manager| manager.user_id).collect();
    assert_eq!(people.len(), icu.len() + general.len(), "one shift in one ward each");
    assert_eq!(count(&answers, 200, ""), people.len());
    for manager in icu.iter().chain(&general) {
        assert_eq!(house.app.store().manages(manager.user_id).await.unwrap().as_ref(), Some(manager));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_establish_one_ward() {
    let house = House::new(&[]).await;
    let body = json!({ "ward": "icu", "daily_fee": { "amount": "900", "currency": "GBP" } });
    let answers = at_once(&house.app, vec![("/wards".to_owned(), body, house.admin.clone()); 20]).await;
    assert_eq!((count(&answers, 201, ""), count(&answers, 409, "established")), (1, 19));
    house.is_consistent(Ward::Icu).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_are_moved_into_one_bed() {
    for _ in 0..3 {
        let mut house = House::new(&[Ward::Icu, Ward::General]).await;
        let mut requests = Vec::new();
        for _ in 0..6 {
            let patient = house.patient().await;
            let stay = house.admit(patient, &json!({ "ward": "general" })).await.expect(201).body;
            requests.push((format!("{}/transfer", path(&stay)), json!({ "ward": "icu", "bed": 1 }), house.desk.clone()));
        }
        let answers = at_once(&house.app, requests).await;
        assert_eq!((count(&answers, 200, ""), count(&answers, 409, "bed_not_free")), (1, 5));
        assert_eq!(house.is_consistent(Ward::Icu).await, BedCounts { free: 39, occupied: 1, ..BedCounts::default() });
        assert_eq!(house.is_consistent(Ward::General).await, BedCounts { free: 34, occupied: 5, cleaning: 1, maintenance: 0 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_patient_is_admitted_moved_and_leaves_many_times_at_once() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let patient = house.patient().await;
    let admit = (format!("/patients/{patient}/admissions"), json!({ "ward": "icu" }), house.desk.clone());
    let answers = at_once(&house.app, vec![admit; 30]).await;
    assert_eq!((count(&answers, 201, ""), count(&answers, 409, "already_admitted")), (1, 29));
    let stay = answers.into_iter().find(|answer| answer.status == StatusCode::CREATED).unwrap().body;
    assert_eq!(house.is_consistent(Ward::Icu).await.occupied, 1);
    // Moved and gone at the same moment: in some order, or one of them not at all.
    let step = |step: &str, body: Value| (format!("{}/{step}", path(&stay)), body, house.desk.clone());
    let steps =
        (0..20).flat_map(|_| [step("transfer", json!({ "ward": "general" })), step("left", json!({ "departure": "against_advice" }))]);
    let answers = at_once(&house.app, steps.collect()).await;
    assert!(answers.iter().all(|answer| [200, 409, 412].contains(&answer.status.as_u16())), "{answers:?}");
    let stay = house.app.get(&path(&stay)).bearer(&house.desk).send().await.expect(200).body;
    assert_eq!(stay["status"], "left");
    let (icu, general) = (house.is_consistent(Ward::Icu).await, house.is_consistent(Ward::General).await);
    assert_eq!((icu.occupied, general.occupied), (0, 0));
    assert_eq!(usize::from(icu.cleaning + general.cleaning), stay["segments"].as_array().unwrap().len());
    assert!(house.app.store().current_admission(patient).await.unwrap().is_none());
}

/// Beds become free, people ask for them and are admitted by hand, all at once. Nobody has two, and nobody waits beside a free bed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_busy_ward_stays_consistent() {
    let mut house = House::new(&[Ward::General]).await;
    let stays = house.fill(Ward::General).await;
    let newcomers = house.crowd(30).await;
    let mut requests: Vec<_> = stays
        .values()
        .take(15)
        .map(|stay| (format!("{}/left", path(stay)), json!({ "departure": "against_advice" }), house.desk.clone()))
        .collect();
    for patient in &newcomers {
        requests.push((format!("/patients/{patient}/bed-requests"), json!({ "ward": "general" }), house.desk.clone()));
        requests.push((format!("/patients/{patient}/admissions"), json!({ "ward": "general" }), house.desk.clone()));
    }
    let app = Arc::clone(&house.app);
    let draining = tokio::spawn(async move {
        for _ in 0..20 {
            app.drain().await;
            tokio::task::yield_now().await;
        }
    });
    at_once(&house.app, requests).await;
    draining.await.unwrap();
    let cleaned = (1..=40).map(|bed| (format!("/wards/general/beds/{bed}/cleaned"), json!({}), house.admin.clone()));
    at_once(&house.app, cleaned.collect()).await;
    let counts = house.is_consistent(Ward::General).await;
    let waiting = house.app.store().bed_request_list(Ward::General, None, 100).await.unwrap().len();
    assert!(waiting == 0 || counts.free == 0, "{waiting} wait, {counts:?}");
    assert_eq!((counts.occupied, waiting), (40, 15));
}
