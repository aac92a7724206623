//! Enums that have a name in JSON.

/// Gives enums `ALL`, `as_str` and `parse`, by one list of names.
macro_rules! named {
    ($($name:ident, $code:literal: { $($variant:ident = $text:literal),+ $(,)? })+) => {$(
        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name used in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            /// Parses the name used in JSON.
            ///
            /// # Errors
            /// When it is none of them.
            pub fn parse(text: &str) -> Result<Self, $crate::Invalid> {
                let names = || Self::ALL.iter().map(|one| format!("`{}`", one.as_str())).collect::<Vec<_>>().join(", ");
                let known = Self::ALL.iter().copied().find(|one| one.as_str() == text);
                known.ok_or_else(|| $crate::Invalid::new($code, format!("Use one of {}.", names())))
            }
        }
    )+};
}
