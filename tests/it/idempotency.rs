//! A POST that is sent twice acts once.

use serde_json::json;
use store::idempotency::Claim;

use crate::support::{App, PASSWORD, booking};

#[tokio::test]
async fn the_first_answer_is_given_again() {
    let app = App::new().await;
    let (ada, alan, doctor) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await, app.doctor("Dr. Helen Taussig").await);
    let book = |token: &str, starts_at: &str, key: &str| {
        app.post("/appointments", &booking(&doctor, starts_at)).bearer(token).header("idempotency-key", key).send()
    };
    let first = book(&ada.token, "2026-03-02T09:00:00Z", "k1").await.expect(201);
    let again = book(&ada.token, "2026-03-02T09:00:00Z", "k1").await.expect(201);
    assert_eq!(again.body, first.body);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!((again.etag(), &again.headers["location"]), (first.etag(), &first.headers["location"]));

    book(&ada.token, "2026-03-02T09:30:00Z", "k1").await.refused(422, "idempotency_key_reused");
    // A key belongs to its caller and its route.
    book(&alan.token, "2026-03-02T09:00:00Z", "k1").await.refused(409, "slot_taken");
    let path = format!("/appointments/{}/cancel", first.id());
    app.post(&path, &json!({})).bearer(&ada.token).header("idempotency-key", "k1").send().await.expect(200);
    // A refusal is kept, too.
    let kept = book(&alan.token, "2026-03-02T09:00:00Z", "k1").await.refused(409, "slot_taken");
    assert_eq!(kept.headers["idempotency-replayed"], "true");

    app.wait(jiff::SignedDuration::from_secs(24 * 3600 + 1));
    let token = app.fresh(&ada).await;
    let later = book(&token, "2026-03-04T09:00:00Z", "k1").await.expect(201);
    assert_ne!(later.id(), first.id());
}

#[tokio::test]
async fn keys_that_are_none() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    for key in [String::new(), "x".repeat(129), "\u{e9}".to_owned()] {
        let call = app.post("/appointments", &booking(&doctor, "2026-03-02T09:00:00Z")).bearer(&ada.token).header("idempotency-key", &key);
        call.send().await.refused(400, "invalid_idempotency_key");
    }
    let call = app.post("/appointments", &booking(&doctor, "2026-03-02T09:00:00Z")).bearer("forged").header("idempotency-key", "k");
    call.send().await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn registration_acts_once_and_tokens_are_never_kept() {
    let app = App::new().await;
    let ada = json!({
        "name": "Ada Byron", "email": "ada@example.org", "password": "correct horse battery", "date_of_birth": "1990-12-10",
        "gender": "female", "phone": "+442079460018", "address": "x", "emergency_contact": { "name": "B", "phone": "+442079460019" }
    });
    let register = || app.post("/users", &ada).header("idempotency-key", "r1").send();
    let first = register().await.expect(202);
    assert_eq!(register().await.expect(202).body, first.body);
    // Somebody else who uses the same key by chance does not get in the way.
    let mut alan = ada.clone();
    alan["email"] = json!("alan@example.org");
    app.post("/users", &alan).header("idempotency-key", "r1").send().await.expect(202);
    let credentials = json!({ "email": "ada@example.org", "password": "correct horse battery" });
    let sign_in = || app.post("/auth/token", &credentials).header("idempotency-key", "s1").send();
    let (one, two) = (sign_in().await.expect(200), sign_in().await.expect(200));
    assert_ne!(one.body["refresh_token"], two.body["refresh_token"]);
}

#[tokio::test]
async fn an_attempt_that_died_does_not_block_its_key() {
    let app = App::new().await;
    let claim = |hash: &'static str| app.store().idempotency_claim("some-key", hash, app.now());
    assert_eq!(claim("body").await.unwrap(), Claim::First);
    assert_eq!(claim("body").await.unwrap(), Claim::Running);
    assert_eq!(claim("other").await.unwrap(), Claim::OtherBody);
    app.wait(jiff::SignedDuration::from_secs(31));
    assert_eq!(claim("other").await.unwrap(), Claim::OtherBody);
    assert_eq!(claim("body").await.unwrap(), Claim::First);
}

#[tokio::test]
async fn where_anybody_may_come_a_useless_token_changes_nothing() {
    let app = App::new().await;
    let body =
        json!({ "role": "nurse", "name": "Mary Mahoney", "email": "mary@example.org", "password": PASSWORD, "phone": "+442079460020" });
    let register = || app.post("/users", &body).header("authorization", "Bearer rubbish").header("idempotency-key", "once").send();
    let first = register().await.expect(202);
    let again = register().await.expect(202);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    assert_eq!((again.headers["idempotency-replayed"].to_str().unwrap(), again.text), ("true", first.text));
}
