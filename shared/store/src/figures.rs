//! Daily figures: what reports show. Each thing that counts has a note of what it has added to them, and both are written in one transaction. So it
//! counts once, however often the stream tells of it, and the figures can be added up again from the notes.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, builders::UpdateBuilder};
use domain::{
    bed::BEDS,
    figures::{self, Book, Countable, Counts, Figures, Measure, Period, Place, Subject},
    id::{LotId, StockedMedicineId},
    record::{encounter::Encounter, prescription::Medicine},
    triage::Scale,
    turnaround::Month,
};
use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Item, Key, Listed, Record, Store, StoreError, from_item, integer, keys, number, stock::StoredMovement, text};

/// How often something is counted again when its note, or what it is about, has changed meanwhile.
const TRIES: usize = 60;
/// How many items one transaction changes at most, besides the note.
const AT_ONCE: usize = 40;
/// What the items with figures are called.
const KIND: &str = "figures";

/// What something has added to the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    source: Countable,
    counts: BTreeMap<String, i64>,
    version: u64,
}

impl Record for Counted {
    const KIND: &'static str = "counted";
    fn key(&self) -> Key {
        keys::counted(&self.source)
    }
}

impl Counted {
    fn counts(&self) -> Counts {
        self.counts.iter().filter_map(|(place, figure)| Some((Place::read(place)?, *figure))).collect()
    }

    fn write(counts: &Counts) -> BTreeMap<String, i64> {
        counts.iter().map(|(place, figure)| (place.to_string(), figure)).collect()
    }
}

/// What the hospital has set, as far as figures follow from it.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub scale: &'a Scale,
    pub zone: &'a TimeZone,
}

/// The attributes of an item and what they amount to.
type Sums = BTreeMap<(String, String), BTreeMap<String, i64>>;

/// A figure that is not what the notes add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Book and month, or book and balances.
    pub figures: String,
    pub subject: String,
    /// The day of the month (`1` to `v`), or the month of a balance, and the code of what is counted.
    pub figure: String,
    pub counted: i64,
    pub shown: i64,
}

/// What was found when the figures were added up again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// How many items with figures were looked at.
    pub items: usize,
    pub drifts: Vec<Drift>,
    /// How many of the items that are wrong were put right.
    pub repaired: usize,
    /// How many items have changed meanwhile, so that nothing is known of them.
    pub busy: usize,
}

/// What was found when things were counted again.
#[derive(Debug, Clone, Default)]
pub struct Recounted {
    pub sources: usize,
    /// Those that had added something else to the figures than they should. They are counted anew now.
    pub stale: Vec<String>,
    /// Where the next part begins.
    pub next: Option<String>,
}

enum CountError {
    Moved,
    Store(StoreError),
}

