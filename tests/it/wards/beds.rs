use domain::{
    role::Role,
    ward::{BedCounts, Ward},
};
use serde_json::{Value, json};

use super::House;

#[tokio::test]
async fn a_ward_comes_with_forty_beds_and_once() {
    let mut house = House::new(&[]).await;
    assert_eq!(house.app.get("/wards").bearer(&house.desk).send().await.expect(200).body["items"], json!([]));
    let ward = house.establish(Ward::Icu, "900").await.expect(201);
    assert_eq!(
        ward.body,
        json!({ "ward": "icu", "daily_fee": { "amount": "900.00", "currency": "GBP" }, "established_at": "2026-03-02T08:00:00+00:00" })
    );
    house.establish(Ward::Icu, "1").await.refused(409, "established");
    assert_eq!(house.is_consistent(Ward::Icu).await, BedCounts { free: 40, ..BedCounts::default() });
    let listed = &house.app.get("/wards").bearer(&house.desk).send().await.expect(200).body["items"][0];
    assert_eq!((listed["beds"].as_i64(), listed["free"].as_i64(), listed["occupancy"].as_i64()), (Some(40), Some(40), Some(0)));
    // Every type, also those that sound alike.
    for ward in Ward::ALL.iter().filter(|ward| **ward != Ward::Icu) {
        house.establish(*ward, "100").await.expect(201);
    }
    house.mails().await;
    assert_eq!(house.app.get("/wards").bearer(&house.desk).send().await.expect(200).body["items"].as_array().unwrap().len(), 23);
}

#[tokio::test]
async fn a_ward_that_is_wrong_is_not_established() {
    let house = House::new(&[Ward::Icu]).await;
    let establish = async |body: Value| house.app.post("/wards", &body).bearer(&house.admin).send().await;
    let fee = json!({ "amount": "100", "currency": "GBP" });
    establish(json!({ "ward": "moon", "daily_fee": fee })).await.invalid(&[("ward", "invalid_ward")]);
    establish(json!({})).await.invalid(&[("ward", "required"), ("daily_fee", "required")]);
    establish(json!({ "ward": "burns", "daily_fee": { "amount": "-1", "currency": "GBP" } }))
        .await
        .invalid(&[("daily_fee", "invalid_amount")]);
    establish(json!({ "ward": "burns", "daily_fee": { "amount": "1", "currency": "USD" } }))
        .await
        .invalid(&[("daily_fee", "other_currency")]);
    establish(json!({ "ward": "burns", "daily_fee": fee, "beds": 41 })).await.invalid(&[("beds", "unknown_field")]);
    house.app.get("/wards/burns").bearer(&house.admin).send().await.refused(404, "not_found");
    assert!(house.app.store().beds_now(Ward::Burns).await.unwrap().is_empty());
    let body = json!({ "ward": "burns", "daily_fee": fee });
    house.app.post("/wards", &body).bearer(&house.desk).send().await.refused(403, "forbidden");
}

#[tokio::test]
async fn the_fee_changes_from_the_version_that_was_read() {
    let house = House::new(&[Ward::Icu]).await;
    let change = async |version: &str, amount: &str| {
        let body = json!({ "daily_fee": { "amount": amount, "currency": "GBP" } });
        house.app.call("PATCH", "/wards/icu").json(&body).header("if-match", version).bearer(&house.admin).send().await
    };
    assert_eq!(change("\"v1\"", "250").await.expect(200).body["daily_fee"]["amount"], "250.00");
    change("\"v1\"", "300").await.refused(412, "stale");
    change("\"v2\"", "x").await.invalid(&[("daily_fee", "invalid_amount")]);
    let without = house.app.call("PATCH", "/wards/icu").json(&json!({ "daily_fee": { "amount": "1", "currency": "GBP" } }));
    without.bearer(&house.admin).send().await.refused(428, "if_match_required");
}

#[tokio::test]
async fn only_sensible_things_happen_to_a_bed() {
    let mut house = House::new(&[Ward::Icu]).await;
    let act = async |bed: &str, what: &str| {
        let body = if what == "take-out" { json!({ "reason": "A wheel is broken." }) } else { json!({}) };
        house.app.post(&format!("/wards/icu/beds/{bed}/{what}"), &body).bearer(&house.admin).send().await
    };
    assert_eq!(act("1", "cleaned").await.refused(409, "wrong_status").body["bed_status"], "free");
    act("1", "put-back").await.refused(409, "wrong_status");
    let broken = act("1", "take-out").await.expect(200).body;
    assert_eq!((broken["status"].as_str(), broken["reason"].as_str()), (Some("maintenance"), Some("A wheel is broken.")));
    assert_eq!(act("1", "take-out").await.refused(409, "wrong_status").body["bed_status"], "maintenance");
    assert_eq!(act("1", "put-back").await.expect(200).body["status"], "cleaning", "nobody lies in it before it was cleaned");
    let clean = act("1", "cleaned").await.expect(200).body;
    assert_eq!((clean["status"].as_str(), clean.get("reason")), (Some("free"), None));
    for unknown in ["0", "41", "-1", "x", "01", "1.0"] {
        act(unknown, "cleaned").await.refused(404, "not_found");
    }
    house.app.post("/wards/icu/beds/1/take-out", &json!({})).bearer(&house.admin).send().await.invalid(&[("reason", "required")]);
    // Nothing happens to a bed that somebody has, except that they leave it.
    let patient = house.patient().await;
    house.admit(patient, &json!({ "ward": "icu", "bed": 7 })).await.expect(201);
    for what in ["cleaned", "take-out", "put-back"] {
        let path = format!("/wards/icu/beds/7/{what}");
        house
            .app
            .post(&path, &json!({ "reason": "x" }))
            .bearer(&house.admin)
            .send()
            .await
            .refused(if what == "take-out" { 409 } else { 422 }, if what == "take-out" { "bed_occupied" } else { "invalid_request" });
        house
            .app
            .post(&path, &json!({}))
            .bearer(&house.admin)
            .send()
            .await
            .refused(if what == "take-out" { 422 } else { 409 }, if what == "take-out" { "invalid_request" } else { "bed_occupied" });
    }
    // A broken bed is nobody's.
    house.app.post("/wards/icu/beds/8/take-out", &json!({ "reason": "x" })).bearer(&house.admin).send().await.expect(200);
    let other = house.patient().await;
    let refused = house.admit(other, &json!({ "ward": "icu", "bed": 8 })).await.refused(409, "bed_not_free");
    assert_eq!(refused.body["bed_status"], "maintenance");
    assert_eq!(house.is_consistent(Ward::Icu).await, BedCounts { free: 38, occupied: 1, cleaning: 0, maintenance: 1 });
}

#[tokio::test]
async fn sweepers_clean_while_they_are_on_shift() {
    let house = House::new(&[Ward::Icu]).await;
    let (_, on) = house.on_duty("Mary Mahoney", Role::Sweeper, None).await;
    let (_, off) = house.app.staff("Walt Whitman", Role::Sweeper).await;
    house.app.post("/wards/icu/beds/1/take-out", &json!({ "reason": "x" })).bearer(&house.admin).send().await.expect(200);
    house.app.call("POST", "/wards/icu/beds/1/put-back").bearer(&on).send().await.refused(403, "forbidden");
    house.app.call("POST", "/wards/icu/beds/1/put-back").bearer(&house.admin).send().await.expect(200);
    house.app.call("POST", "/wards/icu/beds/1/cleaned").bearer(&off).send().await.refused(403, "outside_shift");
    house.app.call("POST", "/wards/icu/beds/1/cleaned").bearer(&on).send().await.expect(200);
}
