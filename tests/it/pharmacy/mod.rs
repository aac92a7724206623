//! Pharmacies: their stock, what they set aside for patients, and what they are told of.

mod alerts;
mod allocating;
mod dispensing;
mod ledger;
mod pharmacies;
mod races;
mod stock;

use std::sync::Arc;

use domain::{account::Account, id::MedicineId, role::Role};
use serde_json::{Value, json};

use crate::support::{Answer, App, Doctor, Patient};

/// A pharmacy that is open from eight to six on working days, in a hospital with a patient and a doctor who treats them.
pub(crate) struct Counter {
    pub(crate) app: Arc<App>,
    pub(crate) pharmacist: String,
    pub(crate) account: Account,
    pub(crate) pharmacy: String,
    pub(crate) ada: Patient,
    pub(crate) doctor: Doctor,
    seen: usize,
}

/// Working days.
pub(crate) fn hours() -> Value {
    let day = |weekday: &str| json!({ "weekday": weekday, "from": "08:00", "to": "18:00" });
    json!(["monday", "tuesday", "wednesday", "thursday", "friday"].map(day))
}

pub(crate) fn registration(name: &str) -> Value {
    let email = format!("{}@example.org", name.to_lowercase().replace(' ', "-"));
    json!({ "name": name, "email": email, "phone": "+442079460030", "opening_hours": hours() })
}

/// Amoxicillin, by prescription.
pub(crate) fn amoxicillin() -> Value {
    json!({ "name": "Amoxil", "ingredients": ["amoxicillin"], "form": "capsule", "strength": "500 mg", "atc": "J01CA04",
        "unit_price": { "amount": "0.25", "currency": "GBP" }, "reorder_level": 20 })
}

/// Paracetamol, over the counter.
pub(crate) fn paracetamol() -> Value {
    json!({ "name": "Panadol", "ingredients": ["paracetamol"], "form": "tablet", "strength": "500 mg",
        "unit_price": { "amount": "0.10", "currency": "GBP" }, "reorder_level": 20, "over_the_counter": true })
}

/// The fields that a request was refused for.
#[track_caller]
pub(crate) fn fields(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 422, "{}", answer.body);
    answer.body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

impl Counter {
    pub(crate) async fn new() -> Self {
        let app = Arc::new(App::new().await);
        let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
        let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
        app.call("POST", &format!("/appointments/{appointment}/arrive")).bearer(&doctor.token).send().await.expect(200);
        let (account, pharmacist) = app.staff("Agnes Thompson", Role::Pharmacist).await;
        let registered = app.post("/pharmacies", &registration("North Pharmacy")).bearer(&pharmacist).send().await.expect(201);
        let mut counter = Self { app, pharmacist, account, pharmacy: registered.id(), ada, doctor, seen: 0 };
        counter.mails().await;
        counter
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/pharmacies/{}/{rest}", self.pharmacy)
    }

    pub(crate) async fn get(&self, rest: &str) -> Answer {
        self.app.get(&self.path(rest)).bearer(&self.pharmacist).send().await
    }

    pub(crate) async fn post(&self, rest: &str, body: &Value) -> Answer {
        self.app.post(&self.path(rest), body).bearer(&self.pharmacist).send().await
    }

    /// A medicine with so many units in one lot, which expires after a year. Returns its id.
    pub(crate) async fn keeps(&self, medicine: &Value, units: u32) -> String {
        let id = self.post("medicines", medicine).await.expect(201).id();
        if units > 0 {
            self.lot(&id, "B4711", "2027-03-02", units).await;
        }
        id
    }

    /// Receives a lot. Returns its id.
    pub(crate) async fn lot(&self, medicine: &str, number: &str, expires_on: &str, units: u32) -> String {
        let body = json!({ "lot_number": number, "expires_on": expires_on, "units": units });
        self.post(&format!("medicines/{medicine}/lots"), &body).await.expect(201).id()
    }