impl From<StoreError> for CountError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Counts something as it stands now. Once more does no harm. Whether anything was to be changed.
    pub async fn figures_follow(&self, source: Countable, terms: Terms<'_>) -> Result<bool, StoreError> {
        let mut changed = false;
        for _ in 0..TRIES {
            let before: Option<Counted> = self.get(&keys::counted(&source)).await?;
            let before = before.unwrap_or(Counted { source, counts: BTreeMap::new(), version: 0 });
            // Read after the note: whoever changes the note in between has seen the source as it is now, or later.
            let counts = Box::pin(self.counts(source, terms)).await?;
            let (change, all) = some_of(&before.counts().towards(&counts));
            if change.is_empty() {
                return Ok(changed);
            }
            let mut after = before.counts();
            change.iter().for_each(|(place, figure)| after.put(place, figure));
            let after = Counted { counts: Counted::write(&after), version: before.version + 1, source };
            match self.count(&before, &after, &change).await {
                Ok(()) => changed = true,
                Err(CountError::Moved) => continue,
                Err(CountError::Store(error)) => return Err(error),
            }
            if all {
                return Ok(true);
            }
        }
        Err(StoreError::Unavailable("what is counted is changed by others at this moment".into()))
    }

    async fn count(&self, before: &Counted, after: &Counted, change: &Counts) -> Result<(), CountError> {
        let mut write = self.transaction().contended();
        write.write_from(after, before.version, |_| CountError::Moved)?;
        for ((pk, sk), figures) in sums(change) {
            write.update(&Key { pk, sk }, |update| add(update, &figures), |_| CountError::Moved)?;
        }
        write.commit().await
    }

    /// What something adds to the figures, as it stands now.
    async fn counts(&self, source: Countable, Terms { scale, zone }: Terms<'_>) -> Result<Counts, StoreError> {
        let counts = match source {
            Countable::Appointment { id } => self.appointment(id).await?.map(|found| figures::of_appointment(&found, zone)),
            Countable::Encounter { patient, id } => match self.record_entry::<Encounter>(patient, id).await? {
                Some(found) => {
                    let appointment = match found.content.appointment_id {
                        Some(id) => self.appointment(id).await?,
                        None => None,
                    };
                    Some(figures::of_encounter(&found, appointment.as_ref(), zone))
                }
                None => None,
            },
            Countable::Medicine { patient, id } => {
                self.record_entry::<Medicine>(patient, id).await?.map(|found| figures::of_medicine(&found))
            }
            Countable::CriticalResult { patient, id } => {
                self.critical_result(patient, id).await?.map(|found| figures::of_critical_result(&found, zone))
            }
            Countable::Ward { ward } => self.ward(ward).await?.map(|found| figures::of_ward(&found, i64::from(BEDS), zone)),
            Countable::Admission { patient, id } => self.admission(patient, id).await?.map(|found| figures::of_admission(&found, zone)),
            Countable::Case { id } => self.emergency_case(id).await?.map(|found| figures::of_case(&found, scale, zone)),
            Countable::Invoice { patient, id } => {
                let found = Box::pin(self.invoice_whole(patient, id)).await?;
                found.map(|found| figures::of_invoice(&found.lines, &found.entries, zone))
            }
            Countable::LabOrder { patient, id } => self.lab_order(patient, id).await?.map(|found| figures::of_lab_order(&found, zone)),
            Countable::Allocation { patient, id } => match self.allocation(patient, id).await? {
                Some(found) => {
                    let lots = found.listed.lots.iter().map(|lot| lot.lot).collect();
                    Some(figures::of_allocation(&found, &self.costs(found.medicine_id, lots).await?, zone))
                }
                None => None,
            },
            Countable::Movement { medicine, id } => match self.get::<StoredMovement>(&keys::movement(medicine, id)).await? {
                Some(StoredMovement { movement, .. }) => {
                    let costs = self.costs(medicine, movement.changes.iter().map(|change| change.lot).collect()).await?;
                    let medicine = self.stocked_medicine(medicine).await?;
                    medicine.map(|medicine| figures::of_movement(&movement, medicine.pharmacy_id, &costs, zone))
                }
                None => None,
            },
            Countable::Feedback { patient, id } => self.feedback(patient, id).await?.map(|found| figures::of_feedback(&found, zone)),
        };
        Ok(counts.unwrap_or_default())
    }

    /// What a unit of each lot cost the pharmacy, in the currency's smallest unit. Zero where nobody knows.
    async fn costs(&self, medicine: StockedMedicineId, lots: Vec<LotId>) -> Result<Vec<i64>, StoreError> {
        let mut costs = Vec::new();
        for lot in lots {
            let cost = self.lot(medicine, lot).await?.and_then(|lot| lot.unit_cost);
            costs.push(cost.map_or(0, domain::money::Money::minor));
        }
        Ok(costs)
    }

    /// The figures of a subject, day by day. A year costs some seven read units at most: a month is one small item.
    pub async fn figures(&self, book: Book, subject: &Subject, period: Period) -> Result<Figures, StoreError> {
        let (mut found, subject) = (Figures::default(), subject.to_string());
        for month in period.months() {
            for item in self.query(keys::only(keys::figures(book, month, &subject))).first(1).await? {
                read(&item, month, period, &mut found);
            }
        }
        for item in self.query(keys::only(keys::balances(book, &subject))).first(1).await? {
            read_balances(&item, Month::of_day(period.from), &mut found);
        }
        Ok(found)
    }

    /// What the balances of a subject are now: its ratings.
    pub async fn figures_now(&self, book: Book, subject: &Subject) -> Result<Figures, StoreError> {
        let mut found = Figures::default();
        for item in self.query(keys::only(keys::balances(book, &subject.to_string()))).first(1).await? {
            read_balances(&item, Month::of_day(Date::MAX), &mut found);
        }
        Ok(found)
    }

    /// The figures of a month, of every subject that begins like this, in the order of the subjects: of those to whom something happened in it, and of
    /// those who ever had a balance.
    pub async fn figures_of_month(
        &self,
        (book, month): (Book, Month),
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<Figures>>, StoreError> {
        let found = self.query(keys::figures_of_month(book, month, prefix, after)).first(limit).await?;
        let balances =
            if book.has_balances() { self.query(keys::balances_of(book, prefix, after)).first(limit).await? } else { Vec::new() };
        let mut lines = BTreeMap::<String, Figures>::new();
        let subject = |item: &Item| item.get("sk").and_then(|sk| sk.as_s().ok().cloned()).unwrap_or_default();
        for item in &found {
            read(item, month, Period::of(month), lines.entry(subject(item)).or_default());
        }
        for item in &balances {
            read_balances(item, month, lines.entry(subject(item)).or_default());
        }
        // Of the first subjects of all, everything was read: each list has at least as many.
        Ok(lines.into_iter().take(limit).map(|(position, entry)| Listed { entry, position }).collect())
    }

    /// Counts some of the things again that were counted before, after a position.
    pub async fn figures_recount(&self, after: Option<&str>, limit: usize, terms: Terms<'_>) -> Result<Recounted, StoreError> {
        let (shard, position) = after.and_then(|after| after.split_once(' ')).unwrap_or(("0", ""));
        let shard: u8 = shard.parse().unwrap_or(0);
        let position = Some(position).filter(|position| !position.is_empty());
        let (found, more) = self.query(keys::counted_in(shard, position)).consistent().page(Some(limit), None).await?;
        let mut recounted = Recounted::default();
        for item in found {
            let counted: Counted = from_item(item)?;
            let name = counted.source.to_string();
            recounted.sources += 1;
            if Box::pin(self.figures_follow(counted.source, terms)).await? {
                recounted.stale.push(name.clone());
            }
            recounted.next = Some(format!("{shard} {name}"));
        }
        if more.is_none() {
            recounted.next = (shard + 1 < keys::COUNTED_SHARDS).then(|| format!("{} ", shard + 1));
        }
        Ok(recounted)
    }

    /// Adds the notes up and compares them with the figures. With `repair`, figures are made what the notes say. It reads every note, twice if
    /// anything looks wrong: only what has not changed meanwhile is known to be wrong.
    pub async fn figures_check(&self, repair: bool) -> Result<Checked, StoreError> {
        let counted = self.add_up().await?;
        let shown = self.shown(&counted).await?;
        let mut checked = Checked { items: shown.len(), ..Checked::default() };
        let wrong: Vec<_> = shown.into_iter().filter(|(key, (_, figures))| differs(counted.get(key), figures)).collect();
        if wrong.is_empty() {
            return Ok(checked);
        }
        let counted = self.add_up().await?;
        for (key, (version, figures)) in wrong {
            let at = Key { pk: key.0.clone(), sk: key.1.clone() };
            let now = self.item(&at).await?.map_or(0, |item| version_of(&item));
            if now != version {
                checked.busy += 1;
                continue;
            }
            let mut missing = BTreeMap::new();
            let sums = counted.get(&key).cloned().unwrap_or_default();
            for name in sums.keys().chain(figures.keys()) {
                let of = |sums: &BTreeMap<String, i64>| sums.get(name).copied().unwrap_or(0);
                if of(&sums) != of(&figures) {
                    missing.insert(name.clone(), of(&sums) - of(&figures));
                }
            }
            checked.drifts.extend(missing.iter().map(|(name, missing)| Drift {
                figures: key.0.trim_start_matches("FIGURES#").to_owned(),
                subject: key.1.clone(),
                figure: name.clone(),
                counted: sums.get(name).copied().unwrap_or(0),
                shown: sums.get(name).copied().unwrap_or(0) - missing,
            }));
            if repair && !missing.is_empty() {
                match self.put_right(&at, missing, version).await {
                    Ok(()) => checked.repaired += 1,
                    Err(CountError::Moved) => checked.busy += 1,
                    Err(CountError::Store(error)) => return Err(error),
                }
            }
        }
        Ok(checked)
    }

    /// Adds what is missing, some at a time: an expression has a limit of 4 KB.
    async fn put_right(&self, at: &Key, missing: BTreeMap<String, i64>, version: i64) -> Result<(), CountError> {
        let missing: Vec<_> = missing.into_iter().collect();
        for (part, version) in missing.chunks(100).zip(version..) {
            let part = part.iter().cloned().collect();
            let mut write = self.transaction();
            write.update(at, |update| only_if(add(update, &part), version), |_| CountError::Moved)?;
            write.commit().await?;
        }
        Ok(())
    }

    /// What all notes add up to.
    async fn add_up(&self) -> Result<Sums, StoreError> {
        let mut all = Sums::new();
        for shard in 0..keys::COUNTED_SHARDS {
            let (query, mut resume) = (self.query(keys::counted_in(shard, None)).consistent(), None);
            loop {
                let (items, next) = query.page(None, resume).await?;
                for item in items {
                    for (key, figures) in sums(&from_item::<Counted>(item)?.counts()) {
                        let sum = all.entry(key).or_default();
                        for (name, figure) in figures {
                            *sum.entry(name).or_default() += figure;
                        }
                    }
                }
                resume = next;
                if resume.is_none() {
                    break;
                }
            }
        }
        Ok(all)
    }

    /// The items with figures, each with its version: those in which something was counted, and all others of the same months.
    async fn shown(&self, counted: &Sums) -> Result<BTreeMap<(String, String), (i64, BTreeMap<String, i64>)>, StoreError> {
        let mut shown: BTreeMap<_, _> = counted.keys().map(|key| (key.clone(), (0, BTreeMap::new()))).collect();
        let mut partitions: BTreeSet<_> = counted.keys().map(|(pk, _)| pk.clone()).collect();
        partitions.extend(Book::ALL.iter().map(|book| keys::balances(*book, "").pk));
        // A month in which nothing counts has nothing to show.
        let months = || counted.keys().filter_map(|(pk, _)| pk.rsplit_once('#')?.1.parse::<Month>().ok());
        if let (Some(first), Some(last)) = (months().min(), months().max()) {
            let all = std::iter::successors(Some(first), |month| Some(month.next())).take_while(|month| *month <= last.next());
            partitions.extend(all.flat_map(|month| Book::ALL.iter().map(move |book| keys::figures(*book, month, "").pk)));
        }
        for partition in partitions {
            for item in self.query(keys::partition(partition)).consistent().all().await? {
                let key = |name: &str| item.get(name).and_then(|key| key.as_s().ok().cloned()).unwrap_or_default();
                let figures = item.iter().filter_map(|(name, value)| Some((name.clone(), figure(name, value)?)));
                shown.insert((key("pk"), key("sk")), (version_of(&item), figures.collect()));
            }
        }
        Ok(shown)
    }
}

