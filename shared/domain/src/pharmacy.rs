//! Pharmacies, and the medicines that they keep.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    id::{AlertId, LotId, PharmacyId, StockedMedicineId, UserId},
    money::Money,
    opening_hours::OpeningHours,
    record::medicines::Ingredient,
    stock::LotNumber,
    text::{Email, Phone, Title},
};

/// A pharmacy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pharmacy {
    /// What it shows in the directory.
    #[serde(rename = "entry")]
    pub listed: ListedPharmacy,
    /// Where its emails go.
    pub email: Email,
    /// For how many hours it keeps what is set aside for a patient.
    pub collect_within_hours: u16,
    /// Who registered it. What the pharmacy is told by email counts as told to them.
    pub registered_by: UserId,
    /// When.
    pub registered_at: Timestamp,
    /// Grows with each change; sent as the `ETag`.
    pub version: u64,
}

/// What the directory shows of a pharmacy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedPharmacy {
    /// Its id.
    pub id: PharmacyId,
    /// Its name.
    pub name: Title,
    /// How people reach it.
    pub phone: Phone,
    /// When it is open, in the hospital's time zone.
    pub hours: OpeningHours,
}

/// For how many hours a pharmacy can keep what is set aside for a patient.
pub const COLLECT_WITHIN: (u16, u16) = (1, 336);

impl Pharmacy {
    /// Until when the pharmacy keeps what is set aside now.
    #[must_use]
    pub fn collect_by(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_hours(i64::from(self.collect_within_hours))).unwrap_or(now)
    }
}

/// That somebody works in a pharmacy. A pharmacist works in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pharmacist {
    /// The pharmacy.
    pub pharmacy_id: PharmacyId,
    /// Who works there.
    pub user_id: UserId,
    /// Since when.
    pub since: Timestamp,
}

/// The form in which a medicine is given (after the EDQM Standard Terms for basic dose forms).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A tablet.
    Tablet,
    /// A capsule.
    Capsule,
    /// A liquid to be swallowed.
    OralLiquid,
    /// A powder or granules.
    Powder,
    /// Drops for eye, ear or nose.
    Drops,
    /// A cream, an ointment or a gel.
    Cream,
    /// A patch for the skin.
    Patch,
    /// Something to be breathed in.
    Inhaler,
    /// A spray.
    Spray,
    /// Something to be injected or infused.
    Injection,
    /// A suppository or a pessary.
    Suppository,
    /// Something else, such as a dressing.
    Other,
}

named! {
    Form, "invalid_form": {
        Tablet = "tablet", Capsule = "capsule", OralLiquid = "oral_liquid", Powder = "powder", Drops = "drops", Cream = "cream",
        Patch = "patch", Inhaler = "inhaler", Spray = "spray", Injection = "injection", Suppository = "suppository", Other = "other",
    }
}

impl Form {
    /// The form in words.
    #[must_use]
    pub fn in_words(self) -> String {
        self.as_str().replace('_', " ")
    }
}

/// A code of the Anatomical Therapeutic Chemical classification, of its fifth level (WHO).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Atc(String);

impl Atc {
    /// Parses a code. Its form is checked, not whether the classification has it.
    ///
    /// # Errors
    /// When it does not have the form.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let code = text.trim_ascii().to_ascii_uppercase();
        let form = "ANNAANN";
        let fits = code.len() == form.len()
            && code.bytes().zip(form.bytes()).all(|(b, kind)| if kind == b'A' { b.is_ascii_uppercase() } else { b.is_ascii_digit() });
        if fits { Ok(Self(code)) } else { Err(Invalid::new("invalid_atc", "Give an ATC code of the fifth level, such as `J01CA04`.")) }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A medicine that a pharmacy keeps: one product in one form and strength.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockedMedicine {
    /// Its id.
    pub id: StockedMedicineId,
    /// The pharmacy.
    pub pharmacy_id: PharmacyId,
    /// Its name, as it is sold.
    pub name: Title,
    /// Its active ingredients, at least one.
    pub ingredients: Vec<Ingredient>,
    /// Its form.
    pub form: Form,
    /// How much of the ingredients a unit has: `500 mg`.
    pub strength: Title,
    /// Its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atc: Option<Atc>,
    /// What a unit costs.
    pub unit_price: Money,
    /// The pharmacy orders more when no more than that is left.
    pub reorder_level: u32,
    /// Whether it can be had without a prescription.
    pub over_the_counter: bool,
    /// Grows with each change; sent as the `ETag`.
    pub version: u64,
}

impl StockedMedicine {
    /// What it is: name, strength and form.
    #[must_use]
    pub fn what(&self) -> String {
        format!("{} {} {}", self.name.as_str(), self.strength.as_str(), self.form.in_words())
    }

