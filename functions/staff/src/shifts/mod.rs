//! The roster: who works in which shift. `domain::roster` has the rules.

pub(crate) mod cancel;
pub(crate) mod enter;
pub(crate) mod get;
pub(crate) mod list;
