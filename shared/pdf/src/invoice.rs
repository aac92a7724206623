//! What an invoice looks like: its lines by what they are for, the discount with its rule, the taxes, what was paid, and what is outstanding.

use domain::billing::{Balance, ChargeKind, Entry, Issued, Line, Posting, balance::number_in_words};
use jiff::{Timestamp, civil::Date};
use platform::config::Hospital;

use crate::{Align, Block, Column, Document, Emphasis, Row, Table};

/// An invoice with its lines, and what was posted to it.
#[derive(Debug, Clone, Copy)]
pub struct Invoice<'a> {
    pub balance: &'a Balance,
    pub issued: &'a Issued,
    pub lines: &'a [Line],
    pub entries: &'a [Entry],
}

/// The document, as the invoice stands now. It is the same until something else is posted.
#[must_use]
pub fn document(hospital: &Hospital, invoice: Invoice<'_>) -> Document {
    let Invoice { balance, issued, lines, entries } = invoice;
    let number = number_in_words(balance.number);
    let fact = |label: &str, value: String| (label.to_owned(), value);
    let mut letterhead = vec![hospital.name.clone()];
    letterhead.extend(hospital.address.clone());
    letterhead.extend(hospital.contact.as_ref().map(|contact| format!("Contact: {contact}")));
    let subject = vec![
        fact("Patient", balance.patient_name.as_str().to_owned()),
        fact("MRN", balance.mrn.as_str().to_owned()),
        fact("Invoice", number.clone()),
        fact("Issued on", day(hospital, balance.issued_at).to_string()),
        fact("To be paid by", balance.due_on.to_string()),
    ];
    let mut blocks = Vec::new();
    for kind in ChargeKind::ALL {
        let of_kind: Vec<_> = lines.iter().filter(|line| line.charge.kind == *kind).collect();
        if !of_kind.is_empty() {
            blocks.push(Block::Heading(kind.heading().to_owned()));
            blocks.push(Block::Table(charges(&of_kind, balance)));
        }
    }
    blocks.push(Block::Heading("Total".to_owned()));
    blocks.push(Block::Table(sums(balance, issued)));
    let payments = payments(hospital, balance, entries);
    if !payments.is_empty() {
        blocks.push(Block::Heading("Payments and corrections".to_owned()));
        let columns = vec![column("Date", 14, Align::Left), column("What", 60, Align::Left), column("Amount", 26, Align::Right)];
        blocks.push(Block::Table(Table { columns, rows: payments }));
    }
    blocks.push(Block::Paragraph(how_to_pay(hospital, balance, &number)));
    if lines.iter().any(|line| line.charge.kind == ChargeKind::BedDay) {
        blocks.push(Block::Paragraph(BED_DAYS.to_owned()));
    }
    Document {
        title: format!("Invoice {number}"),
        letterhead,
        subject,
        notice: balance.is_void().then(|| "Void. Credit notes have taken this invoice back. Nothing is to be paid for it.".to_owned()),
        blocks,
        footer: format!("{}, invoice {number}", hospital.name),
        created: entries.last().map_or(balance.issued_at, |entry| entry.at),
    }
}

const BED_DAYS: &str =
    "A bed day counts where the patient lies at its end. The day on which the patient leaves does not count, unless it is the only one.";

fn charges(lines: &[&Line], balance: &Balance) -> Table {
    let columns = vec![
        column("Date", 14, Align::Left),
        column("Service", 42, Align::Left),
        column("Quantity", 12, Align::Right),
        column("Unit price", 15, Align::Right),
        column("Amount", 17, Align::Right),
    ];
    let rows = lines.iter().map(|line| {
        let charge = &line.charge;
        let credited = balance.credited_charges.contains(&charge.number);
        let what = if credited { format!("{} (credited)", charge.what) } else { charge.what.clone() };
        let amounts = [charge.unit_price.amount(), charge.amount().amount()];
        let [unit_price, amount] = amounts;
        Row { cells: vec![charge.on.to_string(), what, charge.quantity.to_string(), unit_price, amount], emphasis: Emphasis::None }
    });
    let all = lines.iter().map(|line| line.amount).fold(0, i64::saturating_add);
    let sum = Row {
        cells: vec![String::new(), "Together".to_owned(), String::new(), String::new(), amount(all, balance)],
        emphasis: Emphasis::Strong,
    };
    let rows = rows.chain((lines.len() > 1).then_some(sum)).collect();
    Table { columns, rows }
}

