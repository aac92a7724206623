use domain::{role::Role, shifts::ShiftTime, ward::Ward};
use serde_json::json;

use super::House;

async fn take(house: &House, token: &str, ward: &str, shift: &str) -> crate::support::Answer {
    house.app.post(&format!("/wards/{ward}/managers"), &json!({ "shift": shift })).bearer(token).send().await
}

#[tokio::test]
async fn a_shift_is_taken_once_and_a_manager_has_one() {
    let house = House::new(&[Ward::Icu, Ward::General]).await;
    let (ada, adas) = house.app.staff("Lillian Wald", Role::WardManager).await;
    let (_, other) = house.app.staff("Clara Barton", Role::WardManager).await;
    let taken = take(&house, &adas, "icu", "night").await.expect(200).body;
    assert_eq!((taken["name"].as_str(), taken["on_shift"].as_bool()), (Some("Lillian Wald"), Some(false)), "it is morning");
    assert_eq!(take(&house, &other, "icu", "night").await.refused(409, "shift_taken").body["user_id"], ada.id.to_string());
    let refused = take(&house, &adas, "general", "day").await.refused(409, "manages_another");
    assert_eq!((refused.body["ward"].as_str(), refused.body["shift"].as_str()), (Some("icu"), Some("night")));
    // The same shift again is theirs already.
    take(&house, &adas, "icu", "night").await.refused(409, "manages_another");
    assert_eq!(take(&house, &other, "icu", "day").await.expect(200).body["on_shift"], true);
    let list = house.app.get("/wards/icu/managers").bearer(&house.desk).send().await.expect(200).body;
    let shifts: Vec<_> = list["items"].as_array().unwrap().iter().map(|one| (one["shift"].as_str(), one["name"].as_str())).collect();
    assert_eq!(shifts, [(Some("night"), Some("Lillian Wald")), (Some("day"), Some("Clara Barton"))]);
    // Nobody else releases it, except an administrator. Then it is free, and so is she.
    let release = "/wards/icu/managers/night/release";
    house.app.call("POST", release).bearer(&other).send().await.refused(404, "not_found");
    house.app.call("POST", release).bearer(&house.admin).send().await.expect(204);
    house.app.call("POST", release).bearer(&house.admin).send().await.refused(404, "not_found");
    take(&house, &adas, "general", "evening").await.expect(200);
    house.app.call("POST", "/wards/general/managers/evening/release").bearer(&adas).send().await.expect(204);
    take(&house, &adas, "icu", "night").await.expect(200);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let house = House::new(&[Ward::Icu]).await;
    let (manager, token) = house.app.staff("Lillian Wald", Role::WardManager).await;
    let (nurse, nurses) = house.app.staff("Mary Seacole", Role::Nurse).await;
    take(&house, &token, "icu", "morning").await.invalid(&[("shift", "invalid_shift")]);
    take(&house, &token, "burns", "night").await.refused(404, "not_found");
    take(&house, &token, "moon", "night").await.refused(404, "not_found");
    take(&house, &nurses, "icu", "night").await.refused(403, "forbidden");
    let give = async |token: &str, user: &str| {
        let body = json!({ "shift": "night", "user_id": user });
        house.app.post("/wards/icu/managers", &body).bearer(token).send().await
    };
    give(&token, &nurse.id.to_string()).await.refused(403, "forbidden");
    give(&house.admin, &nurse.id.to_string()).await.invalid(&[("user_id", "not_in_role")]);
    give(&house.admin, "usr_01JD8Z0V3XQ5T4E2W9K7M6N8PR").await.invalid(&[("user_id", "not_in_role")]);
    // An administrator who is no manager names somebody.
    take(&house, &house.admin, "icu", "night").await.invalid(&[("user_id", "required")]);
    give(&house.admin, &manager.id.to_string()).await.expect(200);
    // Managers are not on the roster: they have their shift every day.
    let enter = json!({ "user_id": manager.id, "role": "ward_manager", "ward": "icu", "shift": "day", "date": "2026-03-03" });
    house.app.post("/shifts", &enter).bearer(&house.admin).send().await.invalid(&[("role", "invalid_role")]);
}

