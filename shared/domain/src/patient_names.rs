//! How names are compared: accents, case and the order of the words do not matter.

use crate::text::PersonName;

/// The words of a name, in plain letters: `Zoë O'Brien-Łukasz` is `zoe`, `obrien`, `lukasz`. Each word once, in the name's order.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let without_apostrophes: String =
        name.chars().filter(|c| !matches!(c, '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{2bb}' | '\u{2bc}')).collect();
    let plain = deunicode::deunicode_with_tofu(&without_apostrophes, "").to_lowercase();
    let mut words = Vec::new();
    for word in plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// Whether each word that somebody looks for is the beginning of a word of the name.
#[must_use]
pub fn matches(name: &PersonName, wanted: &[String]) -> bool {
    let words = words(name.as_str());
    wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str())))
}

/// How alike two names are, from 0 to 1: the words of the shorter name, each beside the most similar word of the other.
#[must_use]
pub fn likeness(one: &PersonName, other: &PersonName) -> f64 {
    let (one, other) = (words(one.as_str()), words(other.as_str()));
    let (mut short, mut long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.is_empty() {
        return 0.0;
    }
    short.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let (mut sum, mut weight) = (0.0, 0.0);
    for word in &short {
        let best = long.iter().enumerate().map(|(at, with)| (strsim::jaro_winkler(word, with), at)).max_by(|a, b| a.0.total_cmp(&b.0));
        let length = f64::from(u32::try_from(word.len()).unwrap_or(u32::MAX));
        if let Some((alike, at)) = best {
            sum += alike * length;
            long.swap_remove(at);
        }
        weight += length;
    }
    sum / weight
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap()
    }

    #[test]
    fn words_in_plain_letters() {
        assert_eq!(words("Zoë O'Brien-Łukasz"), ["zoe", "obrien", "lukasz"]);
        assert_eq!(words("ÅSE Ødegård"), ["ase", "odegard"]);
        assert_eq!(words("Straße STRASSE"), ["strasse"]);
        assert_eq!(words("林 晨"), ["lin", "chen"]);
        assert!(words("  ").is_empty());
    }

    #[test]
    fn a_name_matches_by_the_beginnings_of_its_words_in_any_order() {
        let wanted = |text: &str| words(text);
        let ada = name("Ada Lovelace Byron");
        assert!(matches(&ada, &wanted("byr ad")) && matches(&ada, &wanted("LOVE")));
        assert!(!matches(&ada, &wanted("ada king")) && !matches(&ada, &wanted("lace")));
    }

    #[test]
    fn alike_names() {
        assert!(likeness(&name("Ada Byron"), &name("BYRON, Ada")) > 0.99);
        assert!(likeness(&name("Jon Smith"), &name("John Smith")) > 0.9);
        assert!(likeness(&name("Catherine Jones"), &name("Katherine Jones")) > 0.9);
        assert!(likeness(&name("Ada Byron"), &name("Alan Turing")) < 0.7);
    }
}
