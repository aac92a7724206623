//! Invoices: issuing them, and everything that is posted to them afterwards.

use domain::{
    admission::Admission,
    billing::{
        Balance, BillingAccount, Charged, Entry, Issued, Line, NotPosted, Posting, Span, Terms, account::MOST_REOPENED, charge::Reversal,
        invoice::price,
    },
    id::{AdmissionId, InvoiceId, PatientId, UserId},
    patient::Patient,
    text::Reason,
    ward::Ward,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{Billed, BilledStay, LastInvoice, NumberedInvoice, TRIES, add_to_account, moved, write_account};
use crate::{
    Record, Store, StoreError, from_item, keys, number,
    transact::{NEW, Transaction},
};

/// An invoice that is to be issued.
#[derive(Debug, Clone, Copy)]
pub struct NewInvoice<'a> {
    pub id: InvoiceId,
    pub patient: &'a Patient,
    /// Who asks for it. `None` when it is issued at the end of a stay.
    pub by: Option<UserId>,
    /// The stay at whose end it is issued.
    pub admission: Option<AdmissionId>,
    /// The patient's latest stay.
    pub stay: Option<Stay>,
    pub terms: &'a Terms,
    pub today: Date,
    pub now: Timestamp,
}

/// A stay in the hospital.
#[derive(Debug, Clone, Copy)]
pub struct Stay {
    /// The ward on which the patient lay last.
    pub ward: Ward,
    pub from: Date,
    /// The day on which the patient left. `None` while they are here.
    pub to: Option<Date>,
}

impl Stay {
    #[must_use]
    pub fn of(admission: &Admission, zone: &TimeZone) -> Option<Self> {
        let day = |at| zone.to_datetime(at).date();
        let (ward, _) = admission.place()?;
        Some(Self { ward, from: day(admission.admitted_at), to: admission.left.as_ref().map(|left| day(left.at)) })
    }

    /// Whether something that was done on a day was done during the stay.
    fn has(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// Why no invoice was issued. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    #[error("there is nothing to invoice")]
    Nothing,
    #[error("the stay has its invoice already")]
    BilledAlready,
    /// Others have changed the account or issued an invoice since they were read. They are read again.
    #[error("the account or the last number has changed since it was read")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why something was not posted to an invoice. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error("there is no such invoice")]
    Unknown,
    #[error("it does not follow")]
    Not(NotPosted),
    /// Others have posted something since the balance was read. It is read again.
    #[error("the invoice has changed since it was read")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an invoice was not credited. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CreditError {
    #[error("there is no such invoice")]
    Unknown,
    #[error("the invoice has no such charge")]
    NoSuchCharge(u32),
    #[error("the charge was credited already")]
    CreditedAlready(u32),
    #[error("the invoice is void")]
    Void,
    #[error("too many invoices wait to be billed again")]
    TooManyReopened,
    #[error("the invoice has changed since it was read")]
    Stale,
    /// Others have changed something since it was read. It is read again.
    #[error("the invoice has changed since it was read")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NotPosted> for CreditError {
    fn from(why: NotPosted) -> Self {
        match why {
            NotPosted::Void => Self::Void,
            NotPosted::CreditedAlready(charge) => Self::CreditedAlready(charge),
            _ => Self::Moved,
        }
    }
}

/// What was posted, and the balance afterwards.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub balance: Balance,
    pub entry: Entry,
}

/// An invoice with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct WholeInvoice {
    pub balance: Balance,
    /// What was issued.
    pub issued: Issued,
    /// One line for each charge.
    pub lines: Vec<Line>,
    /// Everything that was posted, the issue first.
    pub entries: Vec<Entry>,
}

impl WholeInvoice {
    /// The entry with a number.
    #[must_use]
    pub fn entry(&self, number: u64) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.entry == number)
    }
}

impl Store {
    /// A new id.
    pub fn invoice_id(&self, now: Timestamp) -> Result<InvoiceId, StoreError> {
        let random = self.random.u128().map_err(StoreError::refused)?;
        Ok(InvoiceId::new(now, random))
    }

    /// Issues an invoice for the charges that are on none, with the next number.
    pub async fn invoice_issue(&self, new: NewInvoice<'_>) -> Result<Receipt, IssueError> {
        for _ in 0..TRIES {
            match Box::pin(self.invoice_try_to_issue(new)).await {
                Err(IssueError::Moved) => {}
                done => return done,
            }
        }
        Err(StoreError::Unavailable("others issue invoices at this moment".into()).into())
    }

