//! The stock of a medicine: its lots, what is taken from which, and the ledger from which every quantity can be counted again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    id::{AllocationId, LotId, MovementId, UserId},
    text::Reason,
};

/// How many units a movement can be about.
pub const MOST_UNITS: u32 = 1_000_000;
/// How many days before the day of expiry the pharmacy is told.
pub const EXPIRY_ALERTS: [u16; 4] = [90, 30, 7, 0];

/// How many lots of a medicine a pharmacy can have something of. The stock of a medicine is one item, and stays small.
pub const MOST_LOTS: usize = 10;

/// What the maker printed on a lot's packages. GS1 allows 20 characters (General Specifications, application identifier 10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LotNumber(String);

impl LotNumber {
    /// Parses a number.
    ///
    /// # Errors
    /// When it is empty, longer than 20 characters, or has characters that GS1 does not allow.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let number = text.trim_matches(' ');
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!\"%&'()*+,-./_:;<=>?".contains(&b);
        if (1..=20).contains(&number.len()) && text.len() <= 40 && number.bytes().all(allowed) {
            return Ok(Self(number.to_owned()));
        }
        Err(Invalid::new("invalid_lot_number", "Give the number as it is printed: at most 20 letters, digits and signs, without spaces."))
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is left of one lot. Packages of a lot were made together, and expire together. The names are short, because every allocation writes
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// The maker's number.
    #[serde(rename = "no")]
    pub number: LotNumber,
    /// The first day on which it must not be used any more.
    #[serde(rename = "e")]
    pub expires_on: Date,
    /// How many units are left.
    #[serde(rename = "n")]
    pub left: u32,
    /// How many units more are there that nobody may have: they have expired, and wait to be destroyed or returned.
    #[serde(rename = "q", default)]
    pub quarantined: u32,
}

/// What is left of a medicine in a pharmacy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// The lots of which something is left.
    pub lots: BTreeMap<LotId, Lot>,
    /// Order more when no more than that is left.
    pub reorder_level: u32,
}

/// What happened to stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// A supplier delivered it.
    Received,
    /// Somebody counted it and found more or less.
    Adjusted,
    /// It was destroyed or lost.
    WrittenOff,
    /// It went back to the supplier.
    Returned,
    /// It was set aside for a patient.
    Allocated,
    /// It was set aside for a patient who did not get it.
    PutBack,
    /// Its lot has expired.
    Quarantined,
}

named! {
    MovementKind, "invalid_movement": {
        Received = "received", Adjusted = "adjusted", WrittenOff = "written_off", Returned = "returned", Allocated = "allocated",
        PutBack = "put_back", Quarantined = "quarantined",
    }
}

/// How many units of a lot came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The lot.
    pub lot: LotId,
    /// The units: more than zero came, less than zero went.
    pub units: i32,
    /// The same of those in quarantine.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub quarantined: i32,
}

impl Change {
    /// Units that came, or went if there are less than zero.
    #[must_use]
    pub const fn of(lot: LotId, units: i32) -> Self {
        Self { lot, units, quarantined: 0 }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(units: &i32) -> bool {
    *units == 0
}

/// An entry of the ledger. It is never changed and never deleted: what was wrong is put right by another entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Its id, which says when it was written.
    pub id: MovementId,
    /// What happened.
    pub kind: MovementKind,
    /// The lots that it is about, each once.
    pub changes: Vec<Change>,
    /// When.
    pub at: Timestamp,
    /// Who did it. `None` when nobody did: an allocation that nobody collects ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The allocation that it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocation: Option<AllocationId>,
}

/// Why there is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    /// How many units can be had.
    pub available: u32,
    /// How many more there are, which have expired.
    pub expired: u32,
}

impl Lot {
    /// Whether it can be given to a patient on a day.
    #[must_use]
    pub fn is_usable(&self, today: Date) -> bool {
        today < self.expires_on
    }

    /// The alert that is due on a day: so many days before the lot expires, or zero when it has expired. `None` when there is more time, or
    /// nothing of it is left.
    #[must_use]
    pub fn expiry_alert(&self, today: Date) -> Option<u16> {
        let due = |days: &&u16| today >= self.expires_on.saturating_sub(i64::from(**days).days());
        EXPIRY_ALERTS.iter().rfind(due).copied().filter(|_| self.left > 0)
    }

