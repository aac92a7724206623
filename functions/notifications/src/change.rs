//! A record of the table's stream, as what has changed.

use crate::{rating, record};
use aws_lambda_events::dynamodb::EventRecord;
use domain::{
    account::Account,
    admission::Admission,
    allocation::Allocation,
    appointment::Appointment,
    availability::Exception,
    bed::Bed,
    bed_request::BedRequest,
    billing::{self, Balance},
    critical_result::CriticalResult,
    doctor::Doctor,
    email::DeliveryState,
    emergency::EmergencyCase,
    feedback::Feedback,
    id::{FeedbackId, InvoiceId, PatientId, SurgeryId, UserId},
    lab_order::LabOrder,
    leave::Leave,
    patient::Patient,
    record::{
        Clinical, Entry,
        prescription::{LabTest, Medicine},
        request::PrescriptionRequest,
        surgery::Surgery,
        vitals::Vitals,
    },
    roster::Shift,
    staff::StaffProfile,
    waiting::{State, Wait},
};
use jiff::civil::Date;
use mail::{
    Cause, billing_news::BillingNews, lab_news::LabNews, pharmacy_news::PharmacyNews, record_news::RecordNews, reminders::OfferEnds,
    ward_news::WardNews,
};
use store::{
    Record, StoreError, StreamItem, StreamValue, accounts::StoredAccount, deliveries::Delivery, email_tokens::EmailToken, from_stream,
    origin_of, roster::StaffMonth, trail::Origin,
};

/// A change that something follows from.
pub(crate) enum Change {
    AccountOpened(Box<Account>),
    AccountChanged {
        before: Box<StoredAccount>,
        after: Box<StoredAccount>,
    },
    EmailTokenPromised(Box<EmailToken>),
    PatientRegistered(Box<Patient>),
    /// A patient has died, and who noted it.
    PatientDied(PatientId, Option<Box<Origin>>),
    /// A patient has another name, and who changed it.
    PatientRenamed(PatientId, Option<Box<Origin>>),
    Appointment {
        before: Option<Box<Appointment>>,
        after: Box<Appointment>,
    },
    /// A shift was entered, or some of its days were cancelled.
    Shift {
        before: Option<Box<Shift>>,
        after: Box<Shift>,
    },
    /// The profile of somebody who works here.
    StaffProfile(UserId),
    /// A doctor's profile.
    Doctor {
        before: Box<Doctor>,
        after: Box<Doctor>,
    },
    /// A doctor's blocked time or extra session was added or taken back.
    DoctorException(Box<Exception>),
    /// Leave was asked for, decided or given back.
    Leave {
        before: Option<Box<Leave>>,
        after: Box<Leave>,
    },
    /// A person's shifts or leave of a month.
    StaffMonth {
        before: Option<Box<StaffMonth>>,
        after: Box<StaffMonth>,
    },
    /// Somebody waits for a slot, or what is offered to them has changed.
    Wait {
        before: Option<Box<Wait>>,
        after: Box<Wait>,
    },
    /// Something new in a medical record.
    Record(Box<RecordNews>),
    /// A patient's vital signs.
    Vitals(PatientId),
    /// A bed is new, or its state has changed.
    Bed {
        before: Option<Box<Bed>>,
        after: Box<Bed>,
    },
    /// A patient was admitted or moved, or has left; or something else of the stay has changed.
    Admission {
        before: Option<Box<Admission>>,
        after: Box<Admission>,
    },
    /// Somebody waits for a bed.
    BedRequest(Box<BedRequest>),
    /// An emergency was opened, or has changed.
    Case {
        before: Option<Box<EmergencyCase>>,
        after: Box<EmergencyCase>,
    },
    /// A pharmacy sets something aside for a patient, or no longer does.
    Allocation {
        before: Option<Box<Allocation>>,
        after: Box<Allocation>,
    },
    /// A lab order was placed, or has changed.
    LabOrder {
        before: Option<Box<LabOrder>>,
        after: Box<LabOrder>,
    },
    /// A value is critical, or somebody has done something about it.
    CriticalResult {
        before: Option<Box<CriticalResult>>,
        after: Box<CriticalResult>,
    },
    /// A surgery was noted, or has changed.
    Surgery(PatientId, SurgeryId),
    /// What is to be paid for an invoice has changed.
    Invoice(PatientId, InvoiceId),
    /// Something was posted to an invoice.
    Billing(BillingNews),
    /// A patient has given few stars, or has changed to that: the rating, and the day (UTC).
    LowRating(PatientId, FeedbackId, Date),
    /// Something happened to a lab order that is told again.
    Lab(Box<LabNews>),
    /// Something happened in a pharmacy that is told again.
    Pharmacy(Box<PharmacyNews>),
    /// Something happened to a bed or an emergency that is told again.
    Wards(Box<WardNews>),
    /// Somebody asks for an email again that SES had refused; what it follows from.
    EmailAskedForAgain {
        id: String,
        cause: String,
    },
}

