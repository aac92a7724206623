//! Accounts, and the email addresses that they claim.

use aws_sdk_dynamodb::types::{AttributeValue, builders::ConditionCheckBuilder};
use domain::{
    account::{Account, Group, Status},
    doctor::Doctor,
    id::{EmailTokenId, PatientId, SessionId, UserId},
    patient::{Patient, ProfileChange},
    role::Role,
    text::{Email, PersonName},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Item, Key, Listed, OldShape, Record, Store, StoreError,
    email_tokens::EmailToken,
    keys::{self, IndexKey},
    patients::{add_patient, change_patient},
    record::from_index,
    sessions::Session,
    text,
    transact::Transaction,
};

/// An account as stored: with the hash of its password, once it has one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAccount {
    #[serde(flatten)]
    pub account: Account,
    pub password_hash: Option<String>,
    /// Whether the password is out of use: somebody chose it before the address was confirmed, and a sign-in by email has confirmed it
    /// since.
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
    const VERSION: u32 = 2;
    fn key(&self) -> Key {
        keys::account(self.account.id)
    }
    fn account(&self) -> Option<UserId> {
        Some(self.account.id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_account(Group::of(&self.account), &self.account.name, self.account.id))
    }
    fn entry(&self) -> Option<impl Serialize> {
        Some(ListedAccount::of(&self.account))
    }
    /// Version 1 had no `password_void`.
    fn upgrade(item: &mut Item, from: u32) -> Result<(), OldShape> {
        if from != 1 {
            return Err(OldShape);
        }
        item.entry("password_void".to_owned()).or_insert(AttributeValue::Bool(false));
        Ok(())
    }
}

/// What a list shows of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListedAccount {
    pub id: UserId,
    pub name: PersonName,
    pub email: Email,
    pub email_confirmed: bool,
    pub status: Status,
    pub roles: Vec<Role>,
    pub requested_role: Option<Role>,
    pub created_at: Timestamp,
}

impl ListedAccount {
    #[must_use]
    pub fn of(account: &Account) -> Self {
        Self {
            id: account.id,
            name: account.name.clone(),
            email: account.email.clone(),
            email_confirmed: account.email_confirmed,
            status: account.status,
            roles: account.roles.iter().copied().collect(),
            requested_role: account.requested_role,
            created_at: account.created_at,
        }
    }
}

/// Claims an email address for one account.
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

/// Notes that the configured address has made its account an administrator. It does so only once.
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

/// Why an account was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the address belongs to another account")]
    EmailTaken,
    #[error("another patient has the medical record number")]
    MrnTaken,
    #[error("the person who opens it is no longer an administrator")]
    NotAdministrator,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is written together with a new account, all or nothing.
#[derive(Debug, Default)]
pub struct AccountParts<'a> {
    /// The owner's patient profile.
    pub patient: Option<&'a Patient>,
    /// The owner's doctor profile.
    pub doctor: Option<&'a Doctor>,
    /// The token of the welcome or the invitation.
    pub token: Option<&'a EmailToken>,
    /// The administrator who opens it. Nothing is written unless this account is an active administrator's.
    pub by: Option<UserId>,
}

/// A change of an account, and what is written together with it, all or nothing.
#[derive(Debug)]
pub struct AccountChange<'a> {
    pub before: &'a StoredAccount,
    pub after: &'a StoredAccount,
    /// The administrator who decides. Nothing is written unless this account is an active administrator's, so when two administrators
    /// take the role from each other, one of them keeps it.
    pub by: Option<UserId>,
    /// The emailed token that allows the change. The change uses it up.
    pub token: Option<EmailTokenId>,
    /// Whether the change makes the account the first administrator's.
    pub first_administrator: bool,
    /// The sign-in that begins with the change.
    pub session: Option<&'a Session>,
    /// The owner's patient profile, before and after.
    pub patient: Option<(&'a Patient, &'a Patient)>,
    /// What the front desk changed in the profile, and why.
    pub patient_note: Option<&'a ProfileChange>,
    /// The doctor profile that the account gets.
    pub doctor: Option<&'a Doctor>,
    /// The patient who may no longer book without the front desk, and the present time.
    pub ends_bookings_of: Option<(PatientId, Timestamp)>,
}

impl<'a> AccountChange<'a> {
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
            patient_note: None,
            doctor: None,
            ends_bookings_of: None,
        }
    }
}