    async fn invoice_try_to_issue(&self, new: NewInvoice<'_>) -> Result<Receipt, IssueError> {
        let patient = new.patient;
        let account = self.billing_account(patient.id).await?;
        let (charges, taken) = self.charges_in(patient.id, &account.open_spans()).await?;
        if charges.is_empty() {
            return Err(IssueError::Nothing);
        }
        // The ward of a stay that goes on, or during which something on the invoice was done.
        let ward = new.stay.filter(|stay| stay.to.is_none() || charges.iter().any(|charge| stay.has(charge.on))).map(|stay| stay.ward);
        let rule = new.terms.discount(patient.income);
        let priced = price(charges, rule.percent, &new.terms.taxes);
        let after = invoiced(&account, &taken, priced.subtotal);
        let mut issued = Issued::of(&priced, (taken.clone(), after.version), rule, new.terms, new.today, new.admission);
        issued.address.clone_from(&patient.address);
        let last = self.get::<LastInvoice>(&keys::last_invoice()).await?.unwrap_or_default();
        let balance = Balance {
            id: new.id,
            number: last.issued + 1,
            patient_id: patient.id,
            patient_name: patient.name.clone(),
            mrn: patient.mrn.clone(),
            ward,
            issued_at: new.now,
            due_on: issued.due_on,
            currency: new.terms.currency,
            total: issued.total,
            credited: 0,
            paid: 0,
            refunded: 0,
            payments: 0,
            credit_notes: 0,
            voided: false,
            credited_charges: Vec::new(),
            taken: Vec::new(),
            references: Vec::new(),
            refunds: Vec::new(),
            reminders: 0,
            asked_at: None,
            version: 1,
        };
        let posting = Posting::Issued(Box::new(issued));
        let entry =
            Entry { invoice_id: new.id, number: balance.number, patient_id: patient.id, entry: 1, at: new.now, by: new.by, posting };
        let mut write = self.transaction().contended();
        if let Some(admission_id) = new.admission {
            write.put_new(&BilledStay { patient_id: patient.id, admission_id }, |_| IssueError::BilledAlready)?;
        }
        write.put_new(&entry, |_| IssueError::Moved)?;
        write.put_new(&balance, |_| IssueError::Moved)?;
        write_account(&mut write, &account, &after, (balance.outstanding(), 0), || IssueError::Moved)?;
        let next = LastInvoice { issued: balance.number };
        match last.issued {
            0 => write.put_new(&next, |_| IssueError::Moved)?,
            last => write.put_if(&next, "issued = :before", &[(":before", number(last))], |_| IssueError::Moved)?,
        }
        let numbered = NumberedInvoice { number: balance.number, patient_id: patient.id, invoice_id: new.id };
        write.put_new(&numbered, |_| IssueError::Moved)?;
        for span in taken {
            let billed = Billed { patient_id: patient.id, last: span.to, invoice_id: new.id };
            // It replaces that of an invoice that was taken back.
            write.put_if(&billed, &format!("{NEW} OR attribute_exists(pk)"), &[], |_| IssueError::Moved)?;
        }
        write.commit().await?;
        Ok(Receipt { balance, entry })
    }

    /// The balance of an invoice.
    pub async fn invoice_balance(&self, patient: PatientId, id: InvoiceId) -> Result<Option<Balance>, StoreError> {
        self.get(&keys::invoice_balance(patient, id)).await
    }

