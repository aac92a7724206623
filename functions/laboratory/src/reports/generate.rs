//! `GET /patients/{patient_id}/lab-orders/{id}/report.pdf`: a report that is made from the values.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    id::{LabOrderId, PatientId},
    lab_order::{LabOrder, LabOrderStep},
    laboratory::Laboratory,
    record::{
        Entry,
        lab_result::{Finding, Found, LabResult, ResultStage},
        vitals::Flag,
    },
};
use http::{AppState, Problem};
use pdf::{Align, Block, Column, Document, Emphasis, Row, Table};

use crate::{authority::OfOrder, orders::get::seen};

/// Download a report
///
/// Made from the result as it is now. It says so when the result is preliminary, or was amended. For the patient, once it is released.
#[utoipa::path(get, path = "/patients/{patient_id}/lab-orders/{id}/report.pdf", tag = "lab orders", operation_id = "download_lab_report",
    params(("patient_id" = PatientId, Path), ("id" = LabOrderId, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")))]
pub(crate) async fn generate(State(state): State<AppState>, of: OfOrder) -> Result<Response, Problem> {
    let result = seen(&of, &state).await?.ok_or_else(|| Problem::not_found("report"))?;
    let laboratory = state.store.laboratory(of.order.laboratory_id).await?.ok_or_else(|| Problem::not_found("laboratory"))?;
    let file = pdf::render(&document(&of, &result, &laboratory, &state)).map_err(|error| Problem::internal(&error))?;
    let name =
        format!("attachment; filename=\"laboratory-report-{}.pdf\"", state.hospital.zone.to_datetime(result.content.taken_at).date());
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, file).into_response())
}

fn document(of: &OfOrder, result: &Entry<LabResult>, laboratory: &Laboratory, state: &AppState) -> Document {
    let (order, patient, hospital) = (&of.order, &of.patient, &state.hospital);
    let how_far = result.content.order.as_ref().map_or(ResultStage::Final, |order| order.stage);
    let born = patient.date_of_birth.map_or_else(
        || "not known".to_owned(),
        |born| if patient.date_of_birth_estimated { format!("about {}", born.date().year()) } else { born.date().to_string() },
    );
    let fact = |label: &str, value: String| (label.to_owned(), value);
    let subject = vec![
        fact("Patient", patient.name.as_str().to_owned()),
        fact("MRN", patient.mrn.as_str().to_owned()),
        fact("Born", born),
        fact("Sex", patient.gender.as_str().to_owned()),
    ];
    let notice = match how_far {
        ResultStage::Preliminary => Some("Preliminary. The laboratory has not released this result.".to_owned()),
        ResultStage::Final => None,
        ResultStage::Amended => order.last(LabOrderStep::Amend).map(|amended| {
            let reason = amended.reason.as_ref().map(|reason| format!(" Reason: {}", reason.as_str())).unwrap_or_default();
            format!(
                "Amended on {}. This report replaces the earlier one. No second person has verified it.{reason}",
                hospital.instant_in_words(amended.at)
            )
        }),
    };
    let (values, comment) = match &result.content.found {
        Found::Panel { values, text } => (values.as_slice(), text.as_ref()),
        _ => (&[][..], None),
    };
    let mut blocks = vec![Block::Facts(facts(order, result, state)), Block::Heading(order.listed.test.as_str().to_owned()), table(values)];
    if let Some(comment) = comment {
        blocks.push(Block::Heading("Comment of the laboratory".to_owned()));
        blocks.push(Block::Paragraph(comment.as_str().to_owned()));
    }
    if result.content.order.as_ref().is_some_and(|order| order.report_id.is_some()) {
        blocks.push(Block::Paragraph("The laboratory has uploaded a report of its own as well.".to_owned()));
    }
    let ranges = "Reference ranges are those of the laboratory for the patient's age and sex on the day on which the specimen was taken.";
    blocks.push(Block::Paragraph(ranges.to_owned()));
    Document {
        title: "Laboratory report".to_owned(),
        letterhead: vec![
            hospital.name.clone(),
            order.laboratory.as_str().to_owned(),
            format!("Telephone: {}", laboratory.listed.phone.as_str()),
        ],
        subject,
        notice,
        blocks,
        footer: format!("{}, order {}, version {}", hospital.name, order.listed.id, result.version),
        // The same result gives the same file.
        created: result.author.at,
    }
}

/// What was ordered, and who did what when.
fn facts(order: &LabOrder, result: &Entry<LabResult>, state: &AppState) -> Vec<(String, String)> {
    let hospital = &state.hospital;
    let mut facts = vec![
        ("Ordered by".to_owned(), order.doctor_name.as_str().to_owned()),
        (
            "Specimen".to_owned(),
            format!("{}, taken on {}", order.listed.specimen.in_words(), hospital.instant_in_words(result.content.taken_at)),
        ),
    ];
    let steps = [
        (LabOrderStep::Result, "Entered by"),
        (LabOrderStep::Verify, "Verified by"),
        (LabOrderStep::Release, "Released by"),
        (LabOrderStep::Amend, "Amended by"),
    ];
    for (step, label) in steps {
        if let Some(taken) = order.last(step).filter(|taken| !replaced(order, taken.at, step))
            && let Some(by) = &taken.by
        {
            facts.push((label.to_owned(), format!("{}, {}", by.name.as_str(), hospital.instant_in_words(taken.at))));
        }
    }
    facts
}

/// Whether who entered or verified it did so with values that were replaced since.
fn replaced(order: &LabOrder, at: jiff::Timestamp, step: LabOrderStep) -> bool {
    let later = |other| order.last(other).is_some_and(|taken| taken.at > at);
    match step {
        LabOrderStep::Verify => later(LabOrderStep::Result) || later(LabOrderStep::Amend),
        LabOrderStep::Result => later(LabOrderStep::Amend),
        _ => false,
    }
}

fn table(values: &[Finding]) -> Block {
    let column = |title: &str, width, align| Column { title: title.to_owned(), width, align };
    let columns = vec![
        column("Parameter", 30, Align::Left),
        column("Result", 20, Align::Right),
        column("Unit", 14, Align::Left),
        column("Reference range", 20, Align::Left),
        column("Flag", 16, Align::Left),
    ];
    Block::Table(Table { columns, rows: values.iter().map(row).collect() })
}

fn row(finding: &Finding) -> Row {
    let flag = finding.found.flag();
    let emphasis = match flag {
        _ if finding.critical => Emphasis::Alert,
        Some(flag) if flag.is_critical() => Emphasis::Alert,
        Some(Flag::Low | Flag::High) => Emphasis::Strong,
        _ => Emphasis::None,
    };
    let (result, unit, usual) = match &finding.found {
        Found::Number { value, unit, low, high, .. } => (value.to_string(), unit.clone(), usual(*low, *high)),
        Found::Text(text) => (text.as_str().to_owned(), String::new(), String::new()),
        Found::Panel { .. } => Default::default(),
    };
    let flag = flag.filter(|flag| *flag != Flag::Normal).map(Flag::in_words);
    let flag = flag.or(finding.critical.then_some("critical")).unwrap_or_default().to_owned();
    Row { cells: vec![finding.name.as_str().to_owned(), result, unit, usual, flag], emphasis }
}

fn usual(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("from {low}"),
        (None, Some(high)) => format!("up to {high}"),
        (None, None) => "none known".to_owned(),
    }
}
