//! The callers, and the people and things that the routes act on. They are made once for all checks.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::{
    account::Account,
    history::{Entry, HistoryKind, Note},
    id::{DoctorId, HistoryId, PatientId, ShiftId, UserId},
    policy::{Relationship, Relationships, Rule},
    role::Role,
    shifts::ShiftTime,
    text::Reason,
    ward::Ward,
    ward_manager::ManagerShift,
};
use serde_json::json;

use crate::support::{App, Doctor, Patient};

/// Somebody who calls, in a role or as an account that waits for approval.
pub(super) struct Person {
    pub(super) token: String,
    pub(super) user_id: UserId,
    pub(super) patient_id: Option<PatientId>,
    pub(super) doctor_id: Option<DoctorId>,
    pub(super) roles: std::collections::BTreeSet<Role>,
    /// An appointment of their own, when they are a patient or a doctor.
    pub(super) appointment: Option<String>,
}

pub(super) struct World {
    pub(super) app: App,
    /// A patient and a doctor who are not callers, and their appointment.
    pub(super) patient: Patient,
    pub(super) doctor: Doctor,
    pub(super) appointment: String,
    /// A child. Of the callers, the patient is the guardian.
    pub(super) child: Patient,
    pub(super) childs_appointment: String,
    /// An entry of the history of each patient.
    pub(super) history: BTreeMap<String, String>,
    /// An entry of each kind in the record of each patient, by the prefix of its id.
    pub(super) entries: BTreeMap<String, BTreeMap<&'static str, String>>,
    /// A wait of each patient for whom somebody may act.
    pub(super) waits: BTreeMap<String, String>,
    /// A patient. Of the callers, only the doctor treats them.
    pub(super) treated: Patient,
    /// A blocked time of each doctor.
    pub(super) exceptions: BTreeMap<String, String>,
    /// Two stays of each patient: the present one in the ICU, and one that ended on the General ward.
    pub(super) stays: BTreeMap<String, (String, String)>,
    /// The pharmacy in which the pharmacist among the callers works, and another one.
    pub(super) pharmacies: [Shelf; 2],
    /// What each of them has set aside for a patient.
    pub(super) allocations: BTreeMap<String, [String; 2]>,
    /// The laboratory in which the lab technician among the callers works, and another one.
    pub(super) laboratories: [Laboratory; 2],
    /// An order of a patient at each of them.
    pub(super) lab_orders: BTreeMap<String, [String; 2]>,
    /// An invoice of each patient, with a payment.
    pub(super) invoices: BTreeMap<String, String>,
    /// What each patient has said of the hospital.
    pub(super) feedback: BTreeMap<String, String>,
    /// An emergency.
    pub(super) case: String,
    /// Somebody who works here, and an entry in the roster to cancel.
    pub(super) nurse: UserId,
    pub(super) shift: ShiftId,
    /// Leave of each person who works here.
    pub(super) leaves: BTreeMap<UserId, String>,
    /// An account to decide about.
    pub(super) subject: Account,
    people: BTreeMap<Option<Role>, Arc<Person>>,
    signed_out: BTreeMap<Role, Person>,
    number: AtomicUsize,
}

/// A pharmacy, a medicine that it keeps, and a lot of it.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) pharmacy: String,
    pub(super) medicine: String,
    pub(super) lot: String,
}

impl Shelf {
    async fn new(app: &App, name: &str, pharmacist: &str) -> Self {
        let post = async |path: String, body: serde_json::Value| app.post(&path, &body).bearer(pharmacist).send().await.expect(201).id();
        let pharmacy = post("/pharmacies".to_owned(), crate::pharmacy::registration(name)).await;
        let medicine = post(format!("/pharmacies/{pharmacy}/medicines"), crate::pharmacy::paracetamol()).await;
        let received = json!({ "lot_number": "B4711", "expires_on": "2027-03-02", "units": 100 });
        let lot = post(format!("/pharmacies/{pharmacy}/medicines/{medicine}/lots"), received).await;
        Self { pharmacy, medicine, lot }
    }
}

