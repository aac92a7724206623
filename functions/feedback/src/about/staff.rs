//! `GET /feedback/staff/{user_id}`: what patients say of somebody who works here.

use axum::extract::State;
use domain::{feedback::About, id::UserId, policy::Relationship};
use http::{AppState, Json, Listing, NoFilter, Path, Problem, auth::Caller};

use super::{ReviewsView, reviews};

/// Read what patients say of somebody who works here
///
/// By themselves or an administrator. Stars and words, without names. What is given shows a moment later. Of a doctor, it is what
/// `GET /feedback/doctors/{doctor_id}` shows.
#[utoipa::path(get, path = "/feedback/staff/{user_id}", tag = "feedback", operation_id = "list_feedback_about_staff",
    params(("user_id" = UserId, Path), Listing<NoFilter>), responses((status = 200, body = ReviewsView)))]
pub(crate) async fn staff(
    State(state): State<AppState>,
    caller: Caller,
    Path(user_id): Path<UserId>,
    listing: Listing<NoFilter>,
) -> Result<Json<ReviewsView>, Problem> {
    let own = (caller.user_id == user_id).then_some(Relationship::Own);
    let missing = || Problem::not_found("account");
    if !caller.may(&own.into_iter().collect()) {
        return Err(missing());
    }
    let account = state.store.account(user_id).await?.map(|stored| stored.account);
    let account = account.filter(|account| account.roles.iter().any(|role| role.is_staff())).ok_or_else(missing)?;
    // Doctors are rated by their profile.
    reviews(&state, account.doctor_id.map_or(About::Staff(user_id), About::Doctor), &listing).await
}