fn sums(balance: &Balance, issued: &Issued) -> Table {
    let plain = |label: String, minor: i64| Row { cells: vec![label, amount(minor, balance)], emphasis: Emphasis::None };
    let minus =
        |label: String, minor: i64| Row { cells: vec![label, format!("\u{2212} {}", amount(minor, balance))], emphasis: Emphasis::None };
    let mut rows = vec![plain("Subtotal".to_owned(), issued.subtotal)];
    if issued.discount > 0 {
        rows.push(minus(format!("Discount by income: {}", issued.rule.in_words()), issued.discount));
    } else {
        rows.push(plain(format!("Discount by income: {}", issued.rule.in_words()), 0));
    }
    for tax in &issued.taxes {
        let label =
            format!("{} {} % on {}, of {}", issued.tax_name, tax.percent, tax.kind.heading().to_lowercase(), amount(tax.base, balance));
        rows.push(plain(label, tax.amount));
    }
    rows.push(Row { cells: vec!["Total".to_owned(), full(issued.total, balance)], emphasis: Emphasis::Strong });
    if balance.credited > 0 {
        rows.push(minus("Credited".to_owned(), balance.credited));
    }
    rows.push(plain("Paid".to_owned(), balance.paid));
    if balance.refunded > 0 {
        rows.push(plain("Paid back".to_owned(), balance.refunded));
    }
    if balance.overpaid() > 0 {
        rows.push(plain("Paid too much".to_owned(), balance.overpaid()));
    }
    rows.push(Row { cells: vec!["Outstanding".to_owned(), full(balance.outstanding(), balance)], emphasis: Emphasis::Strong });
    Table { columns: vec![column("", 70, Align::Left), column(&format!("Amount in {}", balance.currency.code()), 30, Align::Right)], rows }
}

/// What was paid and corrected since, oldest first.
fn payments(hospital: &Hospital, balance: &Balance, entries: &[Entry]) -> Vec<Row> {
    let line = |entry: &Entry| {
        let (what, minor, takes) = match &entry.posting {
            Posting::Paid { receipt, amount, tender, .. } => {
                (format!("Payment by {}, receipt {}", tender.in_words(), balance.receipt_number(*receipt)), *amount, true)
            }
            Posting::TakenBack { amount, .. } => ("Payment that was taken back".to_owned(), *amount, false),
            Posting::Credited { note, amount, .. } => (format!("Credit note {}", balance.credit_note_number(*note)), *amount, true),
            Posting::Refunded { amount, tender, .. } => (format!("Paid back by {}", tender.in_words()), *amount, false),
            _ => return None,
        };
        let value = if takes { format!("\u{2212} {}", amount(minor, balance)) } else { amount(minor, balance) };
        Some(Row { cells: vec![day(hospital, entry.at).to_string(), what, value], emphasis: Emphasis::None })
    };
    entries.iter().filter_map(line).collect()
}

fn how_to_pay(hospital: &Hospital, balance: &Balance, number: &str) -> String {
    if balance.outstanding() == 0 {
        return "Nothing is outstanding.".to_owned();
    }
    let due = balance.due_on.strftime("%-d %B %Y");
    let ask = hospital.contact.as_ref().map(|contact| format!(" Questions? You can reach us at {contact}.")).unwrap_or_default();
    format!("Please pay {} by {due}, and give the invoice number {number} with the payment.{ask}", full(balance.outstanding(), balance))
}

fn column(title: &str, width: u16, align: Align) -> Column {
    Column { title: title.to_owned(), width, align }
}

/// An amount without its currency.
fn amount(minor: i64, balance: &Balance) -> String {
    balance.money(minor).amount()
}

/// An amount with its currency.
fn full(minor: i64, balance: &Balance) -> String {
    balance.money(minor).to_string()
}

fn day(hospital: &Hospital, at: Timestamp) -> Date {
    hospital.zone.to_datetime(at).date()
}
