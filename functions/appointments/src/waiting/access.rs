//! The wait in the path, for a caller whom the policy allows to do this with it. Any other caller gets 404, as for a wait that does not
//! exist.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{id::WaitId, policy::Relationship, waiting::Wait};
use http::{AppState, Path, Problem, auth::Caller};

pub(crate) struct WaitAccess {
    /// As it is stored: see [`Wait::at`].
    pub(crate) wait: Wait,
    pub(crate) caller: Caller,
}

impl FromRequestParts<AppState> for WaitAccess {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let missing = || Problem::not_found("wait");
        let Path(id) = Path::<WaitId>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let wait = state.store.wait(id).await?.ok_or_else(missing)?;
        let own = caller.patient_id == Some(wait.patient_id);
        let guardian = !own && state.acts_as_guardian(&caller, wait.patient_id).await?;
        let relationships = [own.then_some(Relationship::Own), guardian.then_some(Relationship::Guardian)];
        if caller.may(&relationships.into_iter().flatten().collect()) { Ok(Self { wait, caller }) } else { Err(missing()) }
    }
}
