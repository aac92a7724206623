//! The lists of all invoices, with what each list adds up to. They follow from the stream: the line of an invoice says what of it is counted, so that a
//! change counts once however often it comes.

use domain::{
    billing::{Balance, InvoiceStatus, balance::OpenRefund},
    id::{InvoiceId, PatientId},
    mrn::Mrn,
    text::PersonName,
    turnaround::Month,
    ward::Ward,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::TRIES;
use crate::{
    Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    number,
    record::from_index,
    text,
    transact::{NEW, Transaction},
};

/// What lists show of an invoice. Amounts are in the currency's smallest unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillLine {
    pub id: InvoiceId,
    pub number: u64,
    pub patient_id: PatientId,
    pub patient_name: PersonName,
    pub mrn: Mrn,
    pub ward: Option<Ward>,
    pub issued_at: Timestamp,
    pub due_on: Date,
    pub status: InvoiceStatus,
    /// What is to be paid, less what was credited.
    pub total: i64,
    /// What was paid, less what was paid back.
    pub paid: i64,
    pub outstanding: i64,
    /// What was paid too much.
    pub overpaid: i64,
    /// Whether a refund is on its way.
    pub refunds: bool,
}

impl BillLine {
    fn of(balance: &Balance, today: Date) -> Self {
        Self {
            id: balance.id,
            number: balance.number,
            patient_id: balance.patient_id,
            patient_name: balance.patient_name.clone(),
            mrn: balance.mrn.clone(),
            ward: balance.ward,
            issued_at: balance.issued_at,
            due_on: balance.due_on,
            status: balance.status(today),
            total: balance.total - balance.credited,
            paid: balance.paid - balance.refunded,
            outstanding: balance.outstanding(),
            overpaid: balance.overpaid(),
            refunds: !balance.refunds.is_empty(),
        }
    }
}

/// A line in the lists of every ward, or in those of one ward.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredLine {
    entry: BillLine,
    /// Whether it is in the lists of its ward.
    of_ward: bool,
    /// The version of the balance that it counts.
    version: u64,
    /// Grows each time it is counted: the status may change with the day alone.
    revision: u64,
}

impl StoredLine {
    fn ward(&self) -> Option<Ward> {
        self.entry.ward.filter(|_| self.of_ward)
    }
}

impl Record for StoredLine {
    const KIND: &'static str = "bill_line";
    fn key(&self) -> Key {
        keys::bill_line(self.entry.patient_id, self.entry.id, self.ward())
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_bill(None, self.ward(), self.entry.issued_at, self.entry.number))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_bill(Some(self.entry.status), self.ward(), self.entry.issued_at, self.entry.number))
    }
}

/// Which invoices a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BillList {
    pub status: Option<InvoiceStatus>,
    pub ward: Option<Ward>,
    /// The first and the last month in which they were issued.
    pub from: Option<Month>,
    pub to: Option<Month>,
}

/// What a list adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillTotals {
    pub invoices: i64,
    pub total: i64,
    pub paid: i64,
    pub outstanding: i64,
    pub overpaid: i64,
}

impl BillTotals {
    fn of(line: &BillLine) -> Self {
        Self { invoices: 1, total: line.total, paid: line.paid, outstanding: line.outstanding, overpaid: line.overpaid }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            invoices: self.invoices + other.invoices,
            total: self.total + other.total,
            paid: self.paid + other.paid,
            outstanding: self.outstanding + other.outstanding,
            overpaid: self.overpaid + other.overpaid,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            invoices: self.invoices - other.invoices,
            total: self.total - other.total,
            paid: self.paid - other.paid,
            outstanding: self.outstanding - other.outstanding,
            overpaid: self.overpaid - other.overpaid,
        }
    }
}

/// What a list adds up to in one month.
#[derive(Debug, Serialize, Deserialize)]
struct MonthlyTotals {
    status: Option<InvoiceStatus>,
    ward: Option<Ward>,
    month: Month,
    #[serde(flatten)]
    totals: BillTotals,
}

impl Record for MonthlyTotals {
    const KIND: &'static str = "bill_totals";
    fn key(&self) -> Key {
        keys::bill_totals(self.status, self.ward, self.month)
    }
}

/// The refunds of an invoice that are on their way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefundLine {
    pub patient_id: PatientId,
    pub patient_name: PersonName,
    pub mrn: Mrn,
    pub invoice_id: InvoiceId,
    pub number: u64,
    pub refunds: Vec<OpenRefund>,
}

/// Stays when none is on its way any more, and is in no list then: an earlier line that comes late must not come back.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredRefunds {
    entry: RefundLine,
    version: u64,
}

