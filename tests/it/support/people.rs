//! People, written directly to the table, with tokens that the real key has signed. So only the tests of registration and sign-in
//! have to hash passwords.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    account::{Account, Status},
    doctor,
    id::{
        BloodTypingId, DiagnosisId, DoctorId, EmailTokenId, EncounterId, ImageId, LabResultId, LabTestId, MedicineId, PatientId, RequestId,
        SessionId, ShiftId, SurgeryId, TreatmentPlanId, UserId, VitalsId,
    },
    money::{Currency, Money},
    mrn::Mrn,
    patient::{self, DateOfBirth, EmergencyContact, Gender, Identity},
    record::{
        Author, Entry,
        blood_group::BloodTyping,
        diagnosis::{ClinicalStatus, Diagnosis, VerificationStatus},
        encounter::{Encounter, EncounterClass, EncounterNote},
        image::{Image, ImageStatus, Modality, Sha256},
        lab_result::{Found, LabResult},
        medicines::Ingredient,
        prescription::{LabTest, LabTestStatus, Medicine, Priority, Route},
        request::{PrescriptionRequest, RequestStatus},
        surgery::Surgery,
        treatment_plan::{PlanStatus, TreatmentPlan},
        vitals::{Measured, VitalSign, Vitals},
    },
    role::Role,
    roster::Shift,
    schedule::{Buffer, Period, SlotLength, TimeOfDay, Weekday, WeeklyHours},
    shifts::ShiftTime,
    staff::BloodGroup,
    text::{Email, Narrative, PersonName, Phone, Place, PostalAddress, Reason, Specialization, Title},
    ward::Ward,
};
use local::services::mailbox::Mail;
use serde_json::{Value, json};
use store::{
    accounts::{AccountParts, StoredAccount},
    email_tokens::{EmailToken, Purpose},
    sessions::Session,
};

use super::{Answer, App};

/// The password of everybody who has one.
pub const PASSWORD: &str = "correct horse battery";

/// A patient who is signed in.
#[derive(Debug, Clone)]
pub struct Patient {
    pub id: PatientId,
    pub user_id: UserId,
    pub email: String,
    pub token: String,
}

/// A doctor who is signed in: Monday to Friday, 09:00 to 12:00, 30 minutes unless said otherwise.
#[derive(Debug, Clone)]
pub struct Doctor {
    pub id: DoctorId,
    pub user_id: UserId,
    pub email: String,
    pub token: String,
}

impl App {
    pub fn random(&self) -> u128 {
        self.functions.state.random.u128().unwrap()
    }

