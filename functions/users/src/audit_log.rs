//! `GET /audit-log`: who did what, filtered by patient, by actor or by time.

use axum::extract::State;
use domain::{
    audit::{Entry, Outcome},
    id::{AuditId, PatientId, UserId},
    instant::{Instant, parse_instant},
    role::Role,
    text::PersonName,
};
use http::{Fields, Json, Listing, Page, Problem, auth::Caller};
use jiff::{SignedDuration, Timestamp};
use platform::config::Hospital;
use serde::{Deserialize, Serialize};
use store::{
    audit::{About, Span, just_after, place},
    trail,
};
use utoipa::{IntoParams, ToSchema};

use crate::Users;

/// The longest span of a list without a patient or an actor: such a list reads the partitions of every day in it.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(31 * 24);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Only entries about this patient's data.
    #[param(value_type = Option<PatientId>)]
    patient_id: Option<String>,
    /// Only entries about what this account did.
    #[param(value_type = Option<UserId>)]
    actor_id: Option<String>,
    /// Only entries from this instant on. When left out: with a patient or an actor all entries, otherwise those of the 7 days before `to`.
    #[param(value_type = Option<Instant>)]
    from: Option<String>,
    /// Only entries before this instant. When left out: now.
    #[param(value_type = Option<Instant>)]
    to: Option<String>,
}

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntryView {
    id: AuditId,
    at: Instant,
    /// The account that acted. Absent when the caller had not proven who they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_id: Option<UserId>,
    /// The actor's name at that time, if they were staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
    /// Names that the actor had before that, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier_names: Vec<PersonName>,
    /// The roles that the actor had at that time.
    roles: Vec<Role>,
    #[schema(example = "patient.read")]
    action: String,
    outcome: Outcome,
    /// The patient whose data was read or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    patient_id: Option<PatientId>,
    /// The account that was acted on.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<UserId>,
    /// What was decided, when the action alone does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "active: nurse")]
    detail: Option<String>,
    /// The network address that the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The `x-request-id` of the answer. The logs contain it too.
    request_id: String,
}

/// Read the audit log
///
/// Latest first. Lists the entries of one patient, of one actor, or of a span of at most 31 days.
#[utoipa::path(get, path = "/audit-log", tag = "audit log", operation_id = "list_audit_entries", params(Listing<AuditQuery>), responses((status = 200, body = Page<AuditEntryView>)))]
pub(crate) async fn audit_log(
    State(users): State<Users>,
    _: Caller,
    listing: Listing<AuditQuery>,
) -> Result<Json<Page<AuditEntryView>>, Problem> {
    let state = &users.base;
    let AuditQuery { patient_id, actor_id, from, to } = &listing.filter;
    let list = format!("audit-log?{patient_id:?}{actor_id:?}{from:?}{to:?}");
    let cursor = listing.after(&state.cursors, &list)?;
    let (about, mut span) = listing.filter.parse(state.clock.now())?;
    if let Some(place) = cursor {
        span.to = place;
    }
    let found = state.store.audit_list(about, &span, listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &place(last)));
    Ok(Json(page.map(|entry| view(entry, &state.hospital))))
}

impl AuditQuery {
    fn parse(self, now: Timestamp) -> Result<(About, Span), Problem> {
        let mut fields = Fields::default();
        let patient = fields.optional("patient_id", self.patient_id, |text| text.parse());
        let actor = fields.optional("actor_id", self.actor_id, |text| text.parse());
        let from = fields.optional("from", self.from, |text| parse_instant(&text));
        let to = fields.optional("to", self.to, |text| parse_instant(&text));
        let (Some(patient), Some(actor), Some(from), Some(to)) = (patient, actor, from, to) else { return Err(fields.problem()) };
        let about = match (patient, actor) {
            (Some(_), Some(_)) => return Err(Problem::invalid_field("actor_id", "one_of", "Name a patient or an actor, not both.")),
            (Some(patient), None) => {
                trail::patient(patient);
                About::Patient(patient)
            }
            (None, Some(actor)) => About::Actor(actor),
            (None, None) => About::Everything,
        };
        // One second from now, so that the list includes what happens at this moment.
        let to = to.unwrap_or_else(|| just_after(now));
        let week = || to.saturating_sub(SignedDuration::from_hours(7 * 24)).unwrap_or(to);
        let beginning = if about == About::Everything { week() } else { Timestamp::UNIX_EPOCH };
        let from = from.unwrap_or(beginning);
        if to <= from {
            return Err(Problem::invalid_field("to", "before_from", "Choose a `to` that is later than `from`."));
        }
        if about == About::Everything && to.duration_since(from) > LONGEST_SPAN {
            return Err(Problem::invalid_field("from", "span_too_long", "Ask for at most 31 days, or name a patient or an actor."));
        }
        Ok((about, Span::before(from, to)))
    }
}

fn view(entry: Entry, hospital: &Hospital) -> AuditEntryView {
    AuditEntryView {
        id: entry.id,
        at: hospital.instant(entry.at),
        actor_id: entry.actor,
        name: entry.name,
        earlier_names: entry.earlier_names,
        roles: entry.roles.into_iter().collect(),
        action: entry.action,
        outcome: entry.outcome,
        patient_id: entry.patient,
        account_id: entry.account,
        detail: entry.detail,
        from: entry.from,
        request_id: entry.request_id,
    }
}
