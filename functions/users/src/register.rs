//! `POST /users`: register an account. A patient's account is active at once and comes with a patient profile. Every other account waits
//! for approval.

use std::collections::BTreeMap;

use axum::{extract::State, http::StatusCode};
use domain::{
    Invalid,
    account::Account,
    id::{EmailTokenId, PatientId, UserId},
    mrn::Mrn,
    password::Password,
    patient::{DateOfBirth, Gender, Identity, Patient},
    role::Role,
    text::{Email, PersonName, Phone, PostalAddress},
};
use http::{AppState, EmergencyContactBody, Fields, Json, MoneyBody, Problem};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{
    accounts::{AccountParts, OpenError, StoredAccount},
    email_tokens::{EmailToken, Purpose},
};
use utoipa::ToSchema;

use crate::{
    Users,
    throttle::{self, TooManyAttempts},
    view::{patient_role, staff_role},
};

/// What patients and staff send, before it is parsed. The API document describes the two separately.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterAccountRequest {
    role: Option<String>,
    name: Option<String>,
    email: Option<String>,
    password: Option<SecretString>,
    phone: Option<String>,
    date_of_birth: Option<String>,
    gender: Option<String>,
    emergency_contact: Option<EmergencyContactBody>,
    address: Option<String>,
    income: Option<MoneyBody>,
}

/// A patient's account comes with a patient profile. An account in any other role waits for an administrator's approval.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = RegisterAccountRequest)]
#[expect(dead_code, reason = "only the API document needs it")]
enum RegisterBody {
    Patient(RegisterPatientRequest),
    Staff(RegisterStaffRequest),
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the API document needs it")]
struct RegisterPatientRequest {
    #[schema(schema_with = patient_role)]
    role: Option<Role>,
    name: PersonName,
    email: Email,
    #[schema(value_type = Password)]
    password: String,
    phone: Phone,
    #[schema(value_type = DateOfBirth)]
    date_of_birth: String,
    gender: Gender,
    emergency_contact: EmergencyContactBody,
    address: PostalAddress,
    /// Monthly income, for means-tested discounts. Optional.
    income: Option<MoneyBody>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the API document needs it")]
struct RegisterStaffRequest {
    #[schema(schema_with = staff_role)]
    role: Role,
    name: PersonName,
    email: Email,
    #[schema(value_type = Password)]
    password: String,
    phone: Phone,
}

/// The answer is the same whether or not the email address already has an account, so that nobody can find out who has one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Registered {
    email: Email,
    role: Role,
    next: &'static str,
}

const PATIENT_NEXT: &str = "Sign in with this email address and password. If the email address already had an account, that account has \
    not changed and its owner gets an email.";
const STAFF_NEXT: &str = "Confirm your email address with the link in our email, and wait for an administrator's approval. Meanwhile you \
    can sign in and see the status of your account. If the email address already had an account, that account has not changed and its \
    owner gets an email.";

/// Register
///
/// A patient's account is active at once and comes with a patient profile. An account in any other role is `pending` until an
/// administrator approves it and its owner confirms the email address. Until then its owner can sign in and see the account, nothing
/// else. The answer is the same whether or not the email address already has an account.
#[utoipa::path(post, path = "/users", tag = "sign-in", operation_id = "register_account", request_body = RegisterBody,
    responses((status = 202, body = Registered, description = "Received"), TooManyAttempts))]
pub(crate) async fn register(
    State(users): State<Users>,
    Json(request): Json<RegisterAccountRequest>,
) -> Result<(StatusCode, Json<Registered>), Problem> {
    let state = &users.base;
    let ParsedRegistration { account, secret, mut patient, role } = request.parse(state)?;
    throttle::pass(state, throttle::registrations_from_source(state)).await?;

    let (now, email) = (state.clock.now(), account.email.clone());
    let stored = StoredAccount::new(account, Some(users.passwords.hash(&secret, &state.random)?));
    let id = EmailTokenId::new(now, state.random.u128()?);
    let welcome = EmailToken::new(id, Purpose::Welcome, email.clone(), Some(stored.account.id), now);
    // Limited, because somebody could open and close accounts with a stranger's email address all day.
    let welcome = throttle::may_send_email(state, &throttle::welcomes_to(state, &email)).await?.then_some(welcome);
    // Asked first, so that a taken email address costs a transaction no more often than a free one: the answer takes the same time.
    let mut opened = Err(OpenError::EmailTaken);
    if !state.store.account_has_email(&email).await? {
        opened = state.store.account_open(&stored, parts(patient.as_ref(), welcome.as_ref())).await;
    }
    while let (Err(OpenError::MrnTaken), Some(patient)) = (&opened, &mut patient) {
        patient.mrn = Mrn::from_random(state.random.u128()?);
        opened = state.store.account_open(&stored, parts(Some(patient), welcome.as_ref())).await;
    }
    match opened {
        Ok(()) | Err(OpenError::NotAdministrator | OpenError::MrnTaken) => {}
        // An email goes out in this case too. `notifications` sees that the email address has an account, and sends another text.
        Err(OpenError::EmailTaken) => state.store.decoy_open(welcome.as_ref(), patient.as_ref(), now).await?,
        Err(OpenError::Store(error)) => return Err(error.into()),
    }
    let next = if role == Role::Patient { PATIENT_NEXT } else { STAFF_NEXT };
    Ok((StatusCode::ACCEPTED, Json(Registered { email, role, next })))
}