impl Change {
    /// `None` for a change that nothing follows from.
    pub(crate) fn of(record: EventRecord) -> Result<Option<Self>, StoreError> {
        let images = record.change;
        let inserted = record.event_name == "INSERT";
        Ok(match kind(&images.new_image) {
            Some(StoredAccount::KIND) if inserted => {
                Some(Self::AccountOpened(Box::new(from_stream::<StoredAccount>(images.new_image)?.account)))
            }
            Some(StoredAccount::KIND) => Some(Self::AccountChanged {
                before: Box::new(from_stream(images.old_image)?),
                after: Box::new(from_stream(images.new_image)?),
            }),
            Some(EmailToken::KIND) if inserted => Some(Self::EmailTokenPromised(Box::new(from_stream(images.new_image)?))),
            Some(Patient::KIND) if inserted => Some(Self::PatientRegistered(Box::new(from_stream(images.new_image)?))),
            Some(Patient::KIND) => {
                let origin = origin_of(&images.new_image)?.map(Box::new);
                let (before, after): (Patient, Patient) = (from_stream(images.old_image)?, from_stream(images.new_image)?);
                let renamed = before.name != after.name || before.identity != after.identity;
                match (before.deceased.is_none() && after.deceased.is_some(), renamed) {
                    (true, _) => Some(Self::PatientDied(after.id, origin)),
                    (false, true) => Some(Self::PatientRenamed(after.id, origin)),
                    (false, false) => None,
                }
            }
            Some(Appointment::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::Appointment { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(Wait::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::Wait { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(Shift::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::Shift { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(Doctor::KIND) if !inserted => {
                Some(Self::Doctor { before: Box::new(from_stream(images.old_image)?), after: Box::new(from_stream(images.new_image)?) })
            }
            Some(Exception::KIND) => Some(Self::DoctorException(Box::new(from_stream(images.new_image)?))),
            Some(Leave::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::Leave { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(StaffProfile::KIND) => Some(Self::StaffProfile(from_stream::<StaffProfile>(images.new_image)?.user_id)),
            Some(StaffMonth::KIND) => {
                let before = earlier(images.old_image, StaffMonth::from_stream)?;
                Some(Self::StaffMonth { before, after: Box::new(StaffMonth::from_stream(images.new_image)?) })
            }
            Some(Medicine::KIND) => record::medicine(earlier(images.old_image, from_stream)?.as_deref(), &from_stream(images.new_image)?),
            Some(LabTest::KIND) => record::lab_test(earlier(images.old_image, from_stream)?.as_deref(), &from_stream(images.new_image)?),
            Some(PrescriptionRequest::KIND) => {
                record::request(earlier(images.old_image, from_stream)?.as_deref(), &from_stream(images.new_image)?)
            }
            Some(Entry::<Vitals>::KIND) => Some(Self::Vitals(from_stream::<Entry<Vitals>>(images.new_image)?.patient_id)),
            Some(Bed::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::Bed { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(Admission::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::Admission { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(BedRequest::KIND) => Some(Self::BedRequest(Box::new(from_stream(images.new_image)?))),
            Some(EmergencyCase::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::Case { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(Allocation::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::Allocation { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(LabOrder::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::LabOrder { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(CriticalResult::KIND) => {
                let before = earlier(images.old_image, from_stream)?;
                Some(Self::CriticalResult { before, after: Box::new(from_stream(images.new_image)?) })
            }
            Some(Entry::<Surgery>::KIND) => {
                let surgery = from_stream::<Entry<Surgery>>(images.new_image)?;
                Some(Self::Surgery(surgery.patient_id, surgery.id))
            }
            Some(Balance::KIND) => {
                let balance = from_stream::<Balance>(images.new_image)?;
                Some(Self::Invoice(balance.patient_id, balance.id))
            }
            Some(billing::Entry::KIND) => {
                let billing::Entry { patient_id, invoice_id, entry, .. } = from_stream(images.new_image)?;
                Some(Self::Billing(BillingNews { patient_id, invoice_id, entry }))
            }
            Some(Feedback::KIND) => rating::low(earlier(images.old_image, from_stream)?.as_deref(), &from_stream(images.new_image)?),
            Some(Delivery::KIND) => match from_stream(images.new_image)? {
                Delivery { id, state: DeliveryState::Queued, cause: Some(cause), .. } => Some(Self::EmailAskedForAgain { id, cause }),
                _ => None,
            },
            _ => None,
        })
    }

    /// What is kept of it with an email that SES refuses.
    pub(crate) fn cause(&self) -> Option<Cause> {
        Some(match self {
            Self::AccountOpened(account) => Cause::AccountOpened(account.id),
            Self::AccountChanged { before, after } => Cause::account_changed(before, after),
            Self::EmailTokenPromised(token) => Cause::EmailTokenPromised(token.clone()),
            Self::PatientRegistered(patient) => Cause::PatientRegistered(patient.id),
            Self::Appointment { before, after } => Cause::appointment(before.as_deref(), after),
            Self::Leave { before, after } => Cause::leave(before.as_deref(), after),
            Self::Shift { before, after } => Cause::Shift { before: before.clone(), after: after.clone() },
            Self::Record(news) => Cause::Record(news.clone()),
            Self::Billing(news) => Cause::Billing(*news),
            Self::LowRating(patient, id, day) => Cause::LowRating(*patient, *id, *day),
            Self::Lab(news) => Cause::Lab(news.clone()),
            Self::Pharmacy(news) => Cause::Pharmacy(news.clone()),
            Self::Wards(news) => Cause::Wards(news.clone()),
            Self::Wait { after, .. } => match &after.state {
                State::Offered(offer) => Cause::Offer(OfferEnds { wait_id: after.id, held_until: offer.until }),
                _ => return None,
            },
            Self::PatientDied(..)
            | Self::PatientRenamed(..)
            | Self::StaffProfile(_)
            | Self::Doctor { .. }
            | Self::DoctorException(_)
            | Self::StaffMonth { .. }
            | Self::Vitals(_)
            | Self::Bed { .. }
            | Self::Admission { .. }
            | Self::BedRequest(_)
            | Self::Case { .. }
            | Self::Allocation { .. }
            | Self::LabOrder { .. }
            | Self::CriticalResult { .. }
            | Self::Surgery(..)
            | Self::Invoice(..)
            | Self::EmailAskedForAgain { .. } => return None,
        })
    }
}

/// What there was before. `None` for something new, which has no earlier image.
fn earlier<R>(image: StreamItem, read: fn(StreamItem) -> Result<R, StoreError>) -> Result<Option<Box<R>>, StoreError> {
    if image.is_empty() { Ok(None) } else { Ok(Some(Box::new(read(image)?))) }
}

/// What an image is of.
pub(crate) fn kind(image: &StreamItem) -> Option<&str> {
    match image.get("kind") {
        Some(StreamValue::S(kind)) => Some(kind),
        _ => None,
    }
}
