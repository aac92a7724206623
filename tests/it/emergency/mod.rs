//! Emergencies: the queue, triage, critical care, and how each one ends.

mod critical;
mod queue;
mod refused;

use domain::{id::PatientId, role::Role, ward::Ward};
use serde_json::{Value, json};

use crate::{
    support::{Answer, Doctor},
    wards::House,
};

impl House {
    /// Opens an emergency at the front desk.
    pub(crate) async fn emergency(&self, patient: PatientId, triage: &Value) -> Answer {
        let body = json!({ "patient_id": patient, "complaint": "Chest pain", "triage": triage });
        self.app.post("/emergency/cases", &body).bearer(&self.desk).send().await
    }

    pub(crate) async fn act(&self, token: &str, case: &Value, what: &str, body: &Value) -> Answer {
        self.app.post(&format!("/emergency/cases/{}/{what}", case["id"].as_str().unwrap()), body).bearer(token).send().await
    }

    pub(crate) async fn case(&self, case: &Value) -> Value {
        let path = format!("/emergency/cases/{}", case["id"].as_str().unwrap());
        self.app.get(&path).bearer(&self.desk).send().await.expect(200).body
    }

    pub(crate) async fn queue(&self, status: &str) -> Vec<Value> {
        let path = format!("/emergency/queue?status={status}");
        self.app.get(&path).bearer(&self.desk).send().await.expect(200).body["items"].as_array().unwrap().clone()
    }

    /// A doctor who is on duty in the day shift.
    pub(crate) async fn doctor_on_duty(&self, name: &str, ward: Option<Ward>) -> Doctor {
        let doctor = self.app.doctor(name).await;
        let account = self.app.store().account(doctor.user_id).await.unwrap().unwrap().account;
        self.app.on_roster(&account, Role::Doctor, ward).await;
        self.app.drain().await;
        doctor
    }
}
