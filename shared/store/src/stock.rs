//! The medicines that a pharmacy keeps, their stock by lots, and the ledger of what came and went.
//!
//! The stock of a medicine is one small item, and each lot in it is changed under a condition on its own units, not on a version: as long as there
//! are units, nobody has to read it again because somebody else took some. (Two transactions on one item at the same instant still conflict, and
//! wait for each other.) What came and went is written in the same transaction, and never changed. What lists show follows from the stream, and is
//! a moment late.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::types::{AttributeValue, builders::UpdateBuilder};
use domain::{
    allocation::ListedAllocation,
    id::{AlertId, LotId, MovementId, PharmacyId, StockedMedicineId},
    money::Money,
    pharmacy::{Atc, Form, ListedLot, ReceivedLot, StockedMedicine},
    record::medicines::Ingredient,
    stock::{Change, Counted, Drift, Lot, MOST_LOTS, Movement, MovementKind, Stock, count, drift, signed},
    text::Title,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    number,
    record::{from_index, to_value},
    transact::{NEW, Transaction},
};

/// How often something is tried again when others change the same stock at the same moment. Of those who allocate, each failure means that
/// somebody else got units of the lot.
pub(super) const TRIES: usize = 60;
/// How often a ledger is counted before its index is called incomplete.
const COUNTS: u32 = 5;

impl Record for StockedMedicine {
    const KIND: &'static str = "stocked_medicine";
    fn key(&self) -> Key {
        keys::stocked_medicine(self.id)
    }
}

/// How much of a medicine is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedicineStock {
    pub medicine_id: StockedMedicineId,
    pub pharmacy_id: PharmacyId,
    /// The version of the medicine that this is the stock of: whoever takes units has seen its price.
    pub of_version: u64,
    /// Grows with each change.
    pub revision: u64,
    /// How many entries its ledger has.
    pub entries: u64,
    #[serde(flatten)]
    pub stock: Stock,
}

impl Record for MedicineStock {
    const KIND: &'static str = "stock";
    fn key(&self) -> Key {
        keys::stock(self.medicine_id)
    }
}

impl Record for ReceivedLot {
    const KIND: &'static str = "lot";
    fn key(&self) -> Key {
        keys::lot(self.listed.medicine_id, self.listed.id)
    }
    /// A lot of which nothing is there is in no list.
    fn index_key(&self) -> Option<IndexKey> {
        let listed = &self.listed;
        (listed.left + listed.quarantined > 0).then(|| keys::listed_lot(self.pharmacy_id, listed.expires_on, listed.id))
    }
}

/// An entry of the ledger, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredMovement {
    #[serde(rename = "entry")]
    pub movement: Movement,
    pub medicine_id: StockedMedicineId,
}

impl Record for StoredMovement {
    const KIND: &'static str = "stock_movement";
    fn key(&self) -> Key {
        keys::movement(self.medicine_id, self.movement.id)
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        Some(keys::in_ledger(self.medicine_id, &self.movement.id.place()))
    }
}

/// An entry of the ledger, as its list has it: an allocation is one itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum LedgerEntry {
    Allocation(Box<ListedAllocation>),
    Movement(Box<Movement>),
}

impl LedgerEntry {
    /// What came and went.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        match self {
            Self::Allocation(allocation) => allocation.changes(),
            Self::Movement(movement) => movement.changes.clone(),
        }
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Allocation(allocation) => allocation.id.made_at(),
            Self::Movement(movement) => movement.at,
        }
    }
}

/// What lists show of a medicine, as its stock was counted a moment ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedicineLine {
    #[serde(rename = "entry")]
    pub listed: ListedMedicine,
    pub pharmacy_id: PharmacyId,
    /// The alert that says that it runs low, if it has done so since it was above the reorder level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<AlertId>,
    /// The revision of the stock that was counted.
    pub as_of: u64,
}

/// What lists show of a medicine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedMedicine {
    pub id: StockedMedicineId,
    pub name: Title,
    pub ingredients: Vec<Ingredient>,
    pub form: Form,
    pub strength: Title,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atc: Option<Atc>,
    pub unit_price: Money,
    pub over_the_counter: bool,
    pub reorder_level: u32,
    pub available: u32,
    /// Units that are there and cannot be given out.
    pub expired: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_next: Option<Date>,
    /// Whether no more is left than the reorder level.
    pub low: bool,
}

