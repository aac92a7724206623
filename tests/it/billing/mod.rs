//! Billing: charges, invoices, payments, credit notes and refunds.

mod charges;
mod checking;
mod crediting;
mod events;
mod invoices;
mod lists;
mod overdue;
mod paying;
mod races;
mod refunding;
mod story;

use std::sync::Arc;

use domain::{account::Account, role::Role};
use local::services::mailbox::Mail;
use serde_json::{Value, json};

use crate::support::{Answer, App, Doctor, Patient};

/// A hospital with a patient, a doctor, two accountants and an administrator.
pub(crate) struct Books {
    pub(crate) app: Arc<App>,
    pub(crate) ada: Patient,
    pub(crate) doctor: Doctor,
    /// Who keeps the books.
    pub(crate) luca: String,
    /// Who approves refunds.
    pub(crate) benedetto: String,
    pub(crate) admin: String,
    pub(crate) accounts: [Account; 2],
    seen: usize,
}

pub(crate) fn gbp(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "GBP" })
}

pub(crate) fn paid(amount: &str) -> Value {
    json!({ "amount": gbp(amount), "tender": "cash" })
}

pub(crate) fn items(answer: &Answer) -> Vec<Value> {
    answer.body["items"].as_array().unwrap().clone()
}

/// What is outstanding, and the status.
#[track_caller]
pub(crate) fn stands(invoice: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{invoice}")).to_owned();
    (text(&invoice["status"]), text(&invoice["outstanding"]["amount"]))
}

impl Books {
    pub(crate) async fn new() -> Self {
        Self::within(App::new().await).await
    }

    pub(crate) async fn within(app: App) -> Self {
        let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
        let (first, luca) = app.staff("Luca Pacioli", Role::Accountant).await;
        let (second, benedetto) = app.staff("Benedetto Cotrugli", Role::Accountant).await;
        let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
        let mut books = Self { app: Arc::new(app), ada, doctor, luca, benedetto, admin, accounts: [first, second], seen: 0 };
        books.mails().await;
        books
    }

    /// Ada earns so much a month.
    pub(crate) async fn earns(&self, amount: &str) {
        let profile = self.app.get("/patients/me").bearer(&self.ada.token).send().await.expect(200);
        let change = self.app.call("PATCH", "/patients/me").json(&json!({ "income": gbp(amount) })).header("if-match", profile.etag());
        change.bearer(&self.ada.token).send().await.expect(200);
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/patients/{}/{rest}", self.ada.id)
    }

    pub(crate) async fn get(&self, rest: &str, token: &str) -> Answer {
        self.app.get(&self.path(rest)).bearer(token).send().await
    }

    pub(crate) async fn post(&self, rest: &str, body: &Value, token: &str) -> Answer {
        self.app.post(&self.path(rest), body).bearer(token).send().await
    }

    /// Charges Ada by hand. Returns the number of the charge.
    pub(crate) async fn charge(&self, what: &str, amount: &str) -> u64 {
        let body = json!({ "what": what, "unit_price": gbp(amount), "reason": "Asked for at the desk" });
        self.post("charges", &body, &self.luca).await.expect(201).body["number"].as_u64().unwrap()
    }

    /// An invoice over so much, with the tax on it. Returns its id.
    pub(crate) async fn invoice(&self, amount: &str) -> String {
        self.charge("Copy of the images", amount).await;
        self.issue(&self.luca).await.expect(201).id()
    }

    pub(crate) async fn issue(&self, token: &str) -> Answer {
        self.app.call("POST", &self.path("invoices")).bearer(token).send().await
    }

    pub(crate) async fn read(&self, invoice: &str) -> Value {
        self.get(&format!("invoices/{invoice}"), &self.luca).await.expect(200).body
    }

    /// Something that is done with an invoice, by the first accountant.
    pub(crate) async fn act(&self, invoice: &str, what: &str, body: &Value) -> Answer {
        self.act_as(&self.luca, invoice, what, body).await
    }

