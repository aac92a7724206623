//! Wards, beds and stays.

mod beds;
mod board;
mod cleaning;
mod managers;
mod races;
mod stays;
mod waiting;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    account::Account,
    admission::Admission,
    bed::{Bed, BedNumber, BedStatus, Occupant},
    id::{AdmissionId, PatientId},
    money::{Currency, Money},
    role::Role,
    shifts::ShiftTime,
    stay::Segment,
    ward::{BedCounts, EstablishedWard, Ward},
    ward_manager::ManagerShift,
};
use local::services::mailbox::Mail;
use serde_json::{Value, json};
use store::{
    patients::FoundPatient,
    presence::{Presence, Whereabouts},
};

use crate::{
    cost::imported,
    support::{Answer, App, shared_database},
};

/// A hospital with wards, an administrator and a receptionist.
pub(crate) struct House {
    pub(crate) app: Arc<App>,
    pub(crate) admin: String,
    pub(crate) desk: String,
    seen: usize,
    patients: usize,
}

impl House {
    pub(crate) async fn new(wards: &[Ward]) -> Self {
        let app = Arc::new(App::new().await);
        let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
        let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
        let mut house = Self { app, admin, desk, seen: 0, patients: 0 };
        house.import(wards).await;
        house.mails().await;
        house
    }

    /// Wards, as if they had always been there: `POST /wards` has tests of its own.
    async fn import(&self, wards: &[Ward]) {
        let (now, daily_fee) = (self.app.now(), Money::parse("200", Currency::parse("GBP").unwrap()).unwrap());
        for ward in wards {
            let established = EstablishedWard { ward: *ward, daily_fee, established_at: now, version: 1 };
            let beds = BedNumber::all().map(|number| imported(&Bed::new(*ward, number, now)));
            let items = [imported(&established)].into_iter().chain(beds).collect();
            shared_database().0.import_items(&self.app.table, items, dynoxide::ImportOptions::default()).unwrap();
            self.app.store().bed_counts_follow(*ward).await.unwrap();
        }
    }

    pub(crate) async fn establish(&self, ward: Ward, fee: &str) -> Answer {
        let body = json!({ "ward": ward, "daily_fee": { "amount": fee, "currency": "GBP" } });
        self.app.post("/wards", &body).bearer(&self.admin).send().await
    }

    /// Tokens that are good at the present time.
    pub(crate) async fn sign_in_again(&mut self) {
        let (_, admin) = self.app.staff(&format!("Administrator {}", self.app.random()), Role::Administrator).await;
        let (_, desk) = self.app.staff(&format!("Receptionist {}", self.app.random()), Role::Receptionist).await;
        (self.admin, self.desk) = (admin, desk);
    }

    /// At another time, with tokens that are good then.
    pub(crate) async fn at(&mut self, clock: &str) {
        self.app.set_clock(clock);
        self.sign_in_again().await;
    }

    /// So many minutes later.
    pub(crate) async fn later(&mut self, minutes: i64) {
        self.app.wait(jiff::SignedDuration::from_mins(minutes));
        self.sign_in_again().await;
    }

    /// A patient without an account.
    pub(crate) async fn patient(&mut self) -> PatientId {
        self.patients += 1;
        let body = json!({ "name": format!("Patient Number{}", self.patients), "date_of_birth": "1980-05-01", "gender": "female",
            "not_a_duplicate": "Others have the same date of birth." });
        self.app.post("/patients", &body).bearer(&self.desk).send().await.expect(201).id().parse().unwrap()
    }

    /// Many patients, written to the table as if they had always been there.
    pub(crate) async fn crowd(&self, count: usize) -> Vec<PatientId> {
        let one = self.app.patient(&format!("Crowd {}", self.app.random())).await;
        let one = self.app.store().patient(one.id).await.unwrap().unwrap();
        let patients: Vec<_> = (0..count)
            .map(|_| domain::patient::Patient { id: PatientId::new(self.app.now(), self.app.random()), user_id: None, ..one.clone() })
            .collect();
        let items = patients.iter().map(imported).chain(patients.iter().take(1).flat_map(FoundPatient::all).map(|found| imported(&found)));
        shared_database().0.import_items(&self.app.table, items.collect(), dynoxide::ImportOptions::default()).unwrap();
        patients.into_iter().map(|patient| patient.id).collect()
    }

    /// Somebody who manages a ward in a shift.
    pub(crate) async fn manager(&self, name: &str, ward: Ward, shift: ShiftTime) -> (Account, String) {
        let (account, token) = self.app.staff(name, Role::WardManager).await;
        let managed = ManagerShift { ward, shift, user_id: account.id, since: self.app.now() };
        self.app.store().ward_manager_begin(&managed, &account).await.unwrap();
        (account, token)
    }

    /// Somebody who is on duty today, in the day shift unless said otherwise.
    pub(crate) async fn on_duty(&self, name: &str, role: Role, ward: Option<Ward>) -> (Account, String) {
        self.on_duty_in(ShiftTime::Day, name, role, ward).await
    }

