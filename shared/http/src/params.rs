//! Path and query parameters.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::{Problem, json::shape_error};

/// Reads a query string, or names the field that is wrong.
pub(super) fn read<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    serde_urlencoded::from_str(query).map_err(|error| shape_error(".", &error.to_string()))
}

/// The id of type `T` in the path. A path may have several ids, because their prefixes tell them apart. A malformed id gets the same status
/// as an id that does not exist.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found("resource"))?;
        let id = params.iter().find_map(|(_, value)| value.parse().ok());
        id.map(Self).ok_or_else(|| Problem::not_found("resource"))
    }
}

/// A query string. `T` carries `#[serde(deny_unknown_fields)]`. Every field of it is a string that the endpoint parses.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::Request, routing::get};
    use domain::id::{AppointmentId, PatientId};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_path_may_have_several_ids() {
        let both = async |Path(appointment): Path<AppointmentId>, Path(patient): Path<PatientId>| format!("{patient} {appointment}");
        let router: Router = Router::new().route("/patients/{patient_id}/appointments/{id}", get(both));
        let ask = async |patient: &str, appointment: &str| {
            let path = format!("/patients/{patient}/appointments/{appointment}");
            let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            let status = answer.status().as_u16();
            (status, String::from_utf8(axum::body::to_bytes(answer.into_body(), 1000).await.unwrap().to_vec()).unwrap())
        };
        let (patient, appointment) = ("pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR", "apt_01JD8Z0V3XQ5T4E2W9K7M6N8PS");
        assert_eq!(ask(patient, appointment).await, (200, format!("{patient} {appointment}")));
        assert_eq!(ask(appointment, "x").await.0, 404);
        assert_eq!(ask(patient, patient).await.0, 404);
    }
}
