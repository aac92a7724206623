//! People, put straight into the table with tokens that the real key signed: only the tests of registration and sign-in
//! pay for hashing.

use domain::{
    account::Account,
    doctor,
    id::{DoctorId, PatientId, SessionId, UserId},
    money::{Currency, Money},
    patient::{self, DateOfBirth, EmergencyContact, Gender},
    role::Role,
    schedule::{Period, SlotLength, TimeOfDay, Weekday, WeeklyHours},
    text::{Email, PersonName, Phone, PostalAddress, Specialization},
};
use serde_json::{Value, json};
use shared::store::accounts::StoredAccount;

use super::{Answer, App};

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
    pub email: String,
    pub token: String,
}

impl App {
    pub fn random(&self) -> u128 {
        self.functions.state.random.u128().unwrap()
    }

    fn account(&self, name: &str, role: Role) -> Account {
        Account {
            id: UserId::new(self.now(), self.random()),
            email: Email::parse(&format!("{}@example.org", name.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-"))).unwrap(),
            name: PersonName::parse(name).unwrap(),
            roles: [role].into(),
            patient_id: None,
            doctor_id: None,
            created_at: self.now(),
        }
    }

    pub fn token(&self, account: &Account) -> String {
        self.issuer.sign(account, SessionId::new(self.now(), self.random()), self.random(), self.now()).unwrap()
    }

    pub async fn patient(&self, name: &str) -> Patient {
        let mut account = self.account(name, Role::Patient);
        let id = PatientId::new(self.now(), self.random());
        account.patient_id = Some(id);
        let record = patient::Patient {
            id,
            user_id: Some(account.id),
            name: account.name.clone(),
            date_of_birth: DateOfBirth::parse("1990-12-10", jiff::civil::date(2026, 3, 2)).unwrap(),
            gender: Gender::Female,
            phone: Phone::parse("+442079460018").unwrap(),
            emergency_contact: EmergencyContact {
                name: PersonName::parse("Annabella Byron").unwrap(),
                phone: Phone::parse("+442079460019").unwrap(),
                relationship: None,
            },
            address: PostalAddress::parse("12 St James's Square").unwrap(),
            income: None,
            registered_at: self.now(),
            version: 1,
        };
        let stored = StoredAccount { account: account.clone(), password_hash: "unused".to_owned() };
        self.store().register_patient(&stored, &record).await.unwrap();
        Patient { id, user_id: account.id, email: account.email.to_string(), token: self.token(&account) }
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
        let profile = doctor::Doctor {
            id,
            user_id: account.id,
            name: account.name.clone(),
            specialization: Specialization::parse(specialization).unwrap(),
            consultation_fee: Money::parse("80", Currency::parse("USD").unwrap()).unwrap(),
            slot_length,
            weekly_hours: WeeklyHours::new(periods, slot_length).unwrap(),
            version: 1,
        };
        let stored = StoredAccount { account: account.clone(), password_hash: "unused".to_owned() };
        self.store().register_doctor(&stored, &profile).await.unwrap();
        Doctor { id, email: account.email.to_string(), token: self.token(&account) }
    }

    /// Staff with nothing but a role; the account and its token.
    pub async fn staff(&self, name: &str, role: Role) -> (Account, String) {
        let account = self.account(name, role);
        let stored = StoredAccount { account: account.clone(), password_hash: "unused".to_owned() };
        self.store().open_account(&stored).await.unwrap();
        let token = self.token(&account);
        (account, token)
    }

    pub async fn book(&self, patient: &Patient, doctor: &Doctor, starts_at: &str) -> Answer {
        self.post("/appointments", &booking(doctor, starts_at)).bearer(&patient.token).send().await
    }
}

pub fn booking(doctor: &Doctor, starts_at: &str) -> Value {
    json!({ "doctor_id": doctor.id, "starts_at": starts_at, "reason": "Palpitations since Monday" })
}

impl App {
    /// A token for the present hour.
    pub async fn fresh(&self, patient: &Patient) -> String {
        self.token(&self.store().account(patient.user_id).await.unwrap().unwrap().account)
    }

    pub async fn fresh_doctor(&self, doctor: &Doctor) -> String {
        let email = Email::parse(&doctor.email).unwrap();
        self.token(&self.store().account_by_email(&email).await.unwrap().unwrap().account)
    }
}
