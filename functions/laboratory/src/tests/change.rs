//! `PATCH /laboratories/{laboratory_id}/tests/{id}`: change what a test costs, how long it takes and what is usual, or offer it no longer.

use axum::extract::State;
use domain::{
    id::{LaboratoryId, OfferedTestId},
    laboratory::{ListedTest, OfferedTest},
    text::{Narrative, Title},
};
use http::{AppState, Fields, Json, MoneyBody, Problem, RequiredIfMatch, Versioned};
use serde::Deserialize;
use store::lab_tests::TestError;
use utoipa::ToSchema;

use super::{OfferedTestView, ParameterBody, minutes, parse, sooner, view};
use crate::authority::OfTest;

/// What is left out stays as it is. Code and specimen stay: another one is another test.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeTestRequest {
    #[schema(value_type = Option<Title>)]
    name: Option<String>,
    #[schema(value_type = Option<Narrative>)]
    description: Option<String>,
    /// It counts for orders from now on.
    #[schema(value_type = Option<MoneyBody>)]
    price: Option<MoneyBody>,
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 86400)]
    expected_minutes: Option<i64>,
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 86400)]
    urgent_minutes: Option<i64>,
    /// All of them. They count for results from now on.
    #[schema(value_type = Option<Vec<ParameterBody>>, min_items = 1, max_items = 40)]
    parameters: Option<Vec<ParameterBody>>,
    /// Whether the laboratory takes orders of it. Those that it has go on.
    offered: Option<bool>,
}

/// Change a test
#[utoipa::path(patch, path = "/laboratories/{laboratory_id}/tests/{id}", tag = "laboratories", operation_id = "change_offered_test",
    params(("laboratory_id" = LaboratoryId, Path), ("id" = OfferedTestId, Path), RequiredIfMatch), request_body = ChangeTestRequest,
    responses((status = 200, body = Versioned<OfferedTestView>)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    of: OfTest,
    RequiredIfMatch(version): RequiredIfMatch,
    Json(request): Json<ChangeTestRequest>,
) -> Result<Versioned<OfferedTestView>, Problem> {
    let mut fields = Fields::default();
    let name = fields.optional("name", request.name, |text| Title::parse(&text));
    let description = fields.optional("description", request.description, |text| Narrative::parse(&text));
    let price = fields.optional("price", request.price, |money| money.parse(state.hospital.currency));
    let expected = fields.optional("expected_minutes", request.expected_minutes, minutes);
    let urgent = fields.optional("urgent_minutes", request.urgent_minutes, minutes);
    let parameters = match request.parameters {
        Some(bodies) => parse(bodies, &mut fields).map(Some),
        None => Some(None),
    };
    let (Some(name), Some(description), Some(price), Some(expected), Some(urgent), Some(parameters)) =
        (name, description, price, expected, urgent, parameters)
    else {
        return Err(fields.problem());
    };
    let before = of.test;
    if before.version != version {
        return Err(Problem::stale());
    }
    let was = before.clone();
    let listed = ListedTest {
        name: name.unwrap_or(was.listed.name),
        price: price.unwrap_or(was.listed.price),
        minutes: expected.unwrap_or(was.listed.minutes),
        urgent_minutes: urgent.or(was.listed.urgent_minutes),
        offered: request.offered.unwrap_or(was.listed.offered),
        ..before.listed.clone()
    };
    sooner(listed.urgent_minutes, listed.minutes, &mut fields).ok_or_else(|| fields.problem())?;
    let after = OfferedTest {
        listed,
        description: description.or(was.description),
        parameters: parameters.unwrap_or(was.parameters),
        version: was.version + 1,
    };
    match state.store.offered_test_change(&before, &after).await {
        Ok(()) => Ok(view(after)),
        Err(TestError::Stale) => Err(Problem::stale()),
        Err(TestError::Store(error)) => Err(error.into()),
    }
}
