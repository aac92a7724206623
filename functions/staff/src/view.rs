//! Shifts as they are shown.

use std::collections::BTreeSet;

use domain::{
    id::{ShiftId, UserId},
    instant::Instant,
    role::Role,
    roster::{Duty, Shift},
    schedule::Weekday,
    shifts::ShiftTime,
    text::PersonName,
    ward::Ward,
};
use http::Versioned;
use jiff::civil::Date;
use platform::config::Hospital;
use serde::Serialize;
use utoipa::ToSchema;

/// An entry in the roster: a shift on one day, or on many.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShiftView {
    id: ShiftId,
    user_id: UserId,
    name: PersonName,
    role: Role,
    /// Absent when the person works for the whole hospital.
    #[serde(skip_serializing_if = "Option::is_none")]
    ward: Option<Ward>,
    shift: ShiftTime,
    /// The days of the week on which it repeats. Empty when it does not.
    weekdays: BTreeSet<Weekday>,
    /// The days on which the person works. Those that were cancelled are gone.
    #[schema(value_type = Vec<String>, format = Date)]
    days: Vec<Date>,
    /// Whether a receptionist only steps in for the one on duty.
    spare: bool,
    entered_at: Instant,
}

pub(crate) fn shift_view(shift: Shift, hospital: &Hospital) -> Versioned<ShiftView> {
    Versioned {
        version: shift.version,
        body: ShiftView {
            id: shift.id,
            user_id: shift.user_id,
            name: shift.name,
            role: shift.role,
            ward: shift.ward,
            shift: shift.time,
            weekdays: shift.weekdays,
            days: shift.days,
            spare: shift.spare,
            entered_at: hospital.instant(shift.entered_at),
        },
    }
}

/// One person's work in one shift of one day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyView {
    /// The entry in the roster that it belongs to.
    shift_id: ShiftId,
    user_id: UserId,
    name: PersonName,
    role: Role,
    /// Absent when the person works for the whole hospital.
    #[serde(skip_serializing_if = "Option::is_none")]
    ward: Option<Ward>,
    #[schema(value_type = String, format = Date)]
    date: Date,
    shift: ShiftTime,
    starts_at: Instant,
    ends_at: Instant,
    /// Whether a receptionist only steps in for the one on duty.
    spare: bool,
    /// Whether leave keeps the person from all of the shift, or from a part of it.
    on_leave: bool,
    /// `false` when the person's account was suspended or has lost the role since: they are not on duty.
    active: bool,
}

impl DutyView {
    pub(crate) fn of(duty: Duty, hospital: &Hospital) -> Self {
        let slot = duty.slot(&hospital.zone);
        Self {
            on_leave: duty.on_leave(),
            shift_id: duty.shift_id,
            user_id: duty.user_id,
            name: duty.name,
            role: duty.role,
            ward: duty.ward,
            date: duty.date,
            shift: duty.time,
            starts_at: hospital.instant(slot.start),
            ends_at: hospital.instant(slot.end),
            spare: duty.spare,
            active: duty.active,
        }
    }
}
