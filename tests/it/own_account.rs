//! One's own account: its name, its phone number, its email address, its password, and closing it.

use domain::role::Role;
use jiff::SignedDuration;
use serde_json::json;

use crate::support::{App, PASSWORD, emailed_token};

#[tokio::test]
async fn name_and_phone() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let me = app.get("/users/me").bearer(&ada.token).send().await.expect(200);
    assert_eq!((me.etag(), me.body["phone"].as_str()), ("\"v1\"", Some("+442079460018")));
    let change = |body: serde_json::Value| app.call("PATCH", "/users/me").json(&body).bearer(&ada.token);
    change(json!({ "name": " ", "phone": "999", "email": "x" })).send().await.invalid(&[("email", "unknown_field")]);
    change(json!({ "name": " ", "phone": "999" })).send().await.invalid(&[("name", "required"), ("phone", "invalid_phone")]);
    change(json!({ "name": "Ada" })).header("if-match", "\"v9\"").send().await.refused(412, "stale");
    let changed =
        change(json!({ "name": "Ada Lovelace", "phone": "+44 20 7946 0099" })).header("if-match", "\"v1\"").send().await.expect(200);
    assert_eq!((changed.etag(), changed.body["name"].as_str()), ("\"v2\"", Some("Ada Lovelace")));

    // A patient has one phone number, which is in the patient profile. The name in the profile is not changed this way.
    let record = app.get("/patients/me").bearer(&ada.token).send().await.expect(200);
    assert_eq!((record.body["phone"].as_str(), record.body["name"].as_str()), (Some("+442079460099"), Some("Ada Byron")));
    let other = json!({ "phone": "+44 20 7946 0098" });
    app.call("PATCH", "/patients/me").json(&other).bearer(&ada.token).header("if-match", record.etag()).send().await.expect(200);
    assert_eq!(app.get("/users/me").bearer(&ada.token).send().await.expect(200).body["phone"], "+442079460098");

    let (_, nurse) = app.staff("Mary Mahoney", Role::Nurse).await;
    let changed = app.call("PATCH", "/users/me").json(&json!({ "phone": "+44 20 7946 0097" })).bearer(&nurse).send().await.expect(200);
    assert_eq!(changed.body["phone"], "+442079460097");
}

#[tokio::test]
async fn an_address_counts_when_it_is_confirmed() {
    let app = App::new().await;
    let mut seen = 0;
    let old = app.with_invitation("Rosa Parks", Role::Receptionist).await;
    let token = app.sign_in(&old).await;
    app.patient("Ada Byron").await;
    app.new_mails(&mut seen).await;
    let ask =
        |email: &str, password: &str| app.post("/users/me/email", &json!({ "email": email, "password": password })).bearer(&token).send();
    let confirm = |emailed: &str| app.post("/users/me/email/confirm", &json!({ "token": emailed })).bearer(&token).send();
    ask("rosa@example.org", "wrong password").await.refused(403, "wrong_password");
    ask("rosa", PASSWORD).await.invalid(&[("email", "invalid_email")]);
    ask("rosa@example.org", PASSWORD).await.expect(202);
    let messages = app.new_mails(&mut seen).await;
    assert_eq!((messages.len(), messages[0].to.as_str()), (1, "rosa@example.org"));
    assert_eq!(app.get("/users/me").bearer(&token).send().await.expect(200).body["email"], old.as_str());
    let confirmed = confirm(&emailed_token(&messages[0])).await.expect(200);
    assert_eq!((confirmed.body["email"].as_str(), confirmed.body["status"].as_str()), (Some("rosa@example.org"), Some("active")));
    let told = app.new_mails(&mut seen).await;
    assert_eq!(
        (told[0].to.as_str(), told[0].subject.as_str()),
        (old.as_str(), "Your email address at Seacole General Hospital has changed")
    );
    app.sign_in("rosa@example.org").await;
    app.post("/auth/token", &json!({ "email": old, "password": PASSWORD })).send().await.refused(401, "invalid_credentials");

    // That an address has an account is shown only to a person who has proven that the address is theirs.
    ask("ada-byron@example.org", PASSWORD).await.expect(202);
    let message = app.new_mails(&mut seen).await.remove(0);
    confirm(&emailed_token(&message)).await.refused(409, "email_taken");
    // The old address is free again.
    let body = json!({ "name": "Somebody Else", "email": old, "password": PASSWORD, "phone": "+442079460020", "role": "nurse" });
    app.post("/users", &body).send().await.expect(202);
    app.sign_in(&old).await;
}

