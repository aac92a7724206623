//! Who is calling, and whether they may. Only this module reads access tokens and enforces the policy.
//!
//! Authority is a parameter: an endpoint takes a [`Caller`] or a narrower proof, such as [`AsPatient`] or one that its function defines. It
//! cannot be reached without it. `domain::policy` says who may call which route.

pub mod access_token;
mod at_work;
mod patient_access;
mod ring_provider;

use std::collections::BTreeSet;

use axum::{
    extract::{FromRef, FromRequestParts, MatchedPath},
    http::{header, request::Parts},
};
use domain::{
    account::Account,
    id::{DoctorId, PatientId, SessionId, UserId},
    policy::{Relationship, Relationships, Rule},
    role::Role,
    text::PersonName,
};

pub use self::{
    access_token::Bearer,
    at_work::{AtWork, NotHere},
    patient_access::PatientAccess,
};
use crate::{Problem, state::AppState};
use store::trail;

/// A signed-in person whose roles may call this route.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user_id: UserId,
    pub session_id: SessionId,
    pub roles: BTreeSet<Role>,
    /// Their own patient profile, if they are a patient.
    pub patient_id: Option<PatientId>,
    /// Their doctor profile, if they have one.
    pub doctor_id: Option<DoctorId>,
    /// Their name. Known only where the account is looked up.
    pub name: Option<PersonName>,
    /// Whether they have confirmed their email address. Known only where the account is looked up, otherwise `false`.
    pub email_confirmed: bool,
    rule: &'static Rule,
}

impl Caller {
    /// Whether they may call the route, with these relationships to what it is about.
    #[must_use]
    pub fn may(&self, relationships: &Relationships) -> bool {
        self.rule.permits(&self.roles, relationships)
    }

    /// Whether they may call the route, with relationships that depend on the role in which they act.
    #[must_use]
    pub fn may_as(&self, standing: impl Fn(Role) -> Relationships) -> bool {
        self.rule.permits_as(&self.roles, standing)
    }

    /// Whether they may call the route without any relationship to what it is about.
    #[must_use]
    pub fn may_without_relationship(&self) -> bool {
        self.may(&Relationships::new())
    }

    /// Whether a relationship can make a difference for them.
    #[must_use]
    pub fn is_asked_for(&self, relationship: Relationship) -> bool {
        self.rule.asks(&self.roles, relationship)
    }
}

impl Caller {
    /// Those of the caller's roles in which the route asks for a relationship.
    #[must_use]
    pub fn roles_asked(&self, relationship: Relationship) -> BTreeSet<Role> {
        self.rule.roles_asked(&self.roles, relationship)
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // With an `Idempotency-Key`, the caller was extracted before the endpoint asks for it.
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let state = AppState::from_ref(state);
        let bearer = bearer(parts, &state)?;
        trail::actor(bearer.user_id, &bearer.roles);
        let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
        let Some(rule) = Rule::of(parts.method.as_str(), path) else {
            tracing::error!(path, "the policy does not name this route");
            return Err(Problem::forbidden("Nobody can call this route."));
        };
        let Bearer { user_id, session_id, mut roles, mut patient_id, mut doctor_id } = bearer;
        let (mut name, mut email_confirmed) = (None, false);
        if rule.looks_up(&roles) {
            let account = state.signed_in(user_id, session_id).await?;
            (roles, patient_id, doctor_id) = (account.active_roles(), account.patient_id, account.doctor_id);
            trail::account_holder(&account);
            (name, email_confirmed) = (Some(account.name), account.email_confirmed);
        }
        if !rule.admits(&roles) {
            return Err(if roles.is_empty() { not_active() } else { Problem::forbidden(format!("Only {} can do this.", rule.who_may())) });
        }
        let caller = Self { user_id, session_id, roles, patient_id, doctor_id, name, email_confirmed, rule };
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

/// The caller that the request's token names.
fn bearer(parts: &Parts, state: &AppState) -> Result<Bearer, Problem> {
    if parts.headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
        return Err(Problem::unauthenticated("unauthenticated", "Send one Authorization header."));
    }
    let header = parts
        .headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| Problem::unauthenticated("unauthenticated", "Sign in and send the access token as `Authorization: Bearer …`."))?;
    let token = header
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| Problem::unauthenticated("unauthenticated", "Send the Authorization header in the form `Bearer …`."))?;
    state.tokens.verify(token)
}

fn not_active() -> Problem {
    let detail = "This account has no active role. `GET /users/me` shows what it waits for: an administrator's approval, the \
        front desk's confirmation of who you are, or your confirmation of the email address. If the account is active now, `POST /auth/refresh` puts the role into your token.";
    Problem::forbidden(detail).coded("account_not_active")
}

impl AppState {
    /// The account of a sign-in that has not ended, both freshly read from the table.
    async fn signed_in(&self, user: UserId, session: SessionId) -> Result<Account, Problem> {
        let over = || Problem::unauthenticated("signed_out", "This sign-in has ended. Sign in again.");
        let (account, session) = self.store.account_and_session(user, session).await?.ok_or_else(over)?;
        if account.account.may_sign_in() && session.holds(&account.account, self.clock.now()) { Ok(account.account) } else { Err(over()) }
    }
}

/// A patient, acting for themselves.
#[derive(Clone, Debug)]
pub struct AsPatient(pub PatientId);

impl<S> FromRequestParts<S> for AsPatient
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.patient_id.filter(|_| caller.may(&[Relationship::Own].into())) {
            Some(patient_id) => {
                trail::patient(patient_id);
                Ok(Self(patient_id))
            }
            None => Err(Problem::forbidden("Only patients can do this.")),
        }
    }
}

/// A doctor with a profile, acting for themselves.
#[derive(Clone, Copy, Debug)]
pub struct AsDoctor(pub DoctorId);

impl<S> FromRequestParts<S> for AsDoctor
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let own = caller.doctor_id.filter(|_| caller.may(&[Relationship::Own].into()));
        own.map(Self).ok_or_else(|| Problem::forbidden("Only doctors with a profile can do this."))
    }
}
