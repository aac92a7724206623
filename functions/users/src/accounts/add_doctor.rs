//! `POST /doctors`: an administrator adds a doctor's profile, either with a new account or to an existing one.

use axum::extract::State;
use domain::{
    account::{Account, Status},
    doctor::{Doctor, Terms, horizon},
    id::{DoctorId, UserId},
    role::Role,
    schedule::{Buffer, SlotLength},
    text::{Email, PersonName, Place, Specialization},
};
use http::{AppState, Created, DoctorView, Fields, Json, MoneyBody, PeriodBody, Problem, auth::Caller, parse_hours, refusals};
use serde::Deserialize;
use store::{
    accounts::{AccountChange, StoredAccount},
    trail,
};
use utoipa::ToSchema;

use super::invite::{NotInvited, invite};
use crate::{
    Users,
    refused::{NotChanged, not_changed},
};

refusals! {
    pub(crate) NotAdded {
        409 "not_a_doctor_without_profile",
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddDoctorRequest {
    /// The name that patients see.
    #[schema(value_type = PersonName)]
    name: Option<String>,
    /// For somebody new: this email address gets an invitation to choose a password.
    #[schema(value_type = Option<Email>)]
    email: Option<String>,
    /// Instead of `email`: an active account with the role `doctor` and no profile yet.
    #[schema(value_type = Option<UserId>)]
    user_id: Option<String>,
    #[schema(value_type = Specialization)]
    specialization: Option<String>,
    /// Where patients find the doctor. Emails and calendar invitations show it.
    #[schema(value_type = Option<Place>)]
    place: Option<String>,
    #[schema(value_type = MoneyBody)]
    consultation_fee: Option<MoneyBody>,
    #[schema(value_type = SlotLength)]
    slot_minutes: Option<u16>,
    /// What lies between two appointments. None when left out.
    #[schema(value_type = Option<Buffer>)]
    buffer_minutes: Option<u16>,
    /// How many days ahead the doctor can be booked. 180 when left out.
    #[schema(minimum = 1, maximum = 366)]
    booking_horizon_days: Option<u16>,
    /// In the hospital's time zone.
    #[schema(value_type = Vec<PeriodBody>, min_items = 1, max_items = 42)]
    weekly_hours: Option<Vec<PeriodBody>>,
}

/// The owner of the new profile.
enum Whose {
    Invited(Email),
    Existing(UserId),
}

/// Add a doctor
///
/// The doctor can be booked at once. Somebody new gets an invitation by email.
#[utoipa::path(post, path = "/doctors", tag = "doctors", operation_id = "add_doctor", request_body = AddDoctorRequest,
    responses((status = 201, body = Created<DoctorView>, description = "The doctor can be booked"), NotAdded, NotInvited, NotChanged))]
pub(crate) async fn add_doctor(
    State(users): State<Users>,
    caller: Caller,
    Json(request): Json<AddDoctorRequest>,
) -> Result<Created<DoctorView>, Problem> {
    let state = &users.base;
    let (whose, mut doctor) = request.parse(state)?;
    match whose {
        Whose::Invited(email) => {
            let account = Account::invite(doctor.user_id, email, doctor.name.clone(), Role::Doctor, state.clock.now());
            let account = Account { doctor_id: Some(doctor.id), ..account };
            invite(state, &caller, account, Some(&doctor)).await?;
        }
        Whose::Existing(id) => {
            doctor.user_id = id;
            add_profile(state, &caller, &doctor).await?;
        }
    }
    Ok(Created {
        location: format!("/doctors/{}", doctor.id),
        version: doctor.version,
        body: DoctorView::of(doctor, state.today(), &state.hospital),
    })
}

async fn add_profile(state: &AppState, caller: &Caller, doctor: &Doctor) -> Result<(), Problem> {
    trail::account(doctor.user_id);
    let unknown = || Problem::invalid_field("user_id", "unknown", "There is no account with this id.");
    let before = state.store.account(doctor.user_id).await?.ok_or_else(unknown)?;
    let account = &before.account;
    if account.doctor_id.is_some() || account.status != Status::Active || !account.roles.contains(&Role::Doctor) {
        let detail = "The account must be active, have the role `doctor` and have no profile yet.";
        return Err(Problem::conflict("not_a_doctor_without_profile", detail));
    }
    let account = Account { doctor_id: Some(doctor.id), ..account.clone() }.changed();
    let after = StoredAccount { account, ..before.clone() };
    let change = AccountChange { by: Some(caller.user_id), doctor: Some(doctor), ..AccountChange::new(&before, &after) };
    state.store.account_change(change).await.map_err(not_changed)
}

impl AddDoctorRequest {
    fn parse(self, state: &AppState) -> Result<(Whose, Doctor), Problem> {
        let mut fields = Fields::default();
        let name = fields.required("name", self.name, |text| PersonName::parse(&text));
        let email = fields.optional("email", self.email, |text| Email::parse(&text));
        let user = fields.optional("user_id", self.user_id, |text| text.parse());
        let whose = match (email, user) {
            (Some(Some(email)), Some(None)) => Some(Whose::Invited(email)),
            (Some(None), Some(Some(id))) => Some(Whose::Existing(id)),
            (Some(None), Some(None)) => {
                fields.refuse("email", "required", "Give the `email` of somebody new, or the `user_id` of a doctor's account.");
                None
            }
            (Some(Some(_)), Some(Some(_))) => {
                fields.refuse("user_id", "one_of", "Give `email` or `user_id`, not both.");
                None
            }
            _ => None,
        };
        let specialization = fields.required("specialization", self.specialization, |text| Specialization::parse(&text));
        let place = fields.optional("place", self.place, |text| Place::parse(&text));
        let fee = fields.required("consultation_fee", self.consultation_fee, |money| money.parse(state.hospital.currency));
        let slot_length = fields.required("slot_minutes", self.slot_minutes, SlotLength::from_minutes);
        let buffer = fields.optional("buffer_minutes", self.buffer_minutes, Buffer::from_minutes);
        let horizon = fields.optional("booking_horizon_days", self.booking_horizon_days, horizon);
        let periods = fields.required("weekly_hours", self.weekly_hours, Ok);
        let weekly_hours = slot_length.zip(periods).and_then(|(slot, periods)| parse_hours(periods, slot, &mut fields));
        let (Some(consultation_fee), Some(place), Some(slot_length), Some(buffer), Some(weekly_hours)) =
            (fee, place, slot_length, buffer, weekly_hours)
        else {
            return Err(fields.problem());
        };
        let (Some(name), Some(whose), Some(specialization), Some(horizon)) = (name, whose, specialization, horizon) else {
            return Err(fields.problem());
        };
        let buffer = buffer.unwrap_or_default();
        let terms = Terms { consultation_fee, place, slot_length, buffer, weekly_hours };
        let now = state.clock.now();
        let (user_id, id) = (UserId::new(now, state.random.u128()?), DoctorId::new(now, state.random.u128()?));
        Ok((whose, Doctor::new(id, user_id, name, specialization, terms, horizon)))
    }
}