#[tokio::test]
async fn a_manager_acts_on_the_ward_while_the_shift_is_on() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let (night, _) = house.manager("Lillian Wald", Ward::Icu, ShiftTime::Night).await;
    let take_out = async |token: &str, ward: &str| {
        house.app.post(&format!("/wards/{ward}/beds/1/take-out"), &json!({ "reason": "A wheel is broken." })).bearer(token).send().await
    };
    // 08:00 in London: the night is over.
    for (clock, begins) in [
        ("2026-03-02T08:00:00Z", Some("2026-03-03T00:00:00+00:00")),
        ("2026-03-02T23:59:59Z", Some("2026-03-03T00:00:00+00:00")),
        ("2026-03-03T00:00:00Z", None),
        ("2026-03-03T07:59:59Z", None),
        ("2026-03-03T08:00:00Z", Some("2026-03-04T00:00:00+00:00")),
        // Summer time begins at 01:00 UTC on 29 March. The night before is at UTC+0, the one after at UTC+1.
        ("2026-03-29T06:59:59Z", None),
        ("2026-03-29T07:00:00Z", Some("2026-03-30T00:00:00+01:00")),
        ("2026-03-29T23:00:00Z", None),
    ] {
        house.app.set_clock(clock);
        let token = house.app.token(&night).await;
        let answer = take_out(&token, "icu").await;
        if let Some(begins) = begins {
            assert_eq!(answer.refused(403, "outside_shift").body["shift_begins_at"], begins, "{clock}");
            continue;
        }
        answer.expect(200);
        take_out(&token, "general").await.refused(403, "other_ward");
        house.app.call("POST", "/wards/icu/beds/1/put-back").bearer(&token).send().await.expect(200);
        house.app.call("POST", "/wards/icu/beds/1/cleaned").bearer(&token).send().await.expect(200);
    }
    house.sign_in_again().await;
    // A manager without a shift is told so, and one on leave acts no more than somebody else.
    let (_, none) = house.app.staff("Clara Barton", Role::WardManager).await;
    let refused = house.app.get("/wards/icu/board").bearer(&none).send().await.refused(403, "outside_shift");
    assert!(refused.body.get("shift_begins_at").is_none());
}

#[tokio::test]
async fn on_leave_nobody_manages() {
    let mut house = House::new(&[Ward::Icu]).await;
    let (day, token) = house.manager("Lillian Wald", Ward::Icu, ShiftTime::Day).await;
    house.app.get("/wards/icu/board").bearer(&token).send().await.expect(200);
    let leave = json!({ "type": "annual", "from": "2026-03-02", "to": "2026-03-02" });
    let id = house.app.post("/leaves", &leave).bearer(&token).send().await.expect(201).id();
    house.app.post(&format!("/leaves/{id}/approve"), &json!({})).bearer(&house.admin).send().await.expect(200);
    let refused = house.app.get("/wards/icu/board").bearer(&token).send().await.refused(403, "outside_shift");
    assert_eq!(refused.body["shift_begins_at"], "2026-03-03T08:00:00+00:00");
    let list = house.app.get("/wards/icu/managers").bearer(&house.desk).send().await.expect(200).body;
    assert_eq!(
        (list["items"][0]["user_id"].as_str(), list["items"][0]["on_shift"].as_bool()),
        (Some(day.id.to_string().as_str()), Some(false))
    );
    house.mails().await;
}