#[tokio::test]
async fn a_changed_password_ends_every_other_sign_in() {
    let app = App::new().await;
    let mut seen = 0;
    let email = app.with_invitation("Rosa Parks", Role::Receptionist).await;
    let (here, elsewhere) = (app.sign_in(&email).await, app.sign_in(&email).await);
    app.new_mails(&mut seen).await;
    let change = |current: &str, new: &str| {
        let body = json!({ "current_password": current, "new_password": new });
        app.post("/users/me/password", &body).bearer(&here).send()
    };
    change("wrong password", "another long secret").await.refused(403, "wrong_password");
    change(PASSWORD, "12345678").await.invalid(&[("new_password", "too_common")]);
    change(PASSWORD, &email).await.invalid(&[("new_password", "too_personal")]);
    change(PASSWORD, PASSWORD).await.invalid(&[("new_password", "same_password")]);
    // An idempotency key makes no difference, because answers with tokens are not kept.
    let body = json!({ "current_password": PASSWORD, "new_password": "another long secret" });
    let pair = app.post("/users/me/password", &body).bearer(&here).header("idempotency-key", "k").send().await.expect(200);
    app.post("/users/me/password", &body).bearer(&here).header("idempotency-key", "k").send().await.refused(401, "signed_out");
    for token in [&here, &elsewhere] {
        app.get("/users/me/sessions").bearer(token).send().await.refused(401, "signed_out");
    }
    app.get("/users/me/sessions").bearer(pair.body["access_token"].as_str().unwrap()).send().await.expect(200);
    app.post("/auth/refresh", &json!({ "refresh_token": pair.body["refresh_token"] })).send().await.expect(200);
    assert_eq!(app.new_mails(&mut seen).await[0].subject, "Your password at Seacole General Hospital has changed");
    app.sign_in_with(&email, "another long secret").await;
}

#[tokio::test]
async fn who_closed_or_was_suspended_writes_no_more() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let alan = app.patient("Alan Mathison").await;
    app.post(&format!("/users/{}/suspend", alan.user_id), &json!({})).bearer(&administrator).send().await.expect(200);
    app.call("DELETE", "/users/me").bearer(&ada.token).send().await.expect(204);
    for patient in [&ada, &alan] {
        app.book(patient, &doctor, "2026-03-03T09:00:00Z").await.refused(401, "signed_out");
        let change = app.call("PATCH", "/patients/me").json(&json!({ "address": "x" })).bearer(&patient.token);
        change.header("if-match", "\"v1\"").send().await.refused(401, "signed_out");
    }
}

#[tokio::test]
async fn guessing_the_current_password_is_throttled() {
    let app = App::new().await;
    let email = app.with_invitation("Rosa Parks", Role::Receptionist).await;
    let token = app.sign_in(&email).await;
    let guess = || app.post("/users/me/email", &json!({ "email": "x@example.org", "password": "wrong password" })).bearer(&token).send();
    for _ in 0..6 {
        guess().await.refused(403, "wrong_password");
    }
    guess().await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn a_closed_account_is_over_and_its_record_stays() {
    let app = App::new().await;
    let mut seen = 0;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let appointment = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    let close = |token: &str| app.call("DELETE", "/users/me").bearer(token).send();
    let refused = close(&ada.token).await.refused(409, "appointments_booked");
    assert_eq!(refused.body["next_appointment"], "2026-03-03T09:00:00+00:00");
    app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    app.new_mails(&mut seen).await;
    // A booking may still be under way.
    let soon = close(&ada.token).await.refused(409, "booking_under_way");
    assert_eq!(soon.headers["retry-after"], "30");
    app.wait(SignedDuration::from_secs(30));
    close(&ada.token).await.expect(204);
    let farewell = app.new_mails(&mut seen).await;
    assert_eq!(
        farewell.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(),
        ["Your account at Seacole General Hospital is closed"]
    );

    close(&ada.token).await.refused(401, "signed_out");
    app.get(&format!("/patients/{}", ada.id)).bearer(&desk).send().await.expect(200);
    // The front desk can still book for the patient, but no email goes to the address.
    let body = json!({ "doctor_id": doctor.id, "patient_id": ada.id, "starts_at": "2026-03-04T09:00:00Z", "reason": "Follow-up" });
    app.post("/appointments", &body).bearer(&desk).send().await.expect(201);
    let messages = app.new_mails(&mut seen).await;
    assert_eq!(messages.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["dr--helen-taussig@example.org"]);
    app.post("/auth/email-token", &json!({ "email": ada.email })).send().await.expect(202);
    assert!(app.new_mails(&mut seen).await.is_empty());

    // Administrators and doctors cannot close their own accounts: other people rely on them.
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    close(&administrator).await.refused(409, "still_needed");
    close(&doctor.token).await.refused(409, "still_needed");
}
