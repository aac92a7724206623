//! Who may do what: for every route of the API, the roles that may call it and the relationships that they need.
//!
//! A route acts on something: an account, a patient profile, an appointment. A relationship is how the caller relates to it.
//! The extractors in `http::auth` enforce this table, the API document shows it, and a test checks it over HTTP. A route that
//! is not in it is closed to everybody.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write as _,
    sync::LazyLock,
};

use crate::role::Role;

/// How the caller can relate to what the route acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relationship {
    /// It is their own account, profile or appointment.
    Own,
    /// They act for the patient, who is a child.
    Guardian,
    /// They treat the patient: see [`crate::treating`].
    Treating,
    /// They work on the patient's ward.
    SameWard,
    /// They are on duty at the time.
    OnShift,
    /// They work in the pharmacy.
    SamePharmacy,
    /// They work in the laboratory.
    SameLaboratory,
}

impl Relationship {
    /// Every relationship.
    pub const ALL: [Self; 7] =
        [Self::Own, Self::Guardian, Self::Treating, Self::SameWard, Self::OnShift, Self::SamePharmacy, Self::SameLaboratory];
}

/// All relationships that a caller has to one thing. Empty when there are none.
pub type Relationships = BTreeSet<Relationship>;

/// How a request gets into the audit log. Refusals are noted for all but [`Self::Nothing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// It does not.
    Nothing,
    /// Only a refusal is noted.
    Refusals,
    /// It is noted before the answer goes out. Without the note there is no answer.
    Noted,
    /// It is noted from what it wrote. The stored item says who wrote it, so the note is as safe as the write.
    Written,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody, signed in or not.
    Everybody,
    /// Everybody who is signed in, even while their account waits for approval.
    AnyAccount,
    /// Active accounts with one of these roles.
    Roles(&'static [Role]),
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Method and path, as the API document has them.
    pub route: &'static str,
    /// Who may call it, and which relationships they need.
    pub grants: Grants,
    /// Whether account and sign-in are looked up for every request. Elsewhere an access token counts for its 15 minutes: see
    /// [`Rule::looks_up`].
    pub sensitive: bool,
    /// Its name in the audit log. Empty when nothing is noted.
    pub action: &'static str,
    /// How it gets into the audit log.
    pub trace: Trace,
    /// Whether it shows or changes patients' data.
    pub of_patients: bool,
    /// Whether it shows patients among whom somebody looks for one. They are not on the trail: only the patient who is opened is.
    pub searches: bool,
}

use Relationship::{Guardian, OnShift, Own, SameLaboratory, SamePharmacy, SameWard, Treating};
use Role::{Accountant, Administrator, Doctor, LabTechnician, Nurse, Patient, Pharmacist, Receptionist, Sweeper, WardManager};
use Who::{AnyAccount, Everybody};

/// Who may call a route, each with the relationships that they need. A caller needs to fit only one pair.
pub type Grants = &'static [(Who, &'static [Relationship])];

const PATIENT: Who = Who::Roles(&[Patient]);
const DOCTOR: Who = Who::Roles(&[Doctor]);
const NURSE: Who = Who::Roles(&[Nurse]);
const LAB_TECHNICIAN: Who = Who::Roles(&[LabTechnician]);
const PHARMACIST: Who = Who::Roles(&[Pharmacist]);
const SWEEPER: Who = Who::Roles(&[Sweeper]);
const WARD_STAFF: Who = Who::Roles(&[Nurse, WardManager]);
const WARD_MANAGER: Who = Who::Roles(&[WardManager]);
const FRONT_DESK: Who = Who::Roles(&[Receptionist, Administrator]);
const ADMINISTRATOR: Who = Who::Roles(&[Administrator]);
const STAFF: Who = Who::Roles(&Role::STAFF);
const ANY_ROLE: Who = Who::Roles(&Role::ALL);

const OPEN: Grants = &[(Everybody, &[])];
const OWNER: Grants = &[(AnyAccount, &[Own])];
const ADMINISTRATORS: Grants = &[(ADMINISTRATOR, &[])];
const EVERY_ACTIVE_ACCOUNT: Grants = &[(ANY_ROLE, &[])];
const OWN_DOCTOR: Grants = &[(DOCTOR, &[Own])];
const OWN_PATIENT: Grants = &[(PATIENT, &[Own])];
const FRONT_DESK_ONLY: Grants = &[(FRONT_DESK, &[])];
const OWN_PATIENT_OR_FRONT_DESK: Grants = &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (FRONT_DESK, &[])];
const ALL_SIDES: Grants = &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (DOCTOR, &[Treating]), (FRONT_DESK, &[])];
const DOCTOR_OR_FRONT_DESK: Grants = &[(DOCTOR, &[Treating]), (FRONT_DESK, &[])];
const HISTORY: Grants = &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (DOCTOR, &[Treating])];
const EVERYBODY_WHO_WORKS_HERE: Grants = &[(STAFF, &[])];
const OWN_STAFF_OR_ADMINISTRATORS: Grants = &[(STAFF, &[Own]), (ADMINISTRATOR, &[])];
const OWN_DOCTOR_OR_FRONT_DESK: Grants = &[(DOCTOR, &[Own]), (FRONT_DESK, &[])];
const OWN_STAFF: Grants = &[(STAFF, &[Own])];
const TREATING_DOCTOR: Grants = &[(DOCTOR, &[Treating])];
const OWN_RECORD: Grants = &[(PATIENT, &[Own]), (PATIENT, &[Guardian])];
const RECORD: Grants = &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (DOCTOR, &[Treating]), (NURSE, &[OnShift])];
const RECORD_OR_FRONT_DESK: Grants =
    &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (DOCTOR, &[Treating]), (NURSE, &[OnShift]), (FRONT_DESK, &[])];
const RECORD_OR_LABORATORY: Grants =
    &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (DOCTOR, &[Treating]), (NURSE, &[OnShift]), (LAB_TECHNICIAN, &[OnShift])];
