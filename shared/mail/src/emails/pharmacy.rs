//! Emails about medicines: to patients, and to pharmacies. Those to pharmacies name no patient, those to patients no medicine.

use askama::Template;
use domain::{
    allocation::Allocation,
    pharmacy::{AlertAbout, Pharmacy, PharmacyAlert},
};
use jiff::civil::Date;
use platform::config::Hospital;

use super::{day_in_words, write};
use crate::{Message, RenderError};

#[derive(Template)]
#[template(path = "medicine-set-aside.email")]
struct SetAside<'a> {
    patient: &'a str,
    pharmacy: &'a str,
    phone: &'a str,
    collect_by: &'a str,
    url: &'a str,
}

/// To the patient: a pharmacy has set a medicine aside.
pub fn set_aside(hospital: &Hospital, allocation: &Allocation, pharmacy: &Pharmacy, patient: &str) -> Result<Message, RenderError> {
    write(&SetAside {
        patient,
        pharmacy: pharmacy.listed.name.as_str(),
        phone: pharmacy.listed.phone.as_str(),
        collect_by: &hospital.instant_in_words(allocation.listed.collect_by),
        url: &hospital.portal("medicines"),
    })
}

#[derive(Template)]
#[template(path = "medicine-to-prepare.email")]
struct ToPrepare<'a> {
    medicine: &'a str,
    units: &'a str,
    lots: &'a str,
    collect_by: &'a str,
    url: &'a str,
}

/// To the pharmacy: a medicine has to be prepared for a patient.
pub fn to_prepare(hospital: &Hospital, allocation: &Allocation) -> Result<Message, RenderError> {
    write(&ToPrepare {
        medicine: &allocation.listed.medicine,
        units: &domain::pharmacy::units_in_words(allocation.listed.units()),
        lots: &lots(allocation),
        collect_by: &hospital.instant_in_words(allocation.listed.collect_by),
        url: &hospital.portal("pharmacy/allocations"),
    })
}

#[derive(Template)]
#[template(path = "medicine-not-set-aside.email")]
struct NotSetAside<'a> {
    patient: &'a str,
    pharmacy: &'a str,
    phone: &'a str,
    expired: bool,
    url: &'a str,
}

/// To the patient: what was set aside is no longer.
pub fn not_set_aside(hospital: &Hospital, pharmacy: &Pharmacy, patient: &str, expired: bool) -> Result<Message, RenderError> {
    write(&NotSetAside {
        patient,
        pharmacy: pharmacy.listed.name.as_str(),
        phone: pharmacy.listed.phone.as_str(),
        expired,
        url: &hospital.portal("medicines"),
    })
}

#[derive(Template)]
#[template(path = "medicine-to-put-back.email")]
struct ToPutBack<'a> {
    medicine: &'a str,
    units: &'a str,
    lots: &'a str,
    expired: bool,
    quarantine: bool,
    url: &'a str,
}

/// To the pharmacy: what was set aside goes back on the shelf.
pub fn to_put_back(hospital: &Hospital, allocation: &Allocation, expired: bool, today: Date) -> Result<Message, RenderError> {
    write(&ToPutBack {
        medicine: &allocation.listed.medicine,
        units: &domain::pharmacy::units_in_words(allocation.listed.units()),
        lots: &lots(allocation),
        expired,
        quarantine: allocation.listed.lots.iter().any(|lot| today >= lot.expires_on),
        url: &hospital.portal("pharmacy/allocations"),
    })
}

#[derive(Template)]
#[template(path = "medicine-runs-low.email")]
struct RunsLow<'a> {
    medicine: &'a str,
    available: &'a str,
    reorder_level: &'a str,
    used: &'a str,
    order: &'a str,
    url: &'a str,
}

#[derive(Template)]
#[template(path = "lot-expires.email")]
struct Expires<'a> {
    medicine: &'a str,
    number: &'a str,
    day: &'a str,
    left: &'a str,
    days: u16,
    url: &'a str,
}

/// To the pharmacy: a medicine runs low, or a lot expires.
pub fn alert(hospital: &Hospital, alert: &PharmacyAlert) -> Result<Message, RenderError> {
    let (medicine, url) = (alert.listed.medicine.as_str(), &hospital.portal("pharmacy/alerts"));
    match &alert.listed.about {
        AlertAbout::LowStock { available, reorder_level, used, order } => write(&RunsLow {
            medicine,
            available: &available.to_string(),
            reorder_level: &reorder_level.to_string(),
            used: &used.to_string(),
            order: &order.to_string(),
            url,
        }),
        AlertAbout::Expiry { number, expires_on, stage, left, .. } => write(&Expires {
            medicine,
            number: number.as_str(),
            day: &day_in_words(*expires_on),
            left: &left.to_string(),
            days: *stage,
            url,
        }),
    }
}

/// The lots of an allocation, with how many units of each.
fn lots(allocation: &Allocation) -> String {
    let each = allocation.listed.lots.iter().map(|lot| format!("{} of {} (expires {})", lot.units, lot.number.as_str(), lot.expires_on));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(super) fn samples(value: &str) -> Vec<super::Sample> {
    let (patient, pharmacy, phone, collect_by, url, medicine, units, lots) = (value, value, value, value, value, value, value, value);
    let mut samples = vec![
        ("medicine-set-aside", write(&SetAside { patient, pharmacy, phone, collect_by, url })),
        ("medicine-to-prepare", write(&ToPrepare { medicine, units, lots, collect_by, url })),
        ("medicine-runs-low", write(&RunsLow { medicine, available: value, reorder_level: value, used: value, order: value, url })),
    ];
    for expired in [false, true] {
        samples.push(("medicine-not-set-aside", write(&NotSetAside { patient, pharmacy, phone, expired, url })));
        for quarantine in [false, true] {
            samples.push(("medicine-to-put-back", write(&ToPutBack { medicine, units, lots, expired, quarantine, url })));
        }
    }
    for days in [90, 0] {
        samples.push(("lot-expires", write(&Expires { medicine, number: value, day: value, left: value, days, url })));
    }
    samples
}