    /// Whether nothing of it is there any more.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        self.left == 0 && self.quarantined == 0
    }
}

impl Stock {
    /// How many units of a lot are left, and how many are in quarantine.
    #[must_use]
    pub fn there(&self, lot: LotId) -> (u32, u32) {
        self.lots.get(&lot).map_or((0, 0), |lot| (lot.left, lot.quarantined))
    }

    /// How many units can be given to patients on a day.
    #[must_use]
    pub fn available(&self, today: Date) -> u32 {
        self.lots.values().filter(|lot| lot.is_usable(today)).map(|lot| lot.left).sum()
    }

    /// How many units are there that have expired.
    #[must_use]
    pub fn expired(&self, today: Date) -> u32 {
        self.lots.values().map(|lot| lot.quarantined + if lot.is_usable(today) { 0 } else { lot.left }).sum()
    }

    /// The day on which the next lot expires of which something can be given to patients.
    #[must_use]
    pub fn expires_next(&self, today: Date) -> Option<Date> {
        self.lots.values().filter(|lot| lot.is_usable(today) && lot.left > 0).map(|lot| lot.expires_on).min()
    }

    /// Whether more should be ordered. Expired units do not count.
    #[must_use]
    pub fn is_low(&self, today: Date) -> bool {
        self.available(today) <= self.reorder_level
    }

    /// Which lots to take units from: the one that expires first comes first, and the next ones give what it has not.
    ///
    /// # Errors
    /// When there is not enough. Then nothing is taken.
    pub fn pick(&self, units: u32, today: Date) -> Result<Vec<Change>, Short> {
        let available = self.available(today);
        if available < units {
            return Err(Short { available, expired: self.expired(today) });
        }
        let mut usable: Vec<_> = self.lots.iter().filter(|(_, lot)| lot.is_usable(today) && lot.left > 0).collect();
        usable.sort_by_key(|(id, lot)| (lot.expires_on, **id));
        let (mut changes, mut missing) = (Vec::new(), units);
        for (id, lot) in usable {
            let taken = lot.left.min(missing);
            if taken == 0 {
                break;
            }
            missing -= taken;
            changes.push(Change::of(*id, -signed(taken)));
        }
        Ok(changes)
    }

    /// The stock after a movement between lots that are known.
    ///
    /// # Errors
    /// The lot that is unknown, or of which less is left than goes.
    pub fn after(&self, changes: &[Change]) -> Result<Self, LotId> {
        let mut after = self.clone();
        for change in changes {
            let lot = after.lots.get_mut(&change.lot).ok_or(change.lot)?;
            lot.left = lot.left.checked_add_signed(change.units).ok_or(change.lot)?;
            lot.quarantined = lot.quarantined.checked_add_signed(change.quarantined).ok_or(change.lot)?;
        }
        Ok(after)
    }
}

/// What puts back units of a lot that were set aside. If it has expired meanwhile, nobody may have them.
#[must_use]
pub fn put_back(lot: LotId, units: u32, expires_on: Date, today: Date) -> Change {
    let units = signed(units);
    if today < expires_on { Change::of(lot, units) } else { Change { lot, units: 0, quarantined: units } }
}

/// How many units to order: enough for as long as `used` lasted, on top of the reorder level.
#[must_use]
pub fn to_order(stock: &Stock, used: u32, today: Date) -> u32 {
    stock.reorder_level.saturating_add(used).saturating_sub(stock.available(today)).max(1)
}

/// What is there of a lot, as it was counted: what is left, and what is in quarantine.
pub type Counted = (i64, i64);

/// A lot of which the ledger says something else than the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drift {
    /// The lot.
    pub lot: LotId,
    /// What is there by the ledger.
    pub ledger: Counted,
    /// What is there by the stock.
    pub stock: Counted,
}

/// Counts a whole ledger again, in any order.
#[must_use]
pub fn count(changes: impl IntoIterator<Item = Change>) -> BTreeMap<LotId, Counted> {
    let mut counted = BTreeMap::new();
    for change in changes {
        let (left, quarantined): &mut Counted = counted.entry(change.lot).or_default();
        *left += i64::from(change.units);
        *quarantined += i64::from(change.quarantined);
    }
    counted
}