    /// What is left of a medicine now.
    pub(crate) async fn available(&self, medicine: &str) -> u64 {
        self.get(&format!("medicines/{medicine}")).await.expect(200).body["available"].as_u64().unwrap()
    }

    /// A prescription of 21 capsules of amoxicillin, with one refill.
    pub(crate) async fn prescription(&self) -> MedicineId {
        self.prescription_of("amoxicillin", 21).await
    }

    /// So many units of an ingredient. If the patient takes it already, the doctor means both.
    pub(crate) async fn prescription_of(&self, ingredient: &str, quantity: u32) -> MedicineId {
        let mut body = json!({ "drug": "Amoxicillin 500 mg capsules", "ingredients": [ingredient], "dose": "1 capsule", "route": "oral",
            "frequency": "every 8 hours", "duration_days": 7, "quantity": quantity, "refills": 1 });
        let path = format!("/patients/{}/prescriptions/medicines", self.ada.id);
        let mut answer = self.app.post(&path, &body).bearer(&self.doctor.token).send().await;
        if answer.status == 409 {
            let hits: Vec<_> = answer.body["hits"].as_array().unwrap().iter().map(|hit| hit["id"].clone()).collect();
            body["override"] = json!({ "reason": "intended_combination", "hits": hits });
            answer = self.app.post(&path, &body).bearer(&self.doctor.token).send().await;
        }
        answer.expect(201).id().parse().unwrap()
    }

    /// What the patient asks for.
    pub(crate) fn wanted(&self, medicine: &str, units: u32, prescription: Option<MedicineId>) -> Value {
        let mut body = json!({ "pharmacy_id": self.pharmacy, "medicine_id": medicine, "units": units });
        if let Some(prescription) = prescription {
            body["prescription_id"] = json!(prescription);
        }
        body
    }

    pub(crate) async fn ask(&self, medicine: &str, units: u32, prescription: Option<MedicineId>) -> Answer {
        let body = self.wanted(medicine, units, prescription);
        self.app.post(&format!("/patients/{}/allocations", self.ada.id), &body).bearer(&self.ada.token).send().await
    }

    /// What is done with an allocation, by the pharmacist.
    pub(crate) async fn act(&self, allocation: &str, what: &str, body: &Value) -> Answer {
        let path = format!("/patients/{}/allocations/{allocation}/{what}", self.ada.id);
        self.app.post(&path, body).bearer(&self.pharmacist).send().await
    }

    /// How many units are left on a prescription.
    pub(crate) async fn left(&self, prescription: MedicineId) -> u64 {
        let path = format!("/patients/{}/prescriptions/medicines/{prescription}", self.ada.id);
        self.app.get(&path).bearer(&self.ada.token).send().await.expect(200).body["left"].as_u64().unwrap()
    }

    /// New emails: to whom, and the subject.
    pub(crate) async fn mails(&mut self) -> Vec<String> {
        let mails = self.app.new_mails(&mut self.seen).await;
        let mut told: Vec<_> = mails.into_iter().map(|mail| format!("{}: {}", mail.to, mail.subject)).collect();
        told.sort();
        told
    }

    /// The same, until nothing follows from what follows.
    pub(crate) async fn all_mails(&mut self) -> Vec<String> {
        while self.app.drain().await > 0 {}
        self.mails().await
    }

    /// At another time, with tokens that are good then.
    pub(crate) async fn at(&mut self, clock: &str) {
        self.app.set_clock(clock);
        self.pharmacist = self.app.token(&self.account).await;
        let account = async |id| self.app.store().account(id).await.unwrap().unwrap().account;
        let (ada, doctor) = (account(self.ada.user_id).await, account(self.doctor.user_id).await);
        (self.ada.token, self.doctor.token) = (self.app.token(&ada).await, self.app.token(&doctor).await);
    }

    /// The ledger adds up to the stock.
    pub(crate) async fn adds_up(&self, medicine: &str) {
        let counted = self.app.store().stock_check(medicine.parse().unwrap()).await.unwrap().unwrap();
        assert!(counted.complete && counted.drifts.is_empty(), "{counted:?}");
    }
}