const VITALS: Grants = &[(DOCTOR, &[Treating]), (NURSE, &[OnShift])];
const DOCTOR_OR_LABORATORY: Grants = &[(DOCTOR, &[Treating]), (LAB_TECHNICIAN, &[OnShift])];
const CLINICIANS: Grants = &[(DOCTOR, &[Treating]), (NURSE, &[OnShift]), (LAB_TECHNICIAN, &[OnShift])];
const BOARD: Grants = &[(DOCTOR, &[OnShift]), (WARD_STAFF, &[SameWard, OnShift]), (FRONT_DESK, &[])];
const CLINICIANS_OF_WARD: Grants = &[(DOCTOR, &[Treating]), (DOCTOR, &[OnShift]), (WARD_STAFF, &[SameWard, OnShift])];
const BEDSIDE: Grants = &[(DOCTOR, &[Treating]), (DOCTOR, &[OnShift]), (WARD_STAFF, &[SameWard, OnShift]), (FRONT_DESK, &[])];
const STAY: Grants = &[
    (PATIENT, &[Own]),
    (PATIENT, &[Guardian]),
    (DOCTOR, &[Treating]),
    (DOCTOR, &[OnShift]),
    (WARD_STAFF, &[SameWard, OnShift]),
    (FRONT_DESK, &[]),
];
const DOCTORS_AT_WORK: Grants = &[(DOCTOR, &[Treating]), (DOCTOR, &[OnShift])];
const WARD_MANAGERS: Grants = &[(WARD_MANAGER, &[SameWard, OnShift]), (ADMINISTRATOR, &[])];
const CLEANERS: Grants = &[(SWEEPER, &[OnShift]), (WARD_MANAGER, &[SameWard, OnShift]), (ADMINISTRATOR, &[])];
const EMERGENCY_STAFF: Grants = &[(DOCTOR, &[OnShift]), (NURSE, &[OnShift]), (FRONT_DESK, &[])];
const EMERGENCY_QUEUE: Grants = &[(DOCTOR, &[OnShift]), (NURSE, &[OnShift]), (WARD_MANAGER, &[SameWard, OnShift]), (FRONT_DESK, &[])];
const CASE_STAFF: Grants = &[(DOCTOR, &[Treating]), (DOCTOR, &[OnShift]), (NURSE, &[OnShift]), (FRONT_DESK, &[])];
const CASE: Grants =
    &[(DOCTOR, &[Treating]), (DOCTOR, &[OnShift]), (NURSE, &[OnShift]), (WARD_MANAGER, &[SameWard, OnShift]), (FRONT_DESK, &[])];
const DOCTORS_ON_SHIFT: Grants = &[(DOCTOR, &[OnShift])];
const MANAGERS_TO_BE: Grants = &[(Who::Roles(&[WardManager, Administrator]), &[])];
const PHARMACISTS: Grants = &[(PHARMACIST, &[])];
const PHARMACY: Grants = &[(PHARMACIST, &[SamePharmacy])];
const PHARMACY_OR_ADMINISTRATORS: Grants = &[(PHARMACIST, &[SamePharmacy]), (ADMINISTRATOR, &[])];
const ALLOCATION: Grants =
    &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (DOCTOR, &[Treating]), (NURSE, &[OnShift]), (PHARMACIST, &[SamePharmacy])];
const PATIENT_OR_PHARMACY: Grants = &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (PHARMACIST, &[SamePharmacy])];
const LAB_TECHNICIANS: Grants = &[(LAB_TECHNICIAN, &[])];
const LABORATORY: Grants = &[(LAB_TECHNICIAN, &[SameLaboratory])];
const LABORATORY_OR_ADMINISTRATORS: Grants = &[(LAB_TECHNICIAN, &[SameLaboratory]), (ADMINISTRATOR, &[])];
const LAB_ORDER: Grants =
    &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (DOCTOR, &[Treating]), (NURSE, &[OnShift]), (LAB_TECHNICIAN, &[SameLaboratory])];
const LAB_ORDERERS: Grants =
    &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (DOCTOR, &[Treating]), (NURSE, &[SameWard, OnShift]), (LAB_TECHNICIAN, &[SameLaboratory])];
const COLLECTORS: Grants = &[(DOCTOR, &[Treating]), (NURSE, &[SameWard, OnShift]), (LAB_TECHNICIAN, &[SameLaboratory])];
const OWN_RECORD_OR_ADMINISTRATORS: Grants = &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (ADMINISTRATOR, &[])];
const OWN_DOCTOR_OR_ADMINISTRATORS: Grants = &[(DOCTOR, &[Own]), (ADMINISTRATOR, &[])];
const OWN_MANAGER_OR_ADMINISTRATORS: Grants = &[(WARD_MANAGER, &[Own]), (ADMINISTRATOR, &[])];

const ACCOUNTANT: Who = Who::Roles(&[Accountant]);
const ACCOUNTANTS: Grants = &[(ACCOUNTANT, &[])];
const BOOKKEEPERS: Grants = &[(ACCOUNTANT, &[]), (ADMINISTRATOR, &[])];
const BILLERS: Grants = &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (ACCOUNTANT, &[])];
const BILLED: Grants = &[(PATIENT, &[Own]), (PATIENT, &[Guardian]), (ACCOUNTANT, &[]), (ADMINISTRATOR, &[])];
const FRONT_DESK_OR_ACCOUNTANTS: Grants = &[(FRONT_DESK, &[]), (ACCOUNTANT, &[])];