/// A laboratory, and a test that it offers.
#[derive(Default)]
pub(super) struct Laboratory {
    pub(super) laboratory: String,
    pub(super) test: String,
}

impl Laboratory {
    async fn new(app: &App, name: &str, technician: &str) -> Self {
        let post = async |path: &str, body: serde_json::Value| app.post(path, &body).bearer(technician).send().await.expect(201).id();
        let laboratory = post("/laboratories", crate::laboratory::registration(name)).await;
        let test = post(&format!("/laboratories/{laboratory}/tests"), crate::laboratory::potassium()).await;
        Self { laboratory, test }
    }
}

impl World {
    pub(super) async fn new() -> Self {
        let app = App::new().await;
        let (patient, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
        let treated = app.patient("Grace Hopper").await;
        let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
        let appointment = app.book_for(&desk, &patient, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
        let (subject, _) = app.waiting("Mary Mahoney", Role::Sweeper).await;
        let (nurse, nurses_token) = app.staff("Mary Seacole", Role::Nurse).await;
        let shift = app.on_roster(&nurse, Role::Nurse, Some(Ward::Icu)).await;
        let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
        for ward in ["icu", "general"] {
            let establish = json!({ "ward": ward, "daily_fee": { "amount": "200", "currency": "GBP" } });
            app.post("/wards", &establish).bearer(&admin).send().await.expect(201);
        }
        let mut world = Self {
            app,
            patient,
            doctor,
            appointment,
            child: treated.clone(),
            childs_appointment: String::new(),
            history: BTreeMap::new(),
            entries: BTreeMap::new(),
            waits: BTreeMap::new(),
            treated,
            exceptions: BTreeMap::new(),
            stays: BTreeMap::new(),
            pharmacies: [Shelf::default(), Shelf::default()],
            allocations: BTreeMap::new(),
            laboratories: [Laboratory::default(), Laboratory::default()],
            invoices: BTreeMap::new(),
            feedback: BTreeMap::new(),
            lab_orders: BTreeMap::new(),
            case: String::new(),
            nurse: nurse.id,
            shift,
            leaves: BTreeMap::new(),
            subject,
            people: BTreeMap::new(),
            signed_out: BTreeMap::new(),
            number: AtomicUsize::new(0),
        };
        for role in Role::ALL.into_iter().map(Some).chain([None]) {
            let mut person = world.person(role).await;
            let (app, at) = (&world.app, "2026-03-03T10:00:00Z");
            let own = |id: PatientId| Patient { id, ..world.patient.clone() };
            let with = |id: DoctorId| Doctor { id, ..world.doctor.clone() };
            person.appointment = match (person.patient_id, person.doctor_id) {
                (Some(id), _) => Some(app.book_for(&desk, &own(id), &world.doctor, at).await.expect(201).id()),
                (_, Some(id)) => {
                    // A second appointment, so that cancelling the other one does not end the treatment.
                    app.book_for(&desk, &world.treated, &with(id), "2026-03-03T11:00:00Z").await.expect(201);
                    Some(app.book_for(&desk, &world.treated, &with(id), at).await.expect(201).id())
                }
                _ => None,
            };
            if let Some(role) = role {
                let account = app.store().account(person.user_id).await.unwrap().unwrap().account;
                match role {
                    Role::WardManager => {
                        let shift = ManagerShift { ward: Ward::Icu, shift: ShiftTime::Day, user_id: account.id, since: app.now() };
                        app.store().ward_manager_begin(&shift, &account).await.unwrap();
                    }
                    Role::Nurse => drop(app.on_roster(&account, role, Some(Ward::Icu)).await),
                    role => drop(app.on_roster(&account, role, None).await),
                }
                let gone = world.person(Some(role)).await;
                app.post("/auth/logout", &json!({})).bearer(&gone.token).send().await.expect(204);
                world.signed_out.insert(role, gone);
            }
            world.people.insert(role, Arc::new(person));
        }
        let staff = world.people.values().filter(|person| person.roles.iter().any(|role| role.is_staff()));
        let staff = staff.map(|person| (person.user_id, person.token.clone())).chain([(nurse.id, nurses_token)]);
        let asked = json!({ "type": "annual", "from": "2026-04-01", "to": "2026-04-02" });
        for (user, token) in staff.collect::<Vec<_>>() {
            let id = world.app.post("/leaves", &asked).bearer(&token).send().await.expect(201).id();
            world.leaves.insert(user, id);
        }
        let doctors = [world.doctor.id].into_iter().chain(world.people.values().filter_map(|person| person.doctor_id));
        for doctor in doctors.collect::<Vec<_>>() {
            let blocked = json!({ "kind": "blocked", "starts_at": "2026-03-20T12:00:00Z", "ends_at": "2026-03-20T13:00:00Z" });
            let path = format!("/doctors/{doctor}/exceptions");
            let id = world.app.post(&path, &blocked).bearer(&desk).send().await.expect(201).id();
            world.exceptions.insert(doctor.to_string(), id);
        }
        let (guardian, app) = (world.people[&Some(Role::Patient)].patient_id.unwrap(), &world.app);
        let child =
            json!({ "name": "Byron Lovelace", "date_of_birth": "2020-05-12", "gender": "male", "guardians": [{ "patient_id": guardian }] });
        let id = app.post("/patients", &child).bearer(&desk).send().await.expect(201).body["id"].as_str().unwrap().parse().unwrap();
        let child = Patient { id, ..world.patient.clone() };
        world.childs_appointment = app.book_for(&desk, &child, &world.doctor, "2026-03-03T11:30:00Z").await.expect(201).id();
        world.child = child;
        for patient in [guardian, world.child.id, world.treated.id, world.patient.id] {
            let (at, by) = (world.app.now(), world.patient.user_id);
            let entry = Entry {
                id: HistoryId::new(at, world.app.random()),
                patient_id: patient,
                kind: HistoryKind::Surgery,
                what: Reason::parse("Appendectomy").unwrap(),
                detail: None,
                severity: None,
                class: None,
                noted: Note { at, by, clinician: None },
                withdrawn: None,
                version: 1,
            };
            let asked = world.app.store().history_asked(patient).await.unwrap();
            world.app.store().history_add(&entry, asked).await.unwrap();
            world.history.insert(patient.to_string(), entry.id.to_string());
            let entries = world.app.record_of(patient, world.doctor.id).await;
            world.entries.insert(patient.to_string(), entries);
            let wait = json!({ "patient_id": patient, "specialization": "cardiology", "to": "2026-03-20", "reason": "Cough" });
            let wait = world.app.post("/waiting-list", &wait).bearer(&desk).send().await.expect(201).id();
            world.waits.insert(patient.to_string(), wait);
            let path = format!("/patients/{patient}/admissions");
            let into = async |ward: &str| world.app.post(&path, &json!({ "ward": ward })).bearer(&desk).send().await.expect(201).id();
            let earlier = into("general").await;
            let left = world.app.post(&format!("{path}/{earlier}/left"), &json!({ "departure": "against_advice" }));
            left.bearer(&desk).send().await.expect(200);
            world.stays.insert(patient.to_string(), (into("icu").await, earlier));
        }
        let (_, elsewhere) = world.app.staff("Percy Julian", Role::Pharmacist).await;
        let theirs = world.people[&Some(Role::Pharmacist)].token.clone();
        world.pharmacies =
            [Shelf::new(&world.app, "North Pharmacy", &theirs).await, Shelf::new(&world.app, "South Pharmacy", &elsewhere).await];
        let acting = &world.people[&Some(Role::Patient)].token;
        let asking = [
            (guardian, acting),
            (world.child.id, acting),
            (world.treated.id, &world.treated.token),
            (world.patient.id, &world.patient.token),
        ];
        for (patient, token) in asking {
            let mut ids = Vec::new();
            for Shelf { pharmacy, medicine, .. } in &world.pharmacies {
                let body = json!({ "pharmacy_id": pharmacy, "medicine_id": medicine, "units": 1 });
                let path = format!("/patients/{patient}/allocations");
                ids.push(world.app.post(&path, &body).bearer(token).send().await.expect(201).id());
            }
            world.allocations.insert(patient.to_string(), ids.try_into().unwrap());
        }
        let (_, elsewhere) = world.app.staff("Otto Folin", Role::LabTechnician).await;
        let theirs = world.people[&Some(Role::LabTechnician)].token.clone();
        world.laboratories = [Laboratory::new(&world.app, "North", &theirs).await, Laboratory::new(&world.app, "South", &elsewhere).await];
        for patient in [guardian, world.child.id, world.treated.id, world.patient.id] {
            let mut ids = Vec::new();
            for Laboratory { laboratory, test } in &world.laboratories {
                ids.push(crate::laboratory::released_order(&world.app, patient, laboratory, test, world.doctor.id).await);
            }
            world.lab_orders.insert(patient.to_string(), ids.try_into().unwrap());
        }
        let (_, accountant) = world.app.staff("Luca Pacioli", Role::Accountant).await;
        let money = json!({ "amount": "10", "currency": "GBP" });
        for patient in [guardian, world.child.id, world.treated.id, world.patient.id] {
            let path = format!("/patients/{patient}");
            let post = async |path: String, body| world.app.post(&path, &body).bearer(&accountant).send().await;
            let charge = json!({ "what": "Copy", "unit_price": money, "reason": "Asked for" });
            post(format!("{path}/charges"), charge).await.expect(201);
            let invoice = post(format!("{path}/invoices"), json!({})).await.expect(201).id();
            post(format!("{path}/invoices/{invoice}/payments"), json!({ "amount": money, "tender": "cash" })).await.expect(200);
            world.invoices.insert(patient.to_string(), invoice);
            let said = crate::feedback::of_hospital(&world.app, patient);
            assert!(world.app.store().feedback_give(&said).await.unwrap());
            world.feedback.insert(patient.to_string(), said.id.to_string());
        }
        let emergency = json!({ "unknown": { "gender": "male" }, "complaint": "Fall", "triage": { "level": "urgent" } });
        world.case = world.app.post("/emergency/cases", &emergency).bearer(&desk).send().await.expect(201).id();
        let (other, _) = world.app.staff("Lillian Wald", Role::WardManager).await;
        let shift = ManagerShift { ward: Ward::Icu, shift: ShiftTime::Night, user_id: other.id, since: world.app.now() };
        world.app.store().ward_manager_begin(&shift, &other).await.unwrap();
        world
    }

    /// Somebody in a role. Where the route uses up a sign-in or an account, it is somebody new. Such a route is about the caller alone, so
    /// there is nobody for any other relationship.
    pub(super) async fn caller(&self, rule: &Rule, acting_as: Option<Role>, standing: &Relationships) -> Option<Arc<Person>> {
        let (method, path) = rule.route.split_once(' ').unwrap();
        let used_up = method != "GET" && (path.starts_with("/users/me") || path.starts_with("/auth/"));
        if !used_up {
            return Some(Arc::clone(&self.people[&acting_as]));
        }
        if *standing == Relationships::from([Relationship::Own]) { Some(Arc::new(self.person(acting_as).await)) } else { None }
    }

    /// Somebody whose sign-in has ended.
    pub(super) fn signed_out(&self, role: Role) -> &Person {
        &self.signed_out[&role]
    }

    async fn person(&self, role: Option<Role>) -> Person {
        let (app, name) = (&self.app, format!("Caller {}", self.number.fetch_add(1, Ordering::Relaxed)));
        let roles = role.into_iter().collect();
        let (user_id, token, patient_id, doctor_id) = match role {
            Some(Role::Patient) => {
                let patient = app.patient(&name).await;
                (patient.user_id, patient.token, Some(patient.id), None)
            }
            Some(Role::Doctor) => {
                let doctor = app.doctor(&name).await;
                (doctor.user_id, doctor.token, None, Some(doctor.id))
            }
            Some(staff) => {
                let (account, token) = app.staff(&name, staff).await;
                (account.id, token, None, None)
            }
            None => {
                let (account, token) = app.waiting(&name, Role::Nurse).await;
                (account.id, token, None, None)
            }
        };
        Person { token, user_id, patient_id, doctor_id, roles, appointment: None }
    }
}
