//! Why a value was refused.

/// A refused value: a stable `code` for programs and a sentence for people that says what to do instead.
///
/// The sentence never repeats the value: it may be health data or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Invalid {
    /// Stable, in snake case.
    pub code: &'static str,
    /// What is wrong and what would be accepted.
    pub detail: String,
}

impl Invalid {
    /// A refusal with its code and sentence.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
