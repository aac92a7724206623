//! Results with a critical value, which stay open until a doctor acknowledges them.

pub(crate) mod acknowledge;
pub(crate) mod list;