impl MedicineLine {
    /// What a stock amounts to on a day.
    #[must_use]
    pub fn of(medicine: &StockedMedicine, counted: &MedicineStock, today: Date, alert: Option<AlertId>) -> Self {
        let stock = &counted.stock;
        let listed = ListedMedicine {
            id: medicine.id,
            name: medicine.name.clone(),
            ingredients: medicine.ingredients.clone(),
            form: medicine.form,
            strength: medicine.strength.clone(),
            atc: medicine.atc.clone(),
            unit_price: medicine.unit_price,
            over_the_counter: medicine.over_the_counter,
            reorder_level: medicine.reorder_level,
            available: stock.available(today),
            expired: stock.expired(today),
            expires_next: stock.expires_next(today),
            low: stock.is_low(today),
        };
        Self { listed, pharmacy_id: medicine.pharmacy_id, alert, as_of: counted.revision }
    }
}

impl Record for MedicineLine {
    const KIND: &'static str = "medicine_line";
    fn key(&self) -> Key {
        keys::medicine_line(self.listed.id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_medicine(self.pharmacy_id, &self.listed.name, self.listed.id))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        self.listed.low.then(|| keys::listed_low_medicine(self.pharmacy_id, &self.listed.name, self.listed.id))
    }
}

/// How much of a medicine a pharmacy has, among all that keep the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub pharmacy_id: PharmacyId,
    pub medicine_id: StockedMedicineId,
    pub equivalence: String,
    pub available: u32,
    as_of: u64,
}

impl Record for Offer {
    const KIND: &'static str = "medicine_offer";
    fn key(&self) -> Key {
        keys::offer(&self.equivalence, self.pharmacy_id, self.medicine_id)
    }
}

/// A stock, and what its ledger amounts to.
#[derive(Debug, Clone)]
pub struct CountedStock {
    pub stock: MedicineStock,
    /// Where they differ.
    pub drifts: Vec<Drift>,
    counted: BTreeMap<LotId, Counted>,
    /// Whether all entries of the ledger were counted. If not, others change the stock at this moment, or entries are lost.
    pub complete: bool,
}

/// Why stock was not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StockError {
    #[error("there is no such medicine")]
    NoMedicine,
    #[error("so many units are not there")]
    TooFew { left: u32, quarantined: u32 },
    #[error("the pharmacy has something of as many lots as it can have")]
    TooManyLots,
    #[error("the stock would be larger than anything that is counted")]
    TooMany,
    /// The stock has changed since it was read. It is read again.
    #[error("the stock has changed since it was read")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which units of a lot somebody takes away or adds by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Units {
    /// More than zero came, less than zero went: first those that are left, then those in quarantine.
    Counted(i32),
    /// They go: first those in quarantine.
    Go(u32),
    /// All that are left go into quarantine.
    Quarantine,
}

impl Store {
    /// A medicine that a pharmacy keeps.
    pub async fn stocked_medicine(&self, id: StockedMedicineId) -> Result<Option<StockedMedicine>, StoreError> {
        self.get(&keys::stocked_medicine(id)).await
    }

    /// How much of a medicine is there now.
    pub async fn stock(&self, medicine: StockedMedicineId) -> Result<Option<MedicineStock>, StoreError> {
        self.get(&keys::stock(medicine)).await
    }

    /// What lists show of a medicine.
    pub async fn medicine_line(&self, medicine: StockedMedicineId) -> Result<Option<MedicineLine>, StoreError> {
        self.get(&keys::medicine_line(medicine)).await
    }

