//! A visit was booked, moved or called off: both sides get an invitation, and the reminder follows.

use domain::appointment::{Appointment, CancelledBy, Status};
use shared::mail::{
    Letter, Link,
    calendar::visit_url,
    parties::{BothSides, facts_for_doctor, facts_for_patient, invitations},
};

use crate::{Failure, Notifications};

pub(crate) async fn follow(state: &Notifications, before: Option<&Appointment>, after: &Appointment) -> Result<(), Failure> {
    // The reminder first: it matters more than a letter that may have to be sent again.
    let current = state.base.store.appointment(after.id).await?;
    state.reminders.follow(current.as_ref().unwrap_or(after), state.base.clock.now()).await?;

    match before {
        None => state.base.send_to_both(after, "booked", booked(state, after)).await?,
        Some(before) if before.sequence == after.sequence => {}
        Some(before) => match &after.status {
            Status::Cancelled { by, .. } => state.base.send_to_both(after, "cancelled", cancelled(state, after, *by)).await?,
            _ => state.base.send_to_both(after, "moved", moved(state, before, after)).await?,
        },
    }
    Ok(())
}

fn booked(state: &Notifications, visit: &Appointment) -> BothSides {
    let house = &state.base.house;
    let (for_patient, for_doctor) = invitations(visit);
    BothSides {
        patient: Letter {
            subject: format!("Your visit to {} is booked", visit.doctor_name),
            paragraphs: vec![
                "Your visit is booked. Please come ten minutes early and bring a document that shows who you are.".to_owned(),
                "If you cannot come, please cancel or move the visit, so that somebody else can have the time.".to_owned(),
            ],
            facts: [facts_for_patient(visit, house), vec![("Fee", visit.consultation_fee.to_string())]].concat(),
            link: Some(Link { label: "See or change the visit", url: visit_url(house, visit) }),
            invitation: Some(for_patient),
        },
        doctor: Letter {
            subject: format!("New visit: {}", house.spoken(visit.slot)),
            paragraphs: vec!["A patient has booked a visit with you.".to_owned()],
            facts: facts_for_doctor(visit, house),
            link: Some(Link { label: "Open the visit", url: visit_url(house, visit) }),
            invitation: Some(for_doctor),
        },
    }
}

fn moved(state: &Notifications, before: &Appointment, visit: &Appointment) -> BothSides {
    let house = &state.base.house;
    let (for_patient, for_doctor) = invitations(visit);
    let earlier = ("Before", house.spoken(before.slot));
    BothSides {
        patient: Letter {
            subject: format!("Your visit to {} has moved", visit.doctor_name),
            paragraphs: vec!["Your visit has a new time. The invitation in this message replaces the earlier one.".to_owned()],
            facts: [facts_for_patient(visit, house), vec![earlier.clone()]].concat(),
            link: Some(Link { label: "See or change the visit", url: visit_url(house, visit) }),
            invitation: Some(for_patient),
        },
        doctor: Letter {
            subject: format!("Visit moved: {}", house.spoken(visit.slot)),
            paragraphs: vec!["A visit with you has a new time. The invitation in this message replaces the earlier one.".to_owned()],
            facts: [facts_for_doctor(visit, house), vec![earlier]].concat(),
            link: Some(Link { label: "Open the visit", url: visit_url(house, visit) }),
            invitation: Some(for_doctor),
        },
    }
}

fn cancelled(state: &Notifications, visit: &Appointment, by: CancelledBy) -> BothSides {
    let house = &state.base.house;
    let (for_patient, for_doctor) = invitations(visit);
    let (to_patient, to_doctor) = match by {
        CancelledBy::Patient => ("As you asked, your visit is cancelled.", "The patient has cancelled this visit. The time is free again."),
        CancelledBy::Doctor => {
            ("We are sorry: the doctor had to cancel your visit.", "As you asked, this visit is cancelled. The time is free again.")
        }
        CancelledBy::FrontDesk => {
            ("The front desk has cancelled your visit.", "The front desk has cancelled this visit. The time is free again.")
        }
    };
    BothSides {
        patient: Letter {
            subject: format!("Your visit to {} is cancelled", visit.doctor_name),
            paragraphs: vec![to_patient.to_owned(), "You can book another time whenever you like.".to_owned()],
            facts: facts_for_patient(visit, house),
            link: Some(Link { label: "Book another visit", url: house.portal(&format!("doctors/{}", visit.doctor_id)) }),
            invitation: Some(for_patient),
        },
        doctor: Letter {
            subject: format!("Visit cancelled: {}", house.spoken(visit.slot)),
            paragraphs: vec![to_doctor.to_owned()],
            facts: facts_for_doctor(visit, house),
            link: None,
            invitation: Some(for_doctor),
        },
    }
}
