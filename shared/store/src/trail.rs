//! What a request leaves behind: who asked, from where, and whose data it touched.
//!
//! The task that handles the request carries it, as it carries the log's span, so that no write can forget it. The store stamps
//! what it writes with an [`Origin`], and `http::observe` notes the rest before the answer goes out.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    account::Account,
    audit::{Entry, Outcome},
    id::{AuditId, PatientId, UserId},
    policy::{POLICY, Rule, Trace},
    role::Role,
    text::PersonName,
};
use jiff::Timestamp;
use platform::random::digest;
use serde::{Deserialize, Serialize};

tokio::task_local! {
    static CURRENT: Trail;
}

/// The trail of one request.
#[derive(Debug, Clone)]
pub struct Trail(Arc<Mutex<Facts>>);

#[derive(Debug, Clone)]
struct Facts {
    rule: Option<&'static Rule>,
    request_id: String,
    at: Timestamp,
    from: Option<IpAddr>,
    actor: Option<UserId>,
    name: Option<PersonName>,
    earlier_names: Vec<PersonName>,
    roles: BTreeSet<Role>,
    account: Option<UserId>,
    detail: Option<String>,
    patients: BTreeSet<PatientId>,
    touched: BTreeSet<(TableAction, String)>,
    /// Whether a refusal shows what is in a patient's record.
    shows: bool,
}

/// What can be done to the table, as IAM distinguishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableAction {
    Get,
    Query,
    QueryIndex,
    Put,
    Update,
    Delete,
    Check,
}

/// Who wrote an item. It is stored in the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_names: Vec<PersonName>,
    #[serde(default)]
    pub roles: BTreeSet<Role>,
    pub action: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Whose data was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The account that was written, or the account that the item belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    pub request_id: String,
    pub at: Timestamp,
}

impl Trail {
    #[must_use]
    pub fn new(rule: Option<&'static Rule>, request_id: String, from: Option<IpAddr>, at: Timestamp) -> Self {
        let facts = Facts {
            rule,
            request_id,
            at,
            from,
            actor: None,
            name: None,
            earlier_names: Vec::new(),
            roles: BTreeSet::new(),
            account: None,
            detail: None,
            patients: BTreeSet::new(),
            touched: BTreeSet::new(),
            shows: false,
        };
        Self(Arc::new(Mutex::new(facts)))
    }

    /// The trail of a request that wrote something, for what follows from it. It leads to the same entry of the audit log.
    #[must_use]
    pub fn following(origin: &Origin) -> Self {
        let from = origin.from.as_deref().and_then(|from| from.parse().ok());
        let rule = POLICY.iter().find(|rule| rule.action == origin.action);
        let trail = Self::new(rule, origin.request_id.clone(), from, origin.at);
        {
            let mut facts = trail.facts();
            facts.actor = origin.actor;
            facts.name.clone_from(&origin.name);
            facts.earlier_names.clone_from(&origin.earlier_names);
            facts.roles.clone_from(&origin.roles);
            facts.detail.clone_from(&origin.detail);
        }
        trail
    }

    /// Notes the ids in the path's parameters, decoded as the endpoint gets them: a refusal may come before anything is loaded.
    pub fn note_parameters<'a>(&self, values: impl Iterator<Item = &'a str>) {
        let mut facts = self.facts();
        for value in values {
            facts.patients.extend(value.parse::<PatientId>().ok());
            facts.account = value.parse::<UserId>().ok().or(facts.account);
        }
    }

    /// The patients that the request has been noted for. Tests compare them with what the answer shows.
    #[must_use]
    pub fn patients(&self) -> BTreeSet<PatientId> {
        self.facts().patients.clone()
    }

    /// What the request did to the table, by the prefix of the partition's key. Tests compare it with what its function's role allows.
    #[must_use]
    pub fn touched(&self) -> BTreeSet<(TableAction, String)> {
        self.facts().touched.clone()
    }

    /// Runs a request's work on this trail.
    pub async fn follow<T>(&self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self.clone(), work).await
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the policy says of the route. `None` for an address that is not a route.
    #[must_use]
    pub fn rule(&self) -> Option<&'static Rule> {
        self.facts().rule
    }

    /// Whether a refusal of the request shows what is in a patient's record.
    #[must_use]
    pub fn shows(&self) -> bool {
        self.facts().shows
    }

    #[must_use]
    pub fn has_actor(&self) -> bool {
        self.facts().actor.is_some()
    }

    /// The request's entries in the audit log: one for each patient whose data it touched, or one without a patient.
    #[must_use]
    pub fn entries(&self, outcome: Outcome) -> Vec<Entry> {
        let facts = self.facts().clone();
        let patients: Vec<_> = if facts.patients.is_empty() { vec![None] } else { facts.patients.iter().copied().map(Some).collect() };
        let entry = |patient| Entry {
            id: entry_id(&facts.request_id, facts.at, patient, facts.account),
            at: facts.at,
            actor: facts.actor,
            name: facts.name.clone(),
            earlier_names: facts.earlier_names.clone(),
            roles: facts.roles.clone(),
            action: facts.rule.map(|rule| rule.action).unwrap_or_default().to_owned(),
            patient,
            account: facts.account,
            detail: facts.detail.clone(),
            from: facts.from.map(|from| from.to_string()),
            request_id: facts.request_id.clone(),
            outcome,
        };
        patients.into_iter().map(entry).collect()
    }
}

