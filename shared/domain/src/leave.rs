//! Leave: asked for, decided by an administrator, and taken off a balance.
//!
//! Leave is counted in half days. Every calendar day counts, because a hospital works on all of them.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Invalid,
    id::{LeaveId, UserId},
    roster::Half,
    schedule::Slot,
    text::{PersonName, Reason},
};

/// How many days one leave has at most.
pub const MOST_DAYS: i32 = 366;
/// How many days back sick leave can begin: nobody asks before they fall ill.
const SICK_DAYS_BACK: i32 = 14;

/// Somebody's leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// Its id.
    pub id: LeaveId,
    /// The person.
    pub user_id: UserId,
    /// The person's name when they asked.
    pub name: PersonName,
    /// What it is for.
    #[serde(rename = "leave_type")]
    pub what: LeaveType,
    /// From when to when.
    pub span: LeaveSpan,
    /// Why, in the person's own words.
    pub reason: Option<Reason>,
    /// What became of it.
    pub status: LeaveStatus,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// The decision, and whoever made it.
    pub decision: Option<Decision>,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

/// A decision about leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who decided.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// What they say about it.
    pub note: Option<Reason>,
}

/// What leave is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaveType {
    /// Holidays.
    Annual,
    /// A death or an illness in the family.
    Compassionate,
    /// A child.
    Parental,
    /// Illness.
    Sick,
    /// Courses and examinations.
    Study,
    /// Anything else, without pay.
    Unpaid,
}

impl LeaveType {
    /// Each type, with the days that everybody has a year unless an administrator says otherwise. The hospital decides, within the law of its
    /// country: 28 days of annual leave are those of the Working Time Regulations 1998, regulations 13 and 13A.
    pub const ALL: [(Self, &'static str, u16); 6] = [
        (Self::Annual, "annual", 28),
        (Self::Compassionate, "compassionate", 5),
        (Self::Parental, "parental", 182),
        (Self::Sick, "sick", 30),
        (Self::Study, "study", 10),
        (Self::Unpaid, "unpaid", 30),
    ];

    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When there is no such type.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let names = Self::ALL.map(|(_, name, _)| name).join("`, `");
        let found = Self::ALL.into_iter().find(|(_, name, _)| *name == text);
        found.map(|(what, ..)| what).ok_or_else(|| Invalid::new("invalid_type_of_leave", format!("Use `{names}`.")))
    }

    /// The name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(what, ..)| *what == self).map_or("", |(_, name, _)| name)
    }

    /// The half days that everybody has a year.
    #[must_use]
    pub fn half_days_a_year(self) -> u16 {
        Self::ALL.into_iter().find(|(what, ..)| *what == self).map_or(0, |(.., days)| days * 2)
    }
}

/// What became of leave that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaveStatus {
    /// Waits for a decision.
    Pending,
    /// Granted.
    Approved,
    /// Not granted.
    Rejected,
    /// The person took the request back.
    Withdrawn,
    /// Granted, and taken back before it began.
    Cancelled,
}

impl LeaveStatus {
    /// Every status, with the name used in JSON.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Pending, "pending"),
        (Self::Approved, "approved"),
        (Self::Rejected, "rejected"),
        (Self::Withdrawn, "withdrawn"),
        (Self::Cancelled, "cancelled"),
    ];

    /// Parses the name used in JSON.
    ///
    /// # Errors
    /// When there is no such status.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let names = Self::ALL.map(|(_, name)| name).join("`, `");
        let found = Self::ALL.into_iter().find(|(_, name)| *name == text);
        found.map(|(status, _)| status).ok_or_else(|| Invalid::new("invalid_status", format!("Use `{names}`.")))
    }

    /// The name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(status, _)| *status == self).map_or("", |(_, name)| name)
    }
}

/// From when to when leave is, in half days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveSpan {
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// Whether the person still works on the morning of the first day.
    pub starts_at_noon: bool,
    /// Whether the person works again in the afternoon of the last day.
    pub ends_at_noon: bool,
}

