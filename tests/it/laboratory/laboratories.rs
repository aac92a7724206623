//! Laboratories, their directory, and who works in them.

use domain::role::Role;
use serde_json::json;

use super::{Bench, items, registration};

#[tokio::test]
async fn a_lab_technician_registers_one_laboratory() {
    let bench = Bench::new().await;
    let again = bench.app.post("/laboratories", &registration("South Laboratory")).bearer(&bench.otto).send().await;
    assert_eq!(again.refused(409, "works_in_laboratory").body["laboratory_id"], bench.laboratory);
    bench.app.post("/laboratories", &registration("South Laboratory")).bearer(&bench.doctor.token).send().await.expect(403);
    let (_, other) = bench.app.staff("Percy Julian", Role::LabTechnician).await;
    let bad = json!({ "name": "", "email": "x", "phone": "1", "opening_hours": [{ "weekday": "monday", "from": "09:00", "to": "09:00" }] });
    let answer = bench.app.post("/laboratories", &bad).bearer(&other).send().await;
    answer.invalid(&[("name", "required"), ("email", "invalid_email"), ("phone", "invalid_phone"), ("opening_hours[0]", "too_short")]);
    let listed = bench.app.get("/laboratories?name=central&open=true").bearer(&bench.ada.token).send().await.expect(200);
    assert_eq!(
        (&items(&listed)[0]["name"], &items(&listed)[0]["until"]),
        (&json!("Central Laboratory"), &json!("2026-03-02T18:00:00+00:00"))
    );
    assert!(items(&bench.app.get("/laboratories?mine=true").bearer(&other).send().await.expect(200)).is_empty());
    bench.app.get("/laboratories?mine=true&cursor=x").bearer(&other).send().await.refused(400, "invalid_cursor");
}

#[tokio::test]
async fn those_who_work_there_change_it_and_release_each_other() {
    let bench = Bench::new().await;
    let (app, path) = (&bench.app, format!("/laboratories/{}", bench.laboratory));
    let (_, other) = app.staff("Percy Julian", Role::LabTechnician).await;
    let change = async |body, token: &str| app.call("PATCH", &path).json(&body).header("if-match", "\"v1\"").bearer(token).send().await;
    change(json!({ "name": "Main Laboratory" }), &other).await.expect(403);
    let changed = change(json!({ "name": "Main Laboratory" }), &bench.otto).await.expect(200);
    assert_eq!((&changed.body["name"], changed.etag()), (&json!("Main Laboratory"), "\"v2\""));
    change(json!({ "phone": "+442079460041" }), &bench.grete).await.expect(412);
    assert_eq!(items(&bench.get("technicians").await.expect(200)).len(), 2);
    let release = format!("{path}/technicians/{}/release", bench.accounts[1].id);
    app.call("POST", &release).bearer(&bench.otto).send().await.expect(204);
    app.call("POST", &release).bearer(&bench.grete).send().await.expect(404);
    app.get(&format!("{path}/technicians")).bearer(&bench.otto).send().await.expect(403);
    let patient = json!({ "user_id": bench.ada.user_id });
    bench.post("technicians", &patient).await.invalid(&[("user_id", "not_in_role")]);
}

#[tokio::test]
async fn who_is_no_longer_a_technician_works_there_no_longer() {
    let bench = Bench::new().await;
    let (_, admin) = bench.app.staff("Florence Nightingale", Role::Administrator).await;
    let roles = format!("/users/{}/roles", bench.accounts[1].id);
    bench.app.post(&roles, &json!({ "roles": ["nurse"] })).bearer(&admin).send().await.expect(200);
    bench.app.drain().await;
    assert!(bench.app.store().works_in_laboratory(bench.accounts[1].id).await.unwrap().is_none());
    assert_eq!(items(&bench.get("technicians").await.expect(200)).len(), 1);
}
