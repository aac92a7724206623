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
    let mut subject = vec![fact("Patient", balance.patient_name.as_str().to_owned()), fact("MRN", balance.mrn.as_str().to_owned())];
    subject.push(fact("Issued on", day(hospital, balance.issued_at).to_string()));
    subject.push(fact("To be paid by", balance.due_on.to_string()));
    subject.extend(issued.address.as_ref().map(|address| fact("Address", address.as_str().lines().collect::<Vec<_>>().join(", "))));
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
    rows.push(if balance.paid > 0 { minus("Paid".to_owned(), balance.paid) } else { plain("Paid".to_owned(), 0) });
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
            Posting::Paid { receipt, amount, tender, received_on, .. } => {
                let received = received_on.map(|day| format!(", received on {day}")).unwrap_or_default();
                (format!("Payment by {}{received}, receipt {}", tender.in_words(), balance.receipt_number(*receipt)), *amount, true)
            }
            Posting::TakenBack { payment, amount, .. } => {
                let receipt = entries.iter().find(|other| other.entry == *payment).and_then(|paid| match paid.posting {
                    Posting::Paid { receipt, .. } => Some(format!(", receipt {}", balance.receipt_number(receipt))),
                    _ => None,
                });
                (format!("Payment that was taken back{}", receipt.unwrap_or_default()), *amount, false)
            }
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
    let how = hospital.billing.how_to_pay.as_ref().map(|how| format!(" {how}")).unwrap_or_default();
    format!(
        "Please pay {} by {due}, and give the invoice number {number} with the payment.{how}{ask}",
        full(balance.outstanding(), balance)
    )
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

#[cfg(test)]
mod tests {
    use domain::{
        billing::{Charge, ChargeRule, Percent, Tender, Terms, invoice::price},
        id::{InvoiceId, PatientId},
        money::{Currency, Money},
        mrn::Mrn,
        text::{Email, PersonName, PostalAddress, Reason},
        triage::Scale,
    };
    use jiff::{civil::date, tz::TimeZone};

    use super::*;

    fn hospital() -> Hospital {
        let currency = Currency::parse("GBP").unwrap();
        Hospital {
            name: "Seacole General Hospital".to_owned(),
            address: Some("12 Seacole Way, London".to_owned()),
            contact: Some("+44 20 7946 0000".to_owned()),
            zone: TimeZone::UTC,
            currency,
            triage: Scale::esi(),
            billing: Terms {
                how_to_pay: Some("Account GB00 TEST at Test Bank.".to_owned()),
                ..Terms::of(currency).with_taxes("VAT", "other=20").unwrap()
            },
            sender: Email::parse("hospital@example.org").unwrap(),
            portal_url: "https://portal.example.org".to_owned(),
            issuer: "https://api.example.org".to_owned(),
        }
    }

    fn charge(number: u32, kind: ChargeKind, what: &str, quantity: u32, minor: i64) -> Charge {
        Charge {
            patient_id: PatientId::new(Timestamp::UNIX_EPOCH, 1),
            number,
            kind,
            what: what.to_owned(),
            on: date(2026, 3, 2),
            quantity,
            unit_price: Money::of_minor(minor, Currency::parse("GBP").unwrap()),
            rule: ChargeRule::EnteredByHand,
            source: None,
            at: Timestamp::UNIX_EPOCH,
            by: None,
            reason: None,
        }
    }

    /// Each text of a document, in its order.
    fn said(document: &Document) -> Vec<String> {
        let mut said = vec![document.title.clone()];
        said.extend(document.letterhead.clone());
        said.extend(document.subject.iter().map(|(label, value)| format!("{label}: {value}")));
        said.extend(document.notice.clone());
        for block in &document.blocks {
            match block {
                Block::Heading(text) => said.push(format!("# {text}")),
                Block::Paragraph(text) => said.push(text.clone()),
                Block::Facts(facts) => said.extend(facts.iter().map(|(label, value)| format!("{label}: {value}"))),
                Block::Table(table) => {
                    said.push(table.columns.iter().map(|column| column.title.as_str()).collect::<Vec<_>>().join(" | "));
                    said.extend(table.rows.iter().map(|row| row.cells.join(" | ")));
                }
            }
        }
        said
    }

    fn invoice(charges: Vec<Charge>) -> (Balance, Issued, Vec<Line>, Vec<Entry>) {
        let terms = hospital().billing;
        let rule = terms.discount(Some(Money::of_minor(3_000_000, terms.currency)));
        assert_eq!(rule.percent, Percent::parse("30").unwrap());
        let priced = price(charges, rule.percent, &terms.taxes);
        let mut issued = Issued::of(&priced, (Vec::new(), 1), rule, &terms, date(2026, 3, 2), None);
        issued.address = PostalAddress::parse("1 Marylebone Road\nLondon").ok();
        let json = serde_json::json!({
            "id": InvoiceId::new(Timestamp::UNIX_EPOCH, 1), "number": 42, "patient_id": PatientId::new(Timestamp::UNIX_EPOCH, 1),
            "patient_name": PersonName::parse("Ada Byron").unwrap(), "mrn": Mrn::parse("100000006").unwrap(), "issued_at": "2026-03-02T09:00:00Z",
            "due_on": issued.due_on, "currency": "GBP", "total": issued.total, "version": 1
        });
        let balance: Balance = serde_json::from_value(json).unwrap();
        (balance, issued, priced.lines, Vec::new())
    }

