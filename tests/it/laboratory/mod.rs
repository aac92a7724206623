//! Laboratories: the tests that they offer, orders of these, and their results.

mod amending;
mod catalogue;
mod critical;
mod due;
mod laboratories;
mod ordering;
mod races;
mod reports;
mod results;
mod steps;

use std::sync::Arc;

use domain::{
    account::Account,
    id::{DoctorId, LabOrderId, LabReportId, LabResultId, PatientId, UserId},
    lab_order::{LabOrder, LabOrderStatus, ListedLabOrder, Side, StepBy},
    record::{
        Author, Entry,
        lab_result::{Found, LabResult, OfOrder, ResultStage},
        prescription::Priority,
    },
    role::Role,
    ward::Ward,
};
use serde_json::{Value, json};
use store::medical_record::Resulting;

use crate::support::{Answer, App, Doctor, Patient};

/// A laboratory that is open from eight to six on working days, in a hospital with a patient and a doctor who treats them. Two people work in it.
pub(crate) struct Bench {
    pub(crate) app: Arc<App>,
    /// Who enters results.
    pub(crate) grete: String,
    /// Who verifies them.
    pub(crate) otto: String,
    accounts: [Account; 2],
    pub(crate) laboratory: String,
    pub(crate) ada: Patient,
    pub(crate) doctor: Doctor,
    seen: usize,
}

/// Working days.
fn hours() -> Value {
    crate::pharmacy::hours()
}

pub(crate) fn registration(name: &str) -> Value {
    let email = format!("{}@example.org", name.to_lowercase().replace(' ', "-"));
    json!({ "name": name, "email": email, "phone": "+442079460040", "opening_hours": hours() })
}

/// Potassium in serum, which is critical at both ends.
pub(crate) fn potassium() -> Value {
    json!({ "name": "Potassium", "loinc": "2823-3", "specimen": "serum", "price": { "amount": "12.50", "currency": "GBP" },
        "expected_minutes": 120, "urgent_minutes": 45, "parameters": [
            { "name": "Potassium", "loinc": "2823-3", "unit": "mmol/L", "highest_possible": 15, "reference_ranges": [
                { "critical_low": 2.5, "low": 3.5, "high": 5.1, "critical_high": 6.5 }] }] })
}

/// A blood count with a value in words.
pub(crate) fn blood_count() -> Value {
    json!({ "name": "Blood count", "description": "No preparation is needed.", "specimen": "blood",
        "price": { "amount": "20", "currency": "GBP" }, "expected_minutes": 180, "parameters": [
            { "name": "Haemoglobin", "loinc": "718-7", "unit": "g/dL", "highest_possible": 30, "reference_ranges": [
                { "sex": "female", "from_age": { "count": 12, "unit": "years" }, "low": 12, "high": 16 },
                { "sex": "male", "from_age": { "count": 12, "unit": "years" }, "low": 13, "high": 17.5 },
                { "to_age": { "count": 28, "unit": "days" }, "critical_low": 8, "low": 14.5, "high": 22 }] },
            { "name": "Film" }] })
}

/// Values of a blood count.
pub(crate) fn counted(haemoglobin: f64) -> Value {
    json!({ "values": [
        { "parameter": "Haemoglobin", "value": haemoglobin, "unit": "g/dL" }, { "parameter": "Film", "text": "Normal cells" }] })
}

