//! Accounts and the addresses they are known by.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::{account::Account, doctor::Doctor, id::UserId, patient::Patient, text::Email};
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, keys, transact::Transacted};

/// An account as stored: with the hash of its password.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoredAccount {
    #[serde(flatten)]
    pub account: Account,
    pub password_hash: String,
}

impl std::fmt::Debug for StoredAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredAccount({}, …)", self.account.id)
    }
}

impl Record for StoredAccount {
    const KIND: &'static str = "account";
    fn key(&self) -> Key {
        keys::account(self.account.id)
    }
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

/// An account could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the address belongs to another account")]
    EmailTaken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    #[must_use = "the account may be gone"]
    pub async fn account(&self, id: UserId) -> Result<Option<StoredAccount>, StoreError> {
        self.get(&keys::account(id)).await
    }

    pub async fn account_by_email(&self, email: &Email) -> Result<Option<StoredAccount>, StoreError> {
        match self.get::<EmailClaim>(&keys::email(email)).await? {
            Some(claim) => self.account(claim.user_id).await,
            None => Ok(None),
        }
    }

    /// Opens an account with nothing but itself.
    pub async fn open_account(&self, account: &StoredAccount) -> Result<(), OpenError> {
        self.open(account, None).await
    }

    /// Opens an account together with the patient's record it belongs to: both or neither.
    pub async fn register_patient(&self, account: &StoredAccount, patient: &Patient) -> Result<(), OpenError> {
        self.open(account, Some(self.put_if_new(patient)?)).await
    }

    /// Opens an account together with the doctor's profile it belongs to: both or neither.
    pub async fn register_doctor(&self, account: &StoredAccount, doctor: &Doctor) -> Result<(), OpenError> {
        self.open(account, Some(self.put_if_new(doctor)?)).await
    }

    async fn open(&self, account: &StoredAccount, profile: Option<TransactWriteItem>) -> Result<(), OpenError> {
        let claim = EmailClaim { email: account.account.email.clone(), user_id: account.account.id };
        let items = [self.put_if_new(&claim)?, self.put_if_new(account)?].into_iter().chain(profile).collect();
        match self.transact(items).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(_) => Err(OpenError::EmailTaken),
        }
    }
}
