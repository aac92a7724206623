//! The profiles of those who work here, and the directory.

pub(crate) mod change;
pub(crate) mod change_own;
pub(crate) mod get;
pub(crate) mod get_own;
pub(crate) mod list;

use domain::{
    Invalid,
    doctor::Doctor,
    id::{DoctorId, UserId},
    patient::{DateOfBirth, parse_date},
    role::Role,
    staff::{self, BloodGroup, MOST_QUALIFICATIONS, Qualification, StaffProfile},
    text::{PersonName, Phone, PostalAddress, Specialization, Title},
    ward::Ward,
};
use http::{AppState, EmergencyContactBody, Fields, MoneyBody, Problem, Versioned, given};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::staff::staff_roles;
use utoipa::ToSchema;

/// Somebody who works here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StaffView {
    user_id: UserId,
    name: PersonName,
    /// The roles that are active.
    roles: Vec<Role>,
    /// The person's own number. They change it with their account.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    /// The number at which colleagues reach them at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    work_phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<PostalAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emergency_contact: Option<EmergencyContactBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_birth: Option<DateOfBirth>,
    /// In whole years, today.
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<i16>,
    blood_group: BloodGroup,
    /// The ward that they belong to. Absent for the whole hospital.
    #[serde(skip_serializing_if = "Option::is_none")]
    ward: Option<Ward>,
    /// The field in which they work. A doctor's is the one that patients see.
    #[serde(skip_serializing_if = "Option::is_none")]
    specialization: Option<Specialization>,
    /// The year since which they have worked in their profession.
    #[serde(skip_serializing_if = "Option::is_none")]
    practising_since: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    experience_years: Option<i16>,
    qualifications: Vec<QualificationView>,
    /// The doctor's profile that patients see, if they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor: Option<DoctorPart>,
}

#[derive(Debug, Serialize, ToSchema)]
struct DoctorPart {
    id: DoctorId,
    consultation_fee: MoneyBody,
}

#[derive(Debug, Serialize, ToSchema)]
struct QualificationView {
    title: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    institution: Option<Title>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    obtained_on: Option<Date>,
    /// The last day on which it counts. Absent when it does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<Date>,
    expired: bool,
}

/// A field that is left out stays as it is, and `null` removes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeStaffRequest {
    /// At least 16 years ago.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<DateOfBirth>)]
    date_of_birth: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<PostalAddress>)]
    address: Option<Option<String>>,
    /// The number at which colleagues reach the person at work. The directory shows it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Phone>)]
    work_phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<EmergencyContactBody>)]
    emergency_contact: Option<Option<EmergencyContactBody>>,
    #[schema(value_type = Option<BloodGroup>)]
    blood_group: Option<String>,
    /// Only administrators change it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Ward>)]
    ward: Option<Option<String>>,
    /// Not for doctors with a profile that patients see: it has their specialization.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Specialization>)]
    specialization: Option<Option<String>>,
    /// The year since which the person has worked in their profession: at most 80 years ago.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u16>, minimum = 1900, maximum = 9999)]
    practising_since: Option<Option<i16>>,
    /// They replace those that are there.
    #[schema(max_items = 20)]
    qualifications: Option<Vec<QualificationBody>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QualificationBody {
    #[schema(value_type = Title)]
    title: Option<String>,
    #[schema(value_type = Option<Title>)]
    institution: Option<String>,
    /// Not in the future.
    #[schema(value_type = Option<String>, format = Date)]
    obtained_on: Option<String>,
    /// The last day on which it counts. When left out: it does not expire.
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<String>,
}

/// Reads somebody who works here, with their profile.
async fn read(state: &AppState, user: UserId) -> Result<(StaffProfile, Versioned<StaffView>), Problem> {
    let missing = || Problem::not_found("staff profile");
    let account = state.store.account(user).await?.ok_or_else(missing)?.account;
    if !account.roles.iter().any(|role| role.is_staff()) {
        return Err(missing());
    }
    let doctor = match account.doctor_id {
        Some(id) => state.store.doctor(id).await?,
        None => None,
    };
    let profile = state.store.staff_profile(user).await?;
    let view = view(&profile, (account.name.clone(), staff_roles(&account), account.phone), doctor, state.today());
    Ok((profile, view))
}

fn view(
    profile: &StaffProfile,
    (name, roles, phone): (PersonName, Vec<Role>, Option<Phone>),
    doctor: Option<Doctor>,
    today: Date,
) -> Versioned<StaffView> {
    let shown = profile.clone();
    let qualification = |qualification: Qualification| QualificationView {
        expired: qualification.is_expired(today),
        title: qualification.title,
        institution: qualification.institution,
        obtained_on: qualification.obtained_on,
        expires_on: qualification.expires_on,
    };
    Versioned {
        version: profile.version,
        body: StaffView {
            user_id: shown.user_id,
            name,
            roles,
            phone,
            work_phone: shown.work_phone,
            address: shown.address,
            emergency_contact: shown.emergency_contact.map(Into::into),
            date_of_birth: shown.date_of_birth,
            age: shown.date_of_birth.map(|born| staff::age(born, today)),
            blood_group: shown.blood_group,
            ward: shown.ward,
            specialization: doctor.as_ref().map(|doctor| doctor.specialization.clone()).or(shown.specialization),
            practising_since: shown.practising_since,
            experience_years: profile.experience_years(today),
            qualifications: shown.qualifications.into_iter().map(qualification).collect(),
            doctor: doctor.map(|doctor| DoctorPart { id: doctor.id, consultation_fee: doctor.on(today).consultation_fee.into() }),
        },
    }
}

