//! The medical history: what the patient and the clinicians tell, and what was never asked.

use std::sync::Arc;

use domain::role::Role;
use serde_json::{Value, json};

use crate::support::{App, at_once};

#[tokio::test]
async fn none_known_is_not_the_same_as_never_asked() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let path = format!("/patients/{}/history", ada.id);
    let read = async |token: &str| app.get(&path).bearer(token).send().await;
    assert_eq!(read(&ada.token).await.expect(200).body, json!({ "items": [], "none_known": [] }), "nobody has asked");
    let none = |kind: &str| app.post(&format!("{path}/none-known"), &json!({ "kind": kind })).bearer(&ada.token).send();
    none("allergy").await.expect(204);
    let asked = read(&ada.token).await.expect(200);
    assert_eq!((asked.body["none_known"][0]["kind"].as_str(), asked.body["none_known"].as_array().unwrap().len()), (Some("allergy"), 1));

    // An allergy that comes to light takes the "none" back, and keeps it from being said again.
    let penicillin = json!({ "kind": "allergy", "what": "Penicillin", "detail": "Hives", "severity": "moderate" });
    let add = |body: Value, token: &str| app.post(&path, &body).bearer(token).send();
    let added = add(penicillin.clone(), &ada.token).await.expect(201);
    assert!(added.body["noted"].get("clinician").is_none() && added.body["severity"] == "moderate");
    assert_eq!(read(&ada.token).await.expect(200).body["none_known"], json!([]));
    none("allergy").await.refused(409, "some_known");
    none("surgery").await.expect(204);

    // The doctor who treats her corrects it. Nothing is lost.
    add(penicillin, &doctor.token).await.refused(404, "not_found");
    read(&desk).await.refused(403, "forbidden");
    app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201);
    let by_doctor = add(json!({ "kind": "condition", "what": "Asthma" }), &doctor.token).await.expect(201);
    assert_eq!(by_doctor.body["noted"]["clinician"], "Dr. Helen Taussig");
    let withdraw = |body: Value| app.post(&format!("{path}/{}/withdraw", added.id()), &body).bearer(&doctor.token).send();
    withdraw(json!({})).await.invalid(&[("reason", "required")]);
    let gone = withdraw(json!({ "reason": "Tested negative" })).await.expect(200);
    assert_eq!((gone.body["withdrawn_because"].as_str(), gone.body["what"].as_str()), (Some("Tested negative"), Some("Penicillin")));
    withdraw(json!({ "reason": "x" })).await.refused(409, "already_withdrawn");
    none("allergy").await.expect(204);
    let all = read(&doctor.token).await.expect(200);
    assert_eq!((all.body["items"].as_array().unwrap().len(), all.body["none_known"].as_array().unwrap().len()), (2, 2));

    add(json!({}), &ada.token).await.invalid(&[("kind", "required"), ("what", "required")]);
    let wrong = json!({ "kind": "luck", "what": "x", "severity": "bad" });
    add(wrong, &ada.token).await.invalid(&[("kind", "invalid_kind"), ("severity", "invalid_severity")]);
    let wrong = json!({ "kind": "surgery", "what": "Appendectomy", "severity": "mild" });
    add(wrong, &ada.token).await.invalid(&[("severity", "allergies_only")]);
    let other = app.patient("Alan Mathison").await;
    let theirs = format!("/patients/{}/history/{}/withdraw", other.id, by_doctor.id());
    app.post(&theirs, &json!({ "reason": "x" })).bearer(&other.token).send().await.refused(404, "not_found");
}

#[tokio::test]
async fn a_long_history_comes_in_pages() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let path = format!("/patients/{}/history", ada.id);
    for number in 0..5 {
        app.wait(jiff::SignedDuration::from_secs(1));
        app.post(&path, &json!({ "kind": "medication", "what": format!("Medicine {number}") })).bearer(&ada.token).send().await.expect(201);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{path}?limit=2{cursor}")).bearer(&ada.token).send().await.expect(200);
        seen.extend(page.body["items"].as_array().unwrap().iter().map(|item| item["what"].as_str().unwrap().to_owned()));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["Medicine 4", "Medicine 3", "Medicine 2", "Medicine 1", "Medicine 0"]);
}

/// While one says that there are no allergies, others add some: at the end there is no "none" beside an allergy.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn none_and_some_are_never_both_true() {
    let app = Arc::new(App::new().await);
    let ada = app.patient("Ada Byron").await;
    let path = format!("/patients/{}/history", ada.id);
    let request = |number: usize| match number % 2 {
        0 => (format!("{path}/none-known"), json!({ "kind": "allergy" }), ada.token.clone()),
        _ => (path.clone(), json!({ "kind": "allergy", "what": format!("Substance {number}") }), ada.token.clone()),
    };
    let answers = at_once(&app, (0..20).map(request).collect()).await;
    assert!(answers.iter().all(|answer| [201, 204, 409, 412].contains(&answer.status.as_u16())));
    let now = app.get(&path).bearer(&ada.token).send().await.expect(200);
    let (some, none) = (now.body["items"].as_array().unwrap().len(), now.body["none_known"].as_array().unwrap().len());
    assert!(some == 0 || none == 0, "{}", now.text);
    assert_eq!(some, answers.iter().filter(|answer| answer.status == 201).count());
}
