//! A guardian acts for a child as for themselves, until the child is of age.

use domain::role::Role;
use serde_json::{Value, json};

use crate::support::{App, booking};

async fn child(app: &App, desk: &str, guardians: &Value, born: &str) -> String {
    let body = json!({ "name": "Byron Lovelace", "date_of_birth": born, "gender": "male", "guardians": guardians });
    app.post("/patients", &body).bearer(desk).send().await.expect(201).id()
}

#[tokio::test]
async fn a_mother_books_for_her_child_and_is_told() {
    let app = App::new().await;
    let (ada, alan, doctor) =
        (app.patient("Ada Lovelace").await, app.patient("Alan Mathison").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let id = child(&app, &desk, &json!([{ "patient_id": ada.id, "relationship": "mother" }]), "2020-05-12").await;
    let mut seen = 0;
    app.new_mails(&mut seen).await;
    let children = app.get("/patients/me/children").bearer(&ada.token).send().await.expect(200);
    assert_eq!(children.body["items"][0]["id"], id.as_str());
    assert_eq!(app.get("/patients/me/children").bearer(&alan.token).send().await.expect(200).body["items"], json!([]));
    let profile = app.get(&format!("/patients/{id}")).bearer(&ada.token).send().await.expect(200);
    let guardian = json!({ "patient_id": ada.id, "name": "Ada Lovelace", "phone": "+442079460018", "relationship": "mother" });
    assert_eq!(profile.body["guardians"], json!([guardian]));
    app.get(&format!("/patients/{id}")).bearer(&alan.token).send().await.refused(404, "not_found");

    let mut body = booking(&doctor, "2026-03-02T09:00:00Z");
    body["patient_id"] = json!(id);
    app.post("/appointments", &body).bearer(&alan.token).send().await.refused(403, "forbidden");
    let appointment = app.post("/appointments", &body).bearer(&ada.token).send().await.expect(201).id();
    let mails = app.new_mails(&mut seen).await;
    let told = mails.iter().find(|mail| mail.to == ada.email).unwrap();
    assert!(told.text.contains("Patient: Byron Lovelace (MRN "), "{}", told.text);

    let list = format!("/appointments?patient_id={id}");
    assert_eq!(app.get(&list).bearer(&ada.token).send().await.expect(200).body["items"][0]["id"], appointment.as_str());
    app.get(&list).bearer(&alan.token).send().await.refused(403, "forbidden");
    let path = format!("/appointments/{appointment}");
    app.get(&path).bearer(&alan.token).send().await.refused(404, "not_found");
    let to = json!({ "starts_at": "2026-03-02T10:00:00Z" });
    app.post(&format!("{path}/reschedule"), &to).bearer(&ada.token).send().await.expect(200);
    let cancelled = app.post(&format!("{path}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    assert_eq!(cancelled.body["cancelled_by"], "patient");

    app.drain().await;
    let log = app.get(&format!("/audit-log?patient_id={id}&limit=100")).bearer(&admin).send().await.expect(200);
    let by_ada = |entry: &&Value| entry["actor_id"] == ada.user_id.to_string() && entry["action"] != "patient.list_children";
    let entries: Vec<_> = log.body["items"].as_array().unwrap().iter().filter(by_ada).collect();
    assert!(entries.len() >= 4 && entries.iter().all(|entry| entry["detail"] == "as guardian"), "{entries:#?}");
}

#[tokio::test]
async fn nobody_acts_for_an_adult_or_after_the_front_desk_says_no() {
    let app = App::new().await;
    let ada = app.patient("Ada Lovelace").await;
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let of_ada = json!([{ "patient_id": ada.id }]);
    let read = async |id: &str| app.get(&format!("/patients/{id}")).bearer(&ada.token).send().await;
    let adult = child(&app, &desk, &of_ada, "2008-03-02").await;
    read(&adult).await.refused(404, "not_found");
    let id = child(&app, &desk, &of_ada, "2020-05-12").await;
    read(&id).await.expect(200);
    let change = |body: Value| app.call("PATCH", &format!("/patients/{id}")).json(&body).bearer(&desk).header("if-match", "\"v1\"").send();
    change(json!({ "guardians": [{ "patient_id": id }], "reason": "x" })).await.invalid(&[("guardians[0].patient_id", "own_guardian")]);
    change(json!({ "guardians": [], "reason": "A court has decided" })).await.expect(200);
    read(&id).await.refused(404, "not_found");
    assert_eq!(app.get("/patients/me/children").bearer(&ada.token).send().await.expect(200).body["items"], json!([]));
    let changes = app.get(&format!("/patients/{id}/changes")).bearer(&desk).send().await.expect(200);
    assert_eq!(changes.body["items"][0]["before"]["guardians"][0]["patient_id"], ada.id.to_string());
}

#[tokio::test]
async fn who_cannot_be_a_guardian() {
    let app = App::new().await;
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let minor = child(&app, &desk, &json!([{ "name": "Annabella Byron", "phone": "+442079460019" }]), "2012-05-12").await;
    let refused = async |guardians: Value, wrong: &[(&str, &str)]| {
        let body = json!({ "name": "Ralph King", "date_of_birth": "2021-01-01", "gender": "male", "guardians": guardians });
        app.post("/patients", &body).bearer(&desk).send().await.invalid(wrong);
    };
    refused(json!([{ "patient_id": minor }]), &[("guardians[0].patient_id", "is_a_child")]).await;
    refused(json!([{ "patient_id": "pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR" }]), &[("guardians[0].patient_id", "unknown")]).await;
    refused(json!([{ "name": "B" }, {}]), &[("guardians[1].name", "required")]).await;
    refused(json!([{ "name": "B" }, { "name": "B" }, { "name": "B" }, { "name": "B" }, { "name": "B" }]), &[("guardians", "too_many")])
        .await;
}