impl LeaveSpan {
    /// Checks a span that somebody asks for on a day.
    ///
    /// # Errors
    /// The field that is wrong, and why.
    pub fn check(self, what: LeaveType, today: Date) -> Result<Self, (&'static str, Invalid)> {
        let back = if what == LeaveType::Sick { SICK_DAYS_BACK } else { 0 };
        if self.to < self.from {
            return Err(("to", Invalid::new("before_from", "Choose a last day that is not before the first day.")));
        }
        if self.from == self.to && self.starts_at_noon && self.ends_at_noon {
            return Err(("ends_at_noon", Invalid::new("empty", "Leave that starts and ends at noon of one day is none.")));
        }
        if self.from < today.saturating_sub(back.days()) {
            return Err(("from", Invalid::new("in_the_past", "Choose a later first day. Only sick leave can begin up to 14 days ago.")));
        }
        if self.from > today.saturating_add(MOST_DAYS.days()) {
            return Err(("from", Invalid::new("too_far_ahead", "Choose a first day within a year from today.")));
        }
        if self.to >= self.from.saturating_add(MOST_DAYS.days()) {
            return Err(("to", Invalid::new("range_too_long", format!("Ask for at most {MOST_DAYS} days at once."))));
        }
        Ok(self)
    }

    /// Its half days, in order.
    pub fn halves(self) -> impl Iterator<Item = (Date, Half)> {
        let days = self.from.series(1.day()).take_while(move |day| *day <= self.to);
        days.flat_map(|day| Half::BOTH.map(|half| (day, half))).filter(move |(day, half)| match half {
            Half::Morning => !(self.starts_at_noon && *day == self.from),
            Half::Afternoon => !(self.ends_at_noon && *day == self.to),
        })
    }

    /// How many half days it has in each year.
    #[must_use]
    pub fn by_year(self) -> BTreeMap<i16, u16> {
        self.halves().fold(BTreeMap::new(), |mut years, (day, _)| {
            *years.entry(day.year()).or_default() += 1;
            years
        })
    }

    /// When it begins and ends.
    #[must_use]
    pub fn slot(self, zone: &TimeZone) -> Slot {
        let at = |day: Date, hour| zone.to_timestamp(day.at(hour, 0, 0, 0)).unwrap_or(Timestamp::MAX);
        let start = at(self.from, if self.starts_at_noon { 12 } else { 0 });
        let end = if self.ends_at_noon { at(self.to, 12) } else { at(self.to.saturating_add(1.day()), 0) };
        Slot { start, end }
    }
}

/// Why a change of leave is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The status does not allow it.
    Status(LeaveStatus),
    /// It is over, or it ends before the day from which it is to be cancelled.
    Over,
}

impl Leave {
    fn only(&self, status: LeaveStatus) -> Result<(), Refused> {
        if self.status == status { Ok(()) } else { Err(Refused::Status(self.status)) }
    }

    /// The person asks for something else. Possible until it is decided.
    ///
    /// # Errors
    /// When it is decided or was withdrawn.
    pub fn edit(self, what: LeaveType, span: LeaveSpan, reason: Option<Reason>) -> Result<Self, Refused> {
        self.only(LeaveStatus::Pending)?;
        Ok(Self { what, span, reason, version: self.version + 1, ..self })
    }

    /// The person takes the request back.
    ///
    /// # Errors
    /// When it is decided or was withdrawn.
    pub fn withdraw(self) -> Result<Self, Refused> {
        self.only(LeaveStatus::Pending)?;
        Ok(Self { status: LeaveStatus::Withdrawn, version: self.version + 1, ..self })
    }

    /// An administrator decides.
    ///
    /// # Errors
    /// When it is decided already or was withdrawn.
    pub fn decide(self, approve: bool, decision: Decision) -> Result<Self, Refused> {
        self.only(LeaveStatus::Pending)?;
        let status = if approve { LeaveStatus::Approved } else { LeaveStatus::Rejected };
        Ok(Self { status, decision: Some(decision), version: self.version + 1, ..self })
    }