    /// The balance after a posting, with its entry.
    fn posted(balance: &Balance, entries: &mut Vec<Entry>, posting: Posting) -> Balance {
        let at = "2026-03-04T09:00:00Z".parse().unwrap();
        let after = balance.post(&posting, None, at).unwrap();
        let (invoice_id, patient_id) = (after.id, after.patient_id);
        entries.push(Entry { invoice_id, number: 42, patient_id, entry: after.version, at, by: None, posting });
        after
    }

    #[test]
    fn an_invoice_says_what_was_done_what_it_costs_and_what_is_outstanding() {
        let charges = vec![
            charge(1, ChargeKind::Consultation, "Consultation with Dr. Helen Taussig, cardiology", 1, 8_000),
            charge(2, ChargeKind::BedDay, "Bed 7, general ward", 20, 25_000),
            charge(3, ChargeKind::BedDay, "Bed 1, ICU ward", 2, 90_000),
            charge(4, ChargeKind::Other, "Copy of the images", 1, 1_250),
        ];
        let (balance, issued, lines, mut entries) = invoice(charges);
        let paid = |receipt, received_on| {
            let (amount, tender) = (100_000, Tender::Card);
            Posting::Paid { receipt, amount, tender, reference: None, received_on, overpayment: false, same_reference: false }
        };
        let balance = posted(&balance, &mut entries, paid(1, None));
        let balance = posted(&balance, &mut entries, paid(2, Some(date(2026, 3, 3))));
        let back = Posting::TakenBack { payment: 3, amount: 100_000, reason: Reason::parse("Entered twice").unwrap() };
        let balance = posted(&balance, &mut entries, back);
        let reason = Reason::parse("They were not made").ok();
        let note = Posting::Credited { note: 1, amount: lines[3].total(), charges: vec![4], bill_again: false, reason };
        let balance = posted(&balance, &mut entries, note);
        let document = document(&hospital(), Invoice { balance: &balance, issued: &issued, lines: &lines, entries: &entries });
        let expected = "\
Invoice 000042
Seacole General Hospital
12 Seacole Way, London
Contact: +44 20 7946 0000
Patient: Ada Byron
MRN: 100000006
Issued on: 2026-03-02
To be paid by: 2026-04-01
Address: 1 Marylebone Road, London
# Consultations
Date | Service | Quantity | Unit price | Amount
2026-03-02 | Consultation with Dr. Helen Taussig, cardiology | 1 | 80.00 | 80.00
# Bed days
Date | Service | Quantity | Unit price | Amount
2026-03-02 | Bed 7, general ward | 20 | 250.00 | 5000.00
2026-03-02 | Bed 1, ICU ward | 2 | 900.00 | 1800.00
 | Together |  |  | 6800.00
# Other
Date | Service | Quantity | Unit price | Amount
2026-03-02 | Copy of the images (credited) | 1 | 12.50 | 12.50
# Total
 | Amount in GBP
Subtotal | 6892.50
Discount by income: 30 % for a monthly income of up to GBP 50000.00 | \u{2212} 2067.75
VAT 20 % on other, of 8.75 | 1.75
Total | GBP 4826.50
Credited | \u{2212} 10.50
Paid | \u{2212} 1000.00
Outstanding | GBP 3816.00
# Payments and corrections
Date | What | Amount
2026-03-04 | Payment by card, receipt 000042-1 | \u{2212} 1000.00
2026-03-04 | Payment by card, received on 2026-03-03, receipt 000042-2 | \u{2212} 1000.00
2026-03-04 | Payment that was taken back, receipt 000042-2 | 1000.00
2026-03-04 | Credit note 000042-C1 | \u{2212} 10.50
Please pay GBP 3816.00 by 1 April 2026, and give the invoice number 000042 with the payment. Account GB00 TEST at Test Bank. Questions? You can reach us at +44 20 7946 0000.
A bed day counts where the patient lies at its end. The day on which the patient leaves does not count, unless it is the only one.";
        assert_eq!(said(&document).join("\n"), expected);
    }

    #[test]
    fn a_void_invoice_says_so_and_a_long_one_has_several_pages() {
        let (balance, issued, lines, mut entries) =
            invoice((1..=300).map(|number| charge(number, ChargeKind::Medicine, "Amoxil", 3, 25)).collect());
        let all = Posting::Credited { note: 1, amount: balance.total, charges: Vec::new(), bill_again: false, reason: None };
        let balance = posted(&balance, &mut entries, all);
        let document = document(&hospital(), Invoice { balance: &balance, issued: &issued, lines: &lines, entries: &entries });
        assert!(
            said(&document).iter().any(|text| text.starts_with("Void.")) && said(&document).contains(&"Nothing is outstanding.".to_owned())
        );
        let (first, again) = (crate::render(&document).unwrap(), crate::render(&document).unwrap());
        assert!(first == again && first.starts_with(b"%PDF-") && first.len() > 30_000);
    }
}
