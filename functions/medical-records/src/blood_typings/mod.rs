//! Typings of a patient's blood.

pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;

use domain::{
    id::{BloodTypingId, EncounterId},
    patient::parse_date,
    record::Entry,
    staff::BloodGroup,
};
use http::{AppState, auth::PatientAccess};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use domain::record::blood_group::BloodTyping;

use crate::entries::{EntryHead, In, Shown, head, not_ahead};

/// A blood group that was determined.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BloodTypingView {
    id: BloodTypingId,
    blood_group: BloodGroup,
    #[schema(value_type = String, format = Date)]
    determined_on: Date,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for BloodTyping {
    type View = BloodTypingView;
    const PATH: &'static str = "blood-typings";

    fn view(entry: Entry<Self>, state: &AppState) -> BloodTypingView {
        let Self { group, determined_on } = entry.content;
        BloodTypingView { id: entry.id, blood_group: group, determined_on, head: head(&entry, state) }
    }
}

/// What a typing says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BloodTypingBody {
    /// The encounter in which it was made.
    #[schema(value_type = Option<EncounterId>)]
    encounter_id: Option<String>,
    /// ABO and Rh(D): `o_negative`.
    #[schema(value_type = String, pattern = "^(a|b|ab|o)_(positive|negative)$", example = "o_negative")]
    blood_group: Option<String>,
    /// Not in the future.
    #[schema(value_type = String, format = Date)]
    determined_on: Option<String>,
}

impl BloodTypingBody {
    fn parse(self, fields: &mut In<'_>, access: &PatientAccess, state: &AppState) -> Option<(Option<EncounterId>, BloodTyping)> {
        let encounter = fields.optional("encounter_id", self.encounter_id, |id| id.parse());
        let group = fields.required("blood_group", self.blood_group, |text| BloodTyping::parse(&text));
        let determined_on = fields.required("determined_on", self.determined_on, |day| not_ahead(parse_date(&day)?, access, state));
        Some((encounter?, BloodTyping { group: group?, determined_on: determined_on? }))
    }
}
