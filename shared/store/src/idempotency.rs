//! Answers kept for requests that may be sent twice.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Key, Record, Store, StoreError, keys, number, text};

/// How long an answer is kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// A request runs this long at most. After it, an attempt without an answer has crashed.
const ATTEMPT_LASTS: SignedDuration = SignedDuration::from_secs(30);

/// The first answer to a request.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl std::fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptAnswer({}, …)", self.status)
    }
}

/// Whether a request may act.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has used the key, or the attempt that used it has crashed: act.
    First,
    /// The request has been answered before.
    Kept(KeptAnswer),
    /// Another attempt is running.
    Running,
    /// The key was used with another body.
    OtherBody,
}

#[derive(Debug, Serialize, Deserialize)]
struct Use {
    id: String,
    body_hash: String,
    /// Tells this claim from that of another attempt.
    attempt: String,
    /// Seconds since 1970; numbers, because conditions compare them.
    running_until: i64,
    kept_until: i64,
    answer: Option<KeptAnswer>,
}

impl Record for Use {
    const KIND: &'static str = "idempotency";
    fn key(&self) -> Key {
        keys::idempotency(&self.id)
    }
    fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.kept_until).ok()
    }
}

impl Use {
    fn new(id: &str, body_hash: &str, attempt: String, answer: Option<KeptAnswer>, now: Timestamp) -> Self {
        let (running_until, kept_until) = (now.as_second() + ATTEMPT_LASTS.as_secs(), now.as_second() + KEPT_FOR.as_secs());
        Self { id: id.to_owned(), body_hash: body_hash.to_owned(), attempt, running_until, kept_until, answer }
    }
}

impl Store {
    /// Claims a key. When several try at once, one is first.
    pub async fn idempotency_claim(&self, id: &str, body_hash: &str, now: Timestamp) -> Result<Claim, StoreError> {
        let attempt = self.random.secret::<12>().unwrap_or_default();
        let claim = Use::new(id, body_hash, attempt, None, now);
        let condition = "attribute_not_exists(pk) OR kept_until < :now OR (attribute_not_exists(answer) AND running_until < :now AND body_hash = :hash)";
        let values = [(":now", number(now.as_second())), (":hash", text(body_hash))];
        if self.put_where(&claim, condition, &values).await? {
            return Ok(Claim::First);
        }
        Ok(match self.get::<Use>(&keys::idempotency(id)).await? {
            // The stored one is ours if the client repeated a request whose answer was lost.
            Some(earlier) if earlier.attempt == claim.attempt => Claim::First,
            Some(earlier) if earlier.body_hash != body_hash => Claim::OtherBody,
            Some(Use { answer: Some(answer), .. }) => Claim::Kept(answer),
            // It may have been released just now. The client asks again.
            _ => Claim::Running,
        })
    }

    /// Keeps the answer of the attempt that was first.
    pub async fn idempotency_keep(&self, id: &str, body_hash: &str, answer: &KeptAnswer, now: Timestamp) -> Result<(), StoreError> {
        self.put(&Use::new(id, body_hash, String::new(), Some(answer.clone()), now)).await
    }

    /// Deletes a claim whose attempt left no answer to keep.
    pub async fn idempotency_release(&self, id: &str) -> Result<(), StoreError> {
        self.delete(&keys::idempotency(id)).await
    }
}
