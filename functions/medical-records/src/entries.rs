//! What all kinds of entries have in common.

use domain::{
    id::{DoctorId, EncounterId, PatientId, UserId},
    instant::Instant,
    record::{Author, Clinical, Entry, encounter::Encounter},
    text::{PersonName, Reason},
};
use http::{AppState, Created, Fields, Json, Listing, NoFilter, Page, Problem, Versioned, auth::PatientAccess};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::refused::not_written;

/// How many entries are on a page at most: the units that a page costs are limited.
const ON_A_PAGE: usize = 20;

/// What every entry has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryHead {
    patient_id: PatientId,
    /// The encounter in which it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    encounter_id: Option<EncounterId>,
    /// Who wrote this version.
    author: AuthorView,
    written_at: Instant,
    /// Why it was changed. Absent in the first version.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    version: u64,
}

/// Who wrote something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthorView {
    account_id: UserId,
    name: PersonName,
}

impl AuthorView {
    pub(crate) fn of(author: &Author) -> Self {
        Self { account_id: author.by, name: author.name.clone() }
    }
}

/// A kind of entry, as this API shows it.
pub(crate) trait Shown: Clinical {
    type View: Serialize + ToSchema;
    /// Its address below that of the patient.
    const PATH: &'static str;

    fn view(entry: Entry<Self>, state: &AppState) -> Self::View;

    /// Whether this caller sees the entry.
    fn is_seen_by(_entry: &Entry<Self>, _access: &PatientAccess) -> bool {
        true
    }
}

/// A changed entry: everything that it says now, and why it was changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revision<T> {
    /// Why it is changed.
    #[schema(value_type = Reason)]
    pub(crate) reason: Option<String>,
    /// Everything that it says now. What is left out is no longer there.
    #[schema(value_type = T)]
    pub(crate) content: Option<T>,
}

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithReason {
    #[schema(value_type = Reason)]
    pub(crate) reason: Option<String>,
}

impl WithReason {
    pub(crate) fn parse(self) -> Result<Reason, Problem> {
        let mut fields = Fields::default();
        fields.required("reason", self.reason, |text| Reason::parse(&text)).ok_or_else(|| fields.problem())
    }
}

pub(crate) fn head<C: Clinical>(entry: &Entry<C>, state: &AppState) -> EntryHead {
    EntryHead {
        patient_id: entry.patient_id,
        encounter_id: entry.encounter_id,
        author: AuthorView::of(&entry.author),
        written_at: state.hospital.instant(entry.author.at),
        reason: entry.reason.clone(),
        version: entry.version,
    }
}

/// Who writes now.
pub(crate) fn author(state: &AppState, access: &PatientAccess) -> Author {
    let name = access.caller.name.clone().unwrap_or_else(PersonName::new_patient);
    Author { at: state.clock.now(), by: access.caller.user_id, name }
}

/// The doctor who calls.
pub(crate) fn doctor(access: &PatientAccess) -> Result<(DoctorId, PersonName), Problem> {
    let named = access.caller.doctor_id.zip(access.caller.name.clone());
    named.ok_or_else(|| Problem::forbidden("Only doctors with a profile can do this."))
}

/// A page of the entries of a kind, newest first.
pub(crate) async fn list<C: Shown>(
    state: &AppState,
    access: &PatientAccess,
    listing: &Listing<NoFilter>,
) -> Result<Json<Page<C::View>>, Problem> {
    let (list, limit) = (format!("{}?{}", C::KIND, access.patient.id), listing.limit.min(ON_A_PAGE));
    let before = listing.after(&state.cursors, &list)?;
    let found = state.store.record_list::<C>(access.patient.id, before.as_deref(), limit + 1).await?;
    let mut page = Page::cut(found, limit, |last| state.cursors.seal(&list, &last.id.to_string()));
    page.items.retain(|entry| !entry.in_error && C::is_seen_by(entry, access));
    Ok(Json(page.map(|entry| C::view(entry, state))))
}

/// One entry. What was entered in error is out of view.
pub(crate) async fn load<C: Shown>(state: &AppState, access: &PatientAccess, id: C::Id) -> Result<Entry<C>, Problem> {
    let found = state.store.record_entry::<C>(access.patient.id, id).await?;
    found.filter(|entry| !entry.in_error && C::is_seen_by(entry, access)).ok_or_else(|| Problem::not_found("entry"))
}

pub(crate) fn shown<C: Shown>(entry: Entry<C>, state: &AppState) -> Versioned<C::View> {
    Versioned { version: entry.version, body: C::view(entry, state) }
}

pub(crate) fn created<C: Shown>(entry: Entry<C>, state: &AppState) -> Created<C::View> {
    let location = format!("/patients/{}/{}/{}", entry.patient_id, C::PATH, entry.id);
    Created { location, version: entry.version, body: C::view(entry, state) }
}

/// Writes a new entry.
pub(crate) async fn add<C: Shown>(
    state: &AppState,
    access: &PatientAccess,
    id: C::Id,
    encounter: Option<EncounterId>,
    content: C,
) -> Result<Created<C::View>, Problem> {
    let entry = Entry::new(id, access.patient.id, encounter, author(state, access), content);
    state.store.record_add(&entry).await.map_err(not_written)?;
    Ok(created(entry, state))
}