fn parts<'a>(patient: Option<&'a Patient>, token: Option<&'a EmailToken>) -> AccountParts<'a> {
    AccountParts { patient, token, ..AccountParts::default() }
}

struct ParsedRegistration {
    account: Account,
    secret: Password,
    patient: Option<Patient>,
    role: Role,
}

impl RegisterAccountRequest {
    fn parse(mut self, state: &AppState) -> Result<ParsedRegistration, Problem> {
        let now = state.clock.now();
        let mut fields = Fields::default();
        let role = fields.check("role", self.role.take().map_or(Ok(Role::Patient), |text| Role::parse(&text)));
        let name = fields.required("name", self.name.take(), |text| PersonName::parse(&text));
        let email = fields.required("email", self.email.take(), |text| Email::parse(&text));
        let password = self.password.take();
        let secret = fields.required("password", password, |text| Password::choose(text.expose_secret(), email.as_ref(), name.as_ref()));
        let phone = fields.required("phone", self.phone.take(), |text| Phone::parse(&text));

        let facts = match role {
            Some(Role::Patient) => self.patient_facts(state, &mut fields).map(Some),
            Some(_) => self.refuse_patient_facts(&mut fields),
            None => None,
        };
        let (Some(role), Some(name), Some(email), Some(secret), Some(phone), Some(facts)) = (role, name, email, secret, phone, facts)
        else {
            return Err(fields.problem());
        };
        let mut account = Account::open(UserId::new(now, state.random.u128()?), email, name.clone(), role, now);
        let Some(facts) = facts else {
            account.phone = Some(phone);
            return Ok(ParsedRegistration { account, secret, patient: None, role });
        };
        let id = PatientId::new(now, state.random.u128()?);
        account.patient_id = Some(id);
        let (date_of_birth, gender, emergency_contact, address, income) = facts;
        let patient = Patient {
            id,
            user_id: Some(account.id),
            mrn: Mrn::from_random(state.random.u128()?),
            identity: Identity::Stated,
            name,
            date_of_birth: Some(date_of_birth),
            date_of_birth_estimated: false,
            gender,
            phone: Some(phone),
            emergency_contact: Some(emergency_contact),
            address: Some(address),
            income,
            registered_at: now,
            next_of_kin: Vec::new(),
            guardians: Vec::new(),
            deceased: None,
            consents: BTreeMap::new(),
            not_a_duplicate: None,
            version: 1,
        };
        Ok(ParsedRegistration { account, secret, patient: Some(patient), role })
    }

    fn patient_facts(self, state: &AppState, fields: &mut Fields) -> Option<PatientFacts> {
        let today = state.today();
        let date_of_birth = fields.required("date_of_birth", self.date_of_birth, |text| DateOfBirth::parse(&text, today));
        let gender = fields.required("gender", self.gender, |text| Gender::parse(&text));
        let contact =
            fields.required("emergency_contact", self.emergency_contact, Ok).and_then(|contact| contact.parse("emergency_contact", fields));
        let address = fields.required("address", self.address, |text| PostalAddress::parse(&text));
        let income = fields.optional("income", self.income, |money| money.parse(state.hospital.currency));
        Some((date_of_birth?, gender?, contact?, address?, income?))
    }

    /// Refuses the fields of a patient profile for other roles, where they would be lost.
    fn refuse_patient_facts<T>(self, fields: &mut Fields) -> Option<Option<T>> {
        let given = [
            ("date_of_birth", self.date_of_birth.is_some()),
            ("gender", self.gender.is_some()),
            ("emergency_contact", self.emergency_contact.is_some()),
            ("address", self.address.is_some()),
            ("income", self.income.is_some()),
        ];
        let given: Vec<_> = given.into_iter().filter(|(_, given)| *given).collect();
        for (field, _) in &given {
            let refused = Invalid::new("patients_only", "This field is for patients only. Leave it out for other roles.");
            fields.refuse(*field, refused.code, refused.detail);
        }
        given.is_empty().then_some(None)
    }
}

type PatientFacts = (DateOfBirth, Gender, domain::patient::EmergencyContact, PostalAddress, Option<domain::money::Money>);
