//! What is known of active ingredients: which classes they belong to. It is what the allergy check at prescribing knows; the check covers
//! nothing else.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Invalid;

/// An active ingredient, by its international nonproprietary name in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ingredient(String);

/// Other names of ingredients, and their international ones.
const OTHER_NAMES: [(&str, &str); 15] = [
    ("co-trimoxazole", "sulfamethoxazole"),
    ("acetaminophen", "paracetamol"),
    ("adrenaline", "epinephrine"),
    ("albuterol", "salbutamol"),
    ("amoxycillin", "amoxicillin"),
    ("aspirin", "acetylsalicylic acid"),
    ("cephalexin", "cefalexin"),
    ("cotrimoxazole", "sulfamethoxazole"),
    ("dipyrone", "metamizole"),
    ("frusemide", "furosemide"),
    ("glyburide", "glibenclamide"),
    ("lignocaine", "lidocaine"),
    ("meperidine", "pethidine"),
    ("penicillin g", "benzylpenicillin"),
    ("penicillin v", "phenoxymethylpenicillin"),
];

impl Ingredient {
    /// Parses a name. Another name of an ingredient becomes its international one.
    ///
    /// # Errors
    /// When it is not a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        let fits = (2..=60).contains(&name.len())
            && text.len() <= 60
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b' ' | b'-'));
        if !fits {
            let detail = "Give the ingredient's international name alone, without the strength: `amoxicillin`.";
            return Err(Invalid::new("invalid_ingredient", detail));
        }
        let known = OTHER_NAMES.iter().find(|(other, _)| *other == name);
        Ok(Self(known.map_or(name, |(_, international)| (*international).to_owned())))
    }

    /// Parses the ingredients of a medicine: one to five, each once, in order.
    ///
    /// # Errors
    /// When there are none or too many, or one is not a name.
    pub fn parse_all(names: &[String]) -> Result<Vec<Self>, Invalid> {
        if names.is_empty() || names.len() > 5 {
            return Err(Invalid::new("out_of_range", "Name one to five active ingredients."));
        }
        let mut parsed = names.iter().map(|name| Self::parse(name)).collect::<Result<Vec<_>, _>>()?;
        parsed.sort_unstable();
        parsed.dedup();
        Ok(parsed)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its name without the salt or ester: `diclofenac` of `diclofenac sodium`. Substances are compared by it.
    #[must_use]
    pub fn base(&self) -> &str {
        let mut base = self.as_str();
        while let Some((rest, last)) = base.rsplit_once(' ')
            && SALTS.contains(&last)
        {
            base = rest;
        }
        base
    }

    /// The class that it belongs to, if it is known here.
    #[must_use]
    pub fn class(&self) -> Option<MedicineClass> {
        CLASSES.iter().find(|(_, members)| members.contains(&self.base())).map(|(class, _)| *class)
    }

    /// Whether a text names the substance: `Vancomycin (red man syndrome)`.
    #[must_use]
    pub fn is_named_in(&self, text: &str) -> bool {
        names(&words(text), self.base())
    }
}

/// What follows a substance's name in that of a salt, an ester or a hydrate of it.
const SALTS: [&str; 28] = [
    "acetate",
    "axetil",
    "besilate",
    "besylate",
    "bromide",
    "calcium",
    "citrate",
    "dihydrate",
    "fumarate",
    "hcl",
    "hydrobromide",
    "hydrochloride",
    "maleate",
    "mesilate",
    "mesylate",
    "monohydrate",
    "nitrate",
    "phosphate",
    "potassium",
    "sodium",
    "stearate",
    "succinate",
    "sulfate",
    "sulphate",
    "tartrate",
    "tosilate",
    "trihydrate",
    "valerate",
];

