//! Emails about invoices and payments. They name amounts and never what was done: that is in the attached invoice.

use askama::Template;
use domain::{
    billing::{Balance, Issued, Tender, balance::number_in_words},
    text::{Reason, Reference},
};
use jiff::{Timestamp, civil::Date};
use platform::config::Hospital;

use super::{day_in_words, write};
use crate::{Message, RenderError};

/// What every one of these emails may need.
struct Facts {
    number: String,
    patient: String,
    outstanding: String,
    overpaid: Option<String>,
    due: String,
    url: String,
}

impl Facts {
    fn of(hospital: &Hospital, balance: &Balance) -> Self {
        Self {
            number: number_in_words(balance.number),
            patient: balance.patient_name.as_str().to_owned(),
            outstanding: balance.money(balance.outstanding()).to_string(),
            overpaid: (balance.overpaid() > 0).then(|| balance.money(balance.overpaid()).to_string()),
            due: day_in_words(balance.due_on),
            url: hospital.portal("invoices"),
        }
    }
}

#[derive(Template)]
#[template(path = "invoice-issued.email")]
struct IssuedEmail<'a> {
    number: &'a str,
    patient: &'a str,
    outstanding: &'a str,
    due: &'a str,
    how: Option<&'a str>,
    url: &'a str,
}

/// To the patient: an invoice, as a file.
pub fn issued(hospital: &Hospital, balance: &Balance, pdf: Vec<u8>) -> Result<Message, RenderError> {
    let Facts { number, patient, outstanding, due, url, .. } = Facts::of(hospital, balance);
    let how = hospital.billing.how_to_pay.as_deref();
    let email = write(&IssuedEmail { number: &number, patient: &patient, outstanding: &outstanding, due: &due, how, url: &url })?;
    Ok(email.with_pdf(format!("invoice-{number}.pdf"), pdf))
}

#[derive(Template)]
#[template(path = "invoice-to-collect.email")]
struct ToCollect<'a> {
    number: &'a str,
    patient: &'a str,
    mrn: &'a str,
    discount: &'a str,
    total: &'a str,
    due: &'a str,
    by_post: bool,
    at_discharge: bool,
    url: &'a str,
}

/// To an accountant: an invoice was issued.
pub fn to_collect(hospital: &Hospital, balance: &Balance, issued: &Issued, by_post: bool) -> Result<Message, RenderError> {
    let Facts { number, patient, due, .. } = Facts::of(hospital, balance);
    write(&ToCollect {
        number: &number,
        patient: &patient,
        mrn: balance.mrn.as_str(),
        discount: &issued.rule.in_words(),
        total: &balance.money(balance.total).to_string(),
        due: &due,
        by_post,
        at_discharge: issued.admission_id.is_some(),
        url: &hospital.portal("billing/invoices"),
    })
}

#[derive(Template)]
#[template(path = "payment-received.email")]
struct Received<'a> {
    hospital: &'a str,
    number: &'a str,
    patient: &'a str,
    receipt: &'a str,
    amount: &'a str,
    tender: &'a str,
    reference: Option<&'a str>,
    when: &'a str,
    outstanding: &'a str,
    overpaid: Option<&'a str>,
    url: &'a str,
}

/// To the patient: a receipt. The balance is that after the payment.
pub fn received(
    hospital: &Hospital,
    balance: &Balance,
    (receipt, amount): (u16, i64),
    (tender, reference): (Tender, Option<&Reference>),
    received_on: Date,
) -> Result<Message, RenderError> {
    let Facts { number, patient, outstanding, overpaid, url, .. } = Facts::of(hospital, balance);
    write(&Received {
        hospital: &hospital.name,
        number: &number,
        patient: &patient,
        receipt: &balance.receipt_number(receipt),
        amount: &balance.money(amount).to_string(),
        tender: tender.in_words(),
        reference: reference.map(Reference::as_str),
        when: &day_in_words(received_on),
        outstanding: &outstanding,
        overpaid: overpaid.as_deref(),
        url: &url,
    })
}

#[derive(Template)]
#[template(path = "payment-taken-back.email")]
struct TakenBack<'a> {
    number: &'a str,
    patient: &'a str,
    receipt: &'a str,
    amount: &'a str,
    outstanding: &'a str,
    due: Option<&'a str>,
    url: &'a str,
}

/// To the patient: a payment does not count.
pub fn taken_back(hospital: &Hospital, balance: &Balance, (receipt, amount): (u16, i64), today: Date) -> Result<Message, RenderError> {
    let still_time = balance.outstanding() > 0 && today <= balance.due_on;
    let Facts { number, patient, outstanding, due, url, .. } = Facts::of(hospital, balance);
    let (receipt, amount) = (balance.receipt_number(receipt), balance.money(amount).to_string());
    write(&TakenBack {
        number: &number,
        patient: &patient,
        receipt: &receipt,
        amount: &amount,
        outstanding: &outstanding,
        due: still_time.then_some(due.as_str()),
        url: &url,
    })
}

#[derive(Template)]
#[template(path = "invoice-credited.email")]
struct Credited<'a> {
    number: &'a str,
    patient: &'a str,
    note: &'a str,
    amount: &'a str,
    reason: Option<&'a str>,
    again: bool,
    void: bool,
    outstanding: &'a str,
    overpaid: Option<&'a str>,
    url: &'a str,
}

