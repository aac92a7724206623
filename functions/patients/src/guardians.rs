//! Guardians in requests and answers.

use domain::{
    Invalid,
    id::PatientId,
    patient::{GUARDIANS, Guardian},
    text::{PersonName, Phone},
};
use http::{AppState, Fields, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who cares for a child. With a patient profile of their own, they act for the child as for themselves, until the child is of age.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GuardianBody {
    /// Their own patient profile. Name and number follow from it when they are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PatientId>)]
    patient_id: Option<String>,
    /// Needed for somebody without a profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PersonName>)]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Phone>)]
    phone: Option<String>,
    /// Who they are to the child, such as `mother`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PersonName>)]
    relationship: Option<String>,
}

impl From<Guardian> for GuardianBody {
    fn from(guardian: Guardian) -> Self {
        Self {
            patient_id: guardian.patient_id.map(|id| id.to_string()),
            name: Some(guardian.name.into()),
            phone: guardian.phone.map(Into::into),
            relationship: guardian.relationship.map(Into::into),
        }
    }
}

/// Parses the guardians of a child, and looks up those who have a profile. `None` when one of them is wrong.
pub(crate) async fn parse(
    state: &AppState,
    child: Option<PatientId>,
    bodies: Vec<GuardianBody>,
    fields: &mut Fields,
) -> Result<Option<Vec<Guardian>>, Problem> {
    if bodies.len() > GUARDIANS {
        fields.refuse("guardians", "too_many", format!("Name at most {GUARDIANS} guardians."));
        return Ok(None);
    }
    let mut guardians = Some(Vec::new());
    for (number, body) in bodies.into_iter().enumerate() {
        let one = parse_one(state, child, body, &format!("guardians[{number}]"), fields).await?;
        guardians = guardians.zip(one).map(|(mut all, one)| {
            all.push(one);
            all
        });
    }
    Ok(guardians)
}

async fn parse_one(
    state: &AppState,
    child: Option<PatientId>,
    body: GuardianBody,
    at: &str,
    fields: &mut Fields,
) -> Result<Option<Guardian>, Problem> {
    let field = |name: &str| format!("{at}.{name}");
    let id = fields.optional(field("patient_id"), body.patient_id, |text| text.parse::<PatientId>());
    let name = fields.optional(field("name"), body.name, |text| PersonName::parse(&text));
    let phone = fields.optional(field("phone"), body.phone, |text| Phone::parse(&text));
    let relationship = fields.optional(field("relationship"), body.relationship, |text| PersonName::parse(&text));
    let (Some(id), Some(mut name), Some(mut phone), Some(relationship)) = (id, name, phone, relationship) else { return Ok(None) };
    if let Some(id) = id {
        let profile = if child == Some(id) { None } else { state.store.patient(id).await? };
        let today = state.today();
        let refused = match &profile {
            _ if child == Some(id) => Some(Invalid::new("own_guardian", "Nobody is their own guardian.")),
            None => Some(Invalid::new("unknown", "There is nobody with this id.")),
            Some(profile) if profile.is_child(today) => Some(Invalid::new("is_a_child", "A child cannot be a guardian.")),
            Some(profile) if profile.deceased.is_some() => Some(Invalid::new("is_deceased", "This person has died.")),
            Some(_) => None,
        };
        if let Some(refused) = refused {
            fields.refuse(field("patient_id"), refused.code, refused.detail);
            return Ok(None);
        }
        name = name.or_else(|| profile.as_ref().map(|profile| profile.name.clone()));
        phone = phone.or_else(|| profile.and_then(|profile| profile.phone));
    }
    let Some(name) = fields.required(field("name"), name, Ok) else { return Ok(None) };
    Ok(Some(Guardian { patient_id: id, name, phone, relationship }))
}
