//! Medical record numbers: how a hospital names a patient on paper, on a wristband and on the telephone.

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A medical record number: nine digits, of which the last is a check digit. It says nothing about the patient.
///
/// The check digit is Damm's (H. M. Damm, *Total anti-symmetric quasigroups*, Marburg 2004). It finds every single wrong digit and every
/// swap of two neighbours, which are the usual slips.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mrn(String);

/// How many digits come before the check digit.
const DIGITS: u32 = 8;

/// Damm's quasigroup of order 10.
const TABLE: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

impl Mrn {
    /// A number made from random bits. Whoever gives it to a patient has to make sure that nobody else has it.
    #[must_use]
    pub fn from_random(random: u128) -> Self {
        // The first digit is never 0, so that no program drops it.
        let low = 10_u128.pow(DIGITS - 1);
        let digits = (low + random % (9 * low)).to_string();
        let check = check_digit(&digits);
        Self(format!("{digits}{check}"))
    }

    /// Parses nine digits. Spaces and hyphens between them are fine.
    ///
    /// # Errors
    /// When there are not nine digits, or when the check digit shows that one of them is wrong.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if digits.len() != DIGITS as usize + 1 || !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with('0') {
            return Err(Invalid::new("invalid_mrn", "Give the nine digits of the medical record number."));
        }
        if check_digit(&digits) != 0 {
            return Err(Invalid::new("wrong_check_digit", "One of the digits is wrong, or two are swapped. Read the number again."));
        }
        Ok(Self(digits))
    }

    /// The nine digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Mrn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The digit that completes the digits. It is 0 when they are complete.
fn check_digit(digits: &str) -> u8 {
    let row = |row: u8| TABLE.get(usize::from(row)).copied().unwrap_or_default();
    digits.bytes().fold(0, |interim, digit| row(interim).get(usize::from(digit.saturating_sub(b'0'))).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_known_number() {
        // Damm's own example: 572 has the check digit 4.
        assert_eq!(check_digit("572"), 4);
        assert_eq!(Mrn::parse("1000 0000-6").unwrap().as_str(), "100000006");
        for bad in ["", "1000000", "10000000x", "0000000000", "000000000", "1000000061", "１00000006"] {
            assert_eq!(Mrn::parse(bad).unwrap_err().code, "invalid_mrn", "{bad}");
        }
        assert_eq!(Mrn::parse("100000007").unwrap_err().code, "wrong_check_digit");
    }

    proptest! {
        #[test]
        fn every_wrong_digit_and_every_swap_is_found(random: u128, at in 0_usize..9, other in 0_u8..10) {
            let mrn = Mrn::from_random(random);
            prop_assert_eq!(Mrn::parse(mrn.as_str()).unwrap(), mrn.clone());
            let mut wrong = mrn.as_str().as_bytes().to_vec();
            wrong[at] = b'0' + other;
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert_eq!(Mrn::parse(&wrong).is_ok(), wrong == mrn.as_str());
            let mut swapped = mrn.as_str().as_bytes().to_vec();
            swapped.swap(at, (at + 1).min(8));
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert_eq!(Mrn::parse(&swapped).is_ok(), swapped == mrn.as_str());
        }
    }
}