impl Record for StoredRefunds {
    const KIND: &'static str = "refunds";
    fn key(&self) -> Key {
        keys::open_refunds(self.entry.patient_id, self.entry.invoice_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        (!self.entry.refunds.is_empty()).then(|| keys::listed_refunds(self.entry.invoice_id))
    }
}

/// Others have counted the invoice since it was read.
#[derive(Debug, thiserror::Error)]
enum CountError {
    #[error("the invoice was counted by others")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Makes the lists show an invoice as it is now, and count it once.
    pub async fn bill_follow(&self, patient: PatientId, id: InvoiceId, today: Date, zone: &TimeZone) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let before: Option<StoredLine> = self.get(&keys::bill_line(patient, id, None)).await?;
            let Some(balance) = self.invoice_balance(patient, id).await? else { return Ok(()) };
            let line = BillLine::of(&balance, today);
            // With a refund on its way, each version counts: it may be approved now.
            let same = |before: &StoredLine| before.entry == line && (!line.refunds || before.version == balance.version);
            if before.as_ref().is_some_and(|before| before.version > balance.version || same(before)) {
                return Ok(());
            }
            if before.as_ref().is_some_and(|before| before.entry.refunds) || line.refunds {
                self.refunds_follow(&balance).await?;
            }
            match self.bill_count(before.as_ref(), line, balance.version, zone).await {
                Ok(()) => return Ok(()),
                Err(CountError::Moved) => {}
                Err(CountError::Store(error)) => return Err(error),
            }
        }
        Err(StoreError::Unavailable("the invoices are counted by others at this moment".into()))
    }

    async fn bill_count(&self, before: Option<&StoredLine>, entry: BillLine, version: u64, zone: &TimeZone) -> Result<(), CountError> {
        let mut write = self.transaction().contended();
        let revision = before.map_or(0, |before| before.revision) + 1;
        for of_ward in [false, true].into_iter().take(1 + usize::from(entry.ward.is_some())) {
            let line = StoredLine { entry: entry.clone(), of_ward, version, revision };
            match before {
                None => write.put_if(&line, NEW, &[], |_| CountError::Moved)?,
                Some(before) => {
                    write.put_if(&line, "revision = :revision", &[(":revision", number(before.revision))], |_| CountError::Moved)?;
                }
            }
        }
        let month = Month::of(entry.issued_at, zone);
        for ward in [None, entry.ward].into_iter().take(1 + usize::from(entry.ward.is_some())) {
            let counted = before.map(|before| BillTotals::of(&before.entry)).unwrap_or_default();
            let counts = BillTotals::of(&entry);
            add(&mut write, (None, ward, month), counts.minus(counted))?;
            match before.map(|before| before.entry.status) {
                Some(status) if status == entry.status => add(&mut write, (Some(status), ward, month), counts.minus(counted))?,
                earlier => {
                    if let Some(status) = earlier {
                        add(&mut write, (Some(status), ward, month), BillTotals::default().minus(counted))?;
                    }
                    add(&mut write, (Some(entry.status), ward, month), counts)?;
                }
            }
        }
        write.commit().await
    }

    async fn refunds_follow(&self, balance: &Balance) -> Result<(), StoreError> {
        let entry = RefundLine {
            patient_id: balance.patient_id,
            patient_name: balance.patient_name.clone(),
            mrn: balance.mrn.clone(),
            invoice_id: balance.id,
            number: balance.number,
            refunds: balance.refunds.clone(),
        };
        let line = StoredRefunds { entry, version: balance.version };
        let earlier = format!("{NEW} OR version < :version");
        self.put_where(&line, &earlier, &[(":version", number(balance.version))]).await.map(drop)
    }

    /// The invoices of which refunds are on their way, oldest first.
    pub async fn refund_list(&self, after: Option<&str>, limit: usize) -> Result<Vec<Listed<RefundLine>>, StoreError> {
        from_index::<StoredRefunds, _>(self.query(keys::refunds(after)).first(limit).await?)
    }

    /// The invoices of a list, latest first.
    pub async fn bill_list(
        &self,
        list: BillList,
        zone: &TimeZone,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<BillLine>>, StoreError> {
        let span = (list.from.map(|month| month.begins(zone)), list.to.map(|month| month.next().begins(zone)));
        from_index::<StoredLine, _>(self.query(keys::bills(list.status, list.ward, span, before)).latest_first(true).first(limit).await?)
    }

    /// What a list adds up to.
    pub async fn bill_totals(&self, list: BillList) -> Result<BillTotals, StoreError> {
        let months = self.query(keys::bill_totals_of(list.status, list.ward, list.from, list.to)).all().await?;
        let months: Vec<MonthlyTotals> = months.into_iter().map(from_item).collect::<Result<_, _>>()?;
        Ok(months.into_iter().map(|month| month.totals).fold(BillTotals::default(), BillTotals::plus))
    }
}

fn add(
    write: &mut Transaction<'_, CountError>,
    (status, ward, month): (Option<InvoiceStatus>, Option<Ward>, Month),
    more: BillTotals,
) -> Result<(), CountError> {
    if more == BillTotals::default() {
        return Ok(());
    }
    let mut values = vec![
        (":kind", text(MonthlyTotals::KIND)),
        (":v", number(MonthlyTotals::VERSION)),
        (":month", text(month)),
        (":invoices", number(more.invoices)),
        (":total", number(more.total)),
        (":paid", number(more.paid)),
        (":outstanding", number(more.outstanding)),
        (":overpaid", number(more.overpaid)),
    ];
    let mut set = "SET kind = :kind, v = :v, #month = :month".to_owned();
    if let Some(status) = status {
        set += ", #status = :status";
        values.push((":status", text(status.as_str())));
    }
    if let Some(ward) = ward {
        set += ", #ward = :ward";
        values.push((":ward", text(ward.as_str())));
    }
    write.update(
        &keys::bill_totals(status, ward, month),
        |update| {
            let mut update = update
                .update_expression(format!(
                    "{set} ADD invoices :invoices, #total :total, paid :paid, outstanding :outstanding, overpaid :overpaid"
                ))
                .expression_attribute_names("#month", "month")
                .expression_attribute_names("#total", "total");
            if status.is_some() {
                update = update.expression_attribute_names("#status", "status");
            }
            if ward.is_some() {
                update = update.expression_attribute_names("#ward", "ward");
            }
            values.into_iter().fold(update, |update, (name, value)| update.expression_attribute_values(name, value))
        },
        |_| CountError::Moved,
    )
}
