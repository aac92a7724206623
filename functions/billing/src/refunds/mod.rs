//! Money that is paid back: one person asks for it, another one approves it, and then it is paid.

pub(crate) mod approve;
pub(crate) mod ask;
pub(crate) mod complete;
pub(crate) mod list;
pub(crate) mod reject;