    fn account(&self, name: &str, role: Role) -> Account {
        let email = format!("{}@example.org", name.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-"));
        Account {
            email_confirmed: true,
            status: Status::Active,
            roles: [role].into(),
            requested_role: None,
            ..Account::open(
                UserId::new(self.now(), self.random()),
                Email::parse(&email).unwrap(),
                PersonName::parse(name).unwrap(),
                role,
                self.now(),
            )
        }
    }

    fn welcome(&self, account: &Account) -> EmailToken {
        let id = EmailTokenId::new(self.now(), self.random());
        EmailToken::new(id, Purpose::Welcome, account.email.clone(), Some(account.id), self.now())
    }

    /// A sign-in, as the real one leaves it, and its access token.
    pub async fn token(&self, account: &Account) -> String {
        let (now, id) = (self.now(), SessionId::new(self.now(), self.random()));
        let later = now + jiff::SignedDuration::from_hours(12);
        let session = Session {
            id,
            user_id: account.id,
            token_hash: "unused".to_owned(),
            signed_in_at: now,
            refreshed_at: now,
            idle_until: later,
            ends_at: later,
            epoch: account.sign_in_epoch,
            from: None,
            device: None,
            ended: None,
        };
        assert!(self.store().session_begin(&session).await.unwrap());
        self.issuer.sign(account, id, self.random(), now).unwrap()
    }

    pub async fn patient(&self, name: &str) -> Patient {
        self.patient_with(self.account(name, Role::Patient)).await
    }

    /// A patient who has not confirmed the email address.
    pub async fn unconfirmed_patient(&self, name: &str) -> Patient {
        self.patient_with(Account { email_confirmed: false, ..self.account(name, Role::Patient) }).await
    }

    async fn patient_with(&self, mut account: Account) -> Patient {
        let id = PatientId::new(self.now(), self.random());
        account.patient_id = Some(id);
        let record = patient::Patient {
            id,
            user_id: Some(account.id),
            mrn: Mrn::from_random(self.random()),
            identity: Identity::Stated,
            name: account.name.clone(),
            date_of_birth: Some(DateOfBirth::parse("1990-12-10", jiff::civil::date(2026, 3, 2)).unwrap()),
            date_of_birth_estimated: false,
            gender: Gender::Female,
            phone: Some(Phone::parse("+442079460018").unwrap()),
            emergency_contact: Some(EmergencyContact {
                name: PersonName::parse("Annabella Byron").unwrap(),
                phone: Phone::parse("+442079460019").unwrap(),
                relationship: None,
            }),
            address: Some(PostalAddress::parse("12 St James's Square").unwrap()),
            income: None,
            registered_at: self.now(),
            next_of_kin: Vec::new(),
            guardians: Vec::new(),
            deceased: None,
            consents: BTreeMap::new(),
            not_a_duplicate: None,
            version: 1,
        };
        let stored = StoredAccount::new(account.clone(), None);
        self.store()
            .account_open(&stored, AccountParts { patient: Some(&record), token: Some(&self.welcome(&account)), ..AccountParts::default() })
            .await
            .unwrap();
        Patient { id, user_id: account.id, email: account.email.to_string(), token: self.token(&account).await }
    }

    pub async fn doctor(&self, name: &str) -> Doctor {
        self.doctor_with(name, "cardiology", 30).await
    }

    pub async fn doctor_with(&self, name: &str, specialization: &str, slot_minutes: u16) -> Doctor {
        let mut account = self.account(name, Role::Doctor);
        let id = DoctorId::new(self.now(), self.random());
        account.doctor_id = Some(id);
        let slot_length = SlotLength::from_minutes(slot_minutes).unwrap();
        let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        let (from, to) = (TimeOfDay::parse("09:00").unwrap(), TimeOfDay::parse("12:00").unwrap());
        let periods = days.into_iter().map(|weekday| Period { weekday, from, to }).collect();
        let terms = doctor::Terms {
            place: Some(Place::parse("Room 12, second floor").unwrap()),
            consultation_fee: Money::parse("80", Currency::parse("GBP").unwrap()).unwrap(),
            slot_length,
            buffer: Buffer::default(),
            weekly_hours: WeeklyHours::new(periods, slot_length).unwrap(),
        };
        let field = Specialization::parse(specialization).unwrap();
        let profile = doctor::Doctor::new(id, account.id, account.name.clone(), field, terms, None);
        let stored = StoredAccount::new(account.clone(), None);
        self.store()
            .account_open(&stored, AccountParts { doctor: Some(&profile), token: Some(&self.welcome(&account)), ..AccountParts::default() })
            .await
            .unwrap();
        Doctor { id, user_id: account.id, email: account.email.to_string(), token: self.token(&account).await }
    }

    /// Invites somebody in a role, who then chooses a password. Returns their email address.
    pub async fn with_invitation(&self, name: &str, role: Role) -> String {
        let (_, administrator) = self.staff(&format!("Inviting {}", self.random()), Role::Administrator).await;
        let email = self.account(name, role).email.to_string();
        let mut seen = self.services.mailbox.list().len();
        let body = json!({ "name": name, "email": email, "role": role });
        self.post("/users/invitations", &body).bearer(&administrator).send().await.expect(201);
        let messages = self.new_mails(&mut seen).await;
        let token = emailed_token(messages.iter().find(|mail| mail.to == email).unwrap());
        self.post("/auth/password/reset", &json!({ "token": token, "password": PASSWORD })).send().await.expect(204);
        email
    }

    pub async fn sign_in(&self, email: &str) -> String {
        self.sign_in_with(email, PASSWORD).await
    }

    pub async fn sign_in_with(&self, email: &str, password: &str) -> String {
        let pair = self.post("/auth/token", &json!({ "email": email, "password": password })).send().await.expect(200);
        pair.body["access_token"].as_str().unwrap().to_owned()
    }

    /// Somebody who asked for a role and waits.
    pub async fn waiting(&self, name: &str, role: Role) -> (Account, String) {
        let (open, id) = (self.account(name, role), UserId::new(self.now(), self.random()));
        let account = Account::open(id, open.email, open.name, role, self.now());
        let stored = StoredAccount::new(account.clone(), None);
        self.store().account_open(&stored, AccountParts::default()).await.unwrap();
        let token = self.token(&account).await;
        (account, token)
    }

    /// A staff member with nothing but a role: the account and its token.
    pub async fn staff(&self, name: &str, role: Role) -> (Account, String) {
        let account = self.account(name, role);
        let stored = StoredAccount::new(account.clone(), None);
        self.store().account_open(&stored, AccountParts::default()).await.unwrap();
        let token = self.token(&account).await;
        (account, token)
    }

    /// Enters somebody in the roster for today's day shift, 08:00 to 16:00.
    pub async fn on_roster(&self, account: &Account, role: Role, ward: Option<Ward>) -> ShiftId {
        self.on_roster_in(ShiftTime::Day, account, role, ward).await
    }

    /// Enters somebody in the roster for one of today's shifts.
    pub async fn on_roster_in(&self, time: ShiftTime, account: &Account, role: Role, ward: Option<Ward>) -> ShiftId {
        let shift = Shift {
            id: ShiftId::new(self.now(), self.random()),
            user_id: account.id,
            name: account.name.clone(),
            role,
            ward,
            time,
            weekdays: BTreeSet::new(),
            days: vec![self.functions.state.today()],
            spare: false,
            entered_by: account.id,
            entered_at: self.now(),
            version: 1,
        };
        self.store().shift_enter(&shift, account).await.unwrap();
        shift.id
    }

    /// Books at the front desk, which has no limits.
    pub async fn book_for(&self, desk: &str, patient: &Patient, doctor: &Doctor, starts_at: &str) -> Answer {
        let mut body = booking(doctor, starts_at);
        body["patient_id"] = json!(patient.id);
        self.post("/appointments", &body).bearer(desk).send().await
    }

    pub async fn book(&self, patient: &Patient, doctor: &Doctor, starts_at: &str) -> Answer {
        self.post("/appointments", &booking(doctor, starts_at)).bearer(&patient.token).send().await
    }
}

impl App {
    /// Writes an entry of each kind into a patient's record. Returns their ids by prefix.
    pub async fn record_of(&self, patient: PatientId, doctor: DoctorId) -> BTreeMap<&'static str, String> {
        let (now, random) = (self.now(), self.random());
        let name = PersonName::parse("Dr. Helen Taussig").unwrap();
        let author = Author { at: now, by: UserId::new(now, random), name: name.clone() };
        let (title, reason) = (Title::parse("Something").unwrap(), Reason::parse("Something").unwrap());
        let mut ids = BTreeMap::new();
        macro_rules! write {
            ($Id:ty, $content:expr) => {{
                let id = <$Id>::new(now, random);
                self.store().record_add(&Entry::new(id, patient, None, author.clone(), $content)).await.unwrap();
                ids.insert(<$Id>::PREFIX, id.to_string());
            }};
        }
        let encounter = Encounter {
            class: EncounterClass::Inpatient,
            appointment_id: None,
            doctor_id: doctor,
            doctor_name: name.clone(),
            started_at: now,
            signed_at: Some(now),
        };
        write!(EncounterId, encounter);
        write!(EncounterId, EncounterNote::default());
        let (clinical_status, verification_status) = (ClinicalStatus::Active, VerificationStatus::Confirmed);
        write!(
            DiagnosisId,
            Diagnosis { what: reason.clone(), icd10: None, clinical_status, verification_status, onset: None, detail: None }
        );
        let group = BloodGroup::ONegative;
        write!(BloodTypingId, BloodTyping { group, determined_on: jiff::civil::date(2026, 3, 1) });
        let measured = [Measured::new(VitalSign::HeartRate, 72.0).unwrap()];
        write!(VitalsId, Vitals::new(now, &measured, None, None, jiff::civil::date(2026, 3, 2)).unwrap());
        let steps = Narrative::parse("Rest").unwrap();
        write!(TreatmentPlanId, TreatmentPlan { title: title.clone(), goal: None, steps, status: PlanStatus::Active, review_on: None });
        let (fee, performed_on) = (Money::parse("80", Currency::parse("GBP").unwrap()).unwrap(), jiff::civil::date(2026, 3, 1));
        let surgery =
            Surgery { procedure: reason.clone(), surgeon_id: doctor, surgeon_name: name.clone(), fee, performed_on, report: None };
        write!(SurgeryId, surgery);
        let medicine = Medicine {
            drug: title.clone(),
            ingredients: vec![Ingredient::parse("paracetamol").unwrap()],
            dose: title.clone(),
            route: Route::Oral,
            frequency: title.clone(),
            duration_days: 7,
            quantity: 21,
            refills: 0,
            instructions: None,
            doctor_id: doctor,
            doctor_name: name.clone(),
            prescribed_on: jiff::civil::date(2026, 3, 2),
            dispensed: 0,
            stopped: false,
            accepted: None,
        };
        write!(MedicineId, medicine);
        let (priority, status) = (Priority::Routine, LabTestStatus::Open);
        let (doctor_id, doctor_name) = (doctor, name.clone());
        write!(
            LabTestId,
            LabTest { test: title.clone(), loinc: None, priority, instructions: None, doctor_id, doctor_name, status, order_id: None }
        );
        let request = PrescriptionRequest {
            doctor_id: doctor,
            doctor_name: name.clone(),
            patient_name: name.clone(),
            refill_of: None,
            what: reason.clone(),
            asked_at: now,
            status: RequestStatus::Open,
            prescription_id: None,
            answer: None,
        };
        write!(RequestId, request);
        let image = Image {
            title: title.clone(),
            modality: Modality::Ct,
            taken_on: performed_on,
            finding: None,
            size: 100,
            sha256: Sha256::parse("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").unwrap(),
            status: ImageStatus::Available,
            upload_until: now,
            rejected_because: None,
        };
        write!(ImageId, image);
        let result = LabResult {
            name: title,
            loinc: None,
            found: Found::Text(reason),
            taken_at: now,
            laboratory: None,
            lab_test_id: None,
            image_id: None,
            order: None,
            patient_name: name,
            doctor_id: Some(doctor),
            reviewed: None,
        };
        write!(LabResultId, result);
        ids
    }
}

/// The token in an email's link.
pub fn emailed_token(mail: &Mail) -> String {
    let after = mail.text.split("#token=").nth(1).unwrap_or_else(|| panic!("no token in {}", mail.text));
    after.split_whitespace().next().unwrap().to_owned()
}

pub fn booking(doctor: &Doctor, starts_at: &str) -> Value {
    json!({ "doctor_id": doctor.id, "starts_at": starts_at, "reason": "Palpitations since Monday" })
}

impl App {
    /// A new token: an older one expires when the clock moves on.
    pub async fn fresh(&self, patient: &Patient) -> String {
        self.token(&self.store().account(patient.user_id).await.unwrap().unwrap().account).await
    }

    pub async fn fresh_doctor(&self, doctor: &Doctor) -> String {
        let email = Email::parse(&doctor.email).unwrap();
        self.token(&self.store().account_by_email(&email).await.unwrap().unwrap().account).await
    }
}
