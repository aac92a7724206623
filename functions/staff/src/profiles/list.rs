//! `GET /staff`: the directory of those who work here, by name.

use axum::extract::State;
use domain::{
    Invalid,
    id::UserId,
    role::Role,
    text::{PersonName, Phone, Specialization},
    ward::Ward,
};
use http::{AppState, Fields, Json, Listing, Page, Problem, auth::Caller};
use serde::{Deserialize, Serialize};
use store::{keys::StaffList, staff::StaffEntry};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StaffQuery {
    /// Only those who have this role.
    #[param(value_type = Option<Role>)]
    role: Option<String>,
    /// Only those who belong to this ward.
    #[param(value_type = Option<Ward>)]
    ward: Option<String>,
    /// Only those whose name begins like this.
    #[param(value_type = Option<PersonName>)]
    name: Option<String>,
}

/// Somebody in the directory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StaffSummary {
    user_id: UserId,
    name: PersonName,
    roles: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ward: Option<Ward>,
    #[serde(skip_serializing_if = "Option::is_none")]
    specialization: Option<Specialization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    work_phone: Option<Phone>,
}

/// List those who work here
///
/// Everybody whose account is active and has a staff role, by name. A change shows a moment later.
#[utoipa::path(get, path = "/staff", tag = "staff", operation_id = "list_staff", params(Listing<StaffQuery>),
    responses((status = 200, body = Page<StaffSummary>)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    _: Caller,
    listing: Listing<StaffQuery>,
) -> Result<Json<Page<StaffSummary>>, Problem> {
    let (mut fields, query) = (Fields::default(), listing.filter.clone());
    let role = fields.optional("role", query.role, |text| {
        let patients = || Invalid::new("invalid_role", "Choose a staff role. Patients do not work here.");
        Role::parse(&text).and_then(|role| if role.is_staff() { Ok(role) } else { Err(patients()) })
    });
    let ward = fields.optional("ward", query.ward, |text| Ward::parse(&text));
    let name = fields.optional("name", query.name, |text| PersonName::parse(&text));
    let (Some(role), Some(ward), Some(name)) = (role, ward, name) else { return Err(fields.problem()) };
    let of = StaffList { role, ward };
    let name = name.map(|name| name.as_str().to_lowercase()).unwrap_or_default();
    let list = format!("staff?{}&{name}", of.name());
    let after = listing.after(&state.cursors, &list)?;
    let found = state.store.staff_list(of, &name, after.as_deref(), listing.limit + 1).await?;
    let page = Page::cut(found, listing.limit, |last| state.cursors.seal(&list, &last.position));
    Ok(Json(page.map(|line| StaffSummary::from(line.entry))))
}

impl From<StaffEntry> for StaffSummary {
    fn from(entry: StaffEntry) -> Self {
        let StaffEntry { user_id, name, roles, ward, specialization, work_phone } = entry;
        Self { user_id, name, roles, ward, specialization, work_phone }
    }
}