/// A class of medicines in which who is allergic to one may be allergic to the others. The groups are those of the Anatomical Therapeutic
/// Chemical classification (WHO Collaborating Centre for Drug Statistics Methodology), from which the members are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MedicineClass {
    /// J01C.
    Penicillins,
    /// J01DB to J01DE.
    Cephalosporins,
    /// J01DH.
    Carbapenems,
    /// J01FA.
    Macrolides,
    /// J01M.
    Quinolones,
    /// J01A.
    Tetracyclines,
    /// J01G.
    Aminoglycosides,
    /// J01E.
    SulfonamideAntibiotics,
    /// M01A, and acetylsalicylic acid: intolerance is to all that inhibit cyclooxygenase 1.
    NonSteroidalAntiInflammatories,
    /// N02A.
    Opioids,
    /// C09A.
    AceInhibitors,
    /// C09C.
    Sartans,
    /// C10AA.
    Statins,
    /// C07.
    BetaBlockers,
    /// N03AB, N03AF and others with an aromatic ring.
    AromaticAnticonvulsants,
    /// N05BA and N05CD.
    Benzodiazepines,
    /// N01BB.
    AmideLocalAnaesthetics,
    /// V08A.
    IodinatedContrastMedia,
    /// B01AB.
    Heparins,
    /// A02BC.
    ProtonPumpInhibitors,
}

named! {
    MedicineClass, "invalid_class": {
        Penicillins = "penicillins",
        Cephalosporins = "cephalosporins",
        Carbapenems = "carbapenems",
        Macrolides = "macrolides",
        Quinolones = "quinolones",
        Tetracyclines = "tetracyclines",
        Aminoglycosides = "aminoglycosides",
        SulfonamideAntibiotics = "sulfonamide_antibiotics",
        NonSteroidalAntiInflammatories = "non_steroidal_anti_inflammatories",
        Opioids = "opioids",
        AceInhibitors = "ace_inhibitors",
        Sartans = "sartans",
        Statins = "statins",
        BetaBlockers = "beta_blockers",
        AromaticAnticonvulsants = "aromatic_anticonvulsants",
        Benzodiazepines = "benzodiazepines",
        AmideLocalAnaesthetics = "amide_local_anaesthetics",
        IodinatedContrastMedia = "iodinated_contrast_media",
        Heparins = "heparins",
        ProtonPumpInhibitors = "proton_pump_inhibitors",
    }
}

use MedicineClass as Class;

