//! How much a patient has booked: one item for each patient. It is changed before each booking, and before each move that the patient
//! makes.
//!
//! `open` is never lower than the number of appointments that lie ahead: a booking is counted before it is written, and cancelling does
//! not lower the count. When `open` reaches the limit, the appointments are counted, and `open` is set to their number. So a booking costs
//! one more write unit, and cancelling costs none.

use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{AttributeValue, builders::UpdateBuilder},
};
use domain::{
    appointment::When,
    booking_limit::{BookingLimit, UNDER_WAY},
    id::PatientId,
};
use jiff::{Timestamp, tz::TimeZone};

use super::{Item, Store, StoreError, integer, keys, number, text, transact::Transaction};

const KIND: &str = "bookings";
const TRIES: u32 = 8;
/// The patient is not ahead of their pace.
const IDLE: &str = "(attribute_not_exists(ahead_until) OR ahead_until <= :now)";
/// The patient is ahead of their pace, but not too far.
const IN_BURST: &str = "(ahead_until > :now AND ahead_until <= :furthest)";

/// Whether a booking or a move may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    Allowed,
    /// As many appointments lie ahead as the limit allows. After `again_in` seconds, bookings that are under way now are written or given
    /// up, so the count may be lower.
    TooManyOpen {
        limit: u32,
        again_in: Option<u32>,
    },
    /// One more is allowed in `again_in` seconds.
    TooSoon {
        again_in: u32,
    },
    /// The patient has closed their account.
    Closed,
    /// The patient has died.
    Deceased,
}

