//! The audit log: what is noted, that a note cannot be undone, and who may read the log.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{account::Account, role::Role};
use http::AppState;
use http_body_util::BodyExt;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::audit::{About, Span};
use tower::ServiceExt;

use crate::support::{Answer, App, PASSWORD};

impl App {
    /// The entries, sorted: action, outcome, and the actor's roles.
    async fn noted(&self, about: About) -> Vec<String> {
        self.drain().await;
        let span = Span::before("2026-01-01T00:00:00Z".parse().unwrap(), self.now() + SignedDuration::from_secs(1));
        let mut entries = self.store().audit_list(about, &span, 1000).await.unwrap();
        entries.reverse();
        let line = |entry: domain::audit::Entry| {
            let roles: Vec<_> = entry.roles.iter().map(|role| role.as_str()).collect();
            let outcome = serde_json::to_value(entry.outcome).unwrap();
            format!("{} {} {}", entry.action, outcome.as_str().unwrap(), roles.join("+")).trim_end().to_owned()
        };
        let mut lines: Vec<String> = entries.into_iter().map(line).collect();
        // Entries of the same instant have no order of their own.
        lines.sort();
        lines
    }
}

#[tokio::test]
async fn every_read_and_write_of_a_patients_data_is_noted_once() {
    let app = App::new().await;
    let (ada, doctor, alan) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await, app.patient("Alan Mathison").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let record = format!("/patients/{}", ada.id);
    let own = app.get("/patients/me").bearer(&ada.token).send().await.expect(200);
    app.get(&record).bearer(&desk).send().await.expect(200);
    app.get(&record).bearer(&alan.token).send().await.refused(404, "not_found");
    app.get(&record).bearer(&doctor.token).send().await.refused(404, "not_found");
    let change = app.call("PATCH", "/patients/me").json(&json!({ "address": "2 High Street" })).bearer(&ada.token);
    change.header("if-match", own.etag()).send().await.expect(200);
    let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.refused(409, "already_booked");
    app.book(&alan, &doctor, "2026-03-02T10:00:00Z").await.expect(201);
    let path = format!("/appointments/{appointment}");
    app.get(&path).bearer(&doctor.token).send().await.expect(200);
    app.get(&path).bearer(&alan.token).send().await.refused(404, "not_found");
    app.get(&format!("{path}/calendar.ics")).bearer(&ada.token).send().await.expect(200);
    app.drain().await;
    app.get("/appointments").bearer(&doctor.token).send().await.expect(200);
    app.post(&format!("{path}/reschedule"), &json!({ "starts_at": "2026-03-02T09:30:00Z" })).bearer(&desk).send().await.expect(200);
    app.call("POST", &format!("{path}/arrive")).bearer(&desk).send().await.expect(200);
    app.set_clock("2026-03-02T09:40:00Z");
    app.call("POST", &format!("{path}/complete")).bearer(&app.fresh_doctor(&doctor).await).send().await.expect(200);
    // A change that is handled twice is noted once.
    app.drain().await;
    insta::assert_snapshot!(app.noted(About::Patient(ada.id)).await.join("\n"), @r"
    appointment.arrive done receptionist
    appointment.book done patient
    appointment.complete done doctor
    appointment.list done doctor
    appointment.move done receptionist
    appointment.read done doctor
    appointment.read done patient
    appointment.read refused patient
    patient.change done patient
    patient.read done patient
    patient.read done receptionist
    patient.read refused doctor
    patient.read refused patient
    ");
    // Reading a list notes every patient on it.
    assert!(app.noted(About::Patient(alan.id)).await.contains(&"appointment.list done doctor".to_owned()));
    assert!(app.noted(About::Actor(alan.user_id)).await.contains(&"patient.read refused patient".to_owned()));
}

#[tokio::test]
async fn however_the_address_is_written_the_entry_names_whom_it_is_about() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (waiting, _) = app.waiting("Mary Mahoney", Role::Nurse).await;
    let encoded = |id: String| id.replacen('_', "%5F", 1).replacen('0', "%30", 1);
    app.get(&format!("/patients/{}", encoded(ada.id.to_string()))).bearer(&desk).send().await.expect(200);
    app.get(&format!("/patients/{}", encoded(ada.id.to_string()))).bearer(&doctor.token).send().await.expect(404);
    assert_eq!(app.noted(About::Patient(ada.id)).await, ["patient.read done receptionist", "patient.read refused doctor"]);
    app.get(&format!("/users/{}", encoded(waiting.id.to_string()))).bearer(&administrator).send().await.expect(200);
    let log = app.get("/audit-log").bearer(&administrator).send().await.expect(200);
    assert!(log.body["items"].as_array().unwrap().iter().any(|entry| entry["account_id"] == waiting.id.to_string()), "{}", log.text);
    // Crockford's alphabet reads O as 0; the first of 26 characters can only be 0 to 7.
    for other in ["O", "8", "G", "R"] {
        let path = format!("/patients/{}", ada.id.to_string().replacen("pat_0", &format!("pat_{other}"), 1));
        app.get(&path).bearer(&desk).send().await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn sign_ins_failures_and_decisions_are_noted() {
    let app = App::new().await;
    let email = app.with_invitation("Rosa Parks", Role::Receptionist).await;
    let sign_in = |password: &str| app.post("/auth/token", &json!({ "email": email, "password": password })).from("203.0.113.7").send();
    sign_in("wrong password").await.refused(401, "invalid_credentials");
    let pair = sign_in(PASSWORD).await.expect(200);
    let token = pair.body["access_token"].as_str().unwrap();
    app.get("/users").bearer(token).send().await.refused(403, "forbidden");
    app.get("/users/me").bearer("forged").send().await.refused(401, "unauthenticated");
    app.post("/auth/token", &json!({ "email": "nobody@example.org", "password": PASSWORD })).send().await.expect(401);
    let next = app.post("/auth/refresh", &json!({ "refresh_token": pair.body["refresh_token"] })).send().await.expect(200);
    app.wait(SignedDuration::from_secs(11));
    app.post("/auth/refresh", &json!({ "refresh_token": pair.body["refresh_token"] })).send().await.expect(401);
    app.call("POST", "/auth/logout").bearer(next.body["access_token"].as_str().unwrap()).send().await.expect(204);
    let (florence, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (waiting, _) = app.waiting("Mary Mahoney", Role::Nurse).await;
    let act = |what: &str, body: Value| app.post(&format!("/users/{}/{what}", waiting.id), &body).bearer(&administrator).send();
    act("reject", json!({})).await.expect(200);
    act("approve", json!({})).await.expect(200);
    act("suspend", json!({})).await.refused(409, "wrong_status");
    app.get(&format!("/users/{}", waiting.id)).bearer(&administrator).send().await.expect(200);
    insta::assert_snapshot!(app.noted(About::Everything).await.join("\n"), @r"
    account.approve done administrator
    account.invite done administrator
    account.list refused receptionist
    account.read done administrator
    account.reject done administrator
    account.reset_password done
    session.refresh refused receptionist
    session.sign_in done receptionist
    session.sign_in refused
    session.sign_in refused
    session.sign_out done receptionist
    ");
    insta::assert_snapshot!(app.noted(About::Actor(florence.id)).await.join("\n"), @r"
    account.approve done administrator
    account.read done administrator
    account.reject done administrator
    ");
}

#[tokio::test]
async fn an_entry_says_who_what_whose_when_from_where_and_which_request() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let (rosa, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let (administrator_account, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let read = app.get(&format!("/patients/{}", ada.id)).bearer(&desk).from("203.0.113.7").send().await.expect(200);
    let list = |query: String| app.get(&format!("/audit-log?{query}")).bearer(&administrator).send();
    for query in [format!("patient_id={}", ada.id), format!("actor_id={}", rosa.id), "from=2026-03-02T08:00:00Z".to_owned()] {
        let entry = list(query).await.expect(200).body["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["action"] == "patient.read")
            .cloned()
            .unwrap();
        assert_eq!(
            entry,
            json!({
                "id": entry["id"], "at": "2026-03-02T08:00:00+00:00", "actor_id": rosa.id, "name": "Rosa Parks", "roles": ["receptionist"],
                "action": "patient.read", "outcome": "done", "patient_id": ada.id, "from": "203.0.113.7",
                "request_id": read.headers["x-request-id"].to_str().unwrap()
            })
        );
    }
    list(format!("patient_id={}&actor_id={}", ada.id, rosa.id)).await.invalid(&[("actor_id", "one_of")]);
    list("patient_id=x&from=yesterday".to_owned()).await.invalid(&[("patient_id", "invalid_id"), ("from", "invalid_instant")]);
    list("from=2026-01-01T00:00:00Z".to_owned()).await.invalid(&[("from", "span_too_long")]);
    list("from=2026-03-02T08:00:00Z&to=2026-03-02T08:00:00Z".to_owned()).await.invalid(&[("to", "before_from")]);
    // A cursor from before the span's beginning gives an empty page.
    let week = list("limit=1".to_owned()).await.expect(200);
    app.wait(SignedDuration::from_hours(8 * 24));
    let later = app.token(&administrator_account).await;
    let cursor = week.body["next_cursor"].as_str().unwrap();
    let page = app.get(&format!("/audit-log?limit=1&cursor={cursor}")).bearer(&later).send().await.expect(200);
    assert_eq!(page.body["items"], json!([]));
    app.set_clock(crate::support::NOW);
    assert_eq!(list("to=2026-03-02T08:00:00Z".to_owned()).await.expect(200).body["items"], json!([]));
}

#[tokio::test]
async fn a_patient_sees_who_opened_the_record() {
    let app = App::new().await;
    let (ada, alan) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    app.get(&format!("/patients/{}", ada.id)).bearer(&desk).send().await.expect(200);
    app.wait(SignedDuration::from_secs(1));
    app.get(&format!("/patients/{}", ada.id)).bearer(&alan.token).send().await.expect(404);
    app.wait(SignedDuration::from_secs(1));
    app.get("/patients/me").bearer(&ada.token).send().await.expect(200);
    app.wait(SignedDuration::from_secs(1));
    let log = |query: &str| app.get(&format!("/patients/me/access-log{query}")).bearer(&ada.token).send();
    let seen = |answer: Answer| -> Vec<(Value, Value, Value, Value)> {
        let items = answer.body["items"].as_array().unwrap().iter();
        items.map(|item| (item["name"].clone(), item["you"].clone(), item["action"].clone(), item["outcome"].clone())).collect()
    };
    let all = seen(log("").await.expect(200));
    assert_eq!(
        all,
        [
            (json!(null), json!(true), json!("patient.read"), json!("done")),
            (json!(null), json!(false), json!("patient.read"), json!("refused")),
            (json!("Rosa Parks"), json!(false), json!("patient.read"), json!("done")),
        ]
    );
    let first = log("?limit=2").await.expect(200);
    let cursor = first.body["next_cursor"].as_str().unwrap().to_owned();
    let second = log(&format!("?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(seen(second)[0], (json!(null), json!(false), json!("patient.read"), json!("refused")), "reading the log adds an entry, too");
    app.get("/patients/me/access-log").bearer(&desk).send().await.refused(403, "forbidden");
}

#[tokio::test]
async fn staff_cannot_act_under_a_borrowed_name() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let (rosa, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let (_, waiting_token) = app.waiting("Mary Mahoney", Role::Nurse).await;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    for token in [&desk, &waiting_token, &administrator] {
        app.call("PATCH", "/users/me").json(&json!({ "name": "Emily Blackwell" })).bearer(token).send().await.refused(403, "name_of_staff");
    }
    // Sending the present name changes nothing.
    app.call("PATCH", "/users/me").json(&json!({ "name": "Rosa Parks" })).bearer(&desk).send().await.expect(200);
    let rename = |id: String, body: Value, token: &str| app.call("PATCH", &format!("/users/{id}")).json(&body).bearer(token).send();
    rename(ada.user_id.to_string(), json!({ "name": "X" }), &desk).await.refused(403, "forbidden");
    rename(rosa.id.to_string(), json!({ "name": " " }), &administrator).await.invalid(&[("name", "required")]);
    rename(rosa.id.to_string(), json!({}), &administrator).await.invalid(&[("name", "required")]);
    let named = rename(rosa.id.to_string(), json!({ "name": "Rosa Lee" }), &administrator).await.expect(200);
    assert_eq!((&named.body["name"], &named.body["earlier_names"]), (&json!("Rosa Lee"), &json!(["Rosa Parks"])));
    app.get(&format!("/patients/{}", ada.id)).bearer(&desk).send().await.expect(200);
    let seen = app.get("/patients/me/access-log").bearer(&ada.token).send().await.expect(200);
    let entry = &seen.body["items"][0];
    assert_eq!(
        (&entry["staff_id"], &entry["name"], &entry["earlier_names"]),
        (&json!(rosa.id), &json!("Rosa Lee"), &json!(["Rosa Parks"]))
    );
    let mut told = 0;
    let mails = app.new_mails(&mut told).await;
    assert!(mails.iter().any(|mail| mail.to == rosa.email.as_str() && mail.subject.contains("name") && mail.text.contains("Rosa Lee")));
    let query = format!("/audit-log?actor_id={}", rosa.id);
    let log = app.get(&query).bearer(&administrator).send().await.expect(200);
    assert!(
        log.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["earlier_names"] == json!(["Rosa Parks"]) || entry["name"] == "Rosa Parks")
    );
    let decided = app.get("/audit-log").bearer(&administrator).send().await.expect(200);
    let renamed = decided.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["action"] == "account.rename" && entry["outcome"] == "done")
        .cloned()
        .unwrap();
    assert_eq!((&renamed["detail"], &renamed["account_id"]), (&json!("name was: Rosa Parks"), &json!(rosa.id)));
}

#[tokio::test]
async fn pages_go_back_through_the_days() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    for _ in 0..6 {
        for _ in 0..3 {
            app.wait(SignedDuration::from_secs(1));
            app.get("/patients/me").bearer(&app.fresh(&ada).await).send().await.expect(200);
        }
        app.wait(SignedDuration::from_hours(24));
    }
    let token = {
        let account = app.store().account_list(domain::account::Group::Administrators, None, 1).await.unwrap().remove(0);
        drop(administrator);
        app.token(&app.store().account(account.entry.id).await.unwrap().unwrap().account).await
    };
    let (from, to) = ("2026-03-02T00:00:00Z", "2026-03-08T00:00:00Z");
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/audit-log?limit=4&from={from}&to={to}{cursor}")).bearer(&token).send().await.expect(200).body;
        ids.extend(
            page["items"].as_array().unwrap().iter().map(|entry| (entry["at"].as_str().unwrap().to_owned(), entry["id"].to_string())),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(ids.len(), 18);
    assert!(ids.windows(2).all(|pair| pair[0] > pair[1]), "latest first, each once: {ids:?}");
}

/// A table that has Ada's patient profile and takes no audit entry.
async fn table_without_log() -> String {
    let event: Value = serde_json::from_str(include_str!("../../events/notifications/patient-registered.json")).unwrap();
    let record = json!({ "Item": event["Records"][1]["dynamodb"]["NewImage"] }).to_string();
    let answer = async move |headers: HeaderMap| -> Response {
        let amz = [("content-type", "application/x-amz-json-1.0")];
        let reads = headers["x-amz-target"].to_str().unwrap().ends_with("GetItem");
        if reads { (amz, record.clone()).into_response() } else { (StatusCode::INTERNAL_SERVER_ERROR, amz, "{}").into_response() }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
    format!("http://{address}")
}

#[tokio::test]
async fn what_cannot_be_noted_is_not_shown() {
    let app = App::new().await;
    let mut config = app.config.clone();
    config.aws.dynamodb_endpoint = Some(table_without_log().await);
    let (account, _) = app.staff("Ada Byron", Role::Patient).await;
    let account = Account { patient_id: Some("pat_01KDVDNA000000000000000001".parse().unwrap()), ..account };
    let token = app.token(&account).await;
    let router = patients::router(&AppState::new(&config, app.clock.clone()).unwrap());
    let request = Request::get("/patients/me").header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(!String::from_utf8_lossy(&body).contains("Byron"));
}
