//! Registration and sign-in.

use serde_json::{Value, json};

use crate::support::App;

fn ada() -> Value {
    json!({
        "name": "Ada Byron", "email": "ada@example.org", "password": "correct horse battery", "date_of_birth": "1990-12-10",
        "gender": "female", "phone": "+44 20 7946 0018", "address": "12 St James's Square",
        "emergency_contact": { "name": "Annabella Byron", "phone": "+44 20 7946 0019" },
        "income": { "amount": "3200.50", "currency": "GBP" }
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut body = ada();
    for (pointer, value) in changes {
        *body.pointer_mut(pointer).unwrap() = value.clone();
    }
    body
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let app = App::new().await;
    let all = [
        ("name", "required"),
        ("email", "required"),
        ("password", "required"),
        ("date_of_birth", "required"),
        ("gender", "required"),
        ("phone", "required"),
        ("emergency_contact", "required"),
        ("address", "required"),
    ];
    app.post("/users", &json!({})).send().await.invalid(&all);
    let wrong = with(&[
        ("/name", json!("   ")),
        ("/email", json!("ada")),
        ("/password", json!("short")),
        ("/date_of_birth", json!("1990-02-31")),
        ("/gender", json!("f")),
        ("/phone", json!("020 7946 0018")),
        ("/emergency_contact/phone", json!("999")),
        ("/address", json!("x".repeat(301))),
        ("/income", json!({ "amount": "-1", "currency": "GBP" })),
    ]);
    app.post("/users", &wrong).send().await.invalid(&[
        ("name", "required"),
        ("email", "invalid_email"),
        ("password", "too_short"),
        ("date_of_birth", "invalid_date"),
        ("gender", "invalid_gender"),
        ("phone", "invalid_phone"),
        ("emergency_contact.phone", "invalid_phone"),
        ("address", "too_long"),
        ("income", "invalid_amount"),
    ]);
    assert_eq!(app.drain().await, 0, "nothing was written");
}

#[tokio::test]
async fn single_refusals() {
    let app = App::new().await;
    for (pointer, value, field, code) in [
        ("/date_of_birth", json!("2026-03-03"), "date_of_birth", "in_the_future"),
        ("/date_of_birth", json!("1880-01-01"), "date_of_birth", "too_long_ago"),
        ("/date_of_birth", json!(19_901_210), "date_of_birth", "invalid_type"),
        ("/password", json!("x".repeat(129)), "password", "too_long"),
        ("/name", json!("x".repeat(101)), "name", "too_long"),
        ("/name", json!("Ada\u{0000}Byron"), "name", "invalid_characters"),
        ("/income/currency", json!("EUR"), "income", "other_currency"),
        ("/income/currency", json!("???"), "income", "invalid_currency"),
        ("/emergency_contact", json!("mother"), "emergency_contact", "invalid_type"),
        ("/emergency_contact", json!({ "name": "A", "phone": "+442079460019", "age": 3 }), "emergency_contact.age", "unknown_field"),
    ] {
        app.post("/users", &with(&[(pointer, value)])).send().await.invalid(&[(field, code)]);
    }
    for (role, expected) in [("boss", "invalid_role"), ("Doctor", "invalid_role")] {
        let mut body = ada();
        body["role"] = json!(role);
        app.post("/users", &body).send().await.invalid(&[("role", expected)]);
    }
    for secret in ["status", "roles", "approved", "email_confirmed", "patient_id", "sign_in_epoch", "password_hash"] {
        let mut body = ada();
        body[secret] = json!("x");
        app.post("/users", &body).send().await.invalid(&[(secret, "unknown_field")]);
    }
    for (password, code) in
        [("12345678", "too_common"), ("PASSWORD1", "too_common"), ("ada@example.org", "too_personal"), ("ada byron", "too_personal")]
    {
        app.post("/users", &with(&[("/password", json!(password))])).send().await.invalid(&[("password", code)]);
    }
    assert_eq!(app.drain().await, 0, "nothing was written");
}

#[tokio::test]
async fn an_address_belongs_to_one_account_and_nobody_learns_whose() {
    let app = App::new().await;
    let mut seen = 0;
    let first = app.post("/users", &ada()).send().await.expect(202);
    app.new_mails(&mut seen).await;
    let again = app
        .post("/users", &with(&[("/email", json!("ADA@EXAMPLE.ORG")), ("/password", json!("another long secret"))]))
        .send()
        .await
        .expect(202);
    assert_eq!(first.text, again.text);
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails[0].subject, "You have an account at Seacole General Hospital");
    let sign_in = |password: &str| app.post("/auth/token", &json!({ "email": "ada@example.org", "password": password })).send();
    sign_in("another long secret").await.refused(401, "invalid_credentials");
    sign_in("correct horse battery").await.expect(200);
}

#[tokio::test]
async fn no_receptionist_on_duty_is_no_failure() {
    let app = App::new().await;
    let mut seen = 0;
    app.post("/users", &ada()).send().await.expect(202);
    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails.len(), 1);
    assert!(app.dead_letters.list().is_empty());
}

