//! Surgeries that were performed here.

pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod get;
pub(crate) mod list;

use domain::{
    id::{DoctorId, EncounterId, SurgeryId},
    money::Money,
    patient::parse_date,
    record::Entry,
    text::{Narrative, PersonName, Reason},
};
use http::{AppState, MoneyBody, Problem, auth::PatientAccess};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use domain::record::surgery::Surgery;

use crate::entries::{EntryHead, In, Shown, head, not_ahead};

/// A surgery.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SurgeryView {
    id: SurgeryId,
    procedure: Reason,
    surgeon_id: DoctorId,
    /// The surgeon's name at that time.
    surgeon_name: PersonName,
    fee: MoneyBody,
    #[schema(value_type = String, format = Date)]
    performed_on: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Narrative>,
    #[serde(flatten)]
    head: EntryHead,
}

impl Shown for Surgery {
    type View = SurgeryView;
    const PATH: &'static str = "surgeries";

    fn view(entry: Entry<Self>, state: &AppState) -> SurgeryView {
        let (head, content) = (head(&entry, state), entry.content);
        let Self { procedure, surgeon_id, surgeon_name, fee, performed_on, report } = content;
        SurgeryView { id: entry.id, procedure, surgeon_id, surgeon_name, fee: fee.into(), performed_on, report, head }
    }
}

/// What is written about a surgery.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SurgeryBody {
    /// The encounter that it belongs to.
    #[schema(value_type = Option<EncounterId>)]
    encounter_id: Option<String>,
    /// What was done.
    #[schema(value_type = Reason)]
    procedure: Option<String>,
    /// The doctor who operated.
    #[schema(value_type = DoctorId)]
    surgeon_id: Option<String>,
    /// In the hospital's currency.
    #[schema(value_type = MoneyBody)]
    fee: Option<MoneyBody>,
    /// Not in the future.
    #[schema(value_type = String, format = Date)]
    performed_on: Option<String>,
    /// How it went.
    #[schema(value_type = Option<Narrative>)]
    report: Option<String>,
}

impl SurgeryBody {
    fn parse(self, fields: &mut In<'_>, access: &PatientAccess, state: &AppState) -> Option<(Option<EncounterId>, Parsed)> {
        let encounter = fields.optional("encounter_id", self.encounter_id, |id| id.parse());
        let procedure = fields.required("procedure", self.procedure, |text| Reason::parse(&text));
        let surgeon = fields.required("surgeon_id", self.surgeon_id, |id| id.parse());
        let fee = fields.required("fee", self.fee, |fee| fee.parse(state.hospital.currency));
        let performed_on = fields.required("performed_on", self.performed_on, |day| not_ahead(parse_date(&day)?, access, state));
        let report = fields.optional("report", self.report, |text| Narrative::parse(&text));
        let (procedure, surgeon_id, fee, performed_on, report) = (procedure?, surgeon?, fee?, performed_on?, report?);
        Some((encounter?, Parsed { procedure, surgeon_id, fee, performed_on, report }))
    }
}

/// What was written about a surgery, before its surgeon is known.
struct Parsed {
    procedure: Reason,
    surgeon_id: DoctorId,
    fee: Money,
    performed_on: Date,
    report: Option<Narrative>,
}

impl Parsed {
    /// Looks the surgeon up.
    async fn with_surgeon(self, state: &AppState) -> Result<Surgery, Problem> {
        let Self { procedure, surgeon_id, fee, performed_on, report } = self;
        let unknown = || Problem::invalid_field("surgeon_id", "unknown_doctor", "There is no such doctor here.");
        let surgeon_name = state.store.doctor(surgeon_id).await?.ok_or_else(unknown)?.name;
        Ok(Surgery { procedure, surgeon_id, surgeon_name, fee, performed_on, report })
    }
}
