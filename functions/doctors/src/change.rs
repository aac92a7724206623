//! `PATCH /doctors/{id}`: change a doctor's profile, by an administrator.

use std::collections::BTreeSet;

use axum::extract::State;
use domain::{
    Invalid,
    doctor::{Changeable, Doctor, NotChanged, TermsChange, horizon},
    id::DoctorId,
    patient::parse_date,
    schedule::{Buffer, SlotLength},
    text::{PersonName, Place, Specialization},
};
use http::{
    AppState, DoctorView, Fields, IfMatch, Json, MoneyBody, Path, PeriodBody, Problem, Versioned, auth::Caller, given, parse_hours,
    refusals,
};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;
use store::trail;
use utoipa::ToSchema;

refusals! {
    pub(crate) NotWritten {
        409 "too_many_changes_ahead",
    }
}

/// How far ahead a change can be entered, in days.
const REACH: i32 = 366;

/// A field that is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeDoctorRequest {
    /// The name that patients see. Administrators only.
    #[schema(value_type = Option<PersonName>)]
    name: Option<String>,
    /// Administrators only.
    #[schema(value_type = Option<Specialization>)]
    specialization: Option<String>,
    /// From which day on fee, place, slots, buffer and hours (and nothing else) change, as `YYYY-MM-DD`: at most a year ahead. When left out: from today on.
    /// What was to change later is changed, too.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// It holds for appointments that are booked from now on.
    consultation_fee: Option<MoneyBody>,
    /// Where patients find the doctor. `null` removes it. Patients with an appointment whom an email reaches get one.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Place>)]
    place: Option<Option<String>>,
    #[schema(value_type = Option<SlotLength>)]
    slot_minutes: Option<u16>,
    /// What lies between two appointments.
    #[schema(value_type = Option<Buffer>)]
    buffer_minutes: Option<u16>,
    /// In the hospital's time zone. They replace those that are there. An empty list: the doctor has no hours.
    #[schema(max_items = 42)]
    weekly_hours: Option<Vec<PeriodBody>>,
    /// How many days ahead the doctor can be booked, from now on.
    #[schema(minimum = 1, maximum = 366)]
    booking_horizon_days: Option<u16>,
    /// What the doctor may change without an administrator. Administrators only.
    #[schema(value_type = Option<Vec<Changeable>>, max_items = 6)]
    doctor_may_change: Option<Vec<String>>,
}

/// Change a doctor's profile
///
/// Fee, place, slot length, buffer and hours can change from a given day on. Appointments that no longer fit are marked with
/// `needs_new_time`, and their patients get an email with the next free slots. `GET /appointments?doctor_id=…&needs_new_time=true` lists them
/// a moment later.
#[utoipa::path(patch, path = "/doctors/{id}", tag = "doctors", operation_id = "change_doctor", request_body = ChangeDoctorRequest,
    params(("id" = DoctorId, Path), IfMatch), responses((status = 200, body = Versioned<DoctorView>), NotWritten))]
pub(crate) async fn change(
    State(state): State<AppState>,
    _: Caller,
    Path(id): Path<DoctorId>,
    if_match: IfMatch,
    Json(request): Json<ChangeDoctorRequest>,
) -> Result<Versioned<DoctorView>, Problem> {
    let before = state.store.doctor(id).await?.ok_or_else(|| Problem::not_found("doctor"))?;
    if_match.check(before.version)?;
    write(&state, before, request).await
}

/// Writes a changed profile and shows it.
pub(crate) async fn write(state: &AppState, before: Doctor, request: ChangeDoctorRequest) -> Result<Versioned<DoctorView>, Problem> {
    trail::account(before.user_id);
    let after = request.apply(before.clone(), state)?;
    if !state.store.doctor_change(&before, &after).await? {
        return Err(Problem::stale());
    }
    Ok(Versioned { version: after.version, body: DoctorView::of(after, state.today(), &state.hospital) })
}