#[tokio::test]
async fn sign_in_refresh_and_sign_out() {
    let app = App::new().await;
    app.post("/users", &ada()).send().await.expect(202);
    let sign_in = |email: &str, password: &str| app.post("/auth/token", &json!({ "email": email, "password": password })).send();

    let wrong = sign_in("ada@example.org", "wrong password").await.refused(401, "invalid_credentials");
    let unknown = sign_in("nobody@example.org", "wrong password").await.refused(401, "invalid_credentials");
    assert_eq!(wrong.text, unknown.text, "nobody learns who has an account");
    app.post("/auth/token", &json!({ "email": "x" })).send().await.invalid(&[("email", "invalid_email"), ("password", "required")]);

    let pair = sign_in("ADA@example.org", "correct horse battery").await.expect(200);
    assert_eq!((pair.body["token_type"].as_str(), pair.body["expires_in"].as_i64()), (Some("Bearer"), Some(900)));
    let refresh = |token: &Value| app.post("/auth/refresh", &json!({ "refresh_token": token })).send();
    let next = refresh(&pair.body["refresh_token"]).await.expect(200);
    let token = next.body["access_token"].as_str().unwrap();
    app.get("/users/me").bearer(token).send().await.expect(200);

    app.call("POST", "/auth/logout").bearer(token).send().await.expect(204);
    refresh(&next.body["refresh_token"]).await.refused(401, "invalid_refresh_token");
    for bad in [json!("x"), json!("usr_1.ses_1.x"), json!("a.b.c.d"), json!("")] {
        refresh(&bad).await.refused(401, "invalid_refresh_token");
    }
}

#[tokio::test]
async fn a_session_ends_after_ninety_days_however_often_it_is_refreshed() {
    let app = App::new().await;
    app.post("/users", &ada()).send().await.expect(202);
    let mut pair =
        app.post("/auth/token", &json!({ "email": "ada@example.org", "password": "correct horse battery" })).send().await.expect(200);
    for _ in 0..4 {
        app.wait(jiff::SignedDuration::from_hours(22 * 24));
        pair = app.post("/auth/refresh", &json!({ "refresh_token": pair.body["refresh_token"] })).send().await.expect(200);
    }
    app.wait(jiff::SignedDuration::from_hours(2 * 24));
    app.post("/auth/refresh", &json!({ "refresh_token": pair.body["refresh_token"] })).send().await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn a_refresh_token_expires() {
    let app = App::new().await;
    app.post("/users", &ada()).send().await.expect(202);
    let pair =
        app.post("/auth/token", &json!({ "email": "ada@example.org", "password": "correct horse battery" })).send().await.expect(200);
    app.wait(jiff::SignedDuration::from_hours(30 * 24));
    app.post("/auth/refresh", &json!({ "refresh_token": pair.body["refresh_token"] })).send().await.refused(401, "invalid_refresh_token");
}