/// A value of potassium.
pub(crate) fn measured(value: f64) -> Value {
    json!({ "values": [{ "parameter": "Potassium", "value": value, "unit": "mmol/L" }] })
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::within(App::new().await).await
    }

    pub(crate) async fn within(app: App) -> Self {
        let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
        let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
        app.call("POST", &format!("/appointments/{appointment}/arrive")).bearer(&doctor.token).send().await.expect(200);
        let (first, grete) = app.staff("Grete Hermann", Role::LabTechnician).await;
        let (second, otto) = app.staff("Otto Folin", Role::LabTechnician).await;
        let laboratory = app.post("/laboratories", &registration("Central Laboratory")).bearer(&grete).send().await.expect(201).id();
        let add = json!({ "user_id": second.id });
        app.post(&format!("/laboratories/{laboratory}/technicians"), &add).bearer(&grete).send().await.expect(200);
        let mut bench = Self { app: Arc::new(app), grete, otto, accounts: [first, second], laboratory, ada, doctor, seen: 0 };
        bench.mails().await;
        bench
    }

    /// Ada was born on another day.
    pub(crate) async fn born(&self, on: &str) {
        let before = self.app.store().patient(self.ada.id).await.unwrap().unwrap();
        let born = domain::patient::DateOfBirth::parse(on, jiff::civil::date(2026, 3, 2)).unwrap();
        let after = domain::patient::Patient { date_of_birth: Some(born), version: before.version + 1, ..before.clone() };
        self.app.store().patient_change(&before, &after).await.unwrap();
    }

    pub(crate) async fn get(&self, rest: &str) -> Answer {
        self.app.get(&format!("/laboratories/{}/{rest}", self.laboratory)).bearer(&self.grete).send().await
    }

    pub(crate) async fn post(&self, rest: &str, body: &Value) -> Answer {
        self.app.post(&format!("/laboratories/{}/{rest}", self.laboratory), body).bearer(&self.grete).send().await
    }

    /// Offers a test. Returns its id.
    pub(crate) async fn offers(&self, test: &Value) -> String {
        self.post("tests", test).await.expect(201).id()
    }

    /// A prescription of a test. Returns its id.
    pub(crate) async fn prescription(&self, test: &Value) -> String {
        self.prescribed(json!({ "test": test["name"], "loinc": test["loinc"] })).await
    }

    pub(crate) async fn prescribed(&self, mut body: Value) -> String {
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let path = format!("/patients/{}/prescriptions/lab-tests", self.ada.id);
        self.app.post(&path, &body).bearer(&self.doctor.token).send().await.expect(201).id()
    }

    pub(crate) fn wanted(&self, test: &str, prescription: Option<&str>) -> Value {
        let mut body = json!({ "laboratory_id": self.laboratory, "test_id": test });
        if let Some(prescription) = prescription {
            body["prescription_id"] = json!(prescription);
        }
        body
    }

    pub(crate) async fn order(&self, body: &Value, token: &str) -> Answer {
        self.app.post(&format!("/patients/{}/lab-orders", self.ada.id), body).bearer(token).send().await
    }

    /// An order of the patient, of a test that the laboratory offers from now on. Returns its id.
    pub(crate) async fn ordered(&self, test: &Value) -> String {
        let (id, prescription) = (self.offers(test).await, self.prescription(test).await);
        self.order(&self.wanted(&id, Some(&prescription)), &self.ada.token).await.expect(201).id()
    }

    pub(crate) fn of(&self, order: &str, rest: &str) -> String {
        format!("/patients/{}/lab-orders/{order}{rest}", self.ada.id)
    }

    pub(crate) async fn read(&self, order: &str, token: &str) -> Answer {
        self.app.get(&self.of(order, "")).bearer(token).send().await
    }

    /// A step, from the version that is there now.
    pub(crate) async fn step(&self, order: &str, step: &str, body: &Value, token: &str) -> Answer {
        let version = self.read(order, &self.grete).await.expect(200).etag().to_owned();
        self.step_from(order, step, body, &version, token).await
    }

    pub(crate) async fn step_from(&self, order: &str, step: &str, body: &Value, version: &str, token: &str) -> Answer {
        let call = self.app.call("POST", &self.of(order, &format!("/{step}"))).header("if-match", version).bearer(token);
        if body.is_null() { call.send().await } else { call.json(body).send().await }
    }

    /// Takes the specimen and begins.
    pub(crate) async fn started(&self, order: &str) {
        self.step(order, "collect", &json!({}), &self.grete).await.expect(200);
        self.step(order, "start", &Value::Null, &self.grete).await.expect(200);
    }

    pub(crate) async fn acknowledge(&self, order: &str, result_version: u64, token: &str) -> Answer {
        let body = json!({ "result_version": result_version, "note": "Called the patient" });
        self.app.post(&self.of(order, "/acknowledge"), &body).bearer(token).send().await
    }

    /// From the specimen to the released result.
    pub(crate) async fn released(&self, order: &str, values: &Value) {
        self.started(order).await;
        self.step(order, "result", values, &self.grete).await.expect(200);
        self.step(order, "verify", &Value::Null, &self.otto).await.expect(200);
        self.step(order, "release", &Value::Null, &self.grete).await.expect(200);
    }

    /// Something of the patient's record, for somebody.
    pub(crate) async fn of_patient(&self, rest: &str, token: &str) -> Answer {
        self.app.get(&format!("/patients/{}/{rest}", self.ada.id)).bearer(token).send().await
    }

    /// Has the patient lie in the ICU, where a nurse and a doctor are on shift. Returns their tokens.
    pub(crate) async fn inpatient(&self) -> (String, String) {
        let app = &self.app;
        let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
        let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
        let establish = json!({ "ward": "icu", "daily_fee": { "amount": "200", "currency": "GBP" } });
        app.post("/wards", &establish).bearer(&admin).send().await.expect(201);
        let path = format!("/patients/{}/admissions", self.ada.id);
        app.post(&path, &json!({ "ward": "icu" })).bearer(&desk).send().await.expect(201);
        let (nurse, nurses) = app.staff("Mary Seacole", Role::Nurse).await;
        app.on_roster(&nurse, Role::Nurse, Some(Ward::Icu)).await;
        let duty = app.doctor("Dr. Charles Drew").await;
        let account = app.store().account(duty.user_id).await.unwrap().unwrap().account;
        app.on_roster(&account, Role::Doctor, Some(Ward::Icu)).await;
        (nurses, duty.token)
    }

    /// New emails: to whom, and the subject. Until nothing follows from what follows.
    pub(crate) async fn mails(&mut self) -> Vec<String> {
        while self.app.drain().await > 0 {}
        let mails = self.app.new_mails(&mut self.seen).await;
        let mut told: Vec<_> = mails.into_iter().map(|mail| format!("{}: {}", mail.to, mail.subject)).collect();
        told.sort();
        told
    }

    /// At another time, with tokens that are good then.
    pub(crate) async fn at(&mut self, clock: &str) {
        self.app.set_clock(clock);
        (self.grete, self.otto) = (self.app.token(&self.accounts[0]).await, self.app.token(&self.accounts[1]).await);
        let account = async |id| self.app.store().account(id).await.unwrap().unwrap().account;
        let (ada, doctor) = (account(self.ada.user_id).await, account(self.doctor.user_id).await);
        (self.ada.token, self.doctor.token) = (self.app.token(&ada).await, self.app.token(&doctor).await);
    }
}