/// Writes a changed profile and shows it.
async fn write(
    state: &AppState,
    before: &StaffProfile,
    change: ChangeStaffRequest,
    is_doctor: bool,
) -> Result<Versioned<StaffView>, Problem> {
    let after = change.apply(before.clone(), is_doctor, state.today())?;
    if !state.store.staff_profile_change(before, &after).await? {
        return Err(Problem::stale());
    }
    Ok(read(state, before.user_id).await?.1)
}

impl ChangeStaffRequest {
    fn apply(self, before: StaffProfile, is_doctor: bool, today: Date) -> Result<StaffProfile, Problem> {
        let mut fields = Fields::default();
        if is_doctor && self.specialization.is_some() {
            fields.refuse("specialization", "in_doctor_profile", "Change the specialization in the doctor's profile.");
        }
        let date_of_birth = change(&mut fields, "date_of_birth", self.date_of_birth, |text| staff::born(&text, today));
        let address = change(&mut fields, "address", self.address, |text| PostalAddress::parse(&text));
        let work_phone = change(&mut fields, "work_phone", self.work_phone, |text| Phone::parse(&text));
        let contact = match self.emergency_contact {
            Some(Some(contact)) => contact.parse("emergency_contact", &mut fields).map(|contact| Some(Some(contact))),
            other => Some(other.map(|_| None)),
        };
        let blood_group = fields.optional("blood_group", self.blood_group, |text| BloodGroup::parse(&text));
        let ward = change(&mut fields, "ward", self.ward, |text| Ward::parse(&text));
        let field = change(&mut fields, "specialization", self.specialization, |text| Specialization::parse(&text));
        let since = change(&mut fields, "practising_since", self.practising_since, |year| staff::practising_since(year, today));
        let qualifications = match self.qualifications {
            Some(bodies) => qualifications(bodies, today, &mut fields).map(Some),
            None => Some(None),
        };
        let all = (date_of_birth, address, work_phone, contact, blood_group, ward, field, since, qualifications);
        let (
            Some(date_of_birth),
            Some(address),
            Some(work_phone),
            Some(contact),
            Some(blood_group),
            Some(ward),
            Some(field),
            Some(since),
            Some(qualifications),
        ) = all
        else {
            return Err(fields.problem());
        };
        if is_doctor && field.is_some() {
            return Err(fields.problem());
        }
        Ok(StaffProfile {
            user_id: before.user_id,
            date_of_birth: date_of_birth.unwrap_or(before.date_of_birth),
            address: address.unwrap_or(before.address),
            work_phone: work_phone.unwrap_or(before.work_phone),
            emergency_contact: contact.unwrap_or(before.emergency_contact),
            blood_group: blood_group.unwrap_or(before.blood_group),
            ward: ward.unwrap_or(before.ward),
            specialization: field.unwrap_or(before.specialization),
            practising_since: since.unwrap_or(before.practising_since),
            qualifications: qualifications.unwrap_or(before.qualifications),
            version: before.version + 1,
        })
    }
}

/// A field that is left out (`Some(None)`), `null` (`Some(Some(None))`), a value, or wrong (`None`).
#[expect(clippy::option_option, reason = "left out, removed and given are three things")]
fn change<R, T>(
    fields: &mut Fields,
    field: &str,
    raw: Option<Option<R>>,
    parse: impl FnOnce(R) -> Result<T, Invalid>,
) -> Option<Option<Option<T>>> {
    match raw {
        Some(raw) => fields.optional(field, raw, parse).map(Some),
        None => Some(None),
    }
}

fn qualifications(bodies: Vec<QualificationBody>, today: Date, fields: &mut Fields) -> Option<Vec<Qualification>> {
    if bodies.len() > MOST_QUALIFICATIONS {
        fields.refuse("qualifications", "too_many", format!("Give at most {MOST_QUALIFICATIONS} qualifications."));
        return None;
    }
    let parsed: Vec<_> = bodies.into_iter().enumerate().map(|(index, body)| body.parse(index, today, fields)).collect();
    parsed.into_iter().collect()
}

impl QualificationBody {
    fn parse(self, index: usize, today: Date, fields: &mut Fields) -> Option<Qualification> {
        let at = |name: &str| format!("qualifications[{index}].{name}");
        let title = fields.required(at("title"), self.title, |text| Title::parse(&text));
        let institution = fields.optional(at("institution"), self.institution, |text| Title::parse(&text));
        let obtained_on = fields.optional(at("obtained_on"), self.obtained_on, |text| {
            let day = parse_date(&text)?;
            if day > today { Err(Invalid::new("in_the_future", "Give a day that is not in the future.")) } else { Ok(day) }
        });
        let expires_on = fields.optional(at("expires_on"), self.expires_on, |text| parse_date(&text));
        let (obtained_on, expires_on) = (obtained_on?, expires_on?);
        if obtained_on.zip(expires_on).is_some_and(|(from, to)| to < from) {
            fields.refuse(at("expires_on"), "before_from", "Give a last day that is not before the day on which it was obtained.");
            return None;
        }
        Some(Qualification { title: title?, institution: institution?, obtained_on, expires_on })
    }
}
