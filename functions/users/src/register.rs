//! `POST /users`: a patient opens their own account and record, both or neither.

use axum::extract::State as Extract;
use domain::{
    account::{Account, Password},
    id::{PatientId, UserId},
    patient::{DateOfBirth, Gender, Patient},
    role::Role,
    text::{Email, PersonName, Phone, PostalAddress},
};
use serde::{Deserialize, Serialize};
use shared::{
    State,
    auth::password,
    http::{Created, EmergencyContactBody, Fields, Json, MoneyBody, Problem, Refusals},
    store::accounts::{OpenError, StoredAccount},
};
use utoipa::ToSchema;

use crate::Users;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterRequest {
    #[schema(required, nullable = false, example = "Ada Byron")]
    name: Option<String>,
    #[schema(required, nullable = false, format = "email", example = "ada@example.org")]
    email: Option<String>,
    /// 8 to 128 characters.
    #[schema(required, nullable = false, format = "password", example = "correct horse battery")]
    password: Option<String>,
    #[schema(required, nullable = false, format = "date", example = "1990-12-10")]
    date_of_birth: Option<String>,
    /// `female`, `male`, `other` or `unknown`.
    #[schema(required, nullable = false, example = "female")]
    gender: Option<String>,
    #[schema(required, nullable = false, example = "+1 212 555 0136")]
    phone: Option<String>,
    #[schema(required, nullable = false)]
    emergency_contact: Option<EmergencyContactBody>,
    #[schema(required, nullable = false, example = "12 St James's Square, Springfield")]
    address: Option<String>,
    /// Monthly, for means-tested discounts.
    income: Option<MoneyBody>,
}

/// A new account and its record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Registered {
    #[schema(value_type = String)]
    user_id: UserId,
    #[schema(value_type = String)]
    patient_id: PatientId,
    name: String,
    email: String,
    #[schema(value_type = Vec<String>, example = json!(["patient"]))]
    roles: Vec<Role>,
}

/// Register as a patient
///
/// Opens the account and the patient's record, and sends a welcome email. The account is active at once.
#[utoipa::path(post, path = "/users", tag = "users", request_body = RegisterRequest, security(()),
    responses((status = 201, body = Registered, description = "The account is open"), Refusals))]
pub(crate) async fn register(Extract(users): Extract<Users>, Json(request): Json<RegisterRequest>) -> Result<Created<Registered>, Problem> {
    let state = &users.base;
    let (account, secret, patient) = request.parse(state)?;
    let password_hash = password::hash(&secret, &state.random)?;
    match state.store.register_patient(&StoredAccount { account: account.clone(), password_hash }, &patient).await {
        Ok(()) => {}
        Err(OpenError::EmailTaken) => {
            return Err(Problem::conflict(
                "email_taken",
                "There is an account with this email address. Sign in with it, or use another address.",
            ));
        }
        Err(OpenError::Store(error)) => return Err(error.into()),
    }
    Ok(Created {
        location: format!("/patients/{}", patient.id),
        version: patient.version,
        body: Registered {
            user_id: account.id,
            patient_id: patient.id,
            name: account.name.into(),
            email: account.email.into(),
            roles: account.roles.into_iter().collect(),
        },
    })
}

impl RegisterRequest {
    fn parse(self, state: &State) -> Result<(Account, Password, Patient), Problem> {
        let now = state.clock.now();
        let today = state.house.zone.to_datetime(now).date();
        let mut fields = Fields::default();
        let name = fields.required("name", self.name, |text| PersonName::parse(&text));
        let email = fields.required("email", self.email, |text| Email::parse(&text));
        let password = fields.required("password", self.password, |text| Password::parse(&text));
        let date_of_birth = fields.required("date_of_birth", self.date_of_birth, |text| DateOfBirth::parse(&text, today));
        let gender = fields.required("gender", self.gender, |text| Gender::parse(&text));
        let phone = fields.required("phone", self.phone, |text| Phone::parse(&text));
        let contact = fields.required("emergency_contact", self.emergency_contact, Ok).and_then(|contact| contact.parse(&mut fields));
        let address = fields.required("address", self.address, |text| PostalAddress::parse(&text));
        let income = fields.optional("income", self.income, |money| money.parse(state.house.currency));

        let (
            Some(name),
            Some(email),
            Some(password),
            Some(date_of_birth),
            Some(gender),
            Some(phone),
            Some(emergency_contact),
            Some(address),
            Some(income),
        ) = (name, email, password, date_of_birth, gender, phone, contact, address, income)
        else {
            return Err(fields.problem());
        };
        let (user_id, patient_id) = (UserId::new(now, state.random.u128()?), PatientId::new(now, state.random.u128()?));
        let account = Account {
            id: user_id,
            email,
            name: name.clone(),
            roles: [Role::Patient].into(),
            patient_id: Some(patient_id),
            doctor_id: None,
            created_at: now,
        };
        let patient = Patient {
            id: patient_id,
            user_id: Some(user_id),
            name,
            date_of_birth,
            gender,
            phone,
            emergency_contact,
            address,
            income,
            registered_at: now,
            version: 1,
        };
        Ok((account, password, patient))
    }
}