impl ChangeDoctorRequest {
    /// The fields that a doctor may not change, of those that are given.
    pub(crate) fn beyond(&self, may_change: &BTreeSet<Changeable>) -> Vec<&'static str> {
        let changeable = [
            (self.consultation_fee.is_some(), Changeable::ConsultationFee),
            (self.place.is_some(), Changeable::Place),
            (self.slot_minutes.is_some(), Changeable::SlotMinutes),
            (self.buffer_minutes.is_some(), Changeable::BufferMinutes),
            (self.weekly_hours.is_some(), Changeable::WeeklyHours),
            (self.booking_horizon_days.is_some(), Changeable::BookingHorizonDays),
        ];
        let fields = changeable.into_iter().filter(|(given, field)| *given && !may_change.contains(field)).map(|(_, field)| field.as_str());
        let administrators = [
            (self.name.is_some(), "name"),
            (self.specialization.is_some(), "specialization"),
            (self.doctor_may_change.is_some(), "doctor_may_change"),
        ];
        fields.chain(administrators.into_iter().filter(|(given, _)| *given).map(|(_, name)| name)).collect()
    }

    fn apply(self, before: Doctor, state: &AppState) -> Result<Doctor, Problem> {
        let (mut fields, today) = (Fields::default(), state.today());
        let name = fields.optional("name", self.name, |text| PersonName::parse(&text));
        let specialization = fields.optional("specialization", self.specialization, |text| Specialization::parse(&text));
        let from = fields.optional("from", self.from, |text| day_ahead(&text, today));
        let fee = fields.optional("consultation_fee", self.consultation_fee, |money| money.parse(state.hospital.currency));
        let place = match self.place {
            Some(place) => fields.optional("place", place, |text| Place::parse(&text)).map(Some),
            None => Some(None),
        };
        let slot_length = fields.optional("slot_minutes", self.slot_minutes, SlotLength::from_minutes);
        let buffer = fields.optional("buffer_minutes", self.buffer_minutes, Buffer::from_minutes);
        let horizon = fields.optional("booking_horizon_days", self.booking_horizon_days, horizon);
        let may_change = fields.optional("doctor_may_change", self.doctor_may_change, |names| {
            names.iter().take(20).map(|name| Changeable::parse(name)).collect::<Result<BTreeSet<_>, _>>()
        });
        let first = from.flatten().unwrap_or(today);
        let slots = slot_length.flatten().unwrap_or(before.on(first).slot_length);
        let weekly_hours = match self.weekly_hours {
            Some(periods) => parse_hours(periods, slots, &mut fields).map(Some),
            None => Some(None),
        };
        let (Some(name), Some(specialization), Some(_), Some(horizon), Some(may_change)) =
            (name, specialization, from, horizon, may_change)
        else {
            return Err(fields.problem());
        };
        let (Some(consultation_fee), Some(place), Some(slot_length), Some(buffer), Some(weekly_hours)) =
            (fee, place, slot_length, buffer, weekly_hours)
        else {
            return Err(fields.problem());
        };
        let change = TermsChange { consultation_fee, place, slot_length, buffer, weekly_hours };
        let mut doctor = Doctor {
            name: name.unwrap_or(before.name),
            specialization: specialization.unwrap_or(before.specialization),
            horizon_days: horizon.unwrap_or(before.horizon_days),
            may_change: may_change.unwrap_or(before.may_change),
            version: before.version + 1,
            ..before
        };
        if !change.is_empty() {
            doctor = doctor.with_terms(&change, first, today).map_err(not_changed)?;
        }
        Ok(doctor)
    }
}

fn day_ahead(text: &str, today: Date) -> Result<Date, Invalid> {
    let day = parse_date(text)?;
    if day < today {
        return Err(Invalid::new("in_the_past", "This day is over. Choose a later one."));
    }
    if day > today.saturating_add(REACH.days()) {
        return Err(Invalid::new("too_far_ahead", "Choose a day within a year from today."));
    }
    Ok(day)
}

fn not_changed(why: NotChanged) -> Problem {
    match why {
        NotChanged::TooManyAhead => {
            let detail = "Too many changes of this doctor's profile lie ahead. Wait until one of them holds, or change one of their days.";
            Problem::conflict("too_many_changes_ahead", detail)
        }
        NotChanged::Hours(index, why) => {
            // The hours of a later day, or those that stay while the slots get longer.
            Problem::invalid_field(format!("weekly_hours[{index}]"), why.code, why.detail)
        }
    }
}