/// The members of each class.
const CLASSES: [(Class, &[&str]); 20] = [
    (
        Class::Penicillins,
        &[
            "amoxicillin",
            "ampicillin",
            "benzathine benzylpenicillin",
            "benzylpenicillin",
            "cloxacillin",
            "dicloxacillin",
            "flucloxacillin",
            "oxacillin",
            "phenoxymethylpenicillin",
            "piperacillin",
            "pivmecillinam",
            "procaine benzylpenicillin",
            "temocillin",
            "ticarcillin",
        ],
    ),
    (
        Class::Cephalosporins,
        &[
            "cefaclor",
            "cefadroxil",
            "cefalexin",
            "cefazolin",
            "cefepime",
            "cefiderocol",
            "cefixime",
            "cefotaxime",
            "cefoxitin",
            "cefpodoxime",
            "cefprozil",
            "ceftaroline",
            "ceftazidime",
            "ceftriaxone",
            "cefuroxime",
        ],
    ),
    (Class::Carbapenems, &["doripenem", "ertapenem", "imipenem", "meropenem"]),
    (Class::Macrolides, &["azithromycin", "clarithromycin", "erythromycin", "roxithromycin", "spiramycin"]),
    (Class::Quinolones, &["ciprofloxacin", "delafloxacin", "levofloxacin", "moxifloxacin", "nalidixic acid", "norfloxacin", "ofloxacin"]),
    (Class::Tetracyclines, &["doxycycline", "lymecycline", "minocycline", "tetracycline", "tigecycline"]),
    (Class::Aminoglycosides, &["amikacin", "gentamicin", "kanamycin", "neomycin", "streptomycin", "tobramycin"]),
    (Class::SulfonamideAntibiotics, &["sulfadiazine", "sulfadoxine", "sulfamethoxazole", "trimethoprim-sulfamethoxazole"]),
    (
        Class::NonSteroidalAntiInflammatories,
        &[
            "aceclofenac",
            "acetylsalicylic acid",
            "celecoxib",
            "dexketoprofen",
            "diclofenac",
            "etoricoxib",
            "ibuprofen",
            "indometacin",
            "ketoprofen",
            "ketorolac",
            "mefenamic acid",
            "meloxicam",
            "metamizole",
            "nabumetone",
            "naproxen",
            "piroxicam",
        ],
    ),
    (
        Class::Opioids,
        &[
            "buprenorphine",
            "codeine",
            "dihydrocodeine",
            "fentanyl",
            "hydrocodone",
            "hydromorphone",
            "methadone",
            "morphine",
            "oxycodone",
            "pethidine",
            "tapentadol",
            "tramadol",
        ],
    ),
    (
        Class::AceInhibitors,
        &["benazepril", "captopril", "enalapril", "fosinopril", "lisinopril", "perindopril", "quinapril", "ramipril", "trandolapril"],
    ),
    (Class::Sartans, &["azilsartan", "candesartan", "irbesartan", "losartan", "olmesartan", "telmisartan", "valsartan"]),
    (Class::Statins, &["atorvastatin", "fluvastatin", "lovastatin", "pitavastatin", "pravastatin", "rosuvastatin", "simvastatin"]),
    (Class::BetaBlockers, &["atenolol", "bisoprolol", "carvedilol", "labetalol", "metoprolol", "nebivolol", "propranolol", "sotalol"]),
    (
        Class::AromaticAnticonvulsants,
        &["carbamazepine", "eslicarbazepine", "lamotrigine", "oxcarbazepine", "phenobarbital", "phenytoin", "primidone"],
    ),
    (
        Class::Benzodiazepines,
        &["alprazolam", "bromazepam", "clobazam", "clonazepam", "diazepam", "lorazepam", "midazolam", "oxazepam", "temazepam"],
    ),
    (
        Class::AmideLocalAnaesthetics,
        &["articaine", "bupivacaine", "levobupivacaine", "lidocaine", "mepivacaine", "prilocaine", "ropivacaine"],
    ),
    (Class::IodinatedContrastMedia, &["iodixanol", "iohexol", "iomeprol", "iopamidol", "iopromide", "ioversol"]),
    (Class::Heparins, &["dalteparin", "enoxaparin", "heparin", "nadroparin", "tinzaparin"]),
    (Class::ProtonPumpInhibitors, &["dexlansoprazole", "esomeprazole", "lansoprazole", "omeprazole", "pantoprazole", "rabeprazole"]),
];

/// Classes between which reactions cross: the beta-lactams share a ring (Romano et al., 2020, EAACI position paper on cross-reactivity).
const RELATED: [(Class, Class); 3] =
    [(Class::Penicillins, Class::Cephalosporins), (Class::Penicillins, Class::Carbapenems), (Class::Cephalosporins, Class::Carbapenems)];

/// Words for a class that people write when they say what somebody is allergic to.
const WORDS: [(&str, Class); 31] = [
    ("penicillin", Class::Penicillins),
    ("penicilline", Class::Penicillins),
    ("pencillin", Class::Penicillins),
    ("penizillin", Class::Penicillins),
    ("pcn", Class::Penicillins),
    ("beta lactam", Class::Penicillins),
    ("beta lactam", Class::Cephalosporins),
    ("beta lactam", Class::Carbapenems),
    ("cephalosporin", Class::Cephalosporins),
    ("cefalosporin", Class::Cephalosporins),
    ("carbapenem", Class::Carbapenems),
    ("macrolide", Class::Macrolides),
    ("quinolone", Class::Quinolones),
    ("fluoroquinolone", Class::Quinolones),
    ("tetracycline", Class::Tetracyclines),
    ("aminoglycoside", Class::Aminoglycosides),
    ("sulfa", Class::SulfonamideAntibiotics),
    ("sulfonamide", Class::SulfonamideAntibiotics),
    ("sulphonamide", Class::SulfonamideAntibiotics),
    ("nsaid", Class::NonSteroidalAntiInflammatories),
    ("opioid", Class::Opioids),
    ("opiate", Class::Opioids),
    ("ace inhibitor", Class::AceInhibitors),
    ("sartan", Class::Sartans),
    ("statin", Class::Statins),
    ("beta blocker", Class::BetaBlockers),
    ("benzodiazepine", Class::Benzodiazepines),
    ("local anaesthetic", Class::AmideLocalAnaesthetics),
    ("contrast", Class::IodinatedContrastMedia),
    ("heparin", Class::Heparins),
    ("ppi", Class::ProtonPumpInhibitors),
];

