//! Accounts and the addresses they are known by.

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use domain::{
    account::{Account, Group, Status},
    doctor::Doctor,
    id::{EmailTokenId, PatientId, SessionId, UserId},
    patient::Patient,
    role::Role,
    text::{Email, PersonName},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    IndexKey, Key, Record, Store, StoreError, email_tokens::EmailToken, keys, number, sessions::Session, text, transact::Transacted,
};

/// An account as stored: with the hash of its password, once it has one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAccount {
    #[serde(flatten)]
    pub account: Account,
    pub password_hash: Option<String>,
    /// Whether the password was chosen before anybody had shown that the address is theirs, and somebody else has since.
    #[serde(default)]
    pub password_void: bool,
}

impl StoredAccount {
    /// An account with a password, or with none yet.
    #[must_use]
    pub fn new(account: Account, password_hash: Option<String>) -> Self {
        Self { account, password_hash, password_void: false }
    }
}

impl std::fmt::Debug for StoredAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredAccount({}, …)", self.account.id)
    }
}

impl Record for StoredAccount {
    const KIND: &'static str = "account";
    const STAMPED: bool = true;
    fn key(&self) -> Key {
        keys::account(self.account.id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        let sk = format!("{}#{}", self.account.name.as_str().to_lowercase(), self.account.id);
        Some(IndexKey { pk: keys::accounts(Group::of(&self.account)), sk })
    }
}

/// What a list says of an account: the attributes that the index holds.
#[derive(Debug, Clone, Deserialize)]
pub struct ListedAccount {
    pub id: UserId,
    pub name: PersonName,
    pub email: Email,
    pub email_confirmed: bool,
    pub status: Status,
    pub roles: Vec<Role>,
    pub requested_role: Option<Role>,
    pub created_at: Timestamp,
    /// Its place in the list; continues it.
    #[serde(rename = "gsi1sk")]
    pub position: String,
}

/// An address belongs to one account.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct EmailClaim {
    email: Email,
    user_id: UserId,
}

impl Record for EmailClaim {
    const KIND: &'static str = "email";
    fn key(&self) -> Key {
        keys::email(&self.email)
    }
}

/// The configured address made its account an administrator; it does so once.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct FirstAdministrator {
    email: Email,
    user_id: UserId,
}

impl Record for FirstAdministrator {
    const KIND: &'static str = "first_administrator";
    fn key(&self) -> Key {
        keys::first_administrator(&self.email)
    }
}

/// An account could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the address belongs to another account")]
    EmailTaken,
    #[error("who opens it is no administrator any more")]
    NotAdministrator,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What opens together with an account: all of it or nothing.
#[derive(Debug, Default)]
pub struct Together<'a> {
    /// The patient's record that it belongs to.
    pub patient: Option<&'a Patient>,
    /// The doctor's profile that it belongs to.
    pub doctor: Option<&'a Doctor>,
    /// The email that invites its owner.
    pub token: Option<&'a EmailToken>,
    /// Holds only while this account is an active administrator's.
    pub by: Option<UserId>,
}

/// A change of an account, and what goes with it: all of it or nothing.
#[derive(Debug)]
pub struct Change<'a> {
    pub before: &'a StoredAccount,
    pub after: &'a StoredAccount,
    /// Holds only while this account is an active administrator's. Of two who take the role from each other, one stays.
    pub by: Option<UserId>,
    /// The emailed token that allows it, used up by it.
    pub token: Option<EmailTokenId>,
    /// Whether the account becomes the first administrator's by it.
    pub first_administrator: bool,
    /// The sign-in that begins with it.
    pub session: Option<&'a Session>,
    /// The owner's record, changed with it.
    pub patient: Option<&'a Patient>,
    /// The profile that the account gets.
    pub doctor: Option<&'a Doctor>,
    /// The patient who books no more by themselves.
    pub ends_bookings_of: Option<(PatientId, Timestamp)>,
}

impl<'a> Change<'a> {
    #[must_use]
    pub fn new(before: &'a StoredAccount, after: &'a StoredAccount) -> Self {
        Self {
            before,
            after,
            by: None,
            token: None,
            first_administrator: false,
            session: None,
            patient: None,
            doctor: None,
            ends_bookings_of: None,
        }
    }
}

