//! Invitations (RFC 5545, RFC 5546): one UID for the life of an appointment, a SEQUENCE that grows when it moves or is cancelled,
//! and times in the hospital's zone, described so that no calendar has to know it.

use domain::appointment::{Appointment, Status as AppointmentStatus};
use ics::{
    Daylight, Event, ICalendar, Standard, TimeZone as ZoneDefinition, escape_text,
    parameters::{CN, PartStat, RSVP, TzIDParam},
    properties::{Attendee, Class, DtEnd, DtStart, Location, Method, Organizer, Sequence, Status, Summary, TzName, URL},
};
use jiff::{
    Timestamp,
    tz::{Dst, Offset, TimeZone},
};
use platform::config::Hospital;

use super::Recipient;

/// An invitation to an appointment, or its withdrawal.
#[derive(Debug, Clone)]
pub struct Invitation {
    appointment: Appointment,
    summary: String,
}

impl Invitation {
    /// As the patient sees it.
    #[must_use]
    pub fn for_patient(appointment: &Appointment) -> Self {
        Self {
            appointment: appointment.clone(),
            summary: format!("Appointment with {} ({})", appointment.doctor_name, appointment.specialization),
        }
    }

    /// As the doctor sees it: who comes, not why.
    #[must_use]
    pub fn for_doctor(appointment: &Appointment) -> Self {
        Self {
            appointment: appointment.clone(),
            summary: format!("Appointment with {} (MRN {})", appointment.patient_name, appointment.patient_mrn),
        }
    }

    fn cancelled(&self) -> bool {
        matches!(self.appointment.status, AppointmentStatus::Cancelled { .. })
    }

    pub(super) fn method(&self) -> &'static str {
        if self.cancelled() { "CANCEL" } else { "REQUEST" }
    }

    /// The calendar object for one attendee.
    pub(super) fn render(&self, hospital: &Hospital, to: &Recipient, now: Timestamp) -> String {
        let mut attendee = Attendee::new(format!("mailto:{}", to.email));
        attendee.add(CN::new(quoted(to.name.as_ref().map_or(to.email.as_str(), |name| name.as_str()))));
        attendee.add(PartStat::ACCEPTED);
        attendee.add(RSVP::False);
        self.calendar(hospital, now, Some((self.method(), attendee)))
    }

    /// The calendar object as a file to keep, invited by nobody.
    #[must_use]
    pub fn file(&self, hospital: &Hospital, now: Timestamp) -> String {
        self.calendar(hospital, now, None)
    }

    fn calendar(&self, hospital: &Hospital, now: Timestamp, invitation: Option<(&'static str, Attendee<'_>)>) -> String {
        let domain = hospital.sender.as_str().rsplit('@').next().unwrap_or("localhost");
        let mut event = Event::new(format!("{}@{domain}", self.appointment.id), utc(now));
        event.push(Sequence::new(self.appointment.sequence.to_string()));
        let (start, end) = (local(self.appointment.slot.start, &hospital.zone), local(self.appointment.slot.end, &hospital.zone));
        if let Some(name) = hospital.zone.iana_name().filter(|name| *name != "UTC") {
            let (mut starts, mut ends) = (DtStart::new(start), DtEnd::new(end));
            starts.add(TzIDParam::new(name.to_owned()));
            ends.add(TzIDParam::new(name.to_owned()));
            event.push(starts);
            event.push(ends);
        } else {
            event.push(DtStart::new(utc(self.appointment.slot.start)));
            event.push(DtEnd::new(utc(self.appointment.slot.end)));
        }
        event.push(Summary::new(escape_text(&self.summary)));
        event.push(Location::new(escape_text(hospital.directions(self.appointment.place.as_ref()))));
        event.push(URL::new(appointment_url(hospital, &self.appointment)));
        event.push(Class::private());
        event.push(if self.cancelled() {
            Status::cancelled()
        } else if self.appointment.needs_new_time.is_some() {
            Status::tentative()
        } else {
            Status::confirmed()
        });

        let mut calendar = ICalendar::new("2.0", "-//MediTrack//Appointments//EN");
        if let Some((method, attendee)) = invitation {
            calendar.push(Method::new(method));
            let mut organizer = Organizer::new(format!("mailto:{}", hospital.sender));
            organizer.add(CN::new(quoted(&hospital.name)));
            event.push(organizer);
            event.push(attendee);
        }
        if let Some(zone) = zone_definition(&hospital.zone, self.appointment.slot.start) {
            calendar.add_timezone(zone);
        }
        calendar.add_event(event);
        calendar.to_string()
    }
}

/// Where the portal shows an appointment.
#[must_use]
pub fn appointment_url(hospital: &Hospital, appointment: &Appointment) -> String {
    hospital.portal(&format!("appointments/{}", appointment.id))
}

/// A parameter value: quoted, so quotes and line breaks cannot stand in it (RFC 5545 §3.2).
fn quoted(text: &str) -> String {
    let safe: String = text.chars().map(|c| if c == '"' || c.is_control() { ' ' } else { c }).collect();
    format!("\"{safe}\"")
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%Y%m%dT%H%M%S").to_string()
}

/// The zone's rules around an instant: the change before it and the one after, which is all that a single event needs.
fn zone_definition(zone: &TimeZone, around: Timestamp) -> Option<ZoneDefinition<'static>> {
    let name = zone.iana_name().filter(|name| *name != "UTC")?.to_owned();
    let before = zone.preceding(around).next();
    let after = zone.following(around).next();
    let changes = [before, after].into_iter().flatten().map(|change| {
        let at = change.timestamp();
        let earlier = at.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(at);
        let from = zone.to_offset(earlier);
        // A change happens at a wall-clock time of the offset before it (RFC 5545 §3.6.5).
        let wall = from.to_datetime(at).strftime("%Y%m%dT%H%M%S").to_string();
        (wall, from, change.offset(), change.abbreviation().to_owned(), change.dst() == Dst::Yes)
    });
    let mut observances: Vec<_> = changes.collect();
    if observances.is_empty() {
        let offset = zone.to_offset(around);
        observances.push(("19700101T000000".to_owned(), offset, offset, name.clone(), false));
    }
    let mut definition: Option<ZoneDefinition<'static>> = None;
    for (wall, from, to, label, summer) in observances {
        let (from, to) = (offset_text(from), offset_text(to));
        if summer {
            let mut daylight = Daylight::new(wall, from, to);
            daylight.push(TzName::new(label));
            match &mut definition {
                Some(definition) => definition.add_daylight(daylight),
                None => definition = Some(ZoneDefinition::daylight(name.clone(), daylight)),
            }
        } else {
            let mut standard = Standard::new(wall, from, to);
            standard.push(TzName::new(label));
            match &mut definition {
                Some(definition) => definition.add_standard(standard),
                None => definition = Some(ZoneDefinition::standard(name.clone(), standard)),
            }
        }
    }
    definition
}

fn offset_text(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