    /// What has to be the same for another pharmacy to have the same medicine: ingredients, strength and form, whoever makes it.
    #[must_use]
    pub fn equivalence(&self) -> String {
        let mut bases: Vec<_> = self.ingredients.iter().map(Ingredient::base).collect();
        bases.sort_unstable();
        let strength: String = self.strength.as_str().chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        format!("{}#{strength}#{}", bases.join("+"), self.form.as_str())
    }

    /// Whether a prescription plainly names another strength: each names one, of the same kind, and they differ. What is written in another way is
    /// for the pharmacist to read.
    #[must_use]
    pub fn differs_in_strength(&self, drug: &Title) -> bool {
        match (&strengths(self.strength.as_str())[..], &strengths(drug.as_str())[..]) {
            ([(measures, much)], [(of, other)]) => measures == of && (much - other).abs() > much * 1e-9,
            _ => false,
        }
    }

    /// Whether it has the ingredients that were prescribed, and no others.
    #[must_use]
    pub fn is_of(&self, ingredients: &[Ingredient]) -> bool {
        let bases = |all: &[Ingredient]| {
            let mut bases: Vec<String> = all.iter().map(|one| one.base().to_owned()).collect();
            bases.sort_unstable();
            bases.dedup();
            bases
        };
        bases(&self.ingredients) == bases(ingredients)
    }
}

/// The strengths that a text names, each as what it measures and how much: `0.5 mg` is 500 `mcg`. None where a number has a comma: `1,000` can be one
/// or a thousand.
fn strengths(text: &str) -> Vec<(&'static str, f64)> {
    const UNITS: [(&str, &str, f64); 9] = [
        ("g", "mcg", 1_000_000.0),
        ("mg", "mcg", 1000.0),
        ("mcg", "mcg", 1.0),
        ("µg", "mcg", 1.0),
        ("μg", "mcg", 1.0),
        ("ml", "ml", 1.0),
        ("iu", "iu", 1.0),
        ("units", "units", 1.0),
        ("%", "%", 1.0),
    ];
    let text = text.to_lowercase();
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = &rest[start..];
        let end = number.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(number.len());
        let (number, after) = number.split_at(end);
        let unit: String = after.trim_start().chars().take_while(|c| c.is_alphabetic() || *c == '%').collect();
        if let Some((_, measures, factor)) = UNITS.iter().find(|(name, ..)| *name == unit) {
            let Ok(number) = number.parse::<f64>() else { return Vec::new() };
            found.push((*measures, number * factor));
        }
        rest = after;
    }
    found
}

/// A lot as it was received, and what was there of it a moment ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedLot {
    /// What lists show.
    #[serde(rename = "entry")]
    pub listed: ListedLot,
    /// The pharmacy.
    pub pharmacy_id: PharmacyId,
    /// How many units were received.
    pub received: u32,
    /// What a unit cost the pharmacy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<Money>,
    /// Who received it. Its id says when.
    pub by: UserId,
    /// The revision of the stock that it was counted in.
    pub as_of: u64,
}

/// What lists show of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLot {
    /// Its id.
    pub id: LotId,
    /// The medicine.
    pub medicine_id: StockedMedicineId,
    /// What it is, as it was called then.
    pub medicine: String,
    /// The maker's number.
    pub number: LotNumber,
    /// The first day on which it must not be used any more.
    pub expires_on: Date,
    /// How many units are left.
    pub left: u32,
    /// How many units are in quarantine.
    pub quarantined: u32,
}

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum AlertAbout {
    /// No more is left than the reorder level.
    LowStock {
        /// How many units were left.
        available: u32,
        /// The reorder level.
        reorder_level: u32,
        /// How many units were used in the last four weeks.
        used: u32,
        /// How many units to order.
        order: u32,
    },
    /// A lot expires soon, or has expired.
    Expiry {
        /// The lot.
        lot_id: LotId,
        /// Its number.
        number: LotNumber,
        /// The first day on which it must not be used any more.
        expires_on: Date,
        /// How many days before that day the pharmacy was told last. 0: it has expired, and is in quarantine.
        stage: u16,
        /// How many units there were.
        left: u32,
    },
}

/// What a pharmacy is told of a medicine or a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PharmacyAlert {
    /// What lists show.
    #[serde(rename = "entry")]
    pub listed: ListedAlert,
    /// The pharmacy.
    pub pharmacy_id: PharmacyId,
}