/// Why an account was not changed. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("the account, or what changes with it, has changed since it was read")]
    Stale,
    #[error("the address belongs to another account")]
    EmailTaken,
    #[error("the emailed token has been used")]
    TokenUsed,
    #[error("who changes it is no administrator any more")]
    NotAdministrator,
    #[error("an appointment is being booked")]
    BookingUnderWay,
    #[error("the configured address has made an administrator before")]
    NotFirst,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    #[must_use = "the account may be gone"]
    pub async fn account(&self, id: UserId) -> Result<Option<StoredAccount>, StoreError> {
        self.get(&keys::account(id)).await
    }

    /// An account and one of its sign-ins, both as they are now.
    pub async fn account_and_session(&self, user: UserId, id: SessionId) -> Result<Option<(StoredAccount, Session)>, StoreError> {
        let (account, session) = tokio::join!(self.account(user), self.session(user, id));
        Ok(account?.zip(session?))
    }

    /// Reads as often for unknown addresses as for known ones.
    pub async fn account_by_email(&self, email: &Email) -> Result<Option<StoredAccount>, StoreError> {
        match self.get::<EmailClaim>(&keys::email(email)).await? {
            Some(claim) => self.account(claim.user_id).await,
            None => self.get(&keys::nobody()).await,
        }
    }

    /// Opens an account, and what belongs to it: of all who try with one address, one succeeds.
    pub async fn open_account(&self, account: &StoredAccount, together: Together<'_>) -> Result<(), OpenError> {
        let claim = EmailClaim { email: account.account.email.clone(), user_id: account.account.id };
        let mut items = vec![self.put_if_new(&claim)?, self.put_if_new(account)?];
        items.extend(together.patient.map(|patient| self.put_if_new(patient)).transpose()?);
        items.extend(together.doctor.map(|doctor| self.put_if_new(doctor)).transpose()?);
        items.extend(together.token.map(|token| self.put_if_new(token)).transpose()?);
        let administrator = items.len();
        items.extend(together.by.map(|by| self.check_administrator(by)).transpose()?);
        match self.transact(items).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(failed) if failed.contains_key(&administrator) => Err(OpenError::NotAdministrator),
            Transacted::Refused(_) => Err(OpenError::EmailTaken),
        }
    }

    /// Writes a changed account, its version already counted up, if it still is what it was changed from.
    pub async fn change_account(&self, change: Change<'_>) -> Result<(), ChangeError> {
        let (before, after) = (&change.before.account, &change.after.account);
        let mut items = vec![self.put_if(change.after, "version = :before", &[(":before", number(before.version))])?];
        let mut refusals = vec![ChangeError::Stale];
        let mut add = |item: TransactWriteItem, refusal| {
            items.push(item);
            refusals.push(refusal);
        };
        if let Some(by) = change.by.filter(|by| *by != after.id) {
            add(self.check_administrator(by)?, ChangeError::NotAdministrator);
        }
        if before.email != after.email {
            let claim = EmailClaim { email: after.email.clone(), user_id: after.id };
            add(self.put_if_new(&claim)?, ChangeError::EmailTaken);
        }
        if before.email != after.email || after.status == Status::Closed {
            let key = keys::email(&before.email);
            add(self.delete_if(&key, "user_id = :user", &[(":user", text(before.id.to_string()))])?, ChangeError::Stale);
        }
        if let Some(token) = change.token {
            add(self.delete_if(&keys::email_token(token), "attribute_exists(pk)", &[])?, ChangeError::TokenUsed);
        }
        if change.first_administrator {
            let first = FirstAdministrator { email: after.email.clone(), user_id: after.id };
            add(self.put_if_new(&first)?, ChangeError::NotFirst);
        }
        if let Some(session) = change.session {
            add(self.put_if_new(session)?, ChangeError::Stale);
        }
        if let Some(patient) = change.patient {
            add(self.put_if(patient, "version = :before", &[(":before", number(patient.version - 1))])?, ChangeError::Stale);
        }
        if let Some((patient, now)) = change.ends_bookings_of {
            add(self.end_bookings(patient, now)?, ChangeError::BookingUnderWay);
        }
        if let Some(doctor) = change.doctor {
            add(self.put_if_new(doctor)?, ChangeError::Stale);
        }
        match self.transact(items).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(failed) => {
                let first = failed.keys().next().copied().unwrap_or_default();
                Err(refusals.into_iter().nth(first).unwrap_or(ChangeError::Stale))
            }
        }
    }

    /// Whether the configured address has made an administrator before.
    pub async fn had_first_administrator(&self, email: &Email) -> Result<bool, StoreError> {
        Ok(self.get::<FirstAdministrator>(&keys::first_administrator(email)).await?.is_some())
    }

    /// Accounts of a group by name, after a position.
    pub async fn accounts(&self, group: Group, after: Option<&str>, limit: usize) -> Result<Vec<ListedAccount>, StoreError> {
        let items = self.index_page(&keys::accounts(group), "", after, limit).await?;
        serde_dynamo::from_items(items).map_err(|error| StoreError::corrupt(StoredAccount::KIND, error))
    }

    fn check_administrator(&self, id: UserId) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(keys::account(id).attributes()))
            .condition_expression("#status = :active AND contains(#roles, :administrator)")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#roles", "roles")
            .expression_attribute_values(":active", text(Status::Active.as_str()))
            .expression_attribute_values(":administrator", text(Role::Administrator.as_str()))
            .build();
        Ok(TransactWriteItem::builder().condition_check(check.map_err(|error| StoreError::Refused(Box::new(error)))?).build())
    }
}
