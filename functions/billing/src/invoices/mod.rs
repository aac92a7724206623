//! Invoices.

pub(crate) mod all;
pub(crate) mod credit;
pub(crate) mod download;
pub(crate) mod get;
pub(crate) mod issue;
pub(crate) mod list;
pub(crate) mod mark;
pub(crate) mod numbered;