#[tokio::test]
async fn nurses_and_doctors_act_while_they_are_on_shift() {
    let mut house = House::new(&[Ward::Icu, Ward::General]).await;
    let (_, nurse) = house.on_duty("Mary Seacole", Role::Nurse, Some(Ward::Icu)).await;
    let (_, off) = house.app.staff("Walt Whitman", Role::Nurse).await;
    let doctor = house.app.doctor("Dr. Helen Taussig").await;
    let patient = house.patient().await;
    let admissions = format!("/patients/{patient}/admissions");
    let admit = async |token: &str, ward: &str| house.app.post(&admissions, &json!({ "ward": ward })).bearer(token).send().await;
    admit(&off, "icu").await.refused(403, "outside_shift");
    admit(&nurse, "general").await.refused(403, "other_ward");
    // A doctor who neither treats the patient nor is on shift may not know of them.
    admit(&doctor.token, "icu").await.refused(404, "not_found");
    let stay = admit(&nurse, "icu").await.expect(201).body;
    house.app.get(&super::path(&stay)).bearer(&doctor.token).send().await.refused(404, "not_found");
    house.app.get(&super::path(&stay)).bearer(&nurse).send().await.expect(200);
    // She moves the patient within her ward, and puts them on the list of another one.
    house.step_as(&nurse, &stay, "transfer", &json!({ "ward": "general" })).await.refused(403, "other_ward");
    house.step_as(&nurse, &stay, "transfer", &json!({ "ward": "icu" })).await.expect(200);
    house.step_as(&nurse, &stay, "medically-ready", &json!({ "follow_up": "Rest." })).await.refused(403, "forbidden");
    let ask = json!({ "ward": "general" });
    house.app.post(&format!("/patients/{patient}/bed-requests"), &ask).bearer(&nurse).send().await.expect(201);
    let account = house.app.store().account(doctor.user_id).await.unwrap().unwrap().account;
    house.app.on_roster(&account, Role::Doctor, None).await;
    house.step_as(&doctor.token, &stay, "medically-ready", &json!({ "follow_up": "Rest for a week." })).await.expect(200);
}

/// A shift in one role is none in another.
#[tokio::test]
async fn who_manages_one_ward_is_no_doctor_on_duty_of_another() {
    let house = House::new(&[Ward::Icu, Ward::General]).await;
    let (account, token) = house.manager("Lillian Wald", Ward::General, ShiftTime::Day).await;
    let roles = json!({ "roles": ["ward_manager", "nurse", "sweeper"] });
    house.app.post(&format!("/users/{}/roles", account.id), &roles).bearer(&house.admin).send().await.expect(200);
    house.app.get("/wards/general/board").bearer(&token).send().await.expect(200);
    // As a nurse she would see emergencies, and as a sweeper clean any bed. She is not on shift as either.
    house.app.get("/emergency/queue").bearer(&token).send().await.refused(403, "other_ward");
    house.app.call("POST", "/wards/icu/beds/1/cleaned").bearer(&token).send().await.refused(403, "other_ward");
    house.app.get("/critical-care").bearer(&token).send().await.refused(403, "other_ward");
}

#[tokio::test]
async fn who_is_no_longer_a_manager_gives_the_shift_back() {
    let mut house = House::new(&[Ward::Icu]).await;
    let (account, _) = house.manager("Lillian Wald", Ward::Icu, ShiftTime::Day).await;
    house.mails().await;
    // Who is suspended may come back.
    for step in ["suspend", "reinstate"] {
        house.app.call("POST", &format!("/users/{}/{step}", account.id)).bearer(&house.admin).send().await.expect(200);
        house.mails().await;
        assert_eq!(house.app.store().ward_managers(Ward::Icu).await.unwrap().len(), 1, "{step}");
    }
    let roles = json!({ "roles": ["nurse"] });
    house.app.post(&format!("/users/{}/roles", account.id), &roles).bearer(&house.admin).send().await.expect(200);
    house.mails().await;
    assert!(house.app.store().ward_managers(Ward::Icu).await.unwrap().is_empty());
    assert!(house.app.store().manages(account.id).await.unwrap().is_none());
}