    /// A patient's invoices, latest first.
    pub async fn invoice_list(&self, patient: PatientId, before: Option<InvoiceId>, limit: usize) -> Result<Vec<Balance>, StoreError> {
        let found = self.query(keys::invoice_balances(patient, before)).consistent().latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// The number of the last invoice; 0 when there is none.
    pub async fn invoice_last_number(&self) -> Result<u64, StoreError> {
        Ok(self.get::<LastInvoice>(&keys::last_invoice()).await?.unwrap_or_default().issued)
    }

    /// Who has the invoice with a number.
    pub async fn invoice_numbered(&self, number: u64) -> Result<Option<NumberedInvoice>, StoreError> {
        self.get(&keys::numbered_invoice(number)).await
    }

    /// Everything that was posted to an invoice, oldest first.
    pub async fn invoice_entries(&self, patient: PatientId, id: InvoiceId) -> Result<Vec<Entry>, StoreError> {
        self.query(keys::invoice_entries(patient, id)).consistent().all().await?.into_iter().map(from_item).collect()
    }

    /// One of them.
    pub async fn invoice_entry(&self, patient: PatientId, id: InvoiceId, entry: u64) -> Result<Option<Entry>, StoreError> {
        self.get(&keys::invoice_entry(patient, id, entry)).await
    }

    /// What was posted to a patient's invoices: the latest invoice first, and of each the latest entry first.
    pub async fn statement(&self, patient: PatientId, before: Option<&str>, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let found = self.query(keys::statement(patient, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// An invoice with its lines and entries.
    pub async fn invoice_whole(&self, patient: PatientId, id: InvoiceId) -> Result<Option<WholeInvoice>, StoreError> {
        let Some(balance) = self.invoice_balance(patient, id).await? else { return Ok(None) };
        let mut entries = self.invoice_entries(patient, id).await?;
        // What came after the balance was read is not in it.
        entries.retain(|entry| entry.entry <= balance.version);
        let Some(Posting::Issued(issued)) = entries.first().map(|first| first.posting.clone()) else {
            return Err(StoreError::corrupt(Entry::KIND, "an invoice begins with its issue"));
        };
        let charges = self.charges_of(patient, &issued.spans).await?;
        let charges = charges.into_iter().filter(|one| was_on(one.reversal.as_ref(), &issued)).map(|one| one.charge).collect();
        let priced = issued.price(charges);
        Ok(Some(WholeInvoice { lines: priced.lines, issued: *issued, balance, entries }))
    }

    /// Posts something to an invoice. `make` says what, from the balance as it is now.
    pub async fn invoice_post(
        &self,
        (patient, id): (PatientId, InvoiceId),
        (by, now): (Option<UserId>, Timestamp),
        make: impl Fn(&Balance) -> Result<Posting, PostError>,
    ) -> Result<Receipt, PostError> {
        for _ in 0..TRIES {
            let before = self.invoice_balance(patient, id).await?.ok_or(PostError::Unknown)?;
            let posting = make(&before)?;
            let after = before.post(&posting, by, now).map_err(PostError::Not)?;
            let mut write = self.transaction().contended();
            let entry = append(&mut write, (&before, &after), posting, (by, now), || PostError::Moved)?;
            add_to_account(&mut write, &before, &after, || PostError::Moved)?;
            match write.commit().await {
                Ok(()) => return Ok(Receipt { balance: after, entry }),
                Err(PostError::Moved) => {}
                Err(other) => return Err(other),
            }
        }
        Err(StoreError::Unavailable("the invoice is changed by others at this moment".into()).into())
    }

    /// The invoice that a charge is on.
    pub async fn invoice_of_charge(&self, patient: PatientId, charge: u32) -> Result<Option<InvoiceId>, StoreError> {
        let found = self.query(keys::billed_from(patient, charge)).consistent().first(1).await?.pop();
        Ok(found.map(from_item::<Billed>).transpose()?.map(|billed| billed.invoice_id))
    }

    /// Credits some charges of an invoice: each with what the invoice asks for it. They are reversed, so that no other invoice has them. With
    /// `expected`, only if the balance has this version.
    pub async fn invoice_credit_charges(
        &self,
        (patient, id): (PatientId, InvoiceId),
        charges: &[u32],
        (reason, by): (Option<Reason>, Option<UserId>),
        now: Timestamp,
        (expected, source): (Option<u64>, Option<(&Charged, &Charged)>),
    ) -> Result<Receipt, CreditError> {
        let whole = self.invoice_whole(patient, id).await?.ok_or(CreditError::Unknown)?;
        let before = whole.balance;
        if expected.is_some_and(|expected| expected != before.version) {
            return Err(CreditError::Stale);
        }
        let mut amount = 0;
        for charge in charges {
            let line = whole.lines.iter().find(|line| line.charge.number == *charge).ok_or(CreditError::NoSuchCharge(*charge))?;
            amount += line.total();
        }
        let posting = Posting::Credited {
            note: before.credit_notes + 1,
            amount,
            charges: charges.to_vec(),
            bill_again: false,
            reason: reason.clone(),
        };
        let after = before.post(&posting, by, now)?;
        let as_of = self.billing_account(patient).await?.version;
        let mut write = self.transaction();
        let entry = append(&mut write, (&before, &after), posting, (by, now), || CreditError::Moved)?;
        add_to_account(&mut write, &before, &after, || CreditError::Moved)?;
        for charge in charges {
            let reversal = Reversal { patient_id: patient, number: *charge, at: now, by, reason: reason.clone(), as_of };
            let charge = *charge;
            write.put_new(&reversal, move |_| CreditError::CreditedAlready(charge))?;
        }
        if let Some((before, after)) = source {
            write.write_from(after, before.version, |_| CreditError::Moved)?;
        }
        write.commit().await?;
        Ok(Receipt { balance: after, entry })
    }

    /// Credits all that is left of an invoice, if its balance has this version. With `bill_again`, the next invoice has its charges again.
    pub async fn invoice_credit_whole(
        &self,
        invoice: (PatientId, InvoiceId),
        (reason, by): (Reason, UserId),
        bill_again: bool,
        now: Timestamp,
        expected: u64,
    ) -> Result<Receipt, CreditError> {
        for _ in 0..TRIES {
            match Box::pin(self.invoice_try_to_credit_whole(invoice, (&reason, by), bill_again, now, expected)).await {
                // Others have charged something, or paid another invoice: it is tried again with the account as it is now.
                Err(CreditError::Moved) => {}
                done => return done,
            }
        }
        Err(StoreError::Unavailable("the patient's account is changed by others at this moment".into()).into())
    }

    async fn invoice_try_to_credit_whole(
        &self,
        (patient, id): (PatientId, InvoiceId),
        (reason, by): (&Reason, UserId),
        bill_again: bool,
        now: Timestamp,
        expected: u64,
    ) -> Result<Receipt, CreditError> {
        let whole = self.invoice_whole(patient, id).await?.ok_or(CreditError::Unknown)?;
        let before = whole.balance;
        if expected != before.version {
            return Err(CreditError::Stale);
        }
        let amount = before.total - before.credited;
        let posting =
            Posting::Credited { note: before.credit_notes + 1, amount, charges: Vec::new(), bill_again, reason: Some(reason.clone()) };
        let after = before.post(&posting, Some(by), now)?;
        let mut write = self.transaction();
        let entry = append(&mut write, (&before, &after), posting, (Some(by), now), || CreditError::Moved)?;
        if bill_again {
            let account = self.billing_account(patient).await?;
            let mut again = account.clone();
            again.reopened.extend(&whole.issued.spans);
            if again.reopened.len() > MOST_REOPENED {
                return Err(CreditError::TooManyReopened);
            }
            again.version += 1;
            let left = whole.lines.iter().filter(|line| !before.credited_charges.contains(&line.charge.number));
            again.open += left.map(|line| line.amount).sum::<i64>();
            write_account(&mut write, &account, &again, moved(&before, &after), || CreditError::Moved)?;
        } else {
            add_to_account(&mut write, &before, &after, || CreditError::Moved)?;
        }
        write.commit().await?;
        Ok(Receipt { balance: after, entry })
    }
}

/// Writes the next entry of an invoice with the balance after it, unless others have posted since the balance was read.
fn append<E: From<StoreError> + 'static>(
    write: &mut Transaction<'_, E>,
    (before, after): (&Balance, &Balance),
    posting: Posting,
    (by, at): (Option<UserId>, Timestamp),
    refuse: fn() -> E,
) -> Result<Entry, E> {
    let (invoice_id, patient_id) = (after.id, after.patient_id);
    let entry = Entry { invoice_id, number: after.number, patient_id, entry: after.version, at, by, posting };
    write.put_new(&entry, move |_| refuse())?;
    write.replace(after, before.version, move |_| refuse())?;
    Ok(entry)
}

/// Whether a charge was on an invoice when that was issued.
const fn was_on(reversal: Option<&Reversal>, issued: &Issued) -> bool {
    match reversal {
        Some(reversal) => reversal.as_of >= issued.as_of,
        None => true,
    }
}

/// The account once the charges of some spans are on an invoice.
fn invoiced(account: &BillingAccount, taken: &[Span], subtotal: i64) -> BillingAccount {
    let mut after = account.clone();
    after.reopened.clear();
    for (at, span) in account.open_spans().into_iter().enumerate() {
        let is_new = at >= account.reopened.len();
        match taken.get(at) {
            Some(taken) if is_new => after.invoiced = taken.to,
            Some(taken) if taken.to < span.to => after.reopened.push(Span { from: taken.to + 1, ..span }),
            Some(_) => {}
            None if is_new => {}
            None => after.reopened.push(span),
        }
    }
    (after.open, after.version) = (after.open - subtotal, after.version + 1);
    after
}