/// Where the count of a whole ledger differs from the stock.
#[must_use]
pub fn drift(counted: &BTreeMap<LotId, Counted>, stock: &Stock) -> Vec<Drift> {
    let there = |lot| {
        let (left, quarantined) = stock.there(lot);
        (i64::from(left), i64::from(quarantined))
    };
    let lots: BTreeSet<LotId> = stock.lots.keys().chain(counted.keys()).copied().collect();
    let compared = lots.into_iter().map(|lot| Drift { lot, ledger: counted.get(&lot).copied().unwrap_or_default(), stock: there(lot) });
    compared.filter(|drift| drift.ledger != drift.stock).collect()
}

/// Units as a change counts them. No lot has more than [`MOST_UNITS`] of them.
#[must_use]
pub fn signed(units: u32) -> i32 {
    i32::try_from(units).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn lot(number: u128) -> LotId {
        LotId::new(Timestamp::UNIX_EPOCH, number)
    }

    fn of(expires_on: Date, left: u32) -> Lot {
        Lot { number: LotNumber::parse("B4711").unwrap(), expires_on, left, quarantined: 0 }
    }

    #[test]
    fn lot_numbers() {
        assert_eq!(LotNumber::parse(" A12/34-b ").unwrap().as_str(), "A12/34-b");
        for bad in ["", "A 1", "ä", "123456789012345678901", "a\nb"] {
            assert_eq!(LotNumber::parse(bad).unwrap_err().code, "invalid_lot_number", "{bad}");
        }
    }

    fn stock(lots: &[(u128, Date, u32)]) -> Stock {
        let lots = lots.iter().map(|&(number, expires_on, left)| (lot(number), of(expires_on, left))).collect();
        Stock { lots, reorder_level: 10 }
    }

    fn units(changes: &[Change]) -> Vec<(LotId, i32)> {
        changes.iter().map(|change| (change.lot, change.units)).collect()
    }

    #[test]
    fn the_lot_that_expires_first_goes_first_and_an_expired_one_never() {
        let today = date(2026, 3, 2);
        let stock = stock(&[(1, date(2027, 1, 1), 10), (2, date(2026, 3, 3), 4), (3, date(2026, 3, 2), 50), (4, date(2026, 6, 1), 5)]);
        assert_eq!((stock.available(today), stock.expired(today)), (19, 50));
        assert_eq!(units(&stock.pick(3, today).unwrap()), [(lot(2), -3)]);
        assert_eq!(units(&stock.pick(11, today).unwrap()), [(lot(2), -4), (lot(4), -5), (lot(1), -2)]);
        assert_eq!(stock.pick(20, today), Err(Short { available: 19, expired: 50 }));
        assert_eq!(stock.pick(1, date(2026, 3, 3)).unwrap()[0].lot, lot(4), "a day later, another lot has expired");
        let taken = stock.pick(19, today).unwrap();
        let empty = stock.after(&taken).unwrap();
        assert_eq!((empty.available(today), empty.pick(0, today)), (0, Ok(Vec::new())));
        let back: Vec<_> = taken.iter().map(|change| Change { units: -change.units, ..*change }).collect();
        assert_eq!(empty.after(&back).unwrap(), stock);
        let late = put_back(lot(2), 4, date(2026, 3, 3), date(2026, 3, 3));
        let quarantined = empty.after(&[late]).unwrap();
        assert_eq!((quarantined.available(today), quarantined.expired(today), quarantined.lots[&lot(2)].is_gone()), (0, 54, false));
        assert_eq!(empty.after(&taken), Err(lot(2)), "there is nothing to take twice");
    }

    #[test]
    fn low_at_the_reorder_level_without_what_has_expired() {
        let today = date(2026, 3, 2);
        assert!(!stock(&[(1, date(2027, 1, 1), 11)]).is_low(today));
        assert!(stock(&[(1, date(2027, 1, 1), 10)]).is_low(today));
        let expired = stock(&[(1, date(2027, 1, 1), 2), (2, date(2026, 3, 2), 40)]);
        assert!(expired.is_low(today));
        assert_eq!((to_order(&expired, 30, today), to_order(&stock(&[(1, date(2027, 1, 1), 100)]), 0, today)), (38, 1));
    }

    #[test]
    fn an_alert_for_each_stage_before_a_lot_expires() {
        let alert = |today, left| of(date(2026, 6, 30), left).expiry_alert(today);
        assert_eq!(alert(date(2026, 3, 31), 5), None);
        assert_eq!(alert(date(2026, 4, 1), 5), Some(90));
        assert_eq!(alert(date(2026, 5, 30), 5), Some(90));
        assert_eq!(alert(date(2026, 5, 31), 5), Some(30));
        assert_eq!(alert(date(2026, 6, 23), 5), Some(7));
        assert_eq!((alert(date(2026, 6, 30), 5), alert(date(2027, 6, 30), 5)), (Some(0), Some(0)));
        assert_eq!(alert(date(2026, 6, 30), 0), None, "nothing is left of it");
    }

    /// What somebody does with the stock, on which day.
    #[derive(Debug, Clone)]
    enum Does {
        Receive(u32, u16),
        Take(u32),
        PutBack(usize),
        Correct(u32, i32),
        Quarantine,
    }

    fn does() -> impl Strategy<Value = (Does, u16)> {
        let what = prop_oneof![
            (1u32..40, 0u16..60).prop_map(|(units, days)| Does::Receive(units, days)),
            (1u32..60).prop_map(Does::Take),
            (0usize..8).prop_map(Does::PutBack),
            (0u32..8, -30i32..30).prop_map(|(number, units)| Does::Correct(number, units)),
            Just(Does::Quarantine),
        ];
        (what, 0u16..4)
    }

    proptest! {
        /// Whatever is done in whatever order: the ledger adds up to the stock, and nothing that has expired is given to anybody.
        #[test]
        fn the_ledger_equals_the_stock(steps in prop::collection::vec(does(), 0..60), order in any::<prop::sample::Index>()) {
            let (mut stock, mut ledger, mut taken) = (Stock::default(), Vec::new(), Vec::new());
            let mut today = date(2026, 3, 2);
            for (number, (step, days)) in (0u128..).zip(steps) {
                today = today.saturating_add(i64::from(days).days());
                let (kind, changes) = match step {
                    Does::Receive(units, days) => {
                        let expires_on = today.saturating_add(i64::from(days).days());
                        stock.lots.insert(lot(number), of(expires_on, 0));
                        (MovementKind::Received, vec![Change::of(lot(number), signed(units))])
                    }
                    Does::Take(units) => {
                        let available = stock.available(today);
                        match stock.pick(units, today) {
                            Ok(changes) => {
                                prop_assert!(changes.iter().all(|change| stock.lots[&change.lot].is_usable(today)));
                                prop_assert_eq!(changes.iter().map(|change| -change.units).sum::<i32>(), signed(units));
                                let first = changes.iter().map(|change| stock.lots[&change.lot].expires_on).collect::<Vec<_>>();
                                prop_assert!(first.is_sorted());
                                taken.push(changes.clone());
                                (MovementKind::Allocated, changes)
                            }
                            Err(short) => {
                                prop_assert!(short.available < units && short.available == available);
                                continue;
                            }
                        }
                    }
                    Does::PutBack(which) if which < taken.len() => {
                        let back = |change: &Change| put_back(change.lot, change.units.unsigned_abs(), stock.lots[&change.lot].expires_on, today);
                        (MovementKind::PutBack, taken.remove(which).iter().map(back).collect())
                    }
                    Does::Correct(which, units) => (MovementKind::Adjusted, vec![Change::of(lot(u128::from(which)), units)]),
                    Does::Quarantine => {
                        let expired = stock.lots.iter().filter(|(_, lot)| !lot.is_usable(today));
                        let changes = expired.map(|(id, lot)| Change { lot: *id, units: -signed(lot.left), quarantined: signed(lot.left) });
                        (MovementKind::Quarantined, changes.collect())
                    }
                    Does::PutBack(_) => continue,
                };
                // Less than nothing is refused, and nothing is written.
                let Ok(after) = stock.after(&changes) else { continue };
                stock = after;
                prop_assert!(kind != MovementKind::Allocated || changes.iter().all(|change| change.units < 0));
                ledger.push(changes);
            }
            let middle = order.index(ledger.len() + 1);
            ledger.rotate_left(middle);
            prop_assert_eq!(drift(&count(ledger.concat()), &stock), Vec::new());
            if let Some(lost) = ledger.pop() {
                let nothing = lost.iter().all(|change| change.units == 0 && change.quarantined == 0);
                prop_assert_eq!(drift(&count(ledger.concat()), &stock).is_empty(), nothing);
            }
        }
    }
}
