//! What somebody says to what speaks against a medicine: a doctor who prescribes it, a pharmacist who hands it over.

use domain::{Invalid, record::prescribing::OverrideReason, text::Reason};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Fields;

/// Why a medicine is right although something speaks against it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideBody {
    #[schema(value_type = OverrideReason)]
    reason: Option<String>,
    #[schema(value_type = Option<Reason>)]
    note: Option<String>,
    /// The `id` of each stop that it answers. A stop that it does not name stays one.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 60)]
    hits: Option<Vec<String>>,
}

/// Why, more about it, and the stops that it answers.
pub type Answer = (OverrideReason, Option<Reason>, Vec<String>);

impl OverrideBody {
    /// Parses it. `at` is the path of the field that it is in.
    pub fn parse(self, at: &str, fields: &mut Fields) -> Option<Answer> {
        let reason = fields.required(format!("{at}.reason"), self.reason, |text| OverrideReason::parse(&text));
        let note = fields.optional(format!("{at}.note"), self.note, |text| Reason::parse(&text));
        let named = |hits: Vec<String>| {
            let fits = (1..=60).contains(&hits.len());
            if fits { Ok(hits) } else { Err(Invalid::new("out_of_range", "Name the `id` of each stop that it answers.")) }
        };
        let hits = fields.required(format!("{at}.hits"), self.hits, named);
        Some((reason?, note?, hits?))
    }
}
