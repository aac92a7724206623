//! Accounts of people who work here: asked for, approved, invited, suspended; and the first administrator.

use domain::role::Role;
use serde_json::{Value, json};

use crate::support::{Answer, App, PASSWORD, emailed_token};

fn registration(name: &str, email: &str, role: &str) -> Value {
    json!({ "name": name, "email": email, "password": PASSWORD, "phone": "+44 20 7946 0020", "role": role })
}

async fn confirm(app: &App, token: &str, emailed: &str) -> Answer {
    app.post("/users/me/email/confirm", &json!({ "token": emailed })).bearer(token).send().await
}

#[tokio::test]
async fn every_role_but_patient_waits_for_an_administrator() {
    let app = App::new().await;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    for role in Role::ALL.into_iter().filter(|role| role.is_staff()) {
        let email = format!("{}@example.org", role.as_str().replace('_', "-"));
        let mut seen = app.services.mailbox.list().len();
        app.post("/users", &registration("Some One", &email, role.as_str())).send().await.expect(202);
        let mails = app.new_mails(&mut seen).await;
        let asked = mails.iter().find(|mail| mail.to == "florence-nightingale@example.org").unwrap();
        assert_eq!(asked.subject, format!("Some One asks for the role of {}", role.in_words()));
        let welcome = mails.iter().find(|mail| mail.to == email).unwrap();
        assert_eq!(welcome.subject, "Welcome to Seacole General Hospital: please confirm your email address");

        // They see their own account, and nothing else.
        let token = app.sign_in(&email).await;
        let me = app.get("/users/me").bearer(&token).send().await.expect(200);
        assert_eq!(
            (me.body["status"].as_str(), me.body["requested_role"].as_str(), &me.body["roles"], me.body["approved"].as_bool()),
            (Some("pending"), Some(role.as_str()), &json!([]), Some(false))
        );
        app.get("/doctors").bearer(&token).send().await.refused(403, "account_not_active");
        app.get("/patients/me").bearer(&token).send().await.refused(403, "account_not_active");
        app.get("/users").bearer(&token).send().await.refused(403, "account_not_active");

        // The address is confirmed and the role approved, in either order.
        let id = me.id();
        let approve = || app.post(&format!("/users/{id}/approve"), &json!({})).bearer(&administrator).send();
        let emailed = emailed_token(welcome);
        if role < Role::Nurse {
            assert_eq!(confirm(&app, &token, &emailed).await.expect(200).body["status"], "pending");
            assert_eq!(approve().await.expect(200).body["status"], "active");
        } else {
            let approved = approve().await.expect(200);
            assert_eq!((approved.body["status"].as_str(), approved.body["approved"].as_bool()), (Some("pending"), Some(true)));
            assert_eq!(confirm(&app, &token, &emailed).await.expect(200).body["status"], "active");
        }
        approve().await.refused(409, "wrong_status");
        confirm(&app, &token, &emailed).await.invalid(&[("token", "invalid_token")]);
        let told: Vec<_> = app.new_mails(&mut seen).await.into_iter().filter(|mail| mail.to == email).map(|mail| mail.subject).collect();
        assert_eq!(told.last().unwrap(), "Your account at Seacole General Hospital is active");

        let active = app.sign_in(&email).await;
        let me = app.get("/users/me").bearer(&active).send().await.expect(200);
        assert_eq!(me.body["roles"], json!([role]));
        app.get("/doctors").bearer(&active).send().await.expect(200);
    }
}

#[tokio::test]
async fn a_patients_data_is_not_taken_from_others() {
    let app = App::new().await;
    let mut nurse = registration("Mary Mahoney", "mary@example.org", "nurse");
    nurse["date_of_birth"] = json!("1990-01-01");
    nurse["address"] = json!("1 High Street");
    app.post("/users", &nurse).send().await.invalid(&[("date_of_birth", "patients_only"), ("address", "patients_only")]);
    nurse.as_object_mut().unwrap().remove("phone");
    nurse["password"] = json!("mary@example.org");
    app.post("/users", &nurse).send().await.invalid(&[
        ("date_of_birth", "patients_only"),
        ("address", "patients_only"),
        ("phone", "required"),
        ("password", "too_personal"),
    ]);
}

