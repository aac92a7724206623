//! `POST /laboratories/{laboratory_id}/tests`: offer a test.

use axum::extract::State;
use domain::{
    id::{LaboratoryId, OfferedTestId},
    laboratory::{ListedTest, OfferedTest, Specimen},
    record::lab_result::Loinc,
    text::{Narrative, Title},
};
use http::{AppState, Created, Fields, Json, MoneyBody, Problem};
use serde::Deserialize;
use store::{StoreError, lab_tests::TestError};
use utoipa::ToSchema;

use super::{OfferedTestView, ParameterBody, minutes, parse, sooner, view};
use crate::authority::InLaboratory;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferTestRequest {
    #[schema(value_type = Title)]
    name: Option<String>,
    /// What it is for, and how to prepare for it. Patients read it.
    #[schema(value_type = Option<Narrative>)]
    description: Option<String>,
    /// Its code. With it, prescriptions of the same test are found, however they call it. It cannot be changed.
    #[schema(value_type = Option<Loinc>)]
    loinc: Option<String>,
    /// What is examined. It cannot be changed.
    #[schema(value_type = Specimen)]
    specimen: Option<String>,
    #[schema(value_type = MoneyBody)]
    price: Option<MoneyBody>,
    /// How long it takes from the specimen to the release of the result, in minutes: at most 60 days.
    #[schema(value_type = u32, minimum = 1, maximum = 86400)]
    expected_minutes: Option<i64>,
    /// How long it takes when it is urgent. When left out: as long.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 86400)]
    urgent_minutes: Option<i64>,
    /// Its values, at most 200 reference ranges together.
    #[schema(value_type = Vec<ParameterBody>, min_items = 1, max_items = 40)]
    parameters: Option<Vec<ParameterBody>>,
}

/// Offer a test
///
/// With the values that a result of it has, their units, and what is usual by age and sex (CLSI EP28-A3c: reference intervals are those of the
/// laboratory).
#[utoipa::path(post, path = "/laboratories/{laboratory_id}/tests", tag = "laboratories", operation_id = "offer_test",
    params(("laboratory_id" = LaboratoryId, Path)), request_body = OfferTestRequest,
    responses((status = 201, body = Created<OfferedTestView>, description = "Offered")))]
pub(crate) async fn offer(
    State(state): State<AppState>,
    there: InLaboratory,
    Json(request): Json<OfferTestRequest>,
) -> Result<Created<OfferedTestView>, Problem> {
    let mut fields = Fields::default();
    let name = fields.required("name", request.name, |text| Title::parse(&text));
    let description = fields.optional("description", request.description, |text| Narrative::parse(&text));
    let loinc = fields.optional("loinc", request.loinc, |code| Loinc::parse(&code));
    let specimen = fields.required("specimen", request.specimen, |text| Specimen::parse(&text));
    let price = fields.required("price", request.price, |money| money.parse(state.hospital.currency));
    let expected = fields.required("expected_minutes", request.expected_minutes, minutes);
    let urgent = fields.optional("urgent_minutes", request.urgent_minutes, minutes);
    let bodies = fields.required("parameters", request.parameters, Ok);
    let parameters = bodies.and_then(|bodies| parse(bodies, &mut fields));
    let (Some(name), Some(description), Some(loinc), Some(specimen), Some(price), Some(expected), Some(urgent), Some(parameters)) =
        (name, description, loinc, specimen, price, expected, urgent, parameters)
    else {
        return Err(fields.problem());
    };
    sooner(urgent, expected, &mut fields).ok_or_else(|| fields.problem())?;
    let id = OfferedTestId::new(state.clock.now(), state.random.u128()?);
    let laboratory_id = there.laboratory.listed.id;
    let listed = ListedTest { id, laboratory_id, name, loinc, specimen, price, minutes: expected, urgent_minutes: urgent, offered: true };
    let test = OfferedTest { listed, description, parameters, version: 1 };
    match state.store.offered_test_add(&test).await {
        Ok(()) => {}
        Err(TestError::Store(error)) => return Err(error.into()),
        Err(TestError::Stale) => return Err(StoreError::Unavailable("the id is taken".into()).into()),
    }
    let shown = view(test);
    Ok(Created { location: format!("/laboratories/{laboratory_id}/tests/{id}"), version: shown.version, body: shown.body })
}