pub(crate) fn items(answer: &Answer) -> Vec<Value> {
    answer.body["items"].as_array().unwrap().clone()
}

/// A released order of a patient, with a report that was uploaded, as the laboratory leaves it.
pub(crate) async fn released_order(app: &App, patient: PatientId, laboratory: &str, test: &str, doctor: DoctorId) -> String {
    let (store, now) = (app.store(), app.now());
    let known = store.patient(patient).await.unwrap().unwrap();
    let offered = store.offered_test(laboratory.parse().unwrap(), test.parse().unwrap()).await.unwrap().unwrap();
    let author = Author { at: now, by: UserId::new(now, app.random()), name: known.name.clone() };
    let listed = ListedLabOrder {
        id: LabOrderId::new(now, app.random()),
        patient_id: patient,
        patient_name: known.name.clone(),
        mrn: known.mrn,
        test: offered.listed.name.clone(),
        specimen: offered.listed.specimen,
        priority: Priority::Routine,
        status: LabOrderStatus::Ordered,
        due_at: now,
    };
    let order = LabOrder {
        listed,
        laboratory_id: offered.listed.laboratory_id,
        laboratory: offered.listed.name.clone(),
        test_id: offered.listed.id,
        loinc: None,
        prescription_id: None,
        doctor_id: doctor,
        doctor_name: known.name.clone(),
        admission_id: None,
        case_id: None,
        instructions: None,
        price: offered.listed.price,
        minutes: 60,
        from: now,
        placed_by: StepBy { id: author.by, name: author.name.clone(), side: Side::Patient },
        steps: Vec::new(),
        taken_at: Some(now),
        result_id: None,
        upload: None,
        escalated: None,
        version: 1,
    };
    store.lab_order_place(&order, &offered, None).await.unwrap();
    let report_id = Some(LabReportId::new(now, app.random()));
    let content = LabResult {
        name: offered.listed.name.clone(),
        loinc: None,
        found: Found::Panel { values: Vec::new(), text: None },
        taken_at: now,
        laboratory: None,
        lab_test_id: None,
        image_id: None,
        order: Some(OfOrder { id: order.listed.id, stage: ResultStage::Final, report_id }),
        patient_name: known.name,
        doctor_id: Some(doctor),
        reviewed: None,
    };
    let result = Entry::new(LabResultId::new(now, app.random()), patient, None, author, content);
    let mut after = order.clone();
    (after.listed.status, after.result_id, after.version) = (LabOrderStatus::Released, Some(result.id), 2);
    let step = Resulting { order: (&order, &after), earlier: None, result: &result, test: None, critical: None, turnaround: None };
    store.lab_order_result(step).await.unwrap();
    order.listed.id.to_string()
}
