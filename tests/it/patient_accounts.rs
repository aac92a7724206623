//! A patient of the front desk gets an account: they prove the address, and the front desk confirms who they are.

use std::sync::Arc;

use domain::role::Role;
use serde_json::{Value, json};

use crate::support::{Answer, App, PASSWORD, at_once, emailed_token};

struct Desk {
    app: App,
    token: String,
    seen: usize,
}

impl Desk {
    async fn new() -> Self {
        let app = App::new().await;
        let (_, token) = app.staff("Rosa Parks", Role::Receptionist).await;
        Self { app, token, seen: 0 }
    }

    async fn register(&self, change: Value) -> String {
        let mut body = json!({ "name": "Joan Clarke", "date_of_birth": "1985-06-24", "gender": "female", "phone": "+442079460100" });
        change.as_object().unwrap().iter().for_each(|(name, value)| {
            body[name] = value.clone();
        });
        self.app.post("/patients", &body).bearer(&self.token).send().await.expect(201).id()
    }

    async fn open(&self, patient: &str, email: &str) -> Answer {
        let body = json!({ "patient_id": patient, "email": email });
        self.app.post("/users/patient-accounts", &body).bearer(&self.token).send().await
    }

    async fn confirm(&self, patient: &str, email: &str) -> Answer {
        let body = json!({ "patient_id": patient, "email": email, "reason": "Passport seen" });
        self.app.post("/users/patient-accounts/confirm", &body).bearer(&self.token).send().await
    }

    /// Chooses a password with the link in the newest email to the address.
    async fn prove(&mut self, email: &str) {
        let mails = self.app.new_mails(&mut self.seen).await;
        let invitation = mails.iter().rfind(|mail| mail.to == email && mail.text.contains("#token=")).expect("an invitation");
        assert!(invitation.text.contains("The front desk of") && !invitation.text.contains("Joan"), "{}", invitation.text);
        let body = json!({ "token": emailed_token(invitation), "password": PASSWORD });
        self.app.post("/auth/password/reset", &body).send().await.expect(204);
    }
}

#[tokio::test]
async fn the_person_proves_the_address_and_the_front_desk_who_they_are() {
    let mut desk = Desk::new().await;
    let (_, administrator) = desk.app.staff("Florence Nightingale", Role::Administrator).await;
    let doctor = desk.app.doctor("Dr. Helen Taussig").await;
    let patient = desk.register(json!({})).await;
    let visit = json!({ "doctor_id": doctor.id, "starts_at": "2026-03-02T09:00:00Z", "reason": "Cough", "patient_id": patient });
    let appointment = desk.app.post("/appointments", &visit).bearer(&desk.token).send().await.expect(201).id();
    let opened = desk.open(&patient, "joan@example.org").await.expect(201);
    assert_eq!((opened.body["status"].as_str(), opened.body["requested_role"].as_str()), (Some("pending"), Some("patient")));
    let account = opened.id();

    // Before the address is proven, and before the front desk has confirmed: nothing of the patient.
    assert_eq!(desk.confirm(&patient, "joan@example.org").await.expect(409).body["code"], "email_not_confirmed");
    desk.prove("joan@example.org").await;
    let stranger = desk.app.sign_in("joan@example.org").await;
    assert_eq!(desk.app.get("/patients/me").bearer(&stranger).send().await.status, 403);
    assert!(!desk.app.get("/users/me").bearer(&stranger).send().await.expect(200).text.contains("Joan"));
    assert_eq!(desk.open(&patient, "joan@example.org").await.expect(409).body["code"], "already_opened");
    assert_eq!(desk.app.get(&format!("/patients/{patient}")).bearer(&stranger).send().await.status, 403);
    // No administrator can do it in place of the front desk's check.
    let approve = desk.app.call("POST", &format!("/users/{account}/approve")).bearer(&administrator).send().await.expect(409);
    assert_eq!(approve.body["code"], "nothing_requested");

    let confirmed = desk.confirm(&patient, "joan@example.org").await.expect(200);
    assert_eq!((confirmed.body["status"].as_str(), confirmed.body["patient_id"].as_str()), (Some("active"), Some(patient.as_str())));
    let own = desk.app.sign_in("joan@example.org").await;
    let profile = desk.app.get("/patients/me").bearer(&own).send().await.expect(200);
    assert_eq!((profile.body["id"].as_str(), profile.body["identity"].as_str()), (Some(patient.as_str()), Some("confirmed")));
    desk.app.get(&format!("/appointments/{appointment}")).bearer(&own).send().await.expect(200);
    let changes = desk.app.get(&format!("/patients/{patient}/changes")).bearer(&desk.token).send().await.expect(200);
    assert_eq!(
        (changes.body["items"][0]["reason"].as_str(), changes.body["items"][0]["before"]["identity"].as_str()),
        (Some("Passport seen"), Some("stated"))
    );
    // From now on, emails about appointments come to the address.
    desk.app.post(&format!("/appointments/{appointment}/cancel"), &json!({})).bearer(&own).send().await.expect(200);
    let mails = desk.app.new_mails(&mut desk.seen).await;
    let subjects: Vec<_> = mails.iter().filter(|mail| mail.to == "joan@example.org").map(|mail| mail.subject.as_str()).collect();
    assert!(
        subjects.iter().any(|subject| subject.contains("is active")) && subjects.iter().any(|subject| subject.contains("cancelled")),
        "{subjects:?}"
    );
    assert!(mails.iter().any(|mail| mail.subject.contains("is active") && mail.text.contains("Dear Joan Clarke,")));
    assert!(!mails.iter().any(|mail| mail.subject.contains("asks for the role")), "nobody has to approve it");
    assert_eq!(desk.confirm(&patient, "joan@example.org").await.expect(409).body["code"], "has_account");
    assert_eq!(desk.open(&patient, "other@example.org").await.expect(409).body["code"], "has_account");
}