/// Writes a changed entry.
pub(crate) async fn change<C: Shown>(
    state: &AppState,
    access: &PatientAccess,
    before: &Entry<C>,
    reason: Reason,
    encounter_id: Option<EncounterId>,
    content: C,
) -> Result<Versioned<C::View>, Problem> {
    let after = Entry { encounter_id, ..before.changed(author(state, access), Some(reason), content) };
    state.store.record_change(before, &after).await.map_err(not_written)?;
    Ok(shown(after, state))
}

/// Loads an entry that is changed, and checks the version that it was changed from.
pub(crate) async fn to_change<C: Shown>(state: &AppState, access: &PatientAccess, id: C::Id, version: u64) -> Result<Entry<C>, Problem> {
    let before = load::<C>(state, access, id).await?;
    if before.version == version { Ok(before) } else { Err(Problem::stale()) }
}

/// Takes a revision apart. The field errors of its content are below `content`.
pub(crate) fn revision<B, T>(revision: Revision<B>, parse: impl FnOnce(B, &mut In<'_>) -> Option<T>) -> Result<(Reason, T), Problem> {
    let mut fields = Fields::default();
    let reason = fields.required("reason", revision.reason, |text| Reason::parse(&text));
    let content = match revision.content {
        Some(body) => parse(body, &mut In { fields: &mut fields, at: "content." }),
        None => fields.required("content", None::<()>, |()| Ok(())).and(None),
    };
    match (reason, content) {
        (Some(reason), Some(content)) if fields.is_empty() => Ok((reason, content)),
        _ => Err(fields.problem()),
    }
}

/// Parses the content of a new entry.
pub(crate) fn content<B, T>(body: B, parse: impl FnOnce(B, &mut In<'_>) -> Option<T>) -> Result<T, Problem> {
    let mut fields = Fields::default();
    let parsed = parse(body, &mut In { fields: &mut fields, at: "" });
    parsed.filter(|_| fields.is_empty()).ok_or_else(|| fields.problem())
}

/// The fields of a part of a request.
pub(crate) struct In<'a> {
    fields: &'a mut Fields,
    at: &'static str,
}

impl In<'_> {
    pub(crate) fn required<R, T>(&mut self, name: &str, raw: Option<R>, parse: impl FnOnce(R) -> Result<T, domain::Invalid>) -> Option<T> {
        self.fields.required(format!("{}{name}", self.at), raw, parse)
    }

    pub(crate) fn optional<R, T>(
        &mut self,
        name: &str,
        raw: Option<R>,
        parse: impl FnOnce(R) -> Result<T, domain::Invalid>,
    ) -> Option<Option<T>> {
        self.fields.optional(format!("{}{name}", self.at), raw, parse)
    }

    /// Parses something that has fields of its own.
    pub(crate) fn within<T>(&mut self, name: &str, parse: impl FnOnce(&str, &mut Fields) -> Option<T>) -> Option<T> {
        parse(&format!("{}{name}", self.at), self.fields)
    }

    pub(crate) fn check<T>(&mut self, name: &str, parsed: Result<T, domain::Invalid>) -> Option<T> {
        self.fields.check(format!("{}{name}", self.at), parsed)
    }
}

/// Checks that the patient has the encounter.
pub(crate) async fn encounter(state: &AppState, patient: PatientId, id: Option<EncounterId>) -> Result<Option<EncounterId>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let found = state.store.record_entry::<Encounter>(patient, id).await?;
    if found.is_some_and(|encounter| !encounter.in_error) {
        return Ok(Some(id));
    }
    Err(Problem::invalid_field("encounter_id", "unknown_encounter", "The patient has no such encounter. Leave it out, or open one."))
}

/// Refuses a day in the future, and one before the patient was born.
pub(crate) fn not_ahead(day: jiff::civil::Date, access: &PatientAccess, state: &AppState) -> Result<jiff::civil::Date, domain::Invalid> {
    if day > state.today() {
        return Err(domain::Invalid::new("in_the_future", "Give a day that is not in the future."));
    }
    if access.patient.date_of_birth.is_some_and(|born| day < born.date()) {
        return Err(domain::Invalid::new("before_birth", "This is before the patient was born. Check the day, and the date of birth."));
    }
    Ok(day)
}

/// Refuses a time in the future, and one before the patient was born. The clock that somebody read may be a little ahead.
pub(crate) fn not_before_birth(at: jiff::Timestamp, access: &PatientAccess, state: &AppState) -> Result<jiff::Timestamp, domain::Invalid> {
    let day = state.hospital.zone.to_datetime(at).date();
    if at > state.clock.now() + domain::record::vitals::CLOCKS_DIFFER {
        return Err(domain::Invalid::new("in_the_future", "Give a time that is not in the future."));
    }
    if access.patient.date_of_birth.is_some_and(|born| day < born.date()) {
        return Err(domain::Invalid::new("before_birth", "This is before the patient was born. Check the time, and the date of birth."));
    }
    Ok(at)
}