    /// The medicines of a pharmacy whose name begins like this, by name. `low`: only those that run low.
    pub async fn medicine_list(
        &self,
        pharmacy: PharmacyId,
        (name, low): (&str, bool),
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedMedicine>>, StoreError> {
        from_index::<MedicineLine, _>(self.query(keys::medicines(pharmacy, low, name, after)).first(limit).await?)
    }

    /// Writes a new medicine, of which nothing is there yet.
    pub async fn stocked_medicine_add(&self, medicine: &StockedMedicine, today: Date) -> Result<(), StoreError> {
        let stock = Stock { reorder_level: medicine.reorder_level, ..Stock::default() };
        let (medicine_id, pharmacy_id) = (medicine.id, medicine.pharmacy_id);
        let counted = MedicineStock { medicine_id, pharmacy_id, of_version: medicine.version, revision: 1, entries: 0, stock };
        let mut write = self.transaction();
        let taken = || StoreError::refused("the id is taken");
        write.put_new(medicine, move |_| taken())?;
        write.put_new(&counted, move |_| taken())?;
        // In the list at once.
        write.put_new(&MedicineLine::of(medicine, &counted, today, None), move |_| taken())?;
        write.commit().await
    }

    /// Writes a changed medicine. `false` when it has changed since it was read.
    pub async fn stocked_medicine_change(&self, before: &StockedMedicine, after: &StockedMedicine) -> Result<bool, StoreError> {
        match self.write_medicine(before, after).await {
            Ok(()) => Ok(true),
            Err(StockError::Store(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }

    async fn write_medicine(&self, before: &StockedMedicine, after: &StockedMedicine) -> Result<(), StockError> {
        let mut write = self.transaction();
        write.replace(after, before.version, |_| StockError::Moved)?;
        let change = |update: UpdateBuilder| {
            update
                .update_expression("SET of_version = :after, reorder_level = :level, revision = revision + :one")
                .condition_expression("of_version = :before")
                .expression_attribute_values(":after", number(after.version))
                .expression_attribute_values(":before", number(before.version))
                .expression_attribute_values(":level", number(after.reorder_level))
                .expression_attribute_values(":one", number(1))
        };
        write.update(&keys::stock(after.id), change, |_| StockError::Moved)?;
        write.commit().await
    }

    /// A lot.
    pub async fn lot(&self, medicine: StockedMedicineId, id: LotId) -> Result<Option<ReceivedLot>, StoreError> {
        self.get(&keys::lot(medicine, id)).await
    }

    /// The lots of a medicine, latest first.
    pub async fn lots(&self, medicine: StockedMedicineId, before: Option<LotId>, limit: usize) -> Result<Vec<ReceivedLot>, StoreError> {
        let found = self.query(keys::lots(medicine, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// The lots of a pharmacy of which something is there, by the day on which they expire.
    pub async fn lots_by_expiry(
        &self,
        pharmacy: PharmacyId,
        before: Option<Date>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedLot>>, StoreError> {
        from_index::<ReceivedLot, _>(self.query(keys::lots_by_expiry(pharmacy, before, after)).first(limit).await?)
    }

    /// Writes a lot that was received.
    pub async fn stock_receive(&self, lot: &ReceivedLot, movement: &Movement) -> Result<MedicineStock, StockError> {
        for _ in 0..TRIES {
            let before = self.stock(lot.listed.medicine_id).await?.ok_or(StockError::NoMedicine)?;
            let gone: Vec<LotId> = before.stock.lots.iter().filter(|(_, lot)| lot.is_gone()).map(|(id, _)| *id).collect();
            if before.stock.lots.len() - gone.len() >= MOST_LOTS {
                return Err(StockError::TooManyLots);
            }
            if too_many(&before.stock, lot.received) {
                return Err(StockError::TooMany);
            }
            let mut write = self.transaction().contended();
            let facts = (lot.listed.expires_on, lot.listed.number.clone());
            let update = StockUpdate::of(&before, &movement.changes, |_| Some(facts.clone()))?.without(&gone).below(MOST_LOTS + gone.len());
            write.update(&keys::stock(before.medicine_id), |builder| update.apply(builder), |_| StockError::Moved)?;
            write.put_new(lot, |_| StockError::Moved)?;
            write.put_new(&StoredMovement { movement: movement.clone(), medicine_id: before.medicine_id }, |_| StockError::Moved)?;
            match write.commit().await {
                Err(StockError::Moved) => {}
                written => return written.map(|()| before),
            }
        }
        Err(busy().into())
    }

    /// Changes what is there of a lot, and writes it into the ledger. `make` names the movement. `None` when nothing changes.
    pub async fn stock_move(
        &self,
        medicine: StockedMedicineId,
        lot: &ReceivedLot,
        units: Units,
        make: impl Fn(Vec<Change>) -> Movement,
    ) -> Result<Option<Movement>, StockError> {
        for _ in 0..TRIES {
            let before = self.stock(medicine).await?.ok_or(StockError::NoMedicine)?;
            let id = lot.listed.id;
            let (left, quarantined) = before.stock.there(id);
            let too_few = || StockError::TooFew { left, quarantined };
            let change = match units {
                Units::Counted(units) if units < 0 => {
                    let first = units.unsigned_abs().min(left);
                    Change { lot: id, units: -signed(first), quarantined: -signed(units.unsigned_abs() - first) }
                }
                Units::Counted(units) => Change::of(id, units),
                Units::Go(units) => {
                    let first = units.min(quarantined);
                    Change { lot: id, units: -signed(units - first), quarantined: -signed(first) }
                }
                Units::Quarantine if left == 0 => return Ok(None),
                Units::Quarantine => Change { lot: id, units: -signed(left), quarantined: signed(left) },
            };
            if left.checked_add_signed(change.units).is_none() || quarantined.checked_add_signed(change.quarantined).is_none() {
                return Err(too_few());
            }
            if change.units > 0 && too_many(&before.stock, change.units.unsigned_abs()) {
                return Err(StockError::TooMany);
            }
            let movement = make(vec![change]);
            let mut write = self.transaction().contended();
            let facts = (lot.listed.expires_on, lot.listed.number.clone());
            write_move(&mut write, &before, &movement, |_| Some(facts.clone()), || StockError::Moved)?;
            match write.commit().await {
                Err(StockError::Moved) => {}
                written => return written.map(|()| Some(movement)),
            }
        }
        Err(busy().into())
    }

    /// The ledger of a medicine, latest first.
    pub async fn ledger(
        &self,
        medicine: StockedMedicineId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<LedgerEntry>>, StoreError> {
        // What both kinds of entry have in common is their shape's version.
        from_index::<StoredMovement, _>(self.query(keys::ledger(medicine, before)).latest_first(true).first(limit).await?)
    }

    /// How many units of a medicine were set aside for patients since then and not put back. It reads the ledger since then.
    pub async fn stock_used(&self, medicine: StockedMedicineId, since: Timestamp) -> Result<u32, StoreError> {
        let mut used = 0i64;
        self.ledger_each(medicine, |entry| {
            if entry.at() < since {
                return false;
            }
            let of_use = match entry {
                LedgerEntry::Allocation(_) => true,
                LedgerEntry::Movement(movement) => movement.kind == MovementKind::PutBack,
            };
            let units = entry.changes().iter().map(|change| i64::from(change.units) + i64::from(change.quarantined)).sum::<i64>();
            used -= if of_use { units } else { 0 };
            true
        })
        .await?;
        Ok(u32::try_from(used).unwrap_or(0))
    }

    /// Goes through a ledger, latest first, as long as `each` wants more.
    async fn ledger_each(&self, medicine: StockedMedicineId, mut each: impl FnMut(&LedgerEntry) -> bool + Send) -> Result<(), StoreError> {
        let (query, mut resume) = (self.query(keys::ledger(medicine, None)).latest_first(true), None);
        loop {
            let (items, next) = query.page(None, resume).await?;
            for line in from_index::<StoredMovement, LedgerEntry>(items)? {
                if !each(&line.entry) {
                    return Ok(());
                }
            }
            resume = next;
            if resume.is_none() {
                return Ok(());
            }
        }
    }

    /// Counts the ledger of a medicine again and compares it with the stock.
    pub async fn stock_check(&self, medicine: StockedMedicineId) -> Result<Option<CountedStock>, StoreError> {
        let mut tries = 0;
        loop {
            let Some(stock) = self.stock(medicine).await? else { return Ok(None) };
            let (mut changes, mut entries) = (Vec::new(), 0);
            self.ledger_each(medicine, |entry| {
                changes.extend(entry.changes());
                entries += 1;
                true
            })
            .await?;
            let counted = count(changes);
            let drifts = drift(&counted, &stock.stock);
            tries += 1;
            // The ledger is read from an index, which is a moment late, and somebody may change the stock meanwhile. Only a count of as many
            // entries as the stock has seen says anything.
            let complete = entries == stock.entries;
            if complete || tries == COUNTS {
                return Ok(Some(CountedStock { stock, drifts, counted, complete }));
            }
            tokio::time::sleep(Duration::from_millis(100 << tries)).await;
        }
    }

    /// Makes the stock what its ledger says. `false` when it has changed since it was checked, when not all of the ledger was counted, or when what
    /// was counted cannot be.
    pub async fn stock_rebuild(&self, checked: &CountedStock) -> Result<bool, StoreError> {
        let before = &checked.stock;
        let mut stock = Stock { reorder_level: before.stock.reorder_level, ..Stock::default() };
        for (id, (left, quarantined)) in checked.counted.iter().filter(|(_, counted)| **counted != (0, 0)) {
            let (Some(lot), Ok(left), Ok(quarantined)) =
                (self.lot(before.medicine_id, *id).await?, u32::try_from(*left), u32::try_from(*quarantined))
            else {
                return Ok(false);
            };
            stock.lots.insert(*id, Lot { number: lot.listed.number, expires_on: lot.listed.expires_on, left, quarantined });
        }
        if !checked.complete {
            return Ok(false);
        }
        let after = MedicineStock { stock, revision: before.revision + 1, ..before.clone() };
        self.put_where(&after, "revision = :before", &[(":before", number(before.revision))]).await
    }

    /// The pharmacies that keep the same medicine, as far as they have something of it.
    pub async fn offers(&self, equivalence: &str) -> Result<Vec<Offer>, StoreError> {
        let offers = self.query(keys::offers(equivalence)).all().await?.into_iter().map(from_item).collect::<Result<Vec<Offer>, _>>()?;
        Ok(offers.into_iter().filter(|offer| offer.available > 0).collect())
    }

    /// Writes how much of a medicine there is for others to see. What was counted earlier never replaces what was counted later.
    pub async fn offer_follow(&self, medicine: &StockedMedicine, counted: &MedicineStock, today: Date) -> Result<(), StoreError> {
        let offer = Offer {
            pharmacy_id: medicine.pharmacy_id,
            medicine_id: medicine.id,
            equivalence: medicine.equivalence(),
            available: counted.stock.available(today),
            as_of: counted.revision,
        };
        self.put_where(&offer, &format!("{NEW} OR as_of < :as_of"), &[(":as_of", number(offer.as_of))]).await.map(drop)
    }

    /// Writes what was there of a lot when the stock had this revision. Nothing happens when it was counted later already.
    pub async fn lot_follow(&self, lot: ReceivedLot, counted: &MedicineStock) -> Result<(), StoreError> {
        if lot.as_of >= counted.revision {
            return Ok(());
        }
        let (left, quarantined) = counted.stock.there(lot.listed.id);
        let after = ReceivedLot { listed: ListedLot { left, quarantined, ..lot.listed.clone() }, as_of: counted.revision, ..lot };
        self.put_where(&after, "as_of < :as_of", &[(":as_of", number(counted.revision))]).await.map(drop)
    }
}

/// Whether so many more units are too many to be counted.
fn too_many(stock: &Stock, more: u32) -> bool {
    stock.lots.values().map(|lot| lot.left + lot.quarantined).sum::<u32>().saturating_add(more) > domain::stock::MOST_UNITS
}

/// Writes a movement, and what it makes of the stock.
pub(super) fn write_move<E: From<StoreError> + 'static>(
    write: &mut Transaction<'_, E>,
    before: &MedicineStock,
    movement: &Movement,
    facts: impl Fn(LotId) -> Option<(Date, domain::stock::LotNumber)>,
    moved: fn() -> E,
) -> Result<(), E> {
    write_stock(write, before, &movement.changes, facts, None, moved)?;
    write.put_new(&StoredMovement { movement: movement.clone(), medicine_id: before.medicine_id }, move |_| moved())
}

/// Writes what changes make of the stock. `of_version`: only if the medicine still has this version.
pub(super) fn write_stock<E: From<StoreError> + 'static>(
    write: &mut Transaction<'_, E>,
    before: &MedicineStock,
    changes: &[Change],
    facts: impl Fn(LotId) -> Option<(Date, domain::stock::LotNumber)>,
    of_version: Option<u64>,
    moved: fn() -> E,
) -> Result<(), E> {
    let update = StockUpdate::of(before, changes, facts)?.if_of(of_version);
    write.update(&keys::stock(before.medicine_id), |builder| update.apply(builder), move |_| moved())
}

/// The expressions that change a stock: each lot under a condition on its own units.
#[derive(Debug, Default)]
struct StockUpdate {
    sets: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    names: Vec<(String, String)>,
    values: Vec<(String, AttributeValue)>,
}

impl StockUpdate {
    fn of(
        before: &MedicineStock,
        changes: &[Change],
        facts: impl Fn(LotId) -> Option<(Date, domain::stock::LotNumber)>,
    ) -> Result<Self, StoreError> {
        let mut update = Self::default();
        update.sets.push("revision = revision + :one, entries = entries + :one".to_owned());
        update.values.push((":one".to_owned(), number(1)));
        for (at, change) in changes.iter().enumerate() {
            update.names.push((format!("#lot{at}"), change.lot.to_string()));
            if before.stock.lots.contains_key(&change.lot) {
                update.conditions.push(format!("attribute_exists(lots.#lot{at})"));
                for (units, of) in [(change.units, "n"), (change.quarantined, "q")].into_iter().filter(|(units, _)| *units != 0) {
                    update.sets.push(format!("lots.#lot{at}.{of} = lots.#lot{at}.{of} + :{of}{at}"));
                    update.values.push((format!(":{of}{at}"), number(units)));
                    if units < 0 {
                        update.conditions.push(format!("lots.#lot{at}.{of} >= :least{of}{at}"));
                        update.values.push((format!(":least{of}{at}"), number(units.unsigned_abs())));
                    }
                }
                continue;
            }
            // What comes of a lot that nothing was left of.
            let (left, quarantined) = (u32::try_from(change.units), u32::try_from(change.quarantined));
            let (Some((expires_on, lot_number)), Ok(left), Ok(quarantined)) = (facts(change.lot), left, quarantined) else {
                return Err(StoreError::refused("units of a lot that is not there"));
            };
            let lot = Lot { number: lot_number, expires_on, left, quarantined };
            update.sets.push(format!("lots.#lot{at} = :lot{at}"));
            update.conditions.push(format!("attribute_not_exists(lots.#lot{at})"));
            update.values.push((format!(":lot{at}"), to_value(&lot, MedicineStock::KIND)?));
        }
        Ok(update)
    }

    /// Forgets lots of which nothing is left, if that is still so.
    fn without(mut self, gone: &[LotId]) -> Self {
        for (at, id) in gone.iter().enumerate() {
            self.names.push((format!("#gone{at}"), id.to_string()));
            self.removes.push(format!("lots.#gone{at}"));
            self.conditions.push(format!("lots.#gone{at}.n = :zero AND lots.#gone{at}.q = :zero"));
        }
        if !gone.is_empty() {
            self.values.push((":zero".to_owned(), number(0)));
        }
        self
    }

    /// Only while there are fewer lots.
    fn below(mut self, lots: usize) -> Self {
        self.conditions.push("size(lots) < :lots".to_owned());
        self.values.push((":lots".to_owned(), number(i64::try_from(lots).unwrap_or(i64::MAX))));
        self
    }

    /// Only if the stock is that of this version of the medicine.
    fn if_of(mut self, version: Option<u64>) -> Self {
        if let Some(version) = version {
            self.conditions.push("of_version = :version".to_owned());
            self.values.push((":version".to_owned(), number(version)));
        }
        self
    }

    fn apply(self, builder: UpdateBuilder) -> UpdateBuilder {
        let removes = if self.removes.is_empty() { String::new() } else { format!(" REMOVE {}", self.removes.join(", ")) };
        let builder = builder
            .update_expression(format!("SET {}{removes}", self.sets.join(", ")))
            .condition_expression(format!("attribute_exists(pk) AND {}", self.conditions.join(" AND ")));
        let builder = self.names.into_iter().fold(builder, |builder, (name, value)| builder.expression_attribute_names(name, value));
        self.values.into_iter().fold(builder, |builder, (name, value)| builder.expression_attribute_values(name, value))
    }
}

pub(super) fn busy() -> StoreError {
    StoreError::Unavailable("the stock is changed by others at this moment".into())
}

impl Store {
    /// A new id for an entry of the ledger.
    pub fn movement_id(&self, now: Timestamp) -> Result<MovementId, StoreError> {
        let random = self.random.u128().map_err(StoreError::refused)?;
        Ok(MovementId::new(now, random))
    }
}