impl Store {
    /// Counts a booking before it is written. When many come at once, only as many pass as the limit allows. `None` is no limit.
    pub async fn booking_count(
        &self,
        patient: PatientId,
        limit: Option<BookingLimit>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Counted, StoreError> {
        let key = keys::bookings(patient);
        let Some(limit) = limit else {
            let change = self.update(key.clone(), |update| {
                change_of_count(update, "kind = :kind, v = :one, last_at = :now", "ADD #open :one", now)
                    .condition_expression("attribute_not_exists(deceased)")
                    .expression_attribute_names("#open", "open")
            });
            return Ok(if change.await?.is_ok() { Counted::Allowed } else { Counted::Deceased });
        };
        let mut in_burst = false;
        for _ in 0..TRIES {
            let set = format!("kind = :kind, v = :one, last_at = :now, ahead_until = {}", pace(in_burst));
            let change = self.update(key.clone(), |update| {
                let update = change_of_count(update, &set, "ADD #open :one", now)
                    .condition_expression(format!(
                        "attribute_not_exists(closed) AND attribute_not_exists(deceased) AND (attribute_not_exists(#open) OR #open < :open) AND {}",
                        if in_burst { IN_BURST } else { IDLE }
                    ))
                    .expression_attribute_names("#open", "open")
                    .expression_attribute_values(":open", number(limit.open));
                paced(update, limit, now, in_burst)
            });
            let Err(there) = change.await? else { return Ok(Counted::Allowed) };
            if let Some(refused) = refusal(&there, limit, now) {
                return Ok(refused);
            }
            let open = integer(&there, "open").unwrap_or_default();
            if open >= i64::from(limit.open) && !self.booking_recount(patient, open, &there, now, zone).await? {
                return Ok(Counted::TooManyOpen { limit: limit.open, again_in: None });
            }
            in_burst = integer(&there, "ahead_until").is_some_and(|until| until > now.as_second());
        }
        Ok(Counted::TooSoon { again_in: 1 })
    }

    /// Counts a move that a patient is about to make.
    pub async fn booking_count_move(&self, patient: PatientId, limit: BookingLimit, now: Timestamp) -> Result<Counted, StoreError> {
        let key = keys::bookings(patient);
        let mut in_burst = false;
        for _ in 0..TRIES {
            let set = format!("kind = :kind, v = :one, ahead_until = {}", pace(in_burst));
            let change = self.update(key.clone(), |update| {
                let update = change_of_count(update, &set, "", now).condition_expression(if in_burst { IN_BURST } else { IDLE });
                paced(update, limit, now, in_burst)
            });
            let Err(there) = change.await? else { return Ok(Counted::Allowed) };
            if let Some(refused @ Counted::TooSoon { .. }) = refusal(&there, limit, now) {
                return Ok(refused);
            }
            in_burst = integer(&there, "ahead_until").is_some_and(|until| until > now.as_second());
        }
        Ok(Counted::TooSoon { again_in: 1 })
    }

    /// Ends the patient's bookings. Refused while a booking may be under way.
    pub(super) fn booking_end<E: From<StoreError>>(
        write: &mut Transaction<'_, E>,
        patient: PatientId,
        now: Timestamp,
        refusal: impl FnOnce() -> E + Send + 'static,
    ) -> Result<(), E> {
        let end = |update: UpdateBuilder| {
            unless_under_way(update, ", closed = :closed", now).expression_attribute_values(":closed", AttributeValue::Bool(true))
        };
        write.update(&keys::bookings(patient), end, |_| refusal())
    }

    /// Ends all bookings of a patient who has died, or allows them again. Refused while a booking may be under way.
    pub(super) fn booking_note_death<E: From<StoreError>>(
        write: &mut Transaction<'_, E>,
        patient: PatientId,
        deceased: bool,
        now: Timestamp,
        refusal: impl FnOnce() -> E + Send + 'static,
    ) -> Result<(), E> {
        let change = if deceased { ", deceased = :one" } else { " REMOVE deceased" };
        let note = |update: UpdateBuilder| unless_under_way(update, change, now);
        write.update(&keys::bookings(patient), note, |_| refusal())
    }

    /// Sets `open` to the number of appointments that lie ahead. `false` when it was right already.
    async fn booking_recount(
        &self,
        patient: PatientId,
        open: i64,
        there: &Item,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<bool, StoreError> {
        let at_most = usize::try_from(open).unwrap_or_default();
        let found = self.appointment_list_of_patient(patient, When::Upcoming.into(), now, zone, None, at_most).await?.len();
        if found >= at_most {
            return Ok(false);
        }
        // Others who count at the same time find the same number; one of them sets it.
        let set = self.update(keys::bookings(patient), |update| {
            update
                .update_expression("SET #open = :found")
                .condition_expression("#open = :open AND last_at = :last")
                .expression_attribute_names("#open", "open")
                .expression_attribute_values(":found", number(i64::try_from(found).unwrap_or(i64::MAX)))
                .expression_attribute_values(":open", number(open))
                .expression_attribute_values(":last", number(integer(there, "last_at").unwrap_or_default()))
        });
        set.await?.ok();
        Ok(true)
    }
}

const fn pace(in_burst: bool) -> &'static str {
    if in_burst { "ahead_until + :pace" } else { ":next" }
}

/// Why nothing can be counted now, if another try would not help.
fn refusal(there: &Item, limit: BookingLimit, now: Timestamp) -> Option<Counted> {
    let seconds = |name: &str| integer(there, name).map(|at| at - now.as_second());
    let again_in = |left: i64| u32::try_from(left.max(1)).unwrap_or(u32::MAX);
    if there.contains_key("deceased") {
        return Some(Counted::Deceased);
    }
    if there.contains_key("closed") {
        return Some(Counted::Closed);
    }
    if let Some(ahead) = seconds("ahead_until").filter(|ahead| *ahead > limit.allowance().as_secs()) {
        return Some(Counted::TooSoon { again_in: again_in(ahead - limit.allowance().as_secs()) });
    }
    // Bookings that are under way are in `open` already and not in the list yet.
    let settled_in = seconds("last_at").map_or(0, |last| last + UNDER_WAY.as_secs());
    let full = integer(there, "open").is_some_and(|open| open >= i64::from(limit.open));
    (full && settled_in > 0).then(|| Counted::TooManyOpen { limit: limit.open, again_in: Some(again_in(settled_in)) })
}

/// A change of who may book, on condition that no booking is under way.
fn unless_under_way(update: UpdateBuilder, change: &str, now: Timestamp) -> UpdateBuilder {
    update
        .update_expression(format!("SET kind = :kind, v = :one{change}"))
        .condition_expression("attribute_not_exists(last_at) OR last_at <= :settled")
        .expression_attribute_values(":kind", text(KIND))
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":settled", number(now.as_second() - UNDER_WAY.as_secs()))
}

/// A change of the count. It has no `origin`: the appointment that it counts has one.
fn change_of_count(update: UpdateItemFluentBuilder, set: &str, add: &str, now: Timestamp) -> UpdateItemFluentBuilder {
    update
        .update_expression(format!("SET {set} {add}"))
        .expression_attribute_values(":kind", text(KIND))
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":now", number(now.as_second()))
}

fn paced(update: UpdateItemFluentBuilder, limit: BookingLimit, now: Timestamp, in_burst: bool) -> UpdateItemFluentBuilder {
    if in_burst {
        update
            .expression_attribute_values(":pace", number(limit.pace.as_secs()))
            .expression_attribute_values(":furthest", number(now.as_second() + limit.allowance().as_secs()))
    } else {
        update.expression_attribute_values(":next", number(now.as_second() + limit.pace.as_secs()))
    }
}
