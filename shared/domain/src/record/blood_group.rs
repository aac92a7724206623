//! Blood groups of patients. Each typing is an entry: a group counts as certain once two typings agree (AABB, Standards for Blood Banks: two
//! determinations before a crossmatch by computer).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Clinical, Entry, Full, Summary,
    summary::{Typed, put_recent},
    vitals::VitalSign,
};
use crate::{Invalid, id::BloodTypingId, staff::BloodGroup};

/// A blood group that was determined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BloodTyping {
    /// The group.
    pub group: BloodGroup,
    /// When it was determined.
    pub determined_on: Date,
}

impl BloodTyping {
    /// Parses the group. `unknown` is no result of a typing.
    ///
    /// # Errors
    /// When there is no such group.
    pub fn parse(text: &str) -> Result<BloodGroup, Invalid> {
        let known = BloodGroup::parse(text).ok().filter(|group| *group != BloodGroup::Unknown);
        let detail =
            "Use one of `a_positive`, `a_negative`, `b_positive`, `b_negative`, `ab_positive`, `ab_negative`, `o_positive`, `o_negative`.";
        known.ok_or_else(|| Invalid::new("invalid_blood_group", detail))
    }
}

impl Clinical for BloodTyping {
    type Id = BloodTypingId;
    const KIND: &'static str = "blood_typing";
    const IN_SUMMARY: bool = true;

    fn show(_before: Option<&Entry<Self>>, entry: &Entry<Self>, summary: &mut Summary) -> Result<Vec<VitalSign>, Full> {
        let BloodTyping { group, determined_on } = entry.content;
        let line = (!entry.in_error).then_some(Typed { id: entry.id, group, determined_on });
        put_recent(&mut summary.blood_typings, line, |other| other.id == entry.id, |line| (line.determined_on, line.id));
        Ok(Vec::new())
    }
}