    /// Leave that was granted is given back from a day on, as far as its half days have not begun. What lies before it stays.
    ///
    /// # Errors
    /// When it was not granted, and when nothing of it is left from that day on.
    pub fn cancel(self, from: Date, decision: Decision, zone: &TimeZone) -> Result<Self, Refused> {
        self.only(LeaveStatus::Approved)?;
        let today = zone.to_datetime(decision.at).date();
        let not_begun = match Half::at(decision.at, zone) {
            Half::Morning => (today, Half::Afternoon),
            Half::Afternoon => (today.saturating_add(1.day()), Half::Morning),
        };
        let kept: Vec<_> = self.span.halves().take_while(|half| *half < not_begun.max((from, Half::Morning))).collect();
        if kept.len() == self.span.halves().count() {
            return Err(Refused::Over);
        }
        let (version, decision) = (self.version + 1, Some(decision));
        Ok(match kept.last() {
            None => Self { status: LeaveStatus::Cancelled, decision, version, ..self },
            Some((to, half)) => {
                let span = LeaveSpan { to: *to, ends_at_noon: *half == Half::Morning, ..self.span };
                Self { span, decision, version, ..self }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn span(from: Date, to: Date, starts_at_noon: bool, ends_at_noon: bool) -> LeaveSpan {
        LeaveSpan { from, to, starts_at_noon, ends_at_noon }
    }

    fn leave(span: LeaveSpan, status: LeaveStatus) -> Leave {
        Leave {
            id: LeaveId::new(Timestamp::UNIX_EPOCH, 1),
            user_id: UserId::new(Timestamp::UNIX_EPOCH, 1),
            name: PersonName::parse("Mary Seacole").unwrap(),
            what: LeaveType::Annual,
            span,
            reason: None,
            status,
            asked_at: Timestamp::UNIX_EPOCH,
            decision: None,
            version: 1,
        }
    }

    fn decision() -> Decision {
        decided_at("2026-01-01T00:00:00Z")
    }

    fn decided_at(at: &str) -> Decision {
        Decision { by: UserId::new(Timestamp::UNIX_EPOCH, 2), at: at.parse().unwrap(), note: None }
    }

    #[test]
    fn half_days() {
        let day = date(2026, 3, 2);
        let count = |span: LeaveSpan| span.halves().count();
        assert_eq!(
            (count(span(day, day, false, false)), count(span(day, day, true, false)), count(span(day, day, false, true))),
            (2, 1, 1)
        );
        let two = span(day, date(2026, 3, 3), true, true);
        assert_eq!(two.halves().collect::<Vec<_>>(), [(day, Half::Afternoon), (date(2026, 3, 3), Half::Morning)]);
        let new_year = span(date(2026, 12, 30), date(2027, 1, 3), false, true);
        assert_eq!(new_year.by_year(), [(2026, 4), (2027, 5)].into());
    }

    #[test]
    fn refused_spans() {
        let today = date(2026, 3, 2);
        let code = |what, span: LeaveSpan| span.check(what, today).map_err(|(field, why)| (field, why.code));
        let annual = |from, to| code(LeaveType::Annual, span(from, to, false, false));
        assert_eq!(annual(date(2026, 3, 3), date(2026, 3, 2)), Err(("to", "before_from")));
        assert_eq!(annual(date(2026, 3, 1), date(2026, 3, 2)), Err(("from", "in_the_past")));
        assert_eq!(annual(date(2027, 3, 4), date(2027, 3, 4)), Err(("from", "too_far_ahead")));
        assert_eq!(annual(today, date(2027, 3, 3)), Err(("to", "range_too_long")));
        assert!(annual(today, date(2027, 3, 2)).is_ok());
        assert!(code(LeaveType::Sick, span(date(2026, 2, 16), today, false, false)).is_ok());
        assert_eq!(code(LeaveType::Sick, span(date(2026, 2, 15), today, false, false)), Err(("from", "in_the_past")));
        assert_eq!(code(LeaveType::Annual, span(today, today, true, true)), Err(("ends_at_noon", "empty")));
    }

    #[test]
    fn decided_once_and_given_back_from_a_day_on() {
        let asked = leave(span(date(2026, 3, 2), date(2026, 3, 6), false, true), LeaveStatus::Pending);
        let approved = asked.clone().decide(true, decision()).unwrap();
        assert_eq!(approved.clone().decide(false, decision()), Err(Refused::Status(LeaveStatus::Approved)));
        assert_eq!(approved.clone().withdraw(), Err(Refused::Status(LeaveStatus::Approved)));
        let zone = &TimeZone::get("Europe/London").unwrap();
        assert_eq!(asked.clone().cancel(date(2026, 3, 2), decision(), zone), Err(Refused::Status(LeaveStatus::Pending)));
        assert_eq!(asked.withdraw().unwrap().status, LeaveStatus::Withdrawn);
        let shorter = approved.clone().cancel(date(2026, 3, 4), decision(), zone).unwrap();
        assert_eq!((shorter.status, shorter.span.halves().count()), (LeaveStatus::Approved, 4));
        assert_eq!(approved.clone().cancel(date(2026, 3, 1), decision(), zone).unwrap().status, LeaveStatus::Cancelled);
        assert_eq!(approved.clone().cancel(date(2026, 3, 7), decision(), zone), Err(Refused::Over));
        // Half days that have begun are taken.
        let left = |at: &str| approved.clone().cancel(date(2026, 3, 2), decided_at(at), zone).map(|leave| leave.span.halves().count());
        assert_eq!((left("2026-03-02T00:00:00Z"), left("2026-03-02T11:59:59Z"), left("2026-03-02T12:00:00Z")), (Ok(1), Ok(1), Ok(2)));
        assert_eq!((left("2026-03-05T12:00:00Z"), left("2026-03-06T08:00:00Z")), (Ok(8), Err(Refused::Over)));
    }

    #[test]
    fn names() {
        for (what, name, _) in LeaveType::ALL {
            assert_eq!((LeaveType::parse(name), what.as_str()), (Ok(what), name));
        }
        for (status, name) in LeaveStatus::ALL {
            assert_eq!((LeaveStatus::parse(name), status.as_str()), (Ok(status), name));
        }
        assert_eq!((LeaveType::parse("x").unwrap_err().code, LeaveStatus::parse("x").is_err()), ("invalid_type_of_leave", true));
    }

    proptest! {
        /// Whatever the zone does with its clocks, a half day is in the leave exactly when its noon side is.
        #[test]
        fn leave_begins_and_ends_with_its_halves(
            day in 0i64..4_000, length in 0i64..40, noon in (any::<bool>(), any::<bool>()),
            name in prop::sample::select(["Europe/London", "America/New_York", "America/Santiago"].as_slice()),
        ) {
            let zone = TimeZone::get(name).unwrap();
            let from = date(2026, 1, 1).saturating_add(day.days());
            let span = span(from, from.saturating_add(length.days()), noon.0, noon.1);
            prop_assume!(length > 0 || !(noon.0 && noon.1));
            let slot = span.slot(&zone);
            prop_assert!(slot.start < slot.end);
            let halves: Vec<_> = span.halves().collect();
            prop_assert_eq!(halves.len(), usize::try_from(length + 1).unwrap() * 2 - usize::from(noon.0) - usize::from(noon.1));
            prop_assert_eq!(u16::try_from(halves.len()).unwrap(), span.by_year().values().sum::<u16>());
            let last = slot.end.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap();
            let of = |at| (zone.to_datetime(at).date(), Half::at(at, &zone));
            prop_assert_eq!((of(slot.start), of(last)), (halves[0], *halves.last().unwrap()));
        }
    }
}
