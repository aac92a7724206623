//! `POST /doctors`: an administrator opens a doctor's account and profile, both or neither.

use axum::extract::State as Extract;
use domain::{
    account::{Account, Password},
    doctor::Doctor,
    id::{DoctorId, UserId},
    role::Role,
    schedule::{SlotLength, WeeklyHours},
    text::{Email, PersonName, Specialization},
};
use serde::Deserialize;
use shared::{
    State,
    auth::{AsAdministrator, password},
    http::{Created, Fields, Json, MoneyBody, Problem, Refusals},
    store::accounts::{OpenError, StoredAccount},
};
use utoipa::ToSchema;

use crate::view::{DoctorView, PeriodBody};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRequest {
    #[schema(required, nullable = false, example = "Dr. Mary Seacole")]
    name: Option<String>,
    #[schema(required, nullable = false, format = "email", example = "mary@example.org")]
    email: Option<String>,
    /// The password for the first sign-in.
    #[schema(required, nullable = false, format = "password", example = "correct horse battery")]
    password: Option<String>,
    #[schema(required, nullable = false, example = "cardiology")]
    specialization: Option<String>,
    #[schema(required, nullable = false)]
    consultation_fee: Option<MoneyBody>,
    /// How long one visit lasts: 5 to 240 minutes, in steps of 5. It cannot be changed later.
    #[schema(required, nullable = false, example = 30)]
    slot_minutes: Option<u16>,
    /// In the hospital's time zone.
    #[schema(required, nullable = false)]
    weekly_hours: Option<Vec<PeriodBody>>,
}

/// Add a doctor
#[utoipa::path(post, path = "/doctors", tag = "doctors", request_body = CreateRequest,
    responses((status = 201, body = DoctorView, description = "The doctor can sign in and be booked"), Refusals))]
pub(crate) async fn create(
    Extract(state): Extract<State>,
    _: AsAdministrator,
    Json(request): Json<CreateRequest>,
) -> Result<Created<DoctorView>, Problem> {
    let (account, secret, doctor) = request.parse(&state)?;
    let password_hash = password::hash(&secret, &state.random)?;
    match state.store.register_doctor(&StoredAccount { account, password_hash }, &doctor).await {
        Ok(()) => {}
        Err(OpenError::EmailTaken) => return Err(Problem::conflict("email_taken", "There is an account with this email address.")),
        Err(OpenError::Store(error)) => return Err(error.into()),
    }
    Ok(Created { location: format!("/doctors/{}", doctor.id), version: doctor.version, body: DoctorView::of(doctor, &state.house) })
}

impl CreateRequest {
    fn parse(self, state: &State) -> Result<(Account, Password, Doctor), Problem> {
        let mut fields = Fields::default();
        let name = fields.required("name", self.name, |text| PersonName::parse(&text));
        let email = fields.required("email", self.email, |text| Email::parse(&text));
        let password = fields.required("password", self.password, |text| Password::parse(&text));
        let specialization = fields.required("specialization", self.specialization, |text| Specialization::parse(&text));
        let fee = fields.required("consultation_fee", self.consultation_fee, |money| money.parse(state.house.currency));
        let slot_length = fields.required("slot_minutes", self.slot_minutes, SlotLength::from_minutes);
        let periods = fields.required("weekly_hours", self.weekly_hours, Ok).and_then(|periods| {
            let parsed: Vec<_> = periods.into_iter().take(50).enumerate().map(|(index, period)| period.parse(index, &mut fields)).collect();
            parsed.into_iter().collect::<Option<Vec<_>>>()
        });
        let weekly_hours = slot_length.zip(periods).and_then(|(slot, periods)| {
            let refuse = |(index, why): (usize, domain::Invalid)| fields.refuse(format!("weekly_hours[{index}]"), why.code, why.detail);
            WeeklyHours::new(periods, slot).map_err(refuse).ok()
        });
        let (Some(name), Some(email), Some(password), Some(specialization), Some(consultation_fee), Some(slot_length), Some(weekly_hours)) =
            (name, email, password, specialization, fee, slot_length, weekly_hours)
        else {
            return Err(fields.problem());
        };
        let now = state.clock.now();
        let (user_id, id) = (UserId::new(now, state.random.u128()?), DoctorId::new(now, state.random.u128()?));
        let account = Account {
            id: user_id,
            email,
            name: name.clone(),
            roles: [Role::Doctor].into(),
            patient_id: None,
            doctor_id: Some(id),
            created_at: now,
        };
        let doctor = Doctor { id, user_id, name, specialization, consultation_fee, slot_length, weekly_hours, version: 1 };
        Ok((account, password, doctor))
    }
}
