//! `GET /laboratories`: the directory, by name.

use axum::extract::State;
use domain::text::Title;
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::Caller, yes_or_no};
use serde::Deserialize;
use utoipa::IntoParams;

use super::LaboratorySummary;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LaboratoryQuery {
    /// Only those whose name begins like this.
    #[param(value_type = Option<Title>)]
    name: Option<String>,
    /// With `true`: only those that are open now. A page may then have fewer items than asked for, and still a next page.
    #[param(value_type = Option<bool>)]
    open: Option<String>,
    /// With `true`: only the one in which you work.
    #[param(value_type = Option<bool>)]
    mine: Option<String>,
}

/// List laboratories
///
/// By name, with whether they are open now. A change shows a moment later.
#[utoipa::path(get, path = "/laboratories", tag = "laboratories", operation_id = "list_laboratories", params(Listing<LaboratoryQuery>),
    responses((status = 200, body = Page<LaboratorySummary>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listing: Listing<LaboratoryQuery>,
) -> Result<Json<Page<LaboratorySummary>>, Problem> {
    let (mut fields, query) = (Fields::default(), listing.filter.clone());
    let name = fields.optional("name", query.name, |text| Title::parse(&text));
    let open = fields.optional("open", query.open, |text| yes_or_no(&text));
    let mine = fields.optional("mine", query.mine, |text| yes_or_no(&text));
    let (Some(name), Some(open), Some(mine)) = (name, open, mine) else { return Err(fields.problem()) };
    let name = name.map(|name| name.as_str().to_lowercase()).unwrap_or_default();
    let (open, mine) = (open.unwrap_or_default(), mine.unwrap_or_default());
    let list = format!("laboratories?{name}&{open}&{mine}");
    let after = listing.after(&state.cursors, &list)?;
    if mine {
        let works = state.store.works_in_laboratory(caller.user_id).await?;
        let own = match works {
            Some(works) => state.store.laboratory(works.laboratory_id).await?,
            None => None,
        };
        let mut items: Vec<_> = own.map(|own| LaboratorySummary::of(own.listed, &state)).into_iter().collect();
        items.retain(|own| own.name.as_str().to_lowercase().starts_with(&name) && (!open || own.open));
        return Ok(Json(Page { items, next_cursor: None }));
    }
    let found = state.store.laboratory_list(&name, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    let mut page = page.map(|line| LaboratorySummary::of(line.entry, &state));
    page.items.retain(|laboratory| !open || laboratory.open);
    Ok(Json(page))
}
