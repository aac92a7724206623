//! What is checked when a medicine is prescribed: recorded allergies, by substance and by class, and medicines with the same active
//! ingredient. Doses, interactions between different ingredients, pregnancy, age and kidneys are not checked.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Summary,
    medicines::{Ingredient, Meant, meant},
    summary::Allergy,
};
use crate::{
    history::AllergySeverity,
    id::MedicineId,
    text::{Reason, Title},
};

/// What a hit means for the prescription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitLevel {
    /// The doctor is told.
    Warning,
    /// The medicine is not prescribed, unless the doctor says why it is right.
    Stop,
}

/// Why something was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitCause {
    /// The patient is allergic to the ingredient.
    SameSubstance,
    /// The patient is allergic to another substance of the same class, or to the class.
    SameClass,
    /// The patient is allergic to a class from which reactions cross to this one.
    RelatedClass,
    /// The patient takes a medicine with the same ingredient.
    SameIngredient,
}

/// Something that speaks against a medicine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hit {
    /// The entry of the medical history with the allergy, or the prescription with the same ingredient.
    pub id: String,
    /// What it means for the prescription.
    pub level: HitLevel,
    /// Why it was hit.
    pub cause: HitCause,
    /// The ingredient of the new medicine.
    #[schema(value_type = Ingredient)]
    pub ingredient: Ingredient,
    /// The substance that the patient is allergic to, or the other medicine.
    pub what: String,
}

/// Why a medicine is right although something speaks against it. The codes follow HL7 v3 `ActAdjudicationReason` and what hospitals count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OverrideReason {
    /// The benefit is greater than the risk, and the patient is watched.
    BenefitOutweighsRisk,
    /// The patient has had it before without a reaction.
    ToleratedBefore,
    /// The allergy is not believed to be one.
    AllergyNotConfirmed,
    /// There is no alternative.
    NoAlternative,
    /// Both medicines are meant to be taken.
    IntendedCombination,
    /// This medicine takes the place of the other one, which is stopped.
    ReplacesOther,
}

named! {
    OverrideReason, "invalid_override_reason": {
        BenefitOutweighsRisk = "benefit_outweighs_risk",
        ToleratedBefore = "tolerated_before",
        AllergyNotConfirmed = "allergy_not_confirmed",
        NoAlternative = "no_alternative",
        IntendedCombination = "intended_combination",
        ReplacesOther = "replaces_other",
    }
}

/// What the doctor said to a stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Why the medicine is right.
    pub reason: OverrideReason,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Reason>,
    /// The stops that it is about.
    pub hits: Vec<Hit>,
}

/// The allergies that the check can make nothing of: it neither knows their class nor finds a substance that is prescribed. The doctor
/// reads them.
#[must_use]
pub fn not_understood(ingredients: &[Ingredient], summary: &Summary) -> Vec<Reason> {
    let understood = |allergy: &&Allergy| {
        let text = allergy.what.as_str();
        allergy.class.is_some() || meant(text) != Meant::default() || ingredients.iter().any(|one| one.is_named_in(text))
    };
    summary.allergies.iter().filter(|allergy| !understood(allergy)).map(|allergy| allergy.what.clone()).collect()
}

/// Everything that speaks against a medicine with these ingredients, stops first. `besides` is the prescription that is revised.
#[must_use]
pub fn check(ingredients: &[Ingredient], summary: &Summary, today: Date, besides: Option<MedicineId>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for ingredient in ingredients {
        hits.extend(summary.allergies.iter().filter_map(|allergy| against(ingredient, allergy)));
        let others = summary
            .medicines_on(today)
            .filter(|other| Some(other.id) != besides && other.ingredients.iter().any(|one| one.base() == ingredient.base()));
        hits.extend(others.map(|other| Hit {
            id: other.id.to_string(),
            level: HitLevel::Stop,
            cause: HitCause::SameIngredient,
            ingredient: ingredient.clone(),
            what: Title::to_string(&other.drug),
        }));
    }
    hits.sort_by_key(|hit| (std::cmp::Reverse(hit.level), hit.cause));
    hits
}

/// What an allergy says against an ingredient.
///
/// The same substance stops, unless the reaction was mild. The same class stops when the reaction was severe, or nobody has said how bad it
/// was. A related class warns.
fn against(ingredient: &Ingredient, allergy: &Allergy) -> Option<Hit> {
    let mut meant = meant(allergy.what.as_str());
    meant.classes.extend(allergy.class);
    let class = ingredient.class();
    // A substance that no list has is looked for by its name.
    let is_named = ingredient.is_named_in(allergy.what.as_str()) || meant.ingredients.iter().any(|other| other.base() == ingredient.base());
    let cause = if is_named {
        HitCause::SameSubstance
    } else if class.is_some_and(|class| meant.classes.contains(&class)) {
        HitCause::SameClass
    } else if class.is_some_and(|class| meant.classes.iter().any(|other| other.is_related_to(class))) {
        HitCause::RelatedClass
    } else {
        return None;
    };
    let severe = allergy.severity.is_none_or(|severity| severity == AllergySeverity::Severe);
    let level = match cause {
        HitCause::SameSubstance if allergy.severity != Some(AllergySeverity::Mild) => HitLevel::Stop,
        HitCause::SameClass if severe => HitLevel::Stop,
        _ => HitLevel::Warning,
    };
    Some(Hit { id: allergy.id.to_string(), level, cause, ingredient: ingredient.clone(), what: allergy.what.to_string() })
}