impl PharmacyAlert {
    /// The alert of a lot of which so many units are there, when so many days are left.
    #[must_use]
    pub fn of_lot(lot: &ReceivedLot, stage: u16, left: u32, now: Timestamp) -> Self {
        let (lot_id, number, expires_on) = (lot.listed.id, lot.listed.number.clone(), lot.listed.expires_on);
        let listed = ListedAlert {
            id: AlertId::of_lot(lot_id),
            state: AlertState::Open,
            medicine_id: lot.listed.medicine_id,
            medicine: lot.listed.medicine.clone(),
            about: AlertAbout::Expiry { lot_id, number, expires_on, stage, left },
            told_at: now,
            resolved_at: None,
        };
        Self { listed, pharmacy_id: lot.pharmacy_id }
    }
}

/// What lists show of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedAlert {
    /// Its id.
    pub id: AlertId,
    /// Whether it still asks for something.
    pub state: AlertState,
    /// The medicine.
    pub medicine_id: StockedMedicineId,
    /// What it is, as it was called then.
    pub medicine: String,
    /// What it is about.
    pub about: AlertAbout,
    /// When the pharmacy was told last.
    pub told_at: Timestamp,
    /// Since when it asks for nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
}

/// Whether an alert still asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// It does.
    Open,
    /// There is enough again, or nothing is left of the lot.
    Resolved,
}

named! {
    AlertState, "invalid_state": { Open = "open", Resolved = "resolved" }
}

/// How many weeks of use a suggested order is for.
pub const USE_WEEKS: i64 = 4;

/// So many units, in words.
#[must_use]
pub fn units_in_words(units: u32) -> String {
    if units == 1 { "1 unit".to_owned() } else { format!("{units} units") }
}

/// Words that are part of a problem: what is available, and what has expired.
#[must_use]
pub fn shortage_in_words(available: u32, expired: u32) -> String {
    let mut text = match available {
        0 => "The pharmacy has none of it.".to_owned(),
        1 => "The pharmacy has one unit of it.".to_owned(),
        units => format!("The pharmacy has {units} units of it."),
    };
    if expired > 0 {
        let _ = write!(text, " {expired} more cannot be given out, because they have expired.");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        assert_eq!(Atc::parse(" j01ca04 ").unwrap().as_str(), "J01CA04");
        for bad in ["J01CA", "J01CA0A", "J01CA045", "", "1JJCA04"] {
            assert_eq!(Atc::parse(bad).unwrap_err().code, "invalid_atc", "{bad}");
        }
    }

    #[test]
    fn the_same_medicine_whoever_makes_it() {
        let ingredient = |name: &str| Ingredient::parse(name).unwrap();
        let medicine = |ingredients: &[&str], strength: &str| StockedMedicine {
            id: StockedMedicineId::new(Timestamp::UNIX_EPOCH, 1),
            pharmacy_id: PharmacyId::new(Timestamp::UNIX_EPOCH, 1),
            name: Title::parse("Voltarol").unwrap(),
            ingredients: ingredients.iter().map(|name| ingredient(name)).collect(),
            form: Form::Tablet,
            strength: Title::parse(strength).unwrap(),
            atc: None,
            unit_price: Money::parse("1", crate::money::Currency::parse("USD").unwrap()).unwrap(),
            reorder_level: 1,
            over_the_counter: false,
            version: 1,
        };
        let salt = medicine(&["diclofenac sodium"], "50 mg");
        assert_eq!(salt.equivalence(), medicine(&["diclofenac"], "50MG").equivalence());
        assert_ne!(salt.equivalence(), medicine(&["diclofenac"], "25 mg").equivalence());
        assert!(salt.is_of(&[ingredient("diclofenac")]) && !salt.is_of(&[ingredient("diclofenac"), ingredient("misoprostol")]));
        assert_eq!(salt.what(), "Voltarol 50 mg tablet");
        for (drug, differs) in [
            ("Diclofenac 25 mg tablets", true),
            ("Diclofenac 50mg", false),
            ("Diclofenac", false),
            ("Diclofenac 0.05 g", false),
            ("Diclofenac 0.5 g", true),
            ("Diclofenac 50.0 mg", false),
            ("Diclofenac 0,05 g", false),
            ("Diclofenac 1,000 mg", false),
            ("Diclofenac, 50 mg. 10 ml", false),
            ("Diclofenac 1 %", false),
            ("Diclofenac 50 mg/75 mg", false),
            ("2 tablets of diclofenac 75 MG", true),
        ] {
            assert_eq!(salt.differs_in_strength(&Title::parse(drug).unwrap()), differs, "{drug}");
        }
    }
}