    pub(crate) async fn act_as(&self, token: &str, invoice: &str, what: &str, body: &Value) -> Answer {
        let call = self.app.call("POST", &self.path(&format!("invoices/{invoice}/{what}"))).bearer(token);
        if body.is_null() { call.send().await } else { call.json(body).send().await }
    }

    /// A credit note, for the invoice as it is now.
    pub(crate) async fn credit(&self, invoice: &str, body: &Value) -> Answer {
        let version = self.get(&format!("invoices/{invoice}"), &self.luca).await.expect(200).etag().to_owned();
        let path = self.path(&format!("invoices/{invoice}/credit-notes"));
        self.app.post(&path, body).header("if-match", &version).bearer(&self.luca).send().await
    }

    /// Charges, latest first: what, status and amount.
    pub(crate) async fn charges(&self) -> Vec<(String, String, String)> {
        self.settle().await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let charges = items(&self.get("charges?limit=100", &self.ada.token).await.expect(200));
        charges.iter().map(|one| (text(&one["what"]), text(&one["status"]), text(&one["amount"]["amount"]))).collect()
    }

    /// What is outstanding, overpaid and not invoiced.
    pub(crate) async fn owes(&self) -> (String, String, String) {
        let statement = self.get("statement", &self.ada.token).await.expect(200).body;
        let amount = |name: &str| statement[name]["amount"].as_str().unwrap().to_owned();
        (amount("outstanding"), amount("overpaid"), amount("not_invoiced"))
    }

    /// Until nothing follows from what follows.
    pub(crate) async fn settle(&self) {
        while self.app.drain().await > 0 {}
    }

    pub(crate) async fn new_mails(&mut self) -> Vec<Mail> {
        self.settle().await;
        self.app.new_mails(&mut self.seen).await
    }

    /// New emails: to whom, and the subject.
    pub(crate) async fn mails(&mut self) -> Vec<String> {
        let mut told: Vec<_> = self.new_mails().await.into_iter().map(|mail| format!("{}: {}", mail.to, mail.subject)).collect();
        told.sort();
        told
    }

    /// At another time, with tokens that are good then.
    pub(crate) async fn at(&mut self, clock: &str) {
        self.app.set_clock(clock);
        (self.luca, self.benedetto) = (self.app.token(&self.accounts[0]).await, self.app.token(&self.accounts[1]).await);
        let account = async |id| self.app.store().account(id).await.unwrap().unwrap().account;
        let (ada, doctor) = (account(self.ada.user_id).await, account(self.doctor.user_id).await);
        (self.ada.token, self.doctor.token) = (self.app.token(&ada).await, self.app.token(&doctor).await);
    }

    /// The books of every patient are proven: invoices equal their lines, and what was posted adds up.
    pub(crate) async fn are_proven(&self) {
        self.settle().await;
        let accounts = self.app.store().billing_accounts(None, 100).await.unwrap();
        assert!(!accounts.is_empty());
        for account in accounts {
            let found = self.app.store().billing_check(account.entry.patient_id).await.unwrap();
            assert!(found.drifts.is_empty() && !found.busy, "{found:?}");
        }
    }

    /// An appointment of Ada that has taken place. Returns its id.
    pub(crate) async fn seen(&self) -> String {
        let appointment = self.app.book(&self.ada, &self.doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
        self.app.call("POST", &format!("/appointments/{appointment}/arrive")).bearer(&self.doctor.token).send().await.expect(200);
        appointment
    }

    /// A step of an appointment, by the doctor.
    pub(crate) async fn appointment(&self, id: &str, step: &str) -> Answer {
        self.app.call("POST", &format!("/appointments/{id}/{step}")).bearer(&self.doctor.token).send().await
    }

    /// It was noted by mistake that an appointment is over.
    pub(crate) async fn undo(&self, appointment: &str) {
        let path = format!("/appointments/{appointment}/undo");
        self.app.post(&path, &json!({ "reason": "By mistake" })).bearer(&self.doctor.token).send().await.expect(200);
    }
}