/// The stops that nobody has answered. `answered` are the ids of those that the doctor names.
#[must_use]
pub fn unanswered<'a>(hits: &'a [Hit], answered: &[String]) -> Vec<&'a Hit> {
    hits.iter().filter(|hit| hit.level == HitLevel::Stop && !answered.contains(&hit.id)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use super::*;
    use crate::{
        id::{HistoryId, PatientId},
        record::{medicines::MedicineClass, prescription::Route, summary::ActiveMedicine},
    };

    fn ingredient(name: &str) -> Ingredient {
        Ingredient::parse(name).unwrap()
    }

    fn found(name: &str, allergy: &str, severity: Option<AllergySeverity>, class: Option<MedicineClass>) -> Option<(HitLevel, HitCause)> {
        let mut summary = Summary::new(PatientId::new(Timestamp::UNIX_EPOCH, 1));
        let (id, what) = (HistoryId::new(Timestamp::UNIX_EPOCH, 2), Reason::parse(allergy).unwrap());
        summary.allergies.push(Allergy { id, what, class, severity });
        check(&[ingredient(name)], &summary, date(2026, 3, 2), None).first().map(|hit| (hit.level, hit.cause))
    }

    #[test]
    fn allergies_by_substance_class_and_severity() {
        use AllergySeverity::{Mild, Moderate, Severe};
        use HitCause::{RelatedClass, SameClass, SameSubstance};
        use HitLevel::{Stop, Warning};
        for (medicine, allergy, severity, expected) in [
            ("amoxicillin", "Amoxicillin", Some(Severe), Some((Stop, SameSubstance))),
            ("amoxicillin", "Amoxicillin", Some(Moderate), Some((Stop, SameSubstance))),
            ("amoxicillin", "Amoxicillin", Some(Mild), Some((Warning, SameSubstance))),
            ("amoxicillin", "amoxicillin", None, Some((Stop, SameSubstance))),
            ("amoxicillin", "Penicillin", Some(Severe), Some((Stop, SameClass))),
            ("amoxicillin", "Penicillin", None, Some((Stop, SameClass))),
            ("amoxicillin", "Penicillin", Some(Moderate), Some((Warning, SameClass))),
            ("ceftriaxone", "Penicillin", Some(Severe), Some((Warning, RelatedClass))),
            ("ibuprofen", "Aspirin", Some(Severe), Some((Stop, SameClass))),
            ("aspirin", "Acetylsalicylic acid", Some(Severe), Some((Stop, SameSubstance))),
            ("ivermectin", "Ivermectin", Some(Severe), Some((Stop, SameSubstance))),
            ("vancomycin", "Vancomycin (red man syndrome)", Some(Severe), Some((Stop, SameSubstance))),
            ("metronidazole", "allergic to metronidazole, rash", None, Some((Stop, SameSubstance))),
            ("amoxicillin trihydrate", "Amoxicillin", Some(Severe), Some((Stop, SameSubstance))),
            ("diclofenac sodium", "Aspirin", Some(Severe), Some((Stop, SameClass))),
            ("metformin hydrochloride", "Metformin", Some(Severe), Some((Stop, SameSubstance))),
            ("sodium chloride", "Diclofenac sodium", Some(Severe), None),
            ("paracetamol", "Penicillin", Some(Severe), None),
            ("azithromycin", "Peanuts", Some(Severe), None),
        ] {
            assert_eq!(found(medicine, allergy, severity, None), expected, "{medicine} for {allergy}, {severity:?}");
        }
        // The class that somebody named counts as well as what they wrote.
        assert_eq!(found("morphine", "Pain killers", Some(Severe), Some(MedicineClass::Opioids)), Some((Stop, SameClass)));
    }

    #[test]
    fn the_same_ingredient_stops_while_the_other_course_lasts() {
        let mut summary = Summary::new(PatientId::new(Timestamp::UNIX_EPOCH, 1));
        let id = MedicineId::new(Timestamp::UNIX_EPOCH, 3);
        let title = |text: &str| Title::parse(text).unwrap();
        summary.medicines.push(ActiveMedicine {
            id,
            drug: title("Augmentin"),
            ingredients: vec![ingredient("amoxicillin"), ingredient("clavulanic acid")],
            dose: title("1 tablet"),
            route: Route::Oral,
            frequency: title("twice a day"),
            until: date(2026, 3, 9),
        });
        let new = [ingredient("clavulanic acid")];
        let causes = |today, besides| check(&new, &summary, today, besides).iter().map(|hit| (hit.level, hit.cause)).collect::<Vec<_>>();
        assert_eq!(causes(date(2026, 3, 9), None), [(HitLevel::Stop, HitCause::SameIngredient)]);
        assert_eq!(causes(date(2026, 3, 10), None), []);
        assert_eq!(causes(date(2026, 3, 9), Some(id)), [], "a prescription is not in its own way");
    }

    #[test]
    fn an_override_answers_the_stops_that_it_names() {
        let mut summary = Summary::new(PatientId::new(Timestamp::UNIX_EPOCH, 1));
        for number in [2, 3] {
            let (id, what) = (HistoryId::new(Timestamp::UNIX_EPOCH, number), Reason::parse("Penicillin").unwrap());
            summary.allergies.push(Allergy { id, what, class: None, severity: None });
        }
        let hits = check(&[ingredient("amoxicillin")], &summary, date(2026, 3, 2), None);
        assert_eq!(unanswered(&hits, &[]).len(), 2);
        let named = hits[0].id.clone();
        assert_eq!(unanswered(&hits, std::slice::from_ref(&named)).iter().filter(|hit| hit.id != named).count(), 1);
    }
}
