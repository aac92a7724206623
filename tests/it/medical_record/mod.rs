//! The medical record.

mod dashboards;
mod encounters;
mod entries;
pub(crate) mod images;
mod prescriptions;
mod requests;
mod results;
mod size;
mod vitals;

use serde_json::{Value, json};

use crate::support::{Answer, App, Doctor, Patient};

/// A patient who is with a doctor: the patient has arrived for an appointment.
pub(crate) struct Consultation {
    pub(crate) app: App,
    pub(crate) ada: Patient,
    pub(crate) doctor: Doctor,
    pub(crate) appointment: String,
}

impl Consultation {
    pub(crate) async fn new() -> Self {
        let app = App::new().await;
        let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
        let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
        app.call("POST", &format!("/appointments/{appointment}/arrive")).bearer(&doctor.token).send().await.expect(200);
        Self { app, ada, doctor, appointment }
    }

    /// A doctor who treats the patient as well.
    pub(crate) async fn second_doctor(&self) -> Doctor {
        let other = self.app.doctor_with("Dr. Maude Abbott", "pathology", 30).await;
        self.app.book(&self.ada, &other, "2026-03-03T10:00:00Z").await.expect(201);
        other
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/patients/{}/{rest}", self.ada.id)
    }

    pub(crate) async fn get(&self, rest: &str, token: &str) -> Answer {
        self.app.get(&self.path(rest)).bearer(token).send().await
    }

    pub(crate) async fn post(&self, rest: &str, body: &Value, token: &str) -> Answer {
        self.app.post(&self.path(rest), body).bearer(token).send().await
    }

    /// A POST of a version.
    pub(crate) async fn act(&self, rest: &str, body: &Value, etag: &str, token: &str) -> Answer {
        self.app.post(&self.path(rest), body).header("if-match", etag).bearer(token).send().await
    }

    /// A POST of a version, without a body.
    pub(crate) async fn go(&self, rest: &str, etag: &str, token: &str) -> Answer {
        self.app.call("POST", &self.path(rest)).header("if-match", etag).bearer(token).send().await
    }

    /// A new version.
    pub(crate) async fn put(&self, rest: &str, content: &Value, etag: &str, token: &str) -> Answer {
        let body = json!({ "reason": "Typing mistake", "content": content });
        self.app.call("PUT", &self.path(rest)).json(&body).header("if-match", etag).bearer(token).send().await
    }

    pub(crate) async fn summary(&self) -> Value {
        self.get("record", &self.doctor.token).await.expect(200).body
    }
}

/// How many items a list has.
#[track_caller]
pub(crate) fn count(list: &Value) -> usize {
    list.as_array().unwrap().len()
}
