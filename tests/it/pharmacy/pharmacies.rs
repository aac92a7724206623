//! Pharmacies, their directory, and who works in them.

use domain::role::Role;
use serde_json::json;

use super::{Counter, fields, registration};

#[tokio::test]
async fn a_pharmacist_registers_one_pharmacy() {
    let counter = Counter::new().await;
    let again = counter
        .app
        .post("/pharmacies", &registration("South Pharmacy"))
        .bearer(&counter.pharmacist)
        .send()
        .await
        .refused(409, "works_in_pharmacy");
    assert_eq!(again.body["pharmacy_id"], counter.pharmacy);
    let refused = counter.app.post("/pharmacies", &registration("South Pharmacy")).bearer(&counter.ada.token).send().await;
    refused.expect(403);
    let (_, other) = counter.app.staff("Percy Julian", Role::Pharmacist).await;
    let bad = json!({ "name": "", "email": "x", "phone": "1", "collect_within_hours": 0, "opening_hours": [
        { "weekday": "monday", "from": "09:00", "to": "12:00" }, { "weekday": "monday", "from": "11:00", "to": "13:00" }] });
    let answer = counter.app.post("/pharmacies", &bad).bearer(&other).send().await;
    assert_eq!(fields(&answer), ["name", "email", "phone", "opening_hours[1]", "collect_within_hours"]);
}

#[tokio::test]
async fn the_directory_says_who_is_open() {
    let counter = Counter::new().await;
    let (_, other) = counter.app.staff("Percy Julian", Role::Pharmacist).await;
    let night = json!({ "name": "Night Pharmacy", "email": "night@example.org", "phone": "+442079460031",
        "opening_hours": [{ "weekday": "sunday", "from": "22:00", "to": "07:00" }] });
    counter.app.post("/pharmacies", &night).bearer(&other).send().await.expect(201);
    let list = async |query: &str| {
        let body = counter.app.get(&format!("/pharmacies{query}")).bearer(&counter.ada.token).send().await.expect(200).body;
        let items = body["items"].as_array().unwrap().clone();
        items.into_iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one["open"].as_bool().unwrap())).collect::<Vec<_>>()
    };
    let named = |name: &str, open| (name.to_owned(), open);
    // Monday at eight: the night pharmacy closed an hour ago.
    assert_eq!(list("").await, [named("Night Pharmacy", false), named("North Pharmacy", true)]);
    assert_eq!(list("?open=true").await, [named("North Pharmacy", true)]);
    assert_eq!(list("?name=nIGHT").await, [named("Night Pharmacy", false)]);
    counter.app.get("/pharmacies?open=yes").bearer(&counter.ada.token).send().await.expect(422);
    let one = counter.app.get(&format!("/pharmacies/{}", counter.pharmacy)).bearer(&counter.ada.token).send().await.expect(200);
    assert_eq!((one.body["until"].as_str(), one.body["collect_within_hours"].as_u64()), (Some("2026-03-02T18:00:00+00:00"), Some(72)));
}

#[tokio::test]
async fn those_who_work_there_change_it_and_add_colleagues() {
    let counter = Counter::new().await;
    let (app, path) = (&counter.app, format!("/pharmacies/{}", counter.pharmacy));
    let (percy, other) = app.staff("Percy Julian", Role::Pharmacist).await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let change =
        async |body, etag: &str, token: &str| app.call("PATCH", &path).json(&body).header("if-match", etag).bearer(token).send().await;
    change(json!({ "name": "Main Pharmacy" }), "\"v1\"", &other).await.expect(403);
    let changed = change(json!({ "name": "Main Pharmacy", "collect_within_hours": 24 }), "\"v1\"", &counter.pharmacist).await.expect(200);
    assert_eq!((changed.body["name"].as_str(), changed.etag()), (Some("Main Pharmacy"), "\"v2\""));
    change(json!({ "name": "Other" }), "\"v1\"", &admin).await.expect(412);

    let add = json!({ "user_id": percy.id });
    app.post(&format!("{path}/pharmacists"), &add).bearer(&other).send().await.expect(403);
    app.post(&format!("{path}/pharmacists"), &json!({ "user_id": counter.ada.user_id })).bearer(&admin).send().await.expect(422);
    app.post(&format!("{path}/pharmacists"), &add).bearer(&counter.pharmacist).send().await.expect(200);
    app.post(&format!("{path}/pharmacists"), &add).bearer(&admin).send().await.expect(409);
    let names = app.get(&format!("{path}/pharmacists")).bearer(&other).send().await.expect(200).body;
    assert_eq!(names["items"].as_array().unwrap().len(), 2);
    let release = format!("{path}/pharmacists/{}/release", percy.id);
    app.call("POST", &release).bearer(&other).send().await.expect(204);
    app.call("POST", &release).bearer(&counter.pharmacist).send().await.expect(404);
    app.get(&format!("{path}/pharmacists")).bearer(&other).send().await.expect(403);
}

#[tokio::test]
async fn who_is_no_longer_a_pharmacist_works_there_no_longer() {
    let counter = Counter::new().await;
    let (_, admin) = counter.app.staff("Florence Nightingale", Role::Administrator).await;
    let roles = format!("/users/{}/roles", counter.account.id);
    counter.app.post(&roles, &json!({ "roles": ["nurse"] })).bearer(&admin).send().await.expect(200);
    counter.app.drain().await;
    assert!(counter.app.store().works_in_pharmacy(counter.account.id).await.unwrap().is_none());
    counter.app.post(&roles, &json!({ "roles": ["pharmacist"] })).bearer(&admin).send().await.expect(200);
    let token = counter.app.token(&counter.app.store().account(counter.account.id).await.unwrap().unwrap().account).await;
    counter.app.get(&counter.path("lots")).bearer(&token).send().await.expect(403);
    let add = json!({ "user_id": counter.account.id });
    counter.app.post(&counter.path("pharmacists"), &add).bearer(&admin).send().await.expect(200);
    counter.app.get(&counter.path("lots")).bearer(&token).send().await.expect(200);
}