/// The table.
pub const POLICY: &[Rule] = &[
    // Signing in
    rule("POST /users", OPEN).written("account.register"),
    rule("POST /auth/token", OPEN).noted("session.sign_in"),
    rule("POST /auth/refresh", OPEN).noted_if_refused("session.refresh"),
    rule("POST /auth/logout", OWNER).noted("session.sign_out"),
    rule("POST /auth/email-token", OPEN),
    rule("POST /auth/email-token/exchange", OPEN).noted("session.sign_in_by_email"),
    rule("POST /auth/password/forgot", OPEN),
    rule("POST /auth/password/reset", OPEN).written("account.reset_password"),
    rule("GET /.well-known/jwks.json", OPEN),
    // One's own account
    rule("GET /users/me", OWNER),
    rule("PATCH /users/me", OWNER).sensitive().written("account.change"),
    rule("DELETE /users/me", OWNER).sensitive().written("account.close"),
    rule("POST /users/me/password", OWNER).sensitive().written("account.change_password"),
    rule("POST /users/me/email", OWNER).sensitive().noted("account.ask_for_email"),
    rule("POST /users/me/email/confirm", OWNER).sensitive().written("account.confirm_email"),
    rule("GET /users/me/sessions", OWNER).sensitive(),
    rule("DELETE /users/me/sessions", OWNER).sensitive().written("session.end_all"),
    rule("DELETE /users/me/sessions/{id}", OWNER).sensitive().noted("session.end"),
    rule("GET /notifications", OWNER),
    // Everybody's accounts
    rule("GET /users", ADMINISTRATORS).sensitive().noted("account.list"),
    rule("GET /users/{id}", ADMINISTRATORS).sensitive().noted("account.read"),
    rule("PATCH /users/{id}", ADMINISTRATORS).sensitive().written("account.rename"),
    rule("POST /users/invitations", ADMINISTRATORS).sensitive().written("account.invite"),
    rule("POST /users/patient-accounts", FRONT_DESK_ONLY).sensitive().written("account.open_for_patient").of_patients(),
    rule("POST /users/patient-accounts/confirm", FRONT_DESK_ONLY).sensitive().written("account.confirm_patient").of_patients(),
    rule("POST /users/{id}/approve", ADMINISTRATORS).sensitive().written("account.approve"),
    rule("POST /users/{id}/reject", ADMINISTRATORS).sensitive().written("account.reject"),
    rule("POST /users/{id}/suspend", ADMINISTRATORS).sensitive().written("account.suspend"),
    rule("POST /users/{id}/reinstate", ADMINISTRATORS).sensitive().written("account.reinstate"),
    rule("POST /users/{id}/roles", ADMINISTRATORS).sensitive().written("account.set_roles"),
    rule("GET /audit-log", ADMINISTRATORS).sensitive().noted("audit.read"),
    rule("GET /emails", ADMINISTRATORS).sensitive().noted("email.list"),
    rule("GET /emails/suppressions", ADMINISTRATORS).sensitive().noted("email.list_suppressions"),
    rule("POST /emails/suppressions/lift", ADMINISTRATORS).sensitive().noted("email.lift_suppression"),
    rule("POST /emails/{id}/resend", ADMINISTRATORS).sensitive().written("email.resend"),
    // Patients
    rule("GET /patients", FRONT_DESK_OR_ACCOUNTANTS).noted("patient.search").of_patients().as_search(),
    rule("POST /patients", FRONT_DESK_ONLY).sensitive().written("patient.register").of_patients().as_search(),
    rule("GET /patients/me", OWN_PATIENT).noted("patient.read").of_patients(),
    rule("PATCH /patients/me", OWN_PATIENT).sensitive().written("patient.change").of_patients(),
    rule("GET /patients/me/access-log", OWN_PATIENT).noted("patient.read_access_log").of_patients(),
    rule("GET /patients/me/children", OWN_PATIENT).noted("patient.list_children").of_patients(),
    rule("GET /patients/{patient_id}", ALL_SIDES).noted("patient.read").of_patients(),
    rule("PATCH /patients/{patient_id}", FRONT_DESK_ONLY).sensitive().written("patient.change").of_patients(),
    rule("GET /patients/{patient_id}/changes", OWN_PATIENT_OR_FRONT_DESK).noted("patient.read_changes").of_patients(),
    rule("GET /patients/{patient_id}/consents", OWN_PATIENT_OR_FRONT_DESK).noted("patient.read_consents").of_patients(),
    rule("POST /patients/{patient_id}/consents", OWN_PATIENT_OR_FRONT_DESK).sensitive().written("patient.set_consent").of_patients(),
    rule("GET /patients/{patient_id}/history", HISTORY).noted("history.read").of_patients(),
    rule("POST /patients/{patient_id}/history", HISTORY).sensitive().written("history.add").of_patients(),
    rule("POST /patients/{patient_id}/history/none-known", HISTORY).sensitive().written("history.note_none_known").of_patients(),
    rule("POST /patients/{patient_id}/history/{id}/withdraw", HISTORY).sensitive().written("history.withdraw").of_patients(),
    rule("POST /patients/{patient_id}/death", DOCTOR_OR_FRONT_DESK).sensitive().written("patient.note_death").of_patients(),
    rule("POST /patients/{patient_id}/death/undo", FRONT_DESK_ONLY).sensitive().written("patient.undo_death").of_patients(),
    // The medical record
    rule("GET /patients/{patient_id}/dashboard", OWN_RECORD).noted("record.read_dashboard").of_patients(),
    rule("POST /patients/{patient_id}/dashboard/read", OWN_RECORD).sensitive().noted("record.note_news_read").of_patients(),
    rule("GET /patients/{patient_id}/record", RECORD).noted("record.read_summary").of_patients(),
    rule("GET /patients/{patient_id}/series", RECORD).noted("record.read_series").of_patients(),
    rule("GET /patients/{patient_id}/record/{entry_id}/versions", RECORD_OR_LABORATORY).noted("record.read_versions").of_patients(),
    rule("POST /patients/{patient_id}/record/{entry_id}/entered-in-error", CLINICIANS)
        .sensitive()
        .written("record.enter_in_error")
        .of_patients(),
    rule("GET /patients/{patient_id}/encounters", RECORD_OR_FRONT_DESK).noted("encounter.list").of_patients(),
    rule("POST /patients/{patient_id}/encounters", TREATING_DOCTOR).sensitive().written("encounter.open").of_patients(),
    rule("GET /patients/{patient_id}/encounters/{id}", RECORD_OR_FRONT_DESK).noted("encounter.read").of_patients(),
    rule("POST /patients/{patient_id}/encounters/{id}/sign", TREATING_DOCTOR).sensitive().written("encounter.sign").of_patients(),
    rule("GET /patients/{patient_id}/encounters/{id}/note", RECORD).noted("encounter.read_note").of_patients(),
    rule("PUT /patients/{patient_id}/encounters/{id}/note", TREATING_DOCTOR).sensitive().written("encounter.write_note").of_patients(),
    rule("GET /patients/{patient_id}/diagnoses", RECORD).noted("diagnosis.list").of_patients(),
    rule("POST /patients/{patient_id}/diagnoses", TREATING_DOCTOR).sensitive().written("diagnosis.add").of_patients(),
    rule("GET /patients/{patient_id}/diagnoses/{id}", RECORD).noted("diagnosis.read").of_patients(),
    rule("PUT /patients/{patient_id}/diagnoses/{id}", TREATING_DOCTOR).sensitive().written("diagnosis.change").of_patients(),
    rule("GET /patients/{patient_id}/vitals", RECORD).noted("vitals.list").of_patients(),
    rule("POST /patients/{patient_id}/vitals", VITALS).sensitive().written("vitals.add").of_patients(),
    rule("GET /patients/{patient_id}/vitals/{id}", RECORD).noted("vitals.read").of_patients(),
    rule("PUT /patients/{patient_id}/vitals/{id}", VITALS).sensitive().written("vitals.change").of_patients(),
    rule("GET /patients/{patient_id}/treatment-plans", RECORD).noted("treatment_plan.list").of_patients(),
    rule("POST /patients/{patient_id}/treatment-plans", TREATING_DOCTOR).sensitive().written("treatment_plan.add").of_patients(),
    rule("GET /patients/{patient_id}/treatment-plans/{id}", RECORD).noted("treatment_plan.read").of_patients(),
    rule("PUT /patients/{patient_id}/treatment-plans/{id}", TREATING_DOCTOR).sensitive().written("treatment_plan.change").of_patients(),
    rule("GET /patients/{patient_id}/surgeries", RECORD).noted("surgery.list").of_patients(),
    rule("POST /patients/{patient_id}/surgeries", TREATING_DOCTOR).sensitive().written("surgery.add").of_patients(),
    rule("GET /patients/{patient_id}/surgeries/{id}", RECORD).noted("surgery.read").of_patients(),
    rule("PUT /patients/{patient_id}/surgeries/{id}", TREATING_DOCTOR).sensitive().written("surgery.change").of_patients(),
    // Prescriptions
    rule("GET /patients/{patient_id}/prescriptions/medicines", RECORD).noted("medicine.list").of_patients(),
    rule("POST /patients/{patient_id}/prescriptions/medicines", TREATING_DOCTOR).sensitive().written("medicine.prescribe").of_patients(),
    rule("GET /patients/{patient_id}/prescriptions/medicines/{id}", RECORD).noted("medicine.read").of_patients(),
    rule("PUT /patients/{patient_id}/prescriptions/medicines/{id}", TREATING_DOCTOR).sensitive().written("medicine.revise").of_patients(),
    rule("POST /patients/{patient_id}/prescriptions/medicines/{id}/stop", TREATING_DOCTOR)
        .sensitive()
        .written("medicine.stop")
        .of_patients(),
    rule("GET /patients/{patient_id}/prescriptions/lab-tests", RECORD_OR_LABORATORY).noted("lab_test.list").of_patients(),
    rule("POST /patients/{patient_id}/prescriptions/lab-tests", TREATING_DOCTOR).sensitive().written("lab_test.prescribe").of_patients(),
    rule("GET /patients/{patient_id}/prescriptions/lab-tests/{id}", RECORD_OR_LABORATORY).noted("lab_test.read").of_patients(),
    rule("PUT /patients/{patient_id}/prescriptions/lab-tests/{id}", TREATING_DOCTOR).sensitive().written("lab_test.revise").of_patients(),
    rule("POST /patients/{patient_id}/prescriptions/lab-tests/{id}/stop", TREATING_DOCTOR)
        .sensitive()
        .written("lab_test.stop")
        .of_patients(),
    rule("GET /patients/{patient_id}/prescription-requests", RECORD).noted("prescription_request.list").of_patients(),
    rule("POST /patients/{patient_id}/prescription-requests", OWN_RECORD).sensitive().written("prescription_request.ask").of_patients(),
    rule("GET /patients/{patient_id}/prescription-requests/{id}", RECORD).noted("prescription_request.read").of_patients(),
    rule("POST /patients/{patient_id}/prescription-requests/{id}/decline", TREATING_DOCTOR)
        .sensitive()
        .written("prescription_request.decline")
        .of_patients(),
    rule("POST /patients/{patient_id}/prescription-requests/{id}/withdraw", OWN_RECORD)
        .sensitive()
        .written("prescription_request.withdraw")
        .of_patients(),
    // Images and results
    rule("GET /patients/{patient_id}/images", RECORD_OR_LABORATORY).noted("image.list").of_patients(),
    rule("POST /patients/{patient_id}/images", DOCTOR_OR_LABORATORY).sensitive().written("image.announce").of_patients(),
    rule("GET /patients/{patient_id}/images/{id}", RECORD_OR_LABORATORY).noted("image.read").of_patients(),
    rule("POST /patients/{patient_id}/images/{id}/upload-link", DOCTOR_OR_LABORATORY)
        .sensitive()
        .noted("image.get_upload_link")
        .of_patients(),
    rule("POST /patients/{patient_id}/images/{id}/complete", DOCTOR_OR_LABORATORY).sensitive().written("image.complete").of_patients(),
    rule("GET /patients/{patient_id}/images/{id}/download-link", RECORD_OR_LABORATORY).noted("image.get_download_link").of_patients(),
    rule("GET /patients/{patient_id}/blood-typings", RECORD_OR_LABORATORY).noted("blood_typing.list").of_patients(),
    rule("POST /patients/{patient_id}/blood-typings", DOCTOR_OR_LABORATORY).sensitive().written("blood_typing.add").of_patients(),
    rule("GET /patients/{patient_id}/blood-typings/{id}", RECORD_OR_LABORATORY).noted("blood_typing.read").of_patients(),
    rule("PUT /patients/{patient_id}/blood-typings/{id}", DOCTOR_OR_LABORATORY).sensitive().written("blood_typing.change").of_patients(),
    rule("GET /patients/{patient_id}/results", RECORD_OR_LABORATORY).noted("result.list").of_patients(),
    rule("POST /patients/{patient_id}/results", DOCTOR_OR_LABORATORY).sensitive().written("result.add").of_patients(),
    rule("GET /patients/{patient_id}/results/{id}", RECORD_OR_LABORATORY).noted("result.read").of_patients(),
    rule("PUT /patients/{patient_id}/results/{id}", DOCTOR_OR_LABORATORY).sensitive().written("result.change").of_patients(),
    rule("POST /patients/{patient_id}/results/{id}/review", TREATING_DOCTOR).sensitive().written("result.review").of_patients(),
    // Stays
    rule("GET /patients/{patient_id}/admissions", STAY).noted("admission.list").of_patients(),
    rule("POST /patients/{patient_id}/admissions", BEDSIDE).sensitive().written("admission.admit").of_patients(),
    rule("GET /patients/{patient_id}/admissions/{id}", STAY).noted("admission.read").of_patients(),
    rule("PATCH /patients/{patient_id}/admissions/{id}", CLINICIANS_OF_WARD).sensitive().written("admission.change").of_patients(),
    rule("POST /patients/{patient_id}/admissions/{id}/transfer", BEDSIDE).sensitive().written("admission.transfer").of_patients(),
    rule("POST /patients/{patient_id}/admissions/{id}/medically-ready", DOCTORS_AT_WORK)
        .sensitive()
        .written("admission.note_ready")
        .of_patients(),
    rule("POST /patients/{patient_id}/admissions/{id}/not-ready", DOCTORS_AT_WORK)
        .sensitive()
        .written("admission.undo_ready")
        .of_patients(),
    rule("POST /patients/{patient_id}/admissions/{id}/left", BEDSIDE).sensitive().written("admission.note_left").of_patients(),
    rule("POST /patients/{patient_id}/bed-requests", BEDSIDE).sensitive().written("bed_request.ask").of_patients(),
    rule("POST /patients/{patient_id}/bed-requests/{id}/withdraw", BEDSIDE).sensitive().noted("bed_request.withdraw").of_patients(),
    // What a pharmacy sets aside for a patient, and what a patient got
    rule("GET /patients/{patient_id}/allocations", RECORD).noted("allocation.list").of_patients(),
    rule("POST /patients/{patient_id}/allocations", PATIENT_OR_PHARMACY).sensitive().written("allocation.request").of_patients(),
    rule("GET /patients/{patient_id}/allocations/{id}", ALLOCATION).noted("allocation.read").of_patients(),
    rule("POST /patients/{patient_id}/allocations/{id}/hand-over", PHARMACY).sensitive().written("allocation.hand_over").of_patients(),
    rule("POST /patients/{patient_id}/allocations/{id}/cancel", PATIENT_OR_PHARMACY).sensitive().written("allocation.cancel").of_patients(),
    rule("GET /patients/{patient_id}/dispenses", RECORD).noted("dispense.list").of_patients(),
    // Pharmacies
    rule("GET /pharmacies", EVERY_ACTIVE_ACCOUNT),
    rule("POST /pharmacies", PHARMACISTS).sensitive().noted("pharmacy.register"),
    rule("GET /pharmacies/{pharmacy_id}", EVERY_ACTIVE_ACCOUNT),
    rule("PATCH /pharmacies/{pharmacy_id}", PHARMACY_OR_ADMINISTRATORS).sensitive().noted("pharmacy.change"),
    rule("GET /pharmacies/{pharmacy_id}/pharmacists", PHARMACY_OR_ADMINISTRATORS),
    rule("POST /pharmacies/{pharmacy_id}/pharmacists", PHARMACY_OR_ADMINISTRATORS).sensitive().written("pharmacist.add"),
    rule("POST /pharmacies/{pharmacy_id}/pharmacists/{user_id}/release", PHARMACY_OR_ADMINISTRATORS)
        .sensitive()
        .noted("pharmacist.release"),
    rule("GET /pharmacies/{pharmacy_id}/medicines", EVERY_ACTIVE_ACCOUNT),
    rule("POST /pharmacies/{pharmacy_id}/medicines", PHARMACY).sensitive().noted("stock.add_medicine"),
    rule("GET /pharmacies/{pharmacy_id}/medicines/{id}", EVERY_ACTIVE_ACCOUNT),
    rule("PATCH /pharmacies/{pharmacy_id}/medicines/{id}", PHARMACY).sensitive().noted("stock.change_medicine"),
    rule("GET /pharmacies/{pharmacy_id}/medicines/{id}/offers", EVERY_ACTIVE_ACCOUNT),
    rule("GET /pharmacies/{pharmacy_id}/medicines/{id}/lots", PHARMACY_OR_ADMINISTRATORS),
    rule("POST /pharmacies/{pharmacy_id}/medicines/{id}/lots", PHARMACY).sensitive().noted("stock.receive"),
    rule("POST /pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/adjust", PHARMACY).sensitive().noted("stock.adjust"),
    rule("POST /pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/write-off", PHARMACY).sensitive().noted("stock.write_off"),
    rule("POST /pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/return", PHARMACY).sensitive().noted("stock.return"),
    rule("GET /pharmacies/{pharmacy_id}/medicines/{id}/lots/{lot_id}/dispenses", PHARMACY_OR_ADMINISTRATORS)
        .noted("dispense.list_of_lot")
        .of_patients()
        .as_search(),
    rule("GET /pharmacies/{pharmacy_id}/medicines/{id}/dispenses", PHARMACY).noted("dispense.list_of_medicine").of_patients().as_search(),
    rule("GET /pharmacies/{pharmacy_id}/medicines/{id}/movements", PHARMACY_OR_ADMINISTRATORS),
    rule("GET /pharmacies/{pharmacy_id}/lots", PHARMACY_OR_ADMINISTRATORS),
    rule("GET /pharmacies/{pharmacy_id}/alerts", PHARMACY_OR_ADMINISTRATORS),
    rule("GET /pharmacies/{pharmacy_id}/allocations", PHARMACY).noted("allocation.list_of_pharmacy").of_patients().as_search(),
    // Orders of lab tests
    rule("GET /patients/{patient_id}/lab-orders", RECORD).noted("lab_order.list").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders", LAB_ORDERERS).sensitive().written("lab_order.place").of_patients(),
    rule("GET /patients/{patient_id}/lab-orders/{id}", LAB_ORDER).noted("lab_order.read").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/collect", COLLECTORS).sensitive().written("lab_order.collect").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/reject", LABORATORY).sensitive().written("lab_order.reject").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/start", LABORATORY).sensitive().written("lab_order.start").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/result", LABORATORY).sensitive().written("lab_order.result").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/verify", LABORATORY).sensitive().written("lab_order.verify").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/release", LABORATORY).sensitive().written("lab_order.release").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/amend", LABORATORY).sensitive().written("lab_order.amend").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/cancel", LAB_ORDERERS).sensitive().written("lab_order.cancel").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/acknowledge", DOCTORS_AT_WORK)
        .sensitive()
        .written("lab_order.acknowledge")
        .of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/report", LABORATORY).sensitive().written("lab_report.announce").of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/report/upload-link", LABORATORY)
        .sensitive()
        .noted("lab_report.get_upload_link")
        .of_patients(),
    rule("POST /patients/{patient_id}/lab-orders/{id}/report/complete", LABORATORY)
        .sensitive()
        .written("lab_report.complete")
        .of_patients(),
    rule("GET /patients/{patient_id}/lab-orders/{id}/report/download-link", LAB_ORDER).noted("lab_report.get_download_link").of_patients(),
    rule("GET /patients/{patient_id}/lab-orders/{id}/report.pdf", LAB_ORDER).noted("lab_report.read").of_patients(),
    rule("GET /critical-results", DOCTORS_ON_SHIFT).noted("critical_result.list").of_patients().as_search(),
    // Charges and invoices
    rule("GET /patients/{patient_id}/charges", BILLED).noted("charge.list").of_patients(),
    rule("POST /patients/{patient_id}/charges", ACCOUNTANTS).sensitive().written("charge.add").of_patients(),
    rule("POST /patients/{patient_id}/charges/{number}/reverse", ACCOUNTANTS).sensitive().written("charge.reverse").of_patients(),
    rule("GET /patients/{patient_id}/invoices", BILLED).noted("invoice.list_of_patient").of_patients(),
    rule("POST /patients/{patient_id}/invoices", BILLERS).sensitive().written("invoice.issue").of_patients(),
    rule("GET /patients/{patient_id}/invoices/{id}", BILLED).noted("invoice.read").of_patients(),
    rule("GET /patients/{patient_id}/invoices/{id}/invoice.pdf", BILLED).noted("invoice.read").of_patients(),
    rule("POST /patients/{patient_id}/invoices/{id}/credit-notes", ACCOUNTANTS).sensitive().written("invoice.credit").of_patients(),
    rule("POST /patients/{patient_id}/invoices/{id}/payments", ACCOUNTANTS).sensitive().written("payment.enter").of_patients(),
    rule("POST /patients/{patient_id}/invoices/{id}/payments/{entry}/take-back", ACCOUNTANTS)
        .sensitive()
        .written("payment.take_back")
        .of_patients(),
    rule("POST /patients/{patient_id}/invoices/{id}/refunds", ACCOUNTANTS).sensitive().written("refund.ask").of_patients(),
    rule("POST /patients/{patient_id}/invoices/{id}/refunds/{refund}/approve", BOOKKEEPERS)
        .sensitive()
        .written("refund.approve")
        .of_patients(),
    rule("POST /patients/{patient_id}/invoices/{id}/refunds/{refund}/reject", BOOKKEEPERS)
        .sensitive()
        .written("refund.reject")
        .of_patients(),
    rule("POST /patients/{patient_id}/invoices/{id}/refunds/{refund}/complete", ACCOUNTANTS)
        .sensitive()
        .written("refund.complete")
        .of_patients(),
    rule("GET /patients/{patient_id}/statement", BILLED).noted("invoice.read_statement").of_patients(),
    rule("GET /invoices", BOOKKEEPERS).noted("invoice.list").of_patients().as_search(),
    rule("GET /invoices/{number}", BOOKKEEPERS).noted("invoice.find").of_patients(),
    rule("POST /invoices/mark", ACCOUNTANTS).sensitive().written("invoice.mark").of_patients(),
    rule("GET /refunds", BOOKKEEPERS).noted("refund.list").of_patients().as_search(),
    // Laboratories
    rule("GET /lab-tests", EVERY_ACTIVE_ACCOUNT),
    rule("GET /laboratories", EVERY_ACTIVE_ACCOUNT),
    rule("POST /laboratories", LAB_TECHNICIANS).sensitive().noted("laboratory.register"),
    rule("GET /laboratories/{laboratory_id}", EVERY_ACTIVE_ACCOUNT),
    rule("PATCH /laboratories/{laboratory_id}", LABORATORY_OR_ADMINISTRATORS).sensitive().noted("laboratory.change"),
    rule("GET /laboratories/{laboratory_id}/technicians", LABORATORY_OR_ADMINISTRATORS),
    rule("POST /laboratories/{laboratory_id}/technicians", LABORATORY_OR_ADMINISTRATORS).sensitive().written("technician.add"),
    rule("POST /laboratories/{laboratory_id}/technicians/{user_id}/release", LABORATORY_OR_ADMINISTRATORS)
        .sensitive()
        .noted("technician.release"),
    rule("GET /laboratories/{laboratory_id}/tests", EVERY_ACTIVE_ACCOUNT),
    rule("POST /laboratories/{laboratory_id}/tests", LABORATORY).sensitive().noted("lab_test.offer"),
    rule("GET /laboratories/{laboratory_id}/tests/{id}", EVERY_ACTIVE_ACCOUNT),
    rule("PATCH /laboratories/{laboratory_id}/tests/{id}", LABORATORY).sensitive().noted("lab_test.change"),
    rule("GET /laboratories/{laboratory_id}/lab-orders", LABORATORY).noted("lab_order.list_of_laboratory").of_patients().as_search(),
    rule("GET /laboratories/{laboratory_id}/turnaround", LABORATORY_OR_ADMINISTRATORS),
    // Wards
    rule("GET /wards", EVERYBODY_WHO_WORKS_HERE),
    rule("POST /wards", ADMINISTRATORS).sensitive().noted("ward.establish"),
    rule("GET /wards/{ward}", EVERYBODY_WHO_WORKS_HERE),
    rule("PATCH /wards/{ward}", ADMINISTRATORS).sensitive().noted("ward.change"),
    rule("GET /wards/{ward}/managers", EVERYBODY_WHO_WORKS_HERE),
    rule("POST /wards/{ward}/managers", MANAGERS_TO_BE).sensitive().written("ward_manager.begin"),
    rule("POST /wards/{ward}/managers/{shift}/release", OWN_MANAGER_OR_ADMINISTRATORS).sensitive().noted("ward_manager.release"),
    rule("GET /wards/{ward}/board", BOARD).noted("ward.read_board").of_patients().as_search(),
    rule("GET /wards/{ward}/bed-requests", BOARD).noted("bed_request.list").of_patients().as_search(),
    rule("POST /wards/{ward}/beds/{bed}/cleaned", CLEANERS).sensitive().noted("bed.note_cleaned"),
    rule("POST /wards/{ward}/beds/{bed}/take-out", WARD_MANAGERS).sensitive().noted("bed.take_out"),
    rule("POST /wards/{ward}/beds/{bed}/put-back", WARD_MANAGERS).sensitive().noted("bed.put_back"),
    rule("GET /cleaning-tasks", EVERYBODY_WHO_WORKS_HERE),
    rule("GET /critical-care", BOARD).noted("critical_care.list").of_patients().as_search(),
    // Emergencies
    rule("GET /emergency/scale", EVERYBODY_WHO_WORKS_HERE),
    rule("GET /emergency/queue", EMERGENCY_QUEUE).noted("emergency.list").of_patients().as_search(),
    rule("POST /emergency/cases", EMERGENCY_STAFF).sensitive().written("emergency.open").of_patients(),
    rule("GET /emergency/cases/{id}", CASE).noted("emergency.read").of_patients(),
    rule("POST /emergency/cases/{id}/triage", CASE_STAFF).sensitive().written("emergency.triage").of_patients(),
    rule("POST /emergency/cases/{id}/see", DOCTORS_ON_SHIFT).sensitive().written("emergency.see").of_patients(),
    rule("POST /emergency/cases/{id}/admit", CASE_STAFF).sensitive().written("emergency.admit").of_patients(),
    rule("POST /emergency/cases/{id}/dispose", CASE_STAFF).sensitive().written("emergency.dispose").of_patients(),
    // Doctors
    rule("GET /doctors", EVERY_ACTIVE_ACCOUNT),
    rule("POST /doctors", ADMINISTRATORS).sensitive().written("doctor.add"),
    rule("GET /doctors/me/patients", OWN_DOCTOR).noted("patient.list_treated").of_patients().as_search(),
    rule("GET /doctors/me/dashboard", OWN_DOCTOR).noted("doctor.read_dashboard").of_patients().as_search(),
    rule("GET /doctors/me/waiting", OWN_DOCTOR).noted("doctor.list_waiting").of_patients().as_search(),
    rule("GET /doctors/me", OWN_DOCTOR),
    rule("PATCH /doctors/me", OWN_DOCTOR).sensitive().written("doctor.change"),
    rule("GET /doctors/slots", EVERY_ACTIVE_ACCOUNT),
    rule("GET /doctors/{id}", EVERY_ACTIVE_ACCOUNT),
    rule("PATCH /doctors/{id}", ADMINISTRATORS).sensitive().written("doctor.change"),
    rule("GET /doctors/{id}/slots", EVERY_ACTIVE_ACCOUNT),
    rule("GET /doctors/{id}/exceptions", OWN_DOCTOR_OR_FRONT_DESK),
    rule("POST /doctors/{id}/exceptions", OWN_DOCTOR_OR_FRONT_DESK).sensitive().written("doctor.add_exception"),
    rule("POST /doctors/{id}/exceptions/{exception_id}/cancel", OWN_DOCTOR_OR_FRONT_DESK).sensitive().written("doctor.cancel_exception"),
    // Staff and the roster
    rule("GET /staff", EVERYBODY_WHO_WORKS_HERE),
    rule("GET /staff/me", OWN_STAFF),
    rule("PATCH /staff/me", OWN_STAFF).sensitive().written("staff.change"),
    rule("GET /staff/{id}", ADMINISTRATORS).sensitive().noted("staff.read"),
    rule("PATCH /staff/{id}", ADMINISTRATORS).sensitive().written("staff.change"),
    rule("GET /on-duty", EVERYBODY_WHO_WORKS_HERE),
    rule("GET /shifts", EVERYBODY_WHO_WORKS_HERE),
    rule("POST /shifts", ADMINISTRATORS).sensitive().written("shift.enter"),
    rule("GET /shifts/{id}", EVERYBODY_WHO_WORKS_HERE),
    rule("POST /shifts/{id}/cancel", ADMINISTRATORS).sensitive().written("shift.cancel"),
    // Leave
    rule("GET /leaves", OWN_STAFF_OR_ADMINISTRATORS).noted("leave.list"),
    rule("POST /leaves", OWN_STAFF).sensitive().written("leave.ask"),
    rule("GET /leaves/balances", OWN_STAFF_OR_ADMINISTRATORS).noted("leave.read_balances"),
    rule("POST /leaves/balances", ADMINISTRATORS).sensitive().noted("leave.set_balance"),
    rule("GET /leaves/{id}", OWN_STAFF_OR_ADMINISTRATORS).noted("leave.read"),
    rule("PATCH /leaves/{id}", OWN_STAFF).sensitive().written("leave.change"),
    rule("POST /leaves/{id}/withdraw", OWN_STAFF).sensitive().written("leave.withdraw"),
    rule("POST /leaves/{id}/approve", ADMINISTRATORS).sensitive().written("leave.approve"),
    rule("POST /leaves/{id}/reject", ADMINISTRATORS).sensitive().written("leave.reject"),
    rule("POST /leaves/{id}/cancel", OWN_STAFF_OR_ADMINISTRATORS).sensitive().written("leave.cancel"),
    // Appointments
    rule("GET /appointments", ALL_SIDES).noted("appointment.list").of_patients(),
    rule("POST /appointments", OWN_PATIENT_OR_FRONT_DESK).sensitive().written("appointment.book").of_patients(),
    rule("POST /appointments/extra", DOCTOR_OR_FRONT_DESK).sensitive().written("appointment.book_extra").of_patients(),
    rule("GET /appointments/calendar", DOCTOR_OR_FRONT_DESK).noted("appointment.list_days").of_patients().as_search(),
    rule("GET /appointments/day", DOCTOR_OR_FRONT_DESK).noted("appointment.list_day").of_patients().as_search(),
    rule("GET /appointments/{id}", ALL_SIDES).noted("appointment.read").of_patients(),
    rule("GET /appointments/{id}/calendar.ics", ALL_SIDES).noted("appointment.read").of_patients(),
    rule("POST /appointments/{id}/reschedule", ALL_SIDES).sensitive().written("appointment.move").of_patients(),
    rule("POST /appointments/{id}/cancel", ALL_SIDES).sensitive().written("appointment.cancel").of_patients(),
    rule("POST /appointments/{id}/arrive", DOCTOR_OR_FRONT_DESK).written("appointment.arrive").of_patients(),
    rule("POST /appointments/{id}/complete", TREATING_DOCTOR).written("appointment.complete").of_patients(),
    rule("POST /appointments/{id}/undo", DOCTOR_OR_FRONT_DESK).sensitive().written("appointment.undo").of_patients(),
    rule("POST /appointments/{id}/no-show", DOCTOR_OR_FRONT_DESK).written("appointment.no_show").of_patients(),
    // Waiting list
    rule("GET /waiting-list", OWN_PATIENT_OR_FRONT_DESK).noted("wait.list").of_patients(),
    rule("POST /waiting-list", OWN_PATIENT_OR_FRONT_DESK).sensitive().written("wait.join").of_patients(),
    rule("GET /waiting-list/{id}", OWN_PATIENT_OR_FRONT_DESK).noted("wait.read").of_patients(),
    rule("POST /waiting-list/{id}/accept", OWN_PATIENT_OR_FRONT_DESK).sensitive().written("wait.accept").of_patients(),
    rule("POST /waiting-list/{id}/decline", OWN_PATIENT_OR_FRONT_DESK).sensitive().written("wait.decline").of_patients(),
    rule("POST /waiting-list/{id}/leave", OWN_PATIENT_OR_FRONT_DESK).sensitive().written("wait.leave").of_patients(),
    // What patients say
    rule("GET /patients/{patient_id}/feedback", OWN_RECORD).noted("feedback.list").of_patients(),
    rule("POST /patients/{patient_id}/feedback", OWN_RECORD).sensitive().written("feedback.give").of_patients(),
    rule("GET /patients/{patient_id}/feedback/choices", OWN_RECORD).noted("feedback.list_choices").of_patients(),
    rule("GET /patients/{patient_id}/feedback/{id}", OWN_RECORD_OR_ADMINISTRATORS).noted("feedback.read").of_patients(),
    rule("PUT /patients/{patient_id}/feedback/{id}", OWN_RECORD).sensitive().written("feedback.change").of_patients(),
    rule("POST /patients/{patient_id}/feedback/{id}/hide", ADMINISTRATORS).sensitive().written("feedback.hide").of_patients(),
    rule("POST /patients/{patient_id}/feedback/{id}/show", ADMINISTRATORS).sensitive().written("feedback.show").of_patients(),
    rule("GET /feedback", ADMINISTRATORS).noted("feedback.list_all").of_patients().as_search(),
    rule("GET /feedback/hospital", EVERY_ACTIVE_ACCOUNT),
    rule("GET /feedback/services/{service}", EVERY_ACTIVE_ACCOUNT),
    rule("GET /feedback/doctors/{doctor_id}", EVERY_ACTIVE_ACCOUNT),
    rule("GET /feedback/staff/{user_id}", OWN_STAFF_OR_ADMINISTRATORS),
    // Figures
    rule("GET /performance/doctors/{doctor_id}", OWN_DOCTOR_OR_ADMINISTRATORS),
    rule("GET /performance/wards/{ward}", OWN_MANAGER_OR_ADMINISTRATORS),
    rule("GET /performance/laboratories/{laboratory_id}", LABORATORY_OR_ADMINISTRATORS),
    rule("GET /performance/pharmacies/{pharmacy_id}", PHARMACY_OR_ADMINISTRATORS),
    rule("GET /reports/occupancy", OWN_MANAGER_OR_ADMINISTRATORS),
    rule("GET /reports/occupancy/by-ward", ADMINISTRATORS),
    rule("GET /reports/appointments", ADMINISTRATORS),
    rule("GET /reports/appointments/by-doctor", ADMINISTRATORS),
    rule("GET /reports/appointments/by-specialization", ADMINISTRATORS),
    rule("GET /reports/emergency", OWN_MANAGER_OR_ADMINISTRATORS),
    rule("GET /reports/emergency/by-level", OWN_MANAGER_OR_ADMINISTRATORS),
    rule("GET /reports/revenue", ADMINISTRATORS),
    rule("GET /reports/revenue/by-kind", ADMINISTRATORS),
    rule("GET /reports/laboratory", ADMINISTRATORS),
    rule("GET /reports/laboratory/by-laboratory", ADMINISTRATORS),
    rule("GET /reports/pharmacy", ADMINISTRATORS),
    rule("GET /reports/pharmacy/by-pharmacy", ADMINISTRATORS),
];