#[tokio::test]
async fn nobody_confirms_for_somebody_else() {
    let app = App::new().await;
    let mut seen = 0;
    // Somebody registers with a colleague's address, who opens the link in good faith.
    app.post("/users", &registration("Dr. Victor", "mary@example.org", "doctor")).send().await.expect(202);
    let emailed = emailed_token(&app.new_mails(&mut seen).await[0]);
    let (_, mary) = app.staff("Mary Mahoney", Role::Nurse).await;
    confirm(&app, &mary, &emailed).await.invalid(&[("token", "invalid_token")]);
    app.post("/users/me/email/confirm", &json!({ "token": emailed })).send().await.refused(401, "unauthenticated");

    // She takes the account over with a new password: what the other knew is worth nothing.
    let intruder = app.sign_in("mary@example.org").await;
    app.post("/auth/password/forgot", &json!({ "email": "mary@example.org" })).send().await.expect(202);
    let reset = emailed_token(&app.new_mails(&mut seen).await[0]);
    app.post("/auth/password/reset", &json!({ "token": reset, "password": "a secret of her own" })).send().await.expect(204);
    confirm(&app, &intruder, &emailed).await.refused(401, "signed_out");
}

#[tokio::test]
async fn an_approval_is_for_the_address_that_was_approved() {
    for approved_first in [true, false] {
        let app = App::new().await;
        let mut seen = 0;
        let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
        // Mallory asks for a role in a doctor's name and address, and has an address of her own confirmed.
        app.post("/users", &registration("Helen Taussig", "helen@example.org", "doctor")).send().await.expect(202);
        let mallory = app.sign_in("helen@example.org").await;
        let id = app.get("/users/me").bearer(&mallory).send().await.expect(200).id();
        let approve = || app.post(&format!("/users/{id}/approve"), &json!({})).bearer(&administrator).send();
        if approved_first {
            approve().await.expect(200);
        }
        app.new_mails(&mut seen).await;
        let ask = |email: &str| app.post("/users/me/email", &json!({ "email": email, "password": PASSWORD })).bearer(&mallory).send();
        ask("mallory@example.org").await.refused(409, "wrong_status");
        assert!(app.new_mails(&mut seen).await.is_empty());
        if !approved_first {
            approve().await.expect(200);
        }
        assert_eq!(app.get("/users/me").bearer(&mallory).send().await.expect(200).body["status"], "pending");
        app.get("/doctors").bearer(&mallory).send().await.refused(403, "account_not_active");
        // The email can be had again, at the address itself.
        ask("helen@example.org").await.expect(202);
        assert!(app.new_mails(&mut seen).await.iter().any(|mail| mail.to == "helen@example.org" && mail.text.contains("#token=")));
    }
}

