//! What was paid for an invoice.

pub(crate) mod enter;
pub(crate) mod take_back;