    pub(crate) async fn on_duty_in(&self, time: ShiftTime, name: &str, role: Role, ward: Option<Ward>) -> (Account, String) {
        let (account, token) = self.app.staff(name, role).await;
        self.app.on_roster_in(time, &account, role, ward).await;
        // The roster by ward follows from the stream.
        self.app.drain().await;
        (account, token)
    }

    pub(crate) async fn admit(&self, patient: PatientId, body: &Value) -> Answer {
        self.app.post(&format!("/patients/{patient}/admissions"), body).bearer(&self.desk).send().await
    }

    /// A step of a stay, at the front desk.
    pub(crate) async fn step(&self, stay: &Value, step: &str, body: &Value) -> Answer {
        self.step_as(&self.desk, stay, step, body).await
    }

    pub(crate) async fn step_as(&self, token: &str, stay: &Value, step: &str, body: &Value) -> Answer {
        self.app.post(&format!("{}/{step}", path(stay)), body).bearer(token).send().await
    }

    /// The patient is gone.
    pub(crate) async fn leaves(&self, stay: &Value) -> Answer {
        self.step(stay, "left", &json!({ "departure": "against_advice" })).await
    }

    pub(crate) async fn cleaned(&self, ward: Ward, bed: &Value) -> Answer {
        let path = format!("/wards/{}/beds/{bed}/cleaned", ward.as_str());
        self.app.call("POST", &path).bearer(&self.admin).send().await
    }

    pub(crate) async fn ask_for_bed(&self, patient: PatientId, ward: Ward, priority: &str) -> Answer {
        let body = json!({ "ward": ward, "priority": priority });
        self.app.post(&format!("/patients/{patient}/bed-requests"), &body).bearer(&self.desk).send().await
    }

    /// Every bed of a ward is taken, as if it had always been so. Returns the stays by bed.
    pub(crate) async fn fill(&mut self, ward: Ward) -> BTreeMap<i64, Value> {
        let (now, mut items, mut stays) = (self.app.now(), Vec::new(), BTreeMap::new());
        let daily_fee = self.app.store().ward(ward).await.unwrap().unwrap().daily_fee;
        for (bed, patient_id) in self.app.store().beds_now(ward).await.unwrap().into_iter().zip(self.crowd(40).await) {
            let segments = vec![Segment { ward, bed: bed.number, daily_fee, from: now, to: None }];
            let admission = Admission { segments, ..Admission::new(AdmissionId::new(now, self.app.random()), patient_id, now) };
            stays.insert(bed.number.get().into(), json!({ "id": admission.id, "patient_id": patient_id }));
            let occupant =
                Occupant { expected_discharge: Some(self.app.functions.state.today()), ..Occupant::of(&admission, "A. B.".to_owned()) };
            let presence = Presence::new(patient_id, Whereabouts::Bed(admission.id));
            items.extend([imported(&bed.take(occupant, now).unwrap()), imported(&presence), imported(&admission)]);
        }
        shared_database().0.import_items(&self.app.table, items, dynoxide::ImportOptions::default()).unwrap();
        self.app.store().bed_counts_follow(ward).await.unwrap();
        self.mails().await;
        stays
    }

    /// Handles everything that was written, and returns the emails that were sent since the last call.
    /// New emails, without those about the invoice at the end of a stay.
    pub(crate) async fn mails(&mut self) -> Vec<Mail> {
        let mut mails = self.app.new_mails(&mut self.seen).await;
        mails.retain(|mail| !mail.subject.starts_with("Invoice "));
        mails
    }

    /// Reads the table: a bed has one patient and a patient has one bed, a stay goes on exactly while the patient has a bed, and the counts agree.
    pub(crate) async fn is_consistent(&self, ward: Ward) -> BedCounts {
        self.app.drain().await;
        let store = self.app.store();
        let beds = store.beds_now(ward).await.unwrap();
        assert_eq!(beds.len(), 40);
        let mut patients = BTreeSet::new();
        for bed in &beds {
            assert_eq!(bed.status == BedStatus::Occupied, bed.occupant.is_some(), "{bed:?}");
            let Some(occupant) = &bed.occupant else { continue };
            assert!(patients.insert(occupant.patient_id), "two beds: {bed:?}");
            let stay = store.current_admission(occupant.patient_id).await.unwrap().unwrap();
            assert_eq!((stay.id, stay.place(), stay.left), (occupant.admission_id, Some((ward, bed.number)), None), "{bed:?}");
        }
        let counts = BedCounts::of(&beds);
        let listed = store.wards().await.unwrap().into_iter().find(|listed| listed.ward.ward == ward).unwrap();
        assert_eq!(listed.counts, counts);
        counts
    }
}

/// The address of a stay.
pub(crate) fn path(stay: &Value) -> String {
    format!("/patients/{}/admissions/{}", stay["patient_id"].as_str().unwrap(), stay["id"].as_str().unwrap())
}

/// Who got which email.
pub(crate) fn told(mails: &[Mail]) -> BTreeSet<(String, String)> {
    mails.iter().map(|mail| (mail.to.clone(), mail.subject.clone())).collect()
}