#[tokio::test]
async fn refusals() {
    let desk = Desk::new().await;
    let ada = desk.app.patient("Ada Byron").await;
    let patient = desk.register(json!({})).await;
    assert_eq!(desk.open(&patient, &ada.email).await.expect(409).body["code"], "email_taken");
    assert_eq!(desk.open(&patient, "nonsense").await.expect(422).body["errors"][0]["field"], "email");
    assert_eq!(desk.open("pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR", "x@example.org").await.expect(422).body["errors"][0]["code"], "unknown");
    let guardians = json!([{ "patient_id": ada.id }]);
    let child = desk.register(json!({ "name": "Byron Lovelace", "date_of_birth": "2020-05-12", "guardians": guardians })).await;
    assert_eq!(desk.open(&child, "x@example.org").await.expect(409).body["code"], "patient_is_child");
    let unknown = desk.app.post("/patients", &json!({ "identity": "temporary", "gender": "male" })).bearer(&desk.token).send().await;
    assert_eq!(desk.open(&unknown.expect(201).id(), "x@example.org").await.expect(409).body["code"], "identity_unknown");
    let dead = desk.register(json!({ "name": "Mary Anning", "date_of_birth": "1950-01-01", "phone": "+442079460155" })).await;
    let death = json!({ "date_of_death": "2026-03-01", "reason": "The family called" });
    desk.app.post(&format!("/patients/{dead}/death"), &death).bearer(&desk.token).send().await.expect(200);
    assert_eq!(desk.open(&dead, "x@example.org").await.expect(409).body["code"], "patient_deceased");
    let body = json!({ "patient_id": patient, "email": "x@example.org" });
    assert_eq!(desk.app.post("/users/patient-accounts", &body).bearer(&ada.token).send().await.status, 403);
    desk.open(&patient, "joan@example.org").await.expect(201);
    let confirm = desk.app.post("/users/patient-accounts/confirm", &json!({})).bearer(&desk.token).send().await.expect(422);
    confirm.invalid(&[("patient_id", "required"), ("email", "required"), ("reason", "required")]);
    // An account that was opened for nobody, or for somebody else, is not this patient's.
    let (nurse, _) = desk.app.waiting("Mary Mahoney", Role::Nurse).await;
    let other = desk.register(json!({ "name": "Mary Jackson", "date_of_birth": "1961-04-09", "phone": "+442079460177" })).await;
    assert_eq!(desk.confirm(&patient, nurse.email.as_str()).await.expect(409).body["code"], "not_opened");
    assert_eq!(desk.confirm(&other, "joan@example.org").await.expect(409).body["code"], "not_opened");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_accounts_for_one_patient_one_is_linked() {
    let mut desk = Desk::new().await;
    let patient = desk.register(json!({})).await;
    let mut requests = Vec::new();
    for email in ["first@example.org", "second@example.org"] {
        desk.open(&patient, email).await.expect(201);
        desk.prove(email).await;
        let body = json!({ "patient_id": patient, "email": email, "reason": "Passport seen" });
        requests.push(("/users/patient-accounts/confirm".to_owned(), body.clone(), desk.token.clone()));
        requests.push(("/users/patient-accounts/confirm".to_owned(), body, desk.token.clone()));
    }
    let app = Arc::new(desk.app);
    let answers = at_once(&app, requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 409 | 412)));
}

#[tokio::test]
async fn no_email_goes_to_the_dead() {
    let desk = Desk::new().await;
    let (_, administrator) = desk.app.staff("Florence Nightingale", Role::Administrator).await;
    let (ada, grace) = (desk.app.patient("Ada Byron").await, desk.app.patient("Grace Hopper").await);
    let mut seen = 0;
    desk.app.new_mails(&mut seen).await;
    let death = json!({ "date_of_death": "2026-03-01", "reason": "The family called" });
    desk.app.post(&format!("/patients/{}/death", ada.id), &death).bearer(&desk.token).send().await.expect(200);
    for patient in [&ada, &grace] {
        desk.app.call("POST", &format!("/users/{}/suspend", patient.user_id)).bearer(&administrator).send().await.expect(200);
        desk.app.call("POST", &format!("/users/{}/reinstate", patient.user_id)).bearer(&administrator).send().await.expect(200);
        desk.app.post("/auth/password/forgot", &json!({ "email": patient.email })).send().await.expect(202);
    }
    let mails = desk.app.new_mails(&mut seen).await;
    assert!(!mails.iter().any(|mail| mail.to == ada.email), "nothing to Ada");
    assert_eq!(mails.iter().filter(|mail| mail.to == grace.email).count(), 3);
}