/// As much of a change as one transaction can write, and whether it is all of it.
fn some_of(change: &Counts) -> (Counts, bool) {
    let (mut part, mut items) = (Counts::default(), BTreeSet::new());
    for (place, figure) in change.iter() {
        items.extend(keys_of(place).map(|(key, _)| key));
        if items.len() > AT_ONCE {
            return (part, false);
        }
        part.put(place, figure);
    }
    (part, true)
}

/// The items in which a figure is, and what it is called there.
fn keys_of(place: &Place) -> impl Iterator<Item = ((String, String), String)> {
    let Place { book, subject, day, measure } = place;
    let (month, code) = (Month::of_day(*day), measure.code());
    let of = |Key { pk, sk }: Key| (pk, sk);
    let daily = (of(keys::figures(*book, month, subject)), format!("{}{code}", digit(*day)));
    let balance =
        measure.is_balance().then(|| (of(keys::balances(*book, subject)), format!("{}{code}", month.to_string().replace('-', ""))));
    [daily].into_iter().chain(balance)
}

/// What counts come to in each item.
fn sums(counts: &Counts) -> Sums {
    let mut sums = Sums::new();
    for (place, figure) in counts.iter() {
        for (key, name) in keys_of(place) {
            *sums.entry(key).or_default().entry(name).or_default() += figure;
        }
    }
    sums
}