/// To the patient: a credit note.
pub fn credited(
    hospital: &Hospital,
    balance: &Balance,
    (note, amount, reason): (u16, i64, Option<&Reason>),
    again: bool,
) -> Result<Message, RenderError> {
    let Facts { number, patient, outstanding, overpaid, url, .. } = Facts::of(hospital, balance);
    write(&Credited {
        number: &number,
        patient: &patient,
        note: &balance.credit_note_number(note),
        amount: &balance.money(amount).to_string(),
        reason: reason.map(Reason::as_str),
        again,
        void: balance.is_void(),
        outstanding: &outstanding,
        overpaid: overpaid.as_deref(),
        url: &url,
    })
}

#[derive(Template)]
#[template(path = "refund-asked.email")]
struct RefundAsked<'a> {
    number: &'a str,
    patient: &'a str,
    mrn: &'a str,
    amount: &'a str,
    reason: &'a str,
    url: &'a str,
}

/// To those who may approve a refund.
pub fn refund_asked(hospital: &Hospital, balance: &Balance, (amount, reason): (i64, &Reason)) -> Result<Message, RenderError> {
    let Facts { number, patient, .. } = Facts::of(hospital, balance);
    write(&RefundAsked {
        number: &number,
        patient: &patient,
        mrn: balance.mrn.as_str(),
        amount: &balance.money(amount).to_string(),
        reason: reason.as_str(),
        url: &hospital.portal("billing/refunds"),
    })
}

#[derive(Template)]
#[template(path = "refund-paid.email")]
struct RefundPaid<'a> {
    hospital: &'a str,
    number: &'a str,
    patient: &'a str,
    amount: &'a str,
    tender: &'a str,
    reference: Option<&'a str>,
    when: &'a str,
    reason: Option<&'a str>,
    outstanding: &'a str,
    url: &'a str,
}

/// To the patient: money was paid back.
pub fn refund_paid(
    hospital: &Hospital,
    balance: &Balance,
    (amount, reason): (i64, Option<&Reason>),
    (tender, reference): (Tender, Option<&Reference>),
    at: Timestamp,
) -> Result<Message, RenderError> {
    let Facts { number, patient, outstanding, url, .. } = Facts::of(hospital, balance);
    write(&RefundPaid {
        hospital: &hospital.name,
        number: &number,
        patient: &patient,
        amount: &balance.money(amount).to_string(),
        tender: tender.in_words(),
        reference: reference.map(Reference::as_str),
        when: &hospital.instant_in_words(at),
        reason: reason.map(Reason::as_str),
        outstanding: &outstanding,
        url: &url,
    })
}

#[derive(Template)]
#[template(path = "invoice-overdue.email")]
struct Overdue<'a> {
    number: &'a str,
    patient: &'a str,
    outstanding: &'a str,
    due: &'a str,
    how: Option<&'a str>,
    last: bool,
    url: &'a str,
}

/// To the patient: an invoice was due.
pub fn overdue(hospital: &Hospital, balance: &Balance, last: bool) -> Result<Message, RenderError> {
    let Facts { number, patient, outstanding, due, url, .. } = Facts::of(hospital, balance);
    let how = hospital.billing.how_to_pay.as_deref();
    write(&Overdue { number: &number, patient: &patient, outstanding: &outstanding, due: &due, how, last, url: &url })
}

#[derive(Template)]
#[template(path = "invoice-overdue-by-post.email")]
struct OverdueByPost<'a> {
    number: &'a str,
    patient: &'a str,
    mrn: &'a str,
    outstanding: &'a str,
    due: &'a str,
    url: &'a str,
}

/// To an accountant: an invoice was due, and no email reaches the patient.
pub fn overdue_by_post(hospital: &Hospital, balance: &Balance) -> Result<Message, RenderError> {
    let Facts { number, patient, outstanding, due, .. } = Facts::of(hospital, balance);
    let (mrn, url) = (balance.mrn.as_str(), hospital.portal("billing/invoices"));
    write(&OverdueByPost { number: &number, patient: &patient, mrn, outstanding: &outstanding, due: &due, url: &url })
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let (number, patient, outstanding, due, url, mrn, receipt, amount, hospital, tender, when, note) =
        (value, value, value, value, value, value, value, value, value, value, value, value);
    let mut samples = vec![
        ("refund-asked", write(&RefundAsked { number, patient, mrn, amount, reason: value, url })),
        ("invoice-overdue-by-post", write(&OverdueByPost { number, patient, mrn, outstanding, due, url })),
    ];
    for some in [None, Some(value)] {
        let (reference, overpaid, how, reason) = (some, some, some, some);
        samples.push(("invoice-issued", write(&IssuedEmail { number, patient, outstanding, due, how, url })));
        samples.push(("payment-taken-back", write(&TakenBack { number, patient, receipt, amount, outstanding, due: some, url })));
        let received = Received { hospital, number, patient, receipt, amount, tender, reference, when, outstanding, overpaid, url };
        samples.push(("payment-received", write(&received)));
        let refund = RefundPaid { hospital, number, patient, amount, tender, reference, when, reason, outstanding, url };
        samples.push(("refund-paid", write(&refund)));
        for last in [false, true] {
            samples.push(("invoice-overdue", write(&Overdue { number, patient, outstanding, due, how, last, url })));
        }
        for (again, void) in [(false, false), (false, true), (true, true)] {
            let credited = Credited { number, patient, note, amount, reason, again, void, outstanding, overpaid, url };
            samples.push(("invoice-credited", write(&credited)));
        }
    }
    for (by_post, at_discharge) in [(false, false), (false, true), (true, true)] {
        let collect = ToCollect { number, patient, mrn, discount: value, total: value, due, by_post, at_discharge, url };
        samples.push(("invoice-to-collect", write(&collect)));
    }
    samples
}