const fn rule(route: &'static str, grants: Grants) -> Rule {
    Rule { route, grants, sensitive: false, action: "", trace: Trace::Nothing, of_patients: false, searches: false }
}

impl Rule {
    const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    const fn noted(self, action: &'static str) -> Self {
        Self { action, trace: Trace::Noted, ..self }
    }

    const fn noted_if_refused(self, action: &'static str) -> Self {
        Self { action, trace: Trace::Refusals, ..self }
    }

    const fn written(self, action: &'static str) -> Self {
        Self { action, trace: Trace::Written, ..self }
    }

    const fn of_patients(self) -> Self {
        Self { of_patients: true, ..self }
    }

    const fn as_search(self) -> Self {
        Self { searches: true, ..self }
    }

    /// The rule of a route, by its method and its path as the API document has it.
    #[must_use]
    pub fn of(method: &str, path: &str) -> Option<&'static Self> {
        static BY_ROUTE: LazyLock<HashMap<(&str, &str), &Rule>> =
            LazyLock::new(|| POLICY.iter().filter_map(|rule| Some((rule.route.split_once(' ')?, rule))).collect());
        // HEAD is GET without the body (RFC 9110 §9.3.2).
        let method = if method == "HEAD" { "GET" } else { method };
        BY_ROUTE.get(&(method, path)).copied()
    }

    /// Whether callers who are not signed in may call it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.grants.iter().any(|(who, _)| *who == Everybody)
    }

    /// Whether account and sign-in are looked up: always on a sensitive route, and whenever staff read or change patients' data.
    #[must_use]
    pub fn looks_up(&self, roles: &BTreeSet<Role>) -> bool {
        self.sensitive || (self.of_patients && roles.iter().any(|role| role.is_staff()))
    }

    /// Whether somebody with these roles may call it in some relationship.
    #[must_use]
    pub fn admits(&self, roles: &BTreeSet<Role>) -> bool {
        self.grants.iter().any(|(who, _)| who.includes(roles))
    }

    /// Whether somebody with these roles and these relationships may call it.
    #[must_use]
    pub fn permits(&self, roles: &BTreeSet<Role>, relationships: &Relationships) -> bool {
        self.grants.iter().any(|(who, asked)| who.includes(roles) && asked.iter().all(|asked| relationships.contains(asked)))
    }

    /// Whether somebody may call it whose relationships depend on the role in which they act: a shift in one role is none in another.
    #[must_use]
    pub fn permits_as(&self, roles: &BTreeSet<Role>, standing: impl Fn(Role) -> Relationships) -> bool {
        roles.iter().any(|role| {
            let standing = standing(*role);
            self.grants.iter().any(|(who, asked)| who.includes(&[*role].into()) && asked.iter().all(|asked| standing.contains(asked)))
        })
    }

    /// Whether a relationship can make a difference for somebody with these roles. If not, nobody needs to look it up.
    #[must_use]
    pub fn asks(&self, roles: &BTreeSet<Role>, relationship: Relationship) -> bool {
        !self.permits(roles, &Relationships::new())
            && self.grants.iter().any(|(who, asked)| who.includes(roles) && asked.contains(&relationship))
    }
}

