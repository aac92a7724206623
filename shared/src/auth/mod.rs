//! Who is calling. The only place that reads an access token.
//!
//! Authority is a parameter: an endpoint takes a [`Caller`] or a narrower proof ([`AsPatient`], [`AsAdministrator`], or
//! one of its function's own), and cannot be reached without it.

pub mod password;
mod ring_provider;
pub mod token;

use std::collections::BTreeSet;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use domain::{
    id::{DoctorId, PatientId, SessionId, UserId},
    role::Role,
};

use crate::{http::Problem, state::State};

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user_id: UserId,
    pub session_id: SessionId,
    pub roles: BTreeSet<Role>,
    /// Their own record, when they are a patient.
    pub patient_id: Option<PatientId>,
    /// Their profile, when they are a doctor.
    pub doctor_id: Option<DoctorId>,
}

impl Caller {
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The front desk books, moves and receives for others.
    #[must_use]
    pub fn is_front_desk(&self) -> bool {
        self.has(Role::Receptionist) || self.has(Role::Administrator)
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    State: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let state = State::from_ref(state);
        if parts.headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
            return Err(Problem::unauthenticated("unauthenticated", "Send one Authorization header."));
        }
        let header = parts.headers.get(header::AUTHORIZATION).ok_or_else(|| {
            Problem::unauthenticated("unauthenticated", "Sign in and send the access token as `Authorization: Bearer …`.")
        })?;
        let token = header
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(|| Problem::unauthenticated("unauthenticated", "The Authorization header is not of the form `Bearer …`."))?;
        state.tokens.verify(token)
    }
}

/// A patient, acting for themselves.
#[derive(Clone, Debug)]
pub struct AsPatient(pub PatientId);

impl<S> FromRequestParts<S> for AsPatient
where
    S: Send + Sync,
    State: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.patient_id {
            Some(patient_id) => Ok(Self(patient_id)),
            None => Err(Problem::forbidden("This is for patients only.")),
        }
    }
}

/// An administrator.
#[derive(Clone, Debug)]
pub struct AsAdministrator(pub Caller);

impl<S> FromRequestParts<S> for AsAdministrator
where
    S: Send + Sync,
    State: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.has(Role::Administrator) { Ok(Self(caller)) } else { Err(Problem::forbidden("This is for administrators only.")) }
    }
}