/// The day of the month as one digit, `1` to `v`: each figure of a year has it, and a year has to be cheap to read.
fn digit(day: Date) -> char {
    u32::try_from(day.day()).ok().and_then(|day| char::from_digit(day, 32)).unwrap_or('0')
}

fn add(update: UpdateBuilder, figures: &BTreeMap<String, i64>) -> UpdateBuilder {
    let names: Vec<String> = (0..figures.len()).map(|at| format!("#f{at} :f{at}")).collect();
    let update = update
        .update_expression(format!("SET #kind = :kind, v = :v ADD version :one, {}", names.join(", ")))
        .expression_attribute_names("#kind", "kind")
        .expression_attribute_values(":kind", text(KIND))
        .expression_attribute_values(":v", number(1))
        .expression_attribute_values(":one", number(1));
    figures.iter().enumerate().fold(update, |update, (at, (name, figure))| {
        update.expression_attribute_names(format!("#f{at}"), name).expression_attribute_values(format!(":f{at}"), number(*figure))
    })
}

/// Only if the item still has a version. Version zero is an item that is not there.
fn only_if(update: UpdateBuilder, version: i64) -> UpdateBuilder {
    match version {
        0 => update.condition_expression("attribute_not_exists(version)"),
        version => update.condition_expression("version = :before").expression_attribute_values(":before", number(version)),
    }
}