#[tokio::test]
async fn a_patient_gets_a_role_here_once_the_address_is_confirmed() {
    let app = App::new().await;
    let mut seen = 0;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let body = json!({
        "name": "Mary Mahoney", "email": "mary@example.org", "password": PASSWORD, "date_of_birth": "1990-12-10", "gender": "female",
        "phone": "+442079460018", "address": "x", "emergency_contact": { "name": "B", "phone": "+442079460019" }
    });
    app.post("/users", &body).send().await.expect(202);
    let mary = app.sign_in("mary@example.org").await;
    let id = app.get("/users/me").bearer(&mary).send().await.expect(200).id();
    let both = json!({ "roles": ["patient", "receptionist"] });
    let promote = || app.post(&format!("/users/{id}/roles"), &both).bearer(&administrator).send();
    promote().await.refused(409, "email_not_confirmed");
    confirm(&app, &mary, &emailed_token(&app.new_mails(&mut seen).await[0])).await.expect(200);
    promote().await.expect(200);

    // She is both: her own record as a patient, everybody's at the desk, and signed out as staff are.
    let pair = app.post("/auth/token", &json!({ "email": "mary@example.org", "password": PASSWORD })).send().await.expect(200);
    let mary = pair.body["access_token"].as_str().unwrap();
    let own = app.get("/patients/me").bearer(mary).send().await.expect(200);
    let ada = app.patient("Ada Byron").await;
    app.get(&format!("/patients/{}", ada.id)).bearer(mary).send().await.expect(200);
    app.get(&format!("/patients/{}", own.id())).bearer(mary).send().await.expect(200);
    app.get(&format!("/appointments?patient_id={}", ada.id)).bearer(mary).send().await.expect(200);
    app.get("/users").bearer(mary).send().await.refused(403, "forbidden");
    app.wait(jiff::SignedDuration::from_mins(30));
    let refresh = json!({ "refresh_token": pair.body["refresh_token"] });
    app.post("/auth/refresh", &refresh).send().await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn who_is_out_hears_no_more_of_patients_and_gets_no_kept_answers() {
    let app = App::new().await;
    let mut seen = 0;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (rosa, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    app.new_mails(&mut seen).await;
    let book = |at: &str| {
        let body = json!({ "doctor_id": doctor.id, "patient_id": ada.id, "starts_at": at, "reason": "Palpitations" });
        app.post("/appointments", &body).bearer(&desk).header("idempotency-key", "k").send()
    };
    book("2026-03-03T09:00:00Z").await.expect(201);
    assert_eq!(app.new_mails(&mut seen).await.len(), 2);
    for id in [rosa.id, doctor.user_id] {
        app.post(&format!("/users/{id}/suspend"), &json!({})).bearer(&administrator).send().await.expect(200);
    }
    book("2026-03-03T09:00:00Z").await.refused(401, "signed_out");
    app.new_mails(&mut seen).await;
    // Nobody books or moves to a doctor who is out; what was booked can be cancelled.
    app.book(&ada, &doctor, "2026-03-04T09:00:00Z").await.refused(409, "doctor_unavailable");
    let slots = app.get(&format!("/doctors/{}/slots", doctor.id)).bearer(&ada.token).send().await.expect(200);
    assert_eq!(slots.body["items"], json!([]));
    let appointment =
        app.get("/appointments").bearer(&ada.token).send().await.expect(200).body["items"][0]["id"].as_str().unwrap().to_owned();
    let to = json!({ "starts_at": "2026-03-04T09:00:00Z" });
    app.post(&format!("/appointments/{appointment}/reschedule"), &to).bearer(&ada.token).send().await.refused(409, "doctor_unavailable");
    app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200);
    let to: Vec<_> = app.new_mails(&mut seen).await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["ada-byron@example.org"]);
}

#[tokio::test]
async fn a_refused_request() {
    let app = App::new().await;
    let mut seen = 0;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (account, token) = app.waiting("Mary Mahoney", Role::Pharmacist).await;
    let act = |what: &str| app.post(&format!("/users/{}/{what}", account.id), &json!({})).bearer(&administrator).send();
    assert_eq!(act("reject").await.expect(200).body["status"], "rejected");
    act("reject").await.refused(409, "wrong_status");
    act("suspend").await.refused(409, "wrong_status");
    act("reinstate").await.refused(409, "wrong_status");
    let subjects: Vec<_> = app.new_mails(&mut seen).await.into_iter().map(|mail| mail.subject).collect();
    assert!(subjects.contains(&"Your request for an account at Seacole General Hospital".to_owned()), "{subjects:?}");
    assert_eq!(app.get("/users/me").bearer(&token).send().await.expect(200).body["status"], "rejected");
    app.get("/doctors").bearer(&token).send().await.refused(403, "account_not_active");
    assert_eq!(act("approve").await.expect(200).body["approved"], true);
}

