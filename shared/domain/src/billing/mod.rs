//! Billing: what was done for a patient and what it costs, the invoices for it, and what was paid.
//!
//! Nothing of it is ever edited. A charge that should not be is reversed, an invoice that is wrong is followed by a credit note, a payment that did
//! not happen is taken back, and each of these is an entry of its own. What an invoice's entries add up to is its [`Balance`].
//!
//! # Money
//! Amounts are whole numbers of the currency's smallest unit. Where a percentage leaves less than a unit, it is rounded half to even
//! (ISO/IEC 60559, roundTiesToEven), once for each total. The rounded total is then shared among its lines in proportion: each gets the whole
//! units of its share, and the units that are left go one by one to the lines with the largest remainders, the earlier ones first. So the lines
//! always add up to the total.

pub mod account;
pub mod balance;
pub mod charge;
pub mod invoice;
pub mod posting;
pub mod services;
pub mod terms;

pub use account::BillingAccount;
pub use balance::{Balance, InvoiceStatus, NotPosted};
pub use charge::{Charge, ChargeKind, ChargeRule, Charged, Service, Source};
pub use invoice::{Issued, Line, Priced, Span};
pub use posting::{Entry, Posting, Tender};
pub use terms::{Discount, Percent, Terms};