impl Rule {
    /// Those of somebody's roles in which the route asks for a relationship.
    #[must_use]
    pub fn roles_asked(&self, roles: &BTreeSet<Role>, relationship: Relationship) -> BTreeSet<Role> {
        let asks = |role: &Role| self.grants.iter().any(|(who, asked)| who.includes(&[*role].into()) && asked.contains(&relationship));
        roles.iter().copied().filter(asks).collect()
    }
}

impl Who {
    fn includes(self, roles: &BTreeSet<Role>) -> bool {
        match self {
            Everybody | AnyAccount => true,
            Self::Roles(granted) => granted.iter().any(|role| roles.contains(role)),
        }
    }
}

/// The table as a page, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = "| route | who may | checked | audit log |\n|---|---|---|---|\n".to_owned();
    for rule in POLICY {
        let checked = match (rule.sensitive, rule.of_patients) {
            _ if rule.is_open() => "",
            (true, _) => "now",
            (false, true) => "now for staff, by the token for patients",
            (false, false) => "by the token",
        };
        let action = if rule.action.is_empty() { String::new() } else { format!("`{}`", rule.action) };
        let _ = writeln!(page, "| `{}` | {} | {checked} | {action} |", rule.route, rule.who_may());
    }
    page
}

impl Rule {
    /// Who may, in words: "patients (own), doctors (treating), receptionists, administrators".
    #[must_use]
    pub fn who_may(&self) -> String {
        let grants = self.grants.iter().map(|(who, asked)| {
            let who = match who {
                Everybody => return "everybody".to_owned(),
                AnyAccount => "every account".to_owned(),
                Who::Roles(roles) if roles.len() == Role::ALL.len() => "every active account".to_owned(),
                Who::Roles(roles) if *roles == Role::STAFF => "people who work here".to_owned(),
                Who::Roles(roles) => roles.iter().map(|role| role.in_words() + "s").collect::<Vec<_>>().join(", "),
            };
            let asked = asked.iter().map(|asked| match asked {
                Own => "own",
                Guardian => "guardian",
                Treating => "treating",
                Relationship::SameWard => "same ward",
                Relationship::OnShift => "on shift",
                Relationship::SamePharmacy => "same pharmacy",
                Relationship::SameLaboratory => "same laboratory",
            });
            let asked = asked.collect::<Vec<_>>().join(" and ");
            if asked.is_empty() { who } else { format!("{who} ({asked})") }
        });
        grants.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_once() {
        let routes: BTreeSet<_> = POLICY.iter().map(|rule| rule.route).collect();
        assert_eq!(routes.len(), POLICY.len());
    }

    #[test]
    fn what_touches_patients_is_traced_and_what_is_traced_has_a_name() {
        for rule in POLICY {
            assert!(!rule.of_patients || rule.trace != Trace::Nothing, "{}", rule.route);
            assert_eq!(rule.trace == Trace::Nothing, rule.action.is_empty(), "{}", rule.route);
        }
    }

    #[test]
    fn nobody_without_a_role_gets_further_than_their_own_account() {
        for rule in POLICY.iter().filter(|rule| !rule.is_open() && rule.admits(&BTreeSet::new())) {
            let own = rule.route.contains(" /users/me") || ["POST /auth/logout", "GET /notifications"].contains(&rule.route);
            assert!(own, "{}", rule.route);
        }
    }

    #[test]
    fn a_role_alone_is_not_enough_where_a_relationship_is_asked_for() {
        let rule = Rule::of("POST", "/appointments/{id}/complete").unwrap();
        let doctor = [Doctor].into();
        assert!(rule.admits(&doctor) && rule.permits(&doctor, &[Treating].into()) && rule.permits(&doctor, &[Own, Treating].into()));
        assert!(!rule.permits(&doctor, &[].into()) && !rule.permits(&doctor, &[Own].into()));
        assert!(!rule.permits(&[Administrator].into(), &[].into()));
        assert!(rule.asks(&doctor, Treating) && !rule.asks(&doctor, Own) && !rule.asks(&[Patient].into(), Treating));
    }

    #[test]
    fn a_shift_in_one_role_is_none_in_another() {
        let rule = Rule::of("GET", "/wards/{ward}/board").unwrap();
        let roles: BTreeSet<Role> = [Doctor, WardManager].into();
        // They manage another ward now, and are not on duty as a doctor.
        let managing = |role| if role == WardManager { [OnShift].into() } else { Relationships::new() };
        assert!(rule.permits(&roles, &[OnShift].into()) && !rule.permits_as(&roles, managing));
        assert!(rule.permits_as(&roles, |role| if role == Doctor { [OnShift].into() } else { Relationships::new() }));
    }

    #[test]
    fn a_grant_may_ask_for_several_relationships_at_once() {
        let grants: Grants = &[(Who::Roles(&[Role::Nurse]), &[Relationship::SameWard, Relationship::OnShift])];
        let (rule, nurse) = (rule("GET /wards/{ward}/patients", grants), [Role::Nurse].into());
        assert!(!rule.permits(&nurse, &[Relationship::SameWard].into()) && !rule.permits(&nurse, &[Relationship::OnShift].into()));
        assert!(rule.permits(&nurse, &[Relationship::SameWard, Relationship::OnShift].into()));
        assert_eq!(rule.who_may(), "nurses (same ward and on shift)");
    }
}
