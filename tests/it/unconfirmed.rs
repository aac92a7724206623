//! An address that nobody has confirmed may be a stranger's: it gets what confirms it, what it asked for itself, and nothing else.

use domain::role::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, App, PASSWORD, Patient, emailed_token};

const DOCTOR: &str = "dr--helen-taussig@example.org";

impl App {
    /// Who got an email since the last look.
    async fn told(&self, seen: &mut usize) -> Vec<String> {
        self.new_mails(seen).await.into_iter().map(|mail| mail.to).collect()
    }

    async fn on_appointment(&self, patient: &Patient, what: &str, body: &Value) -> Answer {
        self.post(&format!("/appointments/{what}"), body).bearer(&self.fresh(patient).await).send().await.expect(200)
    }
}

#[tokio::test]
async fn hears_nothing_of_appointments_until_it_is_confirmed() {
    let app = App::new().await;
    let (ada, doctor) = (app.unconfirmed_patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let mut seen = 0;
    let welcome = app.new_mails(&mut seen).await.into_iter().find(|mail| mail.to == ada.email).unwrap();

    let first = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    assert_eq!(app.told(&mut seen).await, [DOCTOR], "booked");
    app.on_appointment(&ada, &format!("{first}/reschedule"), &json!({ "starts_at": "2026-03-02T10:00:00Z" })).await;
    assert_eq!(app.told(&mut seen).await, [DOCTOR], "moved");
    app.set_clock("2026-03-02T09:00:00Z");
    assert_eq!(app.fire_due().await, 1);
    assert_eq!(app.told(&mut seen).await, [DOCTOR], "reminded");
    app.on_appointment(&ada, &format!("{first}/cancel"), &json!({})).await;
    assert_eq!(app.told(&mut seen).await, [DOCTOR], "cancelled");

    // Ada asks for this herself.
    app.post("/auth/email-token", &json!({ "email": ada.email })).send().await.expect(202);
    assert_eq!(app.told(&mut seen).await, [ada.email.as_str()]);

    let ada = Patient { token: app.fresh(&ada).await, ..ada };
    let second = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    app.told(&mut seen).await;
    let confirm = app.post("/users/me/email/confirm", &json!({ "token": emailed_token(&welcome) }));
    confirm.bearer(&app.fresh(&ada).await).send().await.expect(200);
    app.told(&mut seen).await;
    let both = [ada.email.as_str(), DOCTOR];
    app.on_appointment(&ada, &format!("{second}/reschedule"), &json!({ "starts_at": "2026-03-03T10:00:00Z" })).await;
    assert_eq!(app.told(&mut seen).await, both, "moved");
    app.set_clock("2026-03-03T09:00:00Z");
    assert_eq!(app.fire_due().await, 1);
    assert_eq!(app.told(&mut seen).await, both, "reminded");
    app.on_appointment(&ada, &format!("{second}/cancel"), &json!({})).await;
    assert_eq!(app.told(&mut seen).await, both, "cancelled");
    assert!(app.dead_letters.list().is_empty());
}

#[tokio::test]
async fn hears_nothing_of_what_becomes_of_the_account() {
    let app = App::new().await;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let mut seen = 0;
    let register = json!({
        "name": "Ada Byron", "email": "ada@example.org", "password": PASSWORD, "date_of_birth": "1990-12-10", "gender": "female",
        "phone": "+442079460018", "address": "x", "emergency_contact": { "name": "B", "phone": "+442079460019" }
    });
    app.post("/users", &register).send().await.expect(202);
    assert_eq!(app.told(&mut seen).await, ["ada@example.org"], "the welcome");
    let ada = app.sign_in("ada@example.org").await;
    let id = app.get("/users/me").bearer(&ada).send().await.expect(200).id();
    let change = json!({ "current_password": PASSWORD, "new_password": "another long secret" });
    app.post("/users/me/password", &change).bearer(&ada).send().await;
    for what in ["suspend", "reinstate"] {
        app.call("POST", &format!("/users/{id}/{what}")).bearer(&administrator).send().await.expect(200);
    }
    app.wait(SignedDuration::from_secs(30));
    let ada = app.sign_in_with("ada@example.org", "another long secret").await;
    app.call("DELETE", "/users/me").bearer(&ada).send().await.expect(204);
    assert!(app.told(&mut seen).await.is_empty());
}

#[tokio::test]
async fn hears_what_was_decided_about_the_role_that_it_asked_for() {
    let app = App::new().await;
    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    let mut seen = 0;
    for (name, decision, expected) in [
        ("Mary Mahoney", "approve", "Your account at Seacole General Hospital is approved"),
        ("Edith Cavell", "reject", "Your request for an account at Seacole General Hospital"),
    ] {
        let (waiting, _) = app.waiting(name, Role::Nurse).await;
        app.new_mails(&mut seen).await;
        app.call("POST", &format!("/users/{}/{decision}", waiting.id)).bearer(&administrator).send().await.expect(200);
        let told: Vec<_> = app.new_mails(&mut seen).await.into_iter().map(|mail| (mail.to, mail.subject)).collect();
        assert_eq!(told, [(waiting.email.to_string(), expected.to_owned())]);
    }
}