/// Why an account was not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("the account, or a profile that changes with it, has changed since it was read")]
    Stale,
    #[error("the address belongs to another account")]
    EmailTaken,
    #[error("the emailed token has been used")]
    TokenUsed,
    #[error("the person who changes it is no longer an administrator")]
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

    /// The account with an email address. It takes as many reads for unknown addresses as for known ones.
    pub async fn account_by_email(&self, email: &Email) -> Result<Option<StoredAccount>, StoreError> {
        match self.get::<EmailClaim>(&keys::email(email)).await? {
            Some(claim) => self.account(claim.user_id).await,
            None => self.get(&keys::nobody()).await,
        }
    }

    /// Whether an address has an account.
    pub async fn account_has_email(&self, email: &Email) -> Result<bool, StoreError> {
        Ok(self.get::<EmailClaim>(&keys::email(email)).await?.is_some())
    }

    /// Opens an account with its parts. When several try with one address, one succeeds.
    pub async fn account_open(&self, account: &StoredAccount, parts: AccountParts<'_>) -> Result<(), OpenError> {
        let mut write = self.transaction();
        if let Some(by) = parts.by {
            check_administrator(&mut write, by, || OpenError::NotAdministrator)?;
        }
        let claim = EmailClaim { email: account.account.email.clone(), user_id: account.account.id };
        write.put_new(&claim, |_| OpenError::EmailTaken)?;
        write.put_new(account, |_| OpenError::EmailTaken)?;
        if let Some(patient) = parts.patient {
            add_patient(&mut write, patient, || OpenError::MrnTaken)?;
        }
        if let Some(doctor) = parts.doctor {
            write.put_new(doctor, |_| OpenError::EmailTaken)?;
        }
        if let Some(token) = parts.token {
            write.put_new(token, |_| OpenError::EmailTaken)?;
        }
        write.commit().await
    }

    /// Writes a changed account, whose version has been raised, if the stored one still has the version from before.
    pub async fn account_change(&self, change: AccountChange<'_>) -> Result<(), ChangeError> {
        let (before, after) = (&change.before.account, &change.after.account);
        let mut write = self.transaction();
        write.replace(change.after, before.version, |_| ChangeError::Stale)?;
        if let Some(by) = change.by.filter(|by| *by != after.id) {
            check_administrator(&mut write, by, || ChangeError::NotAdministrator)?;
        }
        if before.email != after.email {
            let claim = EmailClaim { email: after.email.clone(), user_id: after.id };
            write.put_new(&claim, |_| ChangeError::EmailTaken)?;
        }
        if before.email != after.email || after.status == Status::Closed {
            let owner = [(":user", text(before.id.to_string()))];
            write.delete_if(&keys::email(&before.email), "user_id = :user", &owner, |_| ChangeError::Stale)?;
        }
        if let Some(token) = change.token {
            write.delete_if(&keys::email_token(token), "attribute_exists(pk)", &[], |_| ChangeError::TokenUsed)?;
        }
        if change.first_administrator {
            let first = FirstAdministrator { email: after.email.clone(), user_id: after.id };
            write.put_new(&first, |_| ChangeError::NotFirst)?;
        }
        if let Some(session) = change.session {
            write.put_new(session, |_| ChangeError::Stale)?;
        }
        if let Some((before, after)) = change.patient {
            change_patient(&mut write, before, after, || ChangeError::Stale)?;
        }
        if let Some(note) = change.patient_note {
            write.put_new(note, |_| ChangeError::Stale)?;
        }
        if let Some((patient, now)) = change.ends_bookings_of {
            Self::booking_end(&mut write, patient, now, || ChangeError::BookingUnderWay)?;
        }
        if let Some(doctor) = change.doctor {
            write.put_new(doctor, |_| ChangeError::Stale)?;
        }
        write.commit().await
    }

    /// Whether the configured address has made an administrator before.
    pub async fn account_first_administrator_made(&self, email: &Email) -> Result<bool, StoreError> {
        Ok(self.get::<FirstAdministrator>(&keys::first_administrator(email)).await?.is_some())
    }

    /// The accounts of a group by name, after a position in the list.
    pub async fn account_list(&self, group: Group, after: Option<&str>, limit: usize) -> Result<Vec<Listed<ListedAccount>>, StoreError> {
        from_index::<StoredAccount, _>(self.query(keys::account_list(group, after)).first(limit).await?)
    }
}

fn check_administrator<E: From<StoreError>>(
    write: &mut Transaction<'_, E>,
    id: UserId,
    refusal: impl FnOnce() -> E + Send + 'static,
) -> Result<(), E> {
    let condition = |check: ConditionCheckBuilder| {
        check
            .condition_expression("#status = :active AND contains(#roles, :administrator)")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#roles", "roles")
            .expression_attribute_values(":active", text(Status::Active.as_str()))
            .expression_attribute_values(":administrator", text(Role::Administrator.as_str()))
    };
    write.check(&keys::account(id), condition, |_| refusal())
}
