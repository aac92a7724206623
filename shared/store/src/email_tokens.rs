//! Tokens that are sent by email, and what each one is good for. The table has the token's id, never the token itself.

use domain::{
    account::Account,
    id::{EmailTokenId, UserId},
    text::Email,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, keys, number, text};

/// A token that goes to an email address. It is good once: using it deletes the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailToken {
    pub id: EmailTokenId,
    pub purpose: Purpose,
    pub email: Email,
    /// The account that it is good for. Where anybody may ask for a token, `notifications` finds the account later: neither the answer
    /// nor its time may show whether the address has one.
    pub user_id: Option<UserId>,
    /// The account's `sign_in_epoch` when the email went out. Whatever ends every sign-in also ends the tokens that were sent before.
    pub epoch: Option<u32>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What an emailed token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To choose a new password.
    ResetPassword,
    /// To confirm an email address.
    ConfirmEmail,
    /// The same, for a new account. If the address has an account already, the email tells its owner instead.
    Welcome,
    /// To choose the first password of an account that an administrator has opened.
    Invitation,
}

impl Purpose {
    /// How long the token is good for.
    #[must_use]
    pub const fn lifetime(self) -> SignedDuration {
        match self {
            Self::SignIn => SignedDuration::from_mins(10),
            Self::ResetPassword => SignedDuration::from_mins(30),
            Self::ConfirmEmail | Self::Welcome => SignedDuration::from_hours(24),
            Self::Invitation => SignedDuration::from_hours(7 * 24),
        }
    }
}

impl EmailToken {
    #[must_use]
    pub fn new(id: EmailTokenId, purpose: Purpose, email: Email, user_id: Option<UserId>, now: Timestamp) -> Self {
        let expires_at = now.saturating_add(purpose.lifetime()).unwrap_or(now);
        Self { id, purpose, email, user_id, epoch: None, created_at: now, expires_at }
    }
}

impl Record for EmailToken {
    const KIND: &'static str = "email_token";
    fn key(&self) -> Key {
        keys::email_token(self.id)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Store {
    /// Stores a token, so that `notifications` sends it. `false` when its id is in use.
    pub async fn email_token_promise(&self, token: &EmailToken) -> Result<bool, StoreError> {
        self.put_new(token).await
    }

    /// Stores a token again, with a new expiry, because its email never went out.
    pub async fn email_token_renew(&self, token: &EmailToken) -> Result<(), StoreError> {
        self.put(token).await
    }

    /// A token that can still be used.
    pub async fn email_token(&self, id: EmailTokenId, now: Timestamp) -> Result<Option<EmailToken>, StoreError> {
        Ok(self.get::<EmailToken>(&keys::email_token(id)).await?.filter(|token| now < token.expires_at))
    }

    /// Binds a token to the account that it is good for. `false` when it has been used, or bound to another account.
    pub async fn email_token_bind(&self, id: EmailTokenId, account: &Account) -> Result<bool, StoreError> {
        let bound = self.update(keys::email_token(id), |update| {
            update
                .update_expression("SET user_id = :user, epoch = if_not_exists(epoch, :epoch)")
                .condition_expression("attribute_exists(pk) AND (attribute_not_exists(user_id) OR user_id = :user)")
                .expression_attribute_values(":user", text(account.id.to_string()))
                .expression_attribute_values(":epoch", number(account.sign_in_epoch))
        });
        Ok(bound.await?.is_ok())
    }
}