#[tokio::test]
async fn an_invitation_is_accepted_with_a_password() {
    let app = App::new().await;
    let mut seen = 0;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let invite = |body: Value| app.post("/users/invitations", &body).bearer(&administrator).send();
    invite(json!({})).await.invalid(&[("name", "required"), ("email", "required"), ("role", "required")]);
    invite(json!({ "name": "Rosa Parks", "email": "rosa@example.org", "role": "patient" })).await.invalid(&[("role", "invalid_role")]);
    let rosa = json!({ "name": "Rosa Parks", "email": "rosa@example.org", "role": "receptionist" });
    let invited = invite(rosa.clone()).await.expect(201);
    assert_eq!(invited.headers["location"], format!("/users/{}", invited.id()));
    assert_eq!(invite(rosa).await.refused(409, "email_taken").body["account_id"], invited.body["id"]);

    let messages = app.new_mails(&mut seen).await;
    assert_eq!((messages.len(), messages[0].subject.as_str()), (1, "You are invited to Seacole General Hospital"));
    let emailed = emailed_token(&messages[0]);
    let accept = |password: &str| app.post("/auth/password/reset", &json!({ "token": emailed, "password": password })).send();
    accept("12345678").await.invalid(&[("password", "too_common")]);
    accept("short").await.invalid(&[("password", "too_short")]);
    app.post("/auth/email-token/exchange", &json!({ "token": emailed })).send().await.refused(401, "invalid_token");
    accept(PASSWORD).await.expect(204);
    accept(PASSWORD).await.refused(401, "invalid_token");
    let token = app.sign_in("rosa@example.org").await;
    let me = app.get("/users/me").bearer(&token).send().await.expect(200);
    assert_eq!((&me.body["roles"], &me.body["email_confirmed"]), (&json!(["receptionist"]), &json!(true)));

    // One that was never opened is over after a week; its owner asks for another email.
    invite(json!({ "name": "Sojourner Truth", "email": "sojourner@example.org", "role": "receptionist" })).await.expect(201);
    let late = emailed_token(&app.new_mails(&mut seen).await[1]);
    app.wait(jiff::SignedDuration::from_hours(7 * 24));
    app.post("/auth/password/reset", &json!({ "token": late, "password": PASSWORD })).send().await.refused(401, "invalid_token");
    app.post("/auth/password/forgot", &json!({ "email": "sojourner@example.org" })).send().await.expect(202);
    let again = emailed_token(&app.new_mails(&mut seen).await[0]);
    app.post("/auth/password/reset", &json!({ "token": again, "password": PASSWORD })).send().await.expect(204);
    let token = app.sign_in("sojourner@example.org").await;
    assert_eq!(app.get("/users/me").bearer(&token).send().await.expect(200).body["roles"], json!(["receptionist"]));
}

#[tokio::test]
async fn the_first_administrator_is_the_configured_address() {
    let app = App::new().await;
    let mut seen = 0;
    let configured = local::settings::ADMINISTRATOR;
    app.post("/users", &registration("Florence Nightingale", configured, "administrator")).send().await.expect(202);
    let token = app.sign_in(configured).await;
    app.get("/users").bearer(&token).send().await.refused(403, "account_not_active");
    let emailed = emailed_token(&app.new_mails(&mut seen).await[0]);
    let confirmed = confirm(&app, &token, &emailed).await.expect(200);
    assert_eq!((&confirmed.body["roles"], confirmed.body["status"].as_str()), (&json!(["administrator"]), Some("active")));
    // Where it matters, the roles are those of now: no new token is needed.
    app.get("/users").bearer(&token).send().await.expect(200);

    // Any other address waits, also when it is confirmed.
    app.post("/users", &registration("Clara Barton", "clara@example.org", "administrator")).send().await.expect(202);
    let clara = app.sign_in("clara@example.org").await;
    let mails = app.new_mails(&mut seen).await;
    let emailed = emailed_token(mails.iter().find(|mail| mail.to == "clara@example.org").unwrap());
    assert_eq!(confirm(&app, &clara, &emailed).await.expect(200).body["status"], "pending");

    // The configured address does it once: whoever lost the role does not get it back by another email.
    let id = app.get("/users/me").bearer(&clara).send().await.expect(200).id();
    app.post(&format!("/users/{id}/approve"), &json!({})).bearer(&token).send().await.expect(200);
    let first = confirmed.id();
    app.post(&format!("/users/{first}/roles"), &json!({ "roles": ["nurse"] })).bearer(&clara).send().await.expect(200);
    app.new_mails(&mut seen).await;
    let again = json!({ "email": configured, "password": PASSWORD });
    app.post("/users/me/email", &again).bearer(&token).send().await.expect(202);
    let emailed = emailed_token(&app.new_mails(&mut seen).await[0]);
    assert_eq!(confirm(&app, &token, &emailed).await.expect(200).body["roles"], json!(["nurse"]));
}

