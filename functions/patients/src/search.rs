//! `GET /patients`: find patients by what somebody remembers of them.

use axum::extract::State;
use domain::{
    mrn::Mrn,
    patient_search::{Birth, Search},
    text::Phone,
};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::Caller};
use serde::Deserialize;
use store::trail;
use utoipa::IntoParams;

use crate::view::{PatientSummary, summary};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// The beginnings of words of the name, in any order. Case and accents do not matter. One of the words needs two letters.
    #[param(max_length = 100, example = "byr ada")]
    name: Option<String>,
    /// A day as `YYYY-MM-DD`, or a year as `YYYY` together with a name.
    #[param(pattern = "^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$", example = "1990")]
    date_of_birth: Option<String>,
    /// The whole phone number.
    #[param(value_type = Option<Phone>)]
    phone: Option<String>,
    /// The medical record number. Spaces and hyphens are fine.
    #[param(pattern = "^[ -]*[1-9]([ -]*[0-9]){8}[ -]*$", example = "100000006")]
    mrn: Option<String>,
}

/// Find patients
///
/// Everything that you send has to fit. A page can be shorter than `limit`, and even empty: go on while there is a `next_cursor`. The audit
/// log notes the search, but not everybody whom it found: it does when you open a profile.
#[utoipa::path(get, path = "/patients", tag = "patients", operation_id = "search_patients", params(Listing<SearchQuery>),
    responses((status = 200, body = Page<PatientSummary>)))]
pub(crate) async fn search(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<SearchQuery>,
) -> Result<Json<Page<PatientSummary>>, Problem> {
    let search = listing.filter.clone().parse()?;
    trail::detail(search.in_words());
    let list = format!("patients?{search:?}");
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.patient_search(&search, after.as_deref(), listing.limit).await?;
    let next_cursor = found.resume.map(|place| state.cursors.seal(&list, &place));
    Ok(Json(Page { items: found.patients.into_iter().map(summary).collect(), next_cursor }))
}

impl SearchQuery {
    fn parse(self) -> Result<Search, Problem> {
        let mut fields = Fields::default();
        let words = fields.optional("name", self.name, |text| Search::parse_name(&text));
        let born = fields.optional("date_of_birth", self.date_of_birth, |text| Birth::parse(&text));
        let phone = fields.optional("phone", self.phone, |text| Phone::parse(&text));
        let mrn = fields.optional("mrn", self.mrn, |text| Mrn::parse(&text));
        let (Some(words), Some(born), Some(phone), Some(mrn)) = (words, born, phone, mrn) else { return Err(fields.problem()) };
        let search = Search { words: words.unwrap_or_default(), born, phone, mrn };
        if search.is_too_wide() {
            return Err(Problem::invalid_field("name", "required", "Send a name, a whole date of birth, a phone number or an MRN."));
        }
        Ok(search)
    }
}