impl MedicineClass {
    /// Whether reactions cross from one class to the other.
    #[must_use]
    pub fn is_related_to(self, other: Self) -> bool {
        RELATED.iter().any(|pair| *pair == (self, other) || *pair == (other, self))
    }
}

/// The words of a text, with a space before and after each.
fn words(text: &str) -> String {
    let words: String = text.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    format!(" {} ", words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a name is among the words, alone or in the plural, and not inside another one.
fn names(words: &str, name: &str) -> bool {
    let name = name.replace('-', " ");
    words.contains(&format!(" {name} ")) || words.contains(&format!(" {name}s "))
}

/// What somebody means who says that a patient is allergic to this.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meant {
    /// The ingredients that it names.
    pub ingredients: Vec<Ingredient>,
    /// The classes that it names or that its ingredients belong to.
    pub classes: Vec<MedicineClass>,
}

/// Reads what somebody wrote: `Penicillins`, `aspirin (hives)`, `Amoxicillin 500 mg`.
#[must_use]
pub fn meant(text: &str) -> Meant {
    let words = words(text);
    let names = |name: &str| names(&words, name);
    let known = CLASSES.iter().flat_map(|(_, members)| *members).filter(|name| names(name)).map(|name| Ingredient((*name).to_owned()));
    let others = OTHER_NAMES.iter().filter(|(other, _)| names(other)).map(|(_, name)| Ingredient((*name).to_owned()));
    let ingredients: Vec<_> = known.chain(others).collect();
    let said = WORDS.iter().filter(|(word, _)| names(word)).map(|(_, class)| *class);
    let mut classes: Vec<_> = said.chain(ingredients.iter().filter_map(Ingredient::class)).collect();
    classes.sort_unstable();
    classes.dedup();
    Meant { ingredients, classes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_form() {
        for (text, name) in [("Amoxicillin", "amoxicillin"), (" ASPIRIN ", "acetylsalicylic acid"), ("clavulanic  acid", "clavulanic acid")]
        {
            assert_eq!(Ingredient::parse(text).unwrap().as_str(), name);
        }
        for bad in ["", "x", "500 mg", "amoxicillin/clavulanate", &"a".repeat(61), "\u{e9}phedrine"] {
            assert_eq!(Ingredient::parse(bad).unwrap_err().code, "invalid_ingredient", "{bad}");
        }
    }

    #[test]
    fn every_member_is_an_ingredient_of_one_class() {
        for (class, members) in CLASSES {
            for name in members {
                let ingredient = Ingredient::parse(name).unwrap();
                assert_eq!((ingredient.as_str(), ingredient.class()), (*name, Some(class)));
            }
        }
        assert_eq!(CLASSES.len(), MedicineClass::ALL.len());
        for (_, name) in OTHER_NAMES {
            assert_eq!(Ingredient::parse(name).unwrap().as_str(), name, "an international name stays what it is");
        }
    }

    #[test]
    fn what_people_write() {
        let read = |text: &str| {
            let meant = meant(text);
            (meant.ingredients.iter().map(|one| one.as_str().to_owned()).collect::<Vec<_>>().join(","), meant.classes)
        };
        assert_eq!(read("Penicillins"), (String::new(), vec![Class::Penicillins]));
        assert_eq!(read("aspirin (hives)"), ("acetylsalicylic acid".to_owned(), vec![Class::NonSteroidalAntiInflammatories]));
        assert_eq!(read("Amoxicillin 500 mg"), ("amoxicillin".to_owned(), vec![Class::Penicillins]));
        assert_eq!(read("Sulfa drugs"), (String::new(), vec![Class::SulfonamideAntibiotics]));
        assert_eq!(read("Peanuts, and latex"), (String::new(), Vec::new()));
        assert_eq!(read("penicillinase"), (String::new(), Vec::new()), "a word is not found inside another");
    }
}