#[tokio::test]
async fn whoever_took_the_configured_address_first_gains_nothing() {
    let app = App::new().await;
    let mut seen = 0;
    let configured = local::settings::ADMINISTRATOR;
    app.post("/users", &registration("Mallory", configured, "sweeper")).send().await.expect(202);
    let mallory = app.sign_in(configured).await;
    // The owner registers, hears that there is an account, and chooses a new password.
    app.post("/users", &registration("Florence Nightingale", configured, "administrator")).send().await.expect(202);
    app.post("/auth/password/forgot", &json!({ "email": configured })).send().await.expect(202);
    let mails = app.new_mails(&mut seen).await;
    let reset = mails.iter().find(|mail| mail.subject.starts_with("A new password")).unwrap();
    let body = json!({ "token": emailed_token(reset), "password": "a secret of her own" });
    app.post("/auth/password/reset", &body).send().await.expect(204);
    app.get("/users").bearer(&mallory).send().await.refused(401, "signed_out");
    let pair = app.post("/auth/token", &json!({ "email": configured, "password": "a secret of her own" })).send().await.expect(200);
    app.get("/users").bearer(pair.body["access_token"].as_str().unwrap()).send().await.expect(200);
}

#[tokio::test]
async fn suspension_and_changed_roles_hold_at_once() {
    let app = App::new().await;
    let mut seen = 0;
    let (florence, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (rosa, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let record = format!("/patients/{}", ada.id);
    let act = |id, what: &str, body: Value| app.post(&format!("/users/{id}/{what}"), &body).bearer(&administrator).send();
    app.get(&record).bearer(&desk).send().await.expect(200);
    app.new_mails(&mut seen).await;

    // Roles are those of now, whatever the token says.
    act(rosa.id, "roles", json!({ "roles": ["accountant"] })).await.expect(200);
    app.get(&record).bearer(&desk).send().await.refused(403, "forbidden");
    act(rosa.id, "roles", json!({ "roles": ["accountant", "receptionist"] })).await.expect(200);
    app.get(&record).bearer(&desk).send().await.expect(200);
    for (roles, field, code) in [
        (json!([]), "roles", "invalid_roles"),
        (json!(["nurse", "nurse"]), "roles", "invalid_roles"),
        (json!(["patient"]), "roles", "patient_role"),
        (json!(null), "roles", "required"),
    ] {
        let answer = act(rosa.id, "roles", json!({ "roles": roles })).await.refused(422, "invalid_request");
        let errors = answer.body["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["field"] == field && error["code"] == code), "{}", answer.text);
    }
    act(doctor.user_id, "roles", json!({ "roles": ["nurse"] })).await.invalid(&[("roles", "doctor_role")]);

    // A suspended account is out at once, and its owner is told.
    act(rosa.id, "suspend", json!({})).await.expect(200);
    app.get(&record).bearer(&desk).send().await.refused(401, "signed_out");
    app.get("/users/me/sessions").bearer(&desk).send().await.refused(401, "signed_out");
    act(rosa.id, "suspend", json!({})).await.refused(409, "wrong_status");
    assert_eq!(act(rosa.id, "reinstate", json!({})).await.expect(200).body["status"], "active");
    app.get(&record).bearer(&desk).send().await.refused(401, "signed_out");
    let subjects: Vec<_> = app.new_mails(&mut seen).await.into_iter().map(|mail| mail.subject).collect();
    assert_eq!(
        subjects,
        [
            "Your roles at Seacole General Hospital have changed",
            "Your roles at Seacole General Hospital have changed",
            "Your account at Seacole General Hospital is suspended",
            "Your account at Seacole General Hospital is active again",
        ]
    );

    // What a decision does not take is refused, not ignored.
    act(rosa.id, "suspend", json!({ "until": "tomorrow" })).await.invalid(&[("body", "unexpected")]);
    // Nobody decides about themselves, nor about nobody, nor from an old version.
    act(florence.id, "suspend", json!({})).await.refused(409, "not_yourself");
    let missing = "usr_01JD8Z0V3XQ5T4E2W9K7M6N8PR".parse().unwrap();
    act(missing, "suspend", json!({})).await.refused(404, "not_found");
    let stale = app.post(&format!("/users/{}/suspend", rosa.id), &json!({})).bearer(&administrator).header("if-match", "\"v1\"");
    stale.send().await.refused(412, "stale");
}

#[tokio::test]
async fn lists_of_accounts() {
    let app = App::new().await;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    for number in 0..25 {
        app.waiting(&format!("Waiting {number:02}"), Role::Nurse).await;
    }
    app.patient("Ada Byron").await;
    let list = |query: String| app.get(&format!("/users?{query}")).bearer(&administrator).send();
    let mut names = Vec::new();
    let mut page = list("limit=10".to_owned()).await.expect(200).body;
    loop {
        names.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str().map(str::to_owned) else { break };
        page = list(format!("limit=10&cursor={cursor}")).await.expect(200).body;
    }
    assert_eq!(names, (0..25).map(|number| format!("Waiting {number:02}")).collect::<Vec<_>>());
    let patients = list("group=patients".to_owned()).await.expect(200);
    assert_eq!(patients.body["items"][0]["email"], "ada-byron@example.org");
    assert!(!patients.text.contains("hash"));
    assert_eq!(list("group=administrators".to_owned()).await.expect(200).body["items"].as_array().unwrap().len(), 1);
    list("group=bosses".to_owned()).await.invalid(&[("group", "invalid_group")]);
    list("cursor=x".to_owned()).await.refused(400, "invalid_cursor");
}

#[tokio::test]
async fn an_approved_doctor_gets_a_profile() {
    let app = App::new().await;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (helen, token) = app.staff("Helen Taussig", Role::Doctor).await;
    let (nurse, _) = app.staff("Mary Mahoney", Role::Nurse).await;
    let profile = |id: &dyn std::fmt::Display| {
        json!({
            "name": "Dr. Helen Taussig", "user_id": id.to_string(), "specialization": "cardiology", "slot_minutes": 30,
            "consultation_fee": { "amount": "140.00", "currency": "GBP" },
            "weekly_hours": [{ "weekday": "monday", "from": "08:00", "to": "12:00" }]
        })
    };
    let add = |body: Value| app.post("/doctors", &body).bearer(&administrator).send();
    add(profile(&nurse.id)).await.refused(409, "not_a_doctor_without_profile");
    add(profile(&"usr_01JD8Z0V3XQ5T4E2W9K7M6N8PR")).await.invalid(&[("user_id", "unknown")]);
    let mut both = profile(&helen.id);
    both["email"] = json!("x@example.org");
    add(both).await.invalid(&[("user_id", "one_of")]);
    let mut neither = profile(&helen.id);
    neither.as_object_mut().unwrap().remove("user_id");
    add(neither).await.invalid(&[("email", "required")]);

    app.get("/appointments").bearer(&token).send().await.refused(403, "forbidden");
    let added = add(profile(&helen.id)).await.expect(201);
    add(profile(&helen.id)).await.refused(409, "not_a_doctor_without_profile");
    assert_eq!(app.get("/users/me").bearer(&token).send().await.expect(200).body["doctor_id"], added.body["id"]);
    app.get("/appointments").bearer(&token).send().await.expect(200);
}