fn version_of(item: &Item) -> i64 {
    integer(item, "version").unwrap_or(0)
}

fn differs(counted: Option<&BTreeMap<String, i64>>, shown: &BTreeMap<String, i64>) -> bool {
    let nothing = BTreeMap::new();
    let without_zeros = |figures: &BTreeMap<String, i64>| {
        figures.iter().filter(|(_, figure)| **figure != 0).map(|(name, figure)| (name.clone(), *figure)).collect::<Vec<_>>()
    };
    without_zeros(counted.unwrap_or(&nothing)) != without_zeros(shown)
}

/// The figure in an attribute, if it is one: a day or a month, and the code of a measure.
fn figure(name: &str, value: &AttributeValue) -> Option<i64> {
    let digits = name.len().checked_sub(2).filter(|digits| matches!(digits, 1 | 6))?;
    let (when, code) = name.split_at_checked(digits)?;
    Measure::of_code(code).filter(|_| when.chars().all(|digit| digit.is_digit(32)))?;
    value.as_n().ok()?.parse().ok()
}

/// Reads the figures of a month: what is before the period belongs to what the balances were then.
fn read(item: &Item, month: Month, period: Period, found: &mut Figures) {
    for (name, value) in item {
        let Some(figure) = figure(name, value) else { continue };
        let Some((day, code)) = name.split_at_checked(1) else { continue };
        let Some(measure) = Measure::of_code(code) else { continue };
        let day = day.chars().next().and_then(|digit| digit.to_digit(32)).and_then(|day| i8::try_from(day).ok());
        let Some(day) = day.and_then(|day| month.day(day)) else { continue };
        if day >= period.from && day <= period.to {
            found.put(day, measure, figure);
        } else if day < period.from && measure.is_balance() {
            found.put_before(measure, figure);
        }
    }
}

/// Reads what balances came to in the months before one.
fn read_balances(item: &Item, before: Month, found: &mut Figures) {
    for (name, value) in item {
        let (Some(figure), Some((month, code))) = (figure(name, value), name.split_at_checked(6)) else { continue };
        let (year, month) = month.split_at(4);
        let month: Option<Month> = format!("{year}-{month}").parse().ok();
        if let (Some(month), Some(measure)) = (month, Measure::of_code(code))
            && month < before
        {
            found.put_before(measure, figure);
        }
    }
}
