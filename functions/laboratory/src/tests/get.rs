//! `GET /laboratories/{laboratory_id}/tests/{id}`: one test, with its values and what is usual.

use domain::id::{LaboratoryId, OfferedTestId};
use http::{Problem, Versioned};

use super::{OfferedTestView, view};
use crate::authority::OfTest;

/// Read a test
#[utoipa::path(get, path = "/laboratories/{laboratory_id}/tests/{id}", tag = "laboratories", operation_id = "get_offered_test",
    params(("laboratory_id" = LaboratoryId, Path), ("id" = OfferedTestId, Path)), responses((status = 200, body = Versioned<OfferedTestView>)))]
pub(crate) async fn get(of: OfTest) -> Result<Versioned<OfferedTestView>, Problem> {
    Ok(view(of.test))
}