impl Origin {
    /// The entry in the audit log for what was written. It has the same id each time, and for everything that one request wrote of one
    /// patient or account, so it is added once.
    #[must_use]
    pub fn entry(self) -> Entry {
        Entry {
            id: entry_id(&self.request_id, self.at, self.patient, self.account),
            at: self.at,
            actor: self.actor,
            name: self.name,
            earlier_names: self.earlier_names,
            roles: self.roles,
            action: self.action,
            detail: self.detail,
            patient: self.patient,
            account: self.account,
            from: self.from,
            request_id: self.request_id,
            outcome: Outcome::Done,
        }
    }
}

/// The id of the one entry for everything that a request did with one patient's data, or with one account. So the note of a request and
/// the note of what it wrote are the same entry.
fn entry_id(request_id: &str, at: Timestamp, patient: Option<PatientId>, account: Option<UserId>) -> AuditId {
    let account = account.filter(|_| patient.is_none());
    AuditId::new(at, digest(format!("{request_id}\n{patient:?}\n{account:?}").as_bytes()))
}

fn with<T>(work: impl FnOnce(&mut Facts) -> T) -> Option<T> {
    CURRENT.try_with(|trail| work(&mut trail.facts())).ok()
}

/// Notes who is asking.
pub fn actor(id: UserId, roles: &BTreeSet<Role>) {
    with(|facts| (facts.actor, facts.roles) = (Some(id), roles.clone()));
}

/// Notes who is asking, when their account has been looked up.
pub fn account_holder(account: &Account) {
    let roles = account.active_roles();
    let is_staff = roles.iter().any(|role| role.is_staff());
    with(|facts| {
        (facts.actor, facts.roles) = (Some(account.id), roles);
        if is_staff {
            (facts.name, facts.earlier_names) = (Some(account.name.clone()), account.earlier_names.clone());
        }
    });
}

/// Notes the patient whose data is shown or changed. The store does this for each patient's item that it reads by its key.
pub fn patient(id: PatientId) {
    with(|facts| facts.patients.insert(id));
}

/// Notes which account is acted on.
pub fn account(id: UserId) {
    with(|facts| facts.account = Some(id));
}

/// Notes what the action does not say, such as the roles that are given.
pub fn detail(text: String) {
    with(|facts| facts.detail = Some(text));
}

/// Notes that a refusal shows what is in a patient's record: it goes into the audit log like an answer.
pub fn shows() {
    with(|facts| facts.shows = true);
}

/// The network that the request comes from: an address, or for IPv6 the 64 bits that one customer has.
#[must_use]
pub fn source() -> String {
    let from = with(|facts| facts.from).flatten();
    match from.map(|from| from.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        None => "unknown".to_owned(),
    }
}

/// The address that the request comes from.
#[must_use]
pub fn address() -> Option<String> {
    with(|facts| facts.from.map(|from| from.to_string())).flatten()
}

/// Notes what is done to the table, by the prefix of the partition's key: `PAT` of `PAT#pat_…`.
pub(crate) fn touched(action: TableAction, pk: &str) {
    let prefix = pk.split('#').next().unwrap_or_default();
    with(|facts| facts.touched.insert((action, prefix.to_owned())));
}

/// The origin of what the request writes of this patient or account. `None` outside of requests, and on routes that the audit log does
/// not note.
#[must_use]
pub(crate) fn origin(patient: Option<PatientId>, account: Option<UserId>) -> Option<Origin> {
    with(|facts| {
        facts.rule.filter(|rule| matches!(rule.trace, Trace::Written | Trace::Noted)).map(|rule| Origin {
            actor: facts.actor,
            name: facts.name.clone(),
            earlier_names: facts.earlier_names.clone(),
            roles: facts.roles.clone(),
            action: rule.action.to_owned(),
            detail: facts.detail.clone(),
            patient,
            account,
            from: facts.from.map(|from| from.to_string()),
            request_id: facts.request_id.clone(),
            at: facts.at,
        })
    })
    .flatten()
}
