//! Every key of the table, printed: the data model in one place. A change of an existing key needs a migration.

use domain::{
    account::Group,
    allocation::AllocationStatus,
    audit::{Entry, Outcome},
    bed::BedNumber,
    billing::{InvoiceStatus, Source},
    emergency::CaseStatus,
    feedback::{About, Service},
    figures::{Book, Countable, Subject},
    lab_order::LabOrderStatus,
    leave::{LeaveStatus, LeaveType},
    mrn::Mrn,
    patient_search::Place,
    pharmacy::AlertState,
    record::lab_result::Loinc,
    role::Role,
    roster::Seat,
    shifts::ShiftTime,
    text::{Email, PersonName, Phone, Specialization, Title},
    ward::Ward,
};
use store::keys::{self, Queue, RosterOf, StaffList};

#[test]
fn every_key() {
    let at = "2026-03-02T09:00:00Z".parse().unwrap();
    let day = jiff::civil::date(2026, 3, 2);
    let (user, patient, doctor) = ("usr_00000000000000000000000001", "pat_00000000000000000000000002", "doc_00000000000000000000000003");
    let (appointment, session) = ("apt_00000000000000000000000004", "ses_00000000000000000000000005");
    let (pharmacy, medicine) = ("pha_00000000000000000000000020".parse().unwrap(), "stm_00000000000000000000000022".parse().unwrap());
    let lot: domain::id::LotId = "lot_00000000000000000000000023".parse().unwrap();
    let allocation: domain::id::AllocationId = "alc_00000000000000000000000025".parse().unwrap();
    let (laboratory, offered) = ("lby_00000000000000000000000026".parse().unwrap(), "tst_00000000000000000000000027".parse().unwrap());
    let order = "ord_00000000000000000000000028".parse().unwrap();
    let invoice = "inv_00000000000000000000000029".parse().unwrap();
    let feedback = "fee_00000000000000000000000030".parse().unwrap();
    let entry = Entry {
        id: "aud_00000000000000000000000007".parse().unwrap(),
        at: "2026-03-02T09:00:00.012Z".parse().unwrap(),
        actor: None,
        name: None,
        earlier_names: Vec::new(),
        roles: [].into(),
        action: String::new(),
        patient: None,
        account: None,
        detail: None,
        from: None,
        request_id: String::new(),
        outcome: Outcome::Done,
    };
    let all = [
        keys::account(user.parse().unwrap()),
        keys::session(user.parse().unwrap(), session.parse().unwrap()),
        keys::first_administrator(&Email::parse("Ada@example.org").unwrap()),
        keys::email_token("tok_00000000000000000000000006".parse().unwrap()),
        keys::throttle("password", "fingerprint", 20_514),
        keys::audit(&entry),
        keys::email(&Email::parse("Ada@example.org").unwrap()),
        keys::patient(patient.parse().unwrap()),
        keys::patient_change(patient.parse().unwrap(), 2),
        keys::history(patient.parse().unwrap(), "his_00000000000000000000000008".parse().unwrap()),
        keys::history_asked(patient.parse().unwrap()),
        keys::record_entry(patient.parse().unwrap(), "diagnosis", "dia_00000000000000000000000014"),
        keys::record_version(patient.parse().unwrap(), "diagnosis", "dia_00000000000000000000000014", 3),
        keys::record_point(patient.parse().unwrap(), "heart_rate", at, "vit_00000000000000000000000015"),
        keys::record_summary(patient.parse().unwrap()),
        keys::appointment_held(patient.parse().unwrap(), appointment.parse().unwrap()),
        keys::patient_consent(patient.parse().unwrap(), 3),
        keys::patient_place(&Place::Name("ada byron".to_owned()), patient.parse().unwrap()),
        keys::patient_place(&Place::Year(1990, "byron".to_owned()), patient.parse().unwrap()),
        keys::patient_place(&Place::Born(day), patient.parse().unwrap()),
        keys::patient_place(&Place::Phone(Phone::parse("+442079460018").unwrap()), patient.parse().unwrap()),
        keys::patient_place(&Place::Mrn(Mrn::parse("100000006").unwrap()), patient.parse().unwrap()),
        keys::patient_place(&Place::ChildOf("pat_00000000000000000000000009".parse().unwrap()), patient.parse().unwrap()),
        keys::newest_patient(&Place::Name("ada byron".to_owned())),
        keys::bookings(patient.parse().unwrap()),
        keys::patient_day(patient.parse().unwrap(), day),
        keys::doctor(doctor.parse().unwrap()),
        keys::doctor_day(doctor.parse().unwrap(), day),
        keys::doctor_exception(doctor.parse().unwrap(), "exc_00000000000000000000000012".parse().unwrap()),
        keys::slot(doctor.parse().unwrap(), at, appointment.parse().unwrap()),
        keys::appointment(appointment.parse().unwrap()),
        keys::treated_patient(doctor.parse().unwrap(), patient.parse().unwrap()),
        keys::day_list(day, doctor.parse().unwrap()),
        keys::wait("wai_00000000000000000000000010".parse().unwrap()),
        keys::waiting_place(patient.parse().unwrap(), 4),
        keys::wait_line(&Queue::Doctor(doctor.parse().unwrap()), day, "wai_00000000000000000000000010".parse().unwrap()),
        keys::wait_line(
            &Queue::Specialization(Specialization::parse("cardiology").unwrap()),
            day,
            "wai_00000000000000000000000010".parse().unwrap(),
        ),
        keys::ward(Ward::Icu),
        keys::bed_counts(Ward::Icu),
        keys::bed(Ward::Icu, BedNumber::new(7).unwrap()),
        keys::manager_shift(Ward::Icu, ShiftTime::Night),
        keys::manages(user.parse().unwrap()),
        keys::presence(patient.parse().unwrap()),
        keys::admission(patient.parse().unwrap(), "adm_00000000000000000000000017".parse().unwrap()),
        keys::bed_request(patient.parse().unwrap()),
        keys::emergency_case("cas_00000000000000000000000018".parse().unwrap()),
        keys::care(patient.parse().unwrap(), doctor.parse().unwrap(), "adm_00000000000000000000000017"),
        keys::cleaning_task(at, Ward::Icu, BedNumber::new(7).unwrap()),
        keys::pharmacy(pharmacy),
        keys::pharmacist(pharmacy, user.parse().unwrap()),
        keys::works_in_pharmacy(user.parse().unwrap()),
        keys::pharmacy_alert(pharmacy, "alt_00000000000000000000000021".parse().unwrap()),
        keys::stocked_medicine(medicine),
        keys::stock(medicine),
        keys::medicine_line(medicine),
        keys::offer("amoxicillin#500mg#capsule", pharmacy, medicine),
        keys::lot(medicine, lot),
        keys::movement(medicine, "mov_00000000000000000000000024".parse().unwrap()),
        keys::allocation(patient.parse().unwrap(), allocation),
        keys::dispense(patient.parse().unwrap(), allocation, 1),
        keys::laboratory(laboratory),
        keys::technician(laboratory, user.parse().unwrap()),
        keys::works_in_laboratory(user.parse().unwrap()),
        keys::offered_test(laboratory, offered),
        keys::test_with_code(&Loinc::parse("718-7").unwrap(), laboratory, offered),
        keys::turnaround(laboratory, "2026-03".parse().unwrap(), offered),
        keys::lab_order(patient.parse().unwrap(), order),
        keys::critical_result(patient.parse().unwrap(), order),
        keys::billing_account(patient.parse().unwrap()),
        keys::charge(patient.parse().unwrap(), 12),
        keys::charge_reversal(patient.parse().unwrap(), 12),
        keys::charged(patient.parse().unwrap(), Source::LabOrder(order)),
        keys::invoice_balance(patient.parse().unwrap(), invoice),
        keys::invoice_entry(patient.parse().unwrap(), invoice, 2),
        keys::billed(patient.parse().unwrap(), 12),
        keys::billed_stay(patient.parse().unwrap(), "adm_00000000000000000000000017".parse().unwrap()),
        keys::numbered_invoice(42),
        keys::last_invoice(),
        keys::bill_line(patient.parse().unwrap(), invoice, None),
        keys::bill_line(patient.parse().unwrap(), invoice, Some(Ward::Icu)),
        keys::bill_totals(Some(InvoiceStatus::Paid), Some(Ward::Icu), "2026-03".parse().unwrap()),
        keys::open_refunds(patient.parse().unwrap(), invoice),
        keys::feedback(patient.parse().unwrap(), feedback),
        keys::counted(&Countable::LabOrder { patient: patient.parse().unwrap(), id: order }),
        keys::figures(Book::Appointments, "2026-03".parse().unwrap(), &Subject::Doctor(doctor.parse().unwrap()).to_string()),
        keys::balances(Book::Occupancy, &Subject::Ward(Ward::Icu).to_string()),
        keys::shift("shi_00000000000000000000000011".parse().unwrap()),
        keys::staff_profile(user.parse().unwrap()),
        keys::listed_staff(user.parse().unwrap(), StaffList { role: Some(Role::Nurse), ward: Some(Ward::Icu) }),
        keys::leave("lea_00000000000000000000000013".parse().unwrap()),
        keys::leave_balance(user.parse().unwrap(), 2026, LeaveType::Annual),
        keys::staff_month(user.parse().unwrap(), day),
        keys::seat_month(Seat::Receptionist, day),
        keys::seat_month(Seat::Accountant(Ward::Icu), day),
        keys::roster_slot(RosterOf::Role(Role::Receptionist), day, ShiftTime::Evening),
        keys::roster_slot(RosterOf::Ward(Ward::Icu), day, ShiftTime::Night),
        keys::suppression(&Email::parse("Ada@example.org").unwrap()),
        keys::delivery("apt_00000000000000000000000004-0-booked-patient"),
        keys::idempotency("fingerprint"),
        keys::known_network("fingerprint"),
        keys::decoy("random"),
    ];
    let text: Vec<String> = all.into_iter().map(|key| format!("{} | {}", key.pk, key.sk)).collect();
    let name = PersonName::parse("Ada Byron").unwrap();
    let listed = [
        keys::listed_account(Group::Staff, &name, user.parse().unwrap()),
        keys::listed_audit(&entry, patient.parse().unwrap()),
        keys::listed_audit_by_actor(&entry, user.parse().unwrap()),
        keys::listed_doctor(&Specialization::parse("cardiology").unwrap(), &name, doctor.parse().unwrap()),
        keys::listed_treated_patient(doctor.parse().unwrap(), &name, patient.parse().unwrap()),
        keys::staff_in_list(StaffList { role: None, ward: Some(Ward::Icu) }, &name, user.parse().unwrap()),
        keys::listed_exception(doctor.parse().unwrap(), at, "exc_00000000000000000000000012".parse().unwrap()),
        keys::listed_leave(LeaveStatus::Pending, day, "lea_00000000000000000000000013".parse().unwrap()),
        keys::listed_leave_of_person(user.parse().unwrap(), day, "lea_00000000000000000000000013".parse().unwrap()),
        keys::listed_bed_request(Ward::Icu, "1#bed_00000000000000000000000019"),
        keys::listed_case(CaseStatus::Waiting, "2#2026-03-02T09:00:00.000Z#cas_00000000000000000000000018"),
        keys::listed_pharmacy(&Title::parse("North Pharmacy").unwrap(), pharmacy),
        keys::listed_alert(pharmacy, AlertState::Open, at, "alt_00000000000000000000000021".parse().unwrap()),
        keys::listed_medicine(pharmacy, &Title::parse("Amoxil").unwrap(), medicine),
        keys::listed_low_medicine(pharmacy, &Title::parse("Amoxil").unwrap(), medicine),
        keys::listed_lot(pharmacy, day, lot),
        keys::in_ledger(medicine, &allocation.place()),
        keys::listed_allocation(pharmacy, AllocationStatus::Allocated, allocation),
        keys::listed_dispense(&lot.to_string(), at, allocation, 1),
        keys::listed_laboratory(&Title::parse("Central Laboratory").unwrap(), laboratory),
        keys::listed_test(laboratory, &Title::parse("Potassium").unwrap(), offered),
        keys::listed_test_anywhere(&Title::parse("Potassium").unwrap(), offered),
        keys::listed_lab_order(laboratory, LabOrderStatus::Collected, at, order),
        keys::lab_order_in_status(laboratory, LabOrderStatus::Collected, at, order).unwrap(),
        keys::listed_lab_order(laboratory, LabOrderStatus::Released, at, order),
        keys::listed_critical_result(at, order),
        keys::listed_billing_account(patient.parse().unwrap()),
        keys::listed_bill(None, Some(Ward::Icu), at, 42),
        keys::listed_bill(Some(InvoiceStatus::Overdue), None, at, 42),
        keys::listed_refunds(invoice),
        keys::listed_feedback(&About::Service(Service::Laboratory), at, feedback),
        keys::listed_feedback_by_stars(2, at, feedback),
        keys::waiting_for_doctor(doctor.parse().unwrap(), "lab_result", at, "res_00000000000000000000000016"),
        keys::listed_suppression(entry.at, &Email::parse("Ada@example.org").unwrap()),
        keys::listed_delivery(entry.at, "apt_00000000000000000000000004-0-booked-patient"),
        keys::email_to(user.parse().unwrap(), entry.at, "apt_00000000000000000000000004-0-booked-patient"),
    ];
    let listed: Vec<String> = listed.into_iter().map(|key| format!("{} | {}", key.pk, key.sk)).collect();
    insta::assert_snapshot!(listed.join("\n"), @r"
    ACCOUNTS#staff | ada byron#usr_00000000000000000000000001
    AUDIT#pat_00000000000000000000000002 | 2026-03-02T09:00:00.012Z#aud_00000000000000000000000007
    AUDIT#usr_00000000000000000000000001 | 2026-03-02T09:00:00.012Z#aud_00000000000000000000000007
    DOCTORS | cardiology#ada byron#doc_00000000000000000000000003
    TREATS#doc_00000000000000000000000003 | ada byron#pat_00000000000000000000000002
    STAFF##icu | ada byron#usr_00000000000000000000000001
    EXCEPTIONS#doc_00000000000000000000000003 | 2026-03-02T09:00:00Z#exc_00000000000000000000000012
    LEAVES#pending | 2026-03-02#lea_00000000000000000000000013
    LEAVES#usr_00000000000000000000000001 | 2026-03-02#lea_00000000000000000000000013
    BEDLIST#icu | 1#bed_00000000000000000000000019
    CASES#waiting | 2#2026-03-02T09:00:00.000Z#cas_00000000000000000000000018
    PHARMACIES | north pharmacy#pha_00000000000000000000000020
    ALERTS#pha_00000000000000000000000020#open | 2026-03-02T09:00:00Z#alt_00000000000000000000000021
    MEDICINES#pha_00000000000000000000000020 | amoxil#stm_00000000000000000000000022
    LOWSTOCK#pha_00000000000000000000000020 | amoxil#stm_00000000000000000000000022
    LOTS#pha_00000000000000000000000020 | 2026-03-02#lot_00000000000000000000000023
    LEDGER#stm_00000000000000000000000022 | 00000000000000000000000025
    ALLOCS#pha_00000000000000000000000020#allocated | alc_00000000000000000000000025
    DISPENSED#lot_00000000000000000000000023 | 2026-03-02T09:00:00Z#alc_00000000000000000000000025#01
    LABORATORIES | central laboratory#lby_00000000000000000000000026
    LABTESTS#lby_00000000000000000000000026 | potassium#tst_00000000000000000000000027
    LABTESTS | potassium#tst_00000000000000000000000027
    LABORDERS#lby_00000000000000000000000026#to_do | 2026-03-02T09:00:00Z#ord_00000000000000000000000028
    LABORDERS#lby_00000000000000000000000026#collected | 2026-03-02T09:00:00Z#ord_00000000000000000000000028
    LABORDERS#lby_00000000000000000000000026#released | 2026-03-02T09:00:00Z#ord_00000000000000000000000028
    CRITICALRESULTS | 2026-03-02T09:00:00Z#ord_00000000000000000000000028
    BILLING | pat_00000000000000000000000002
    BILLS##icu | 2026-03-02T09:00:00Z#000000000042
    BILLS#overdue# | 2026-03-02T09:00:00Z#000000000042
    REFUNDS | inv_00000000000000000000000029
    FEEDBACK#service#laboratory | 2026-03-02T09:00:00Z#fee_00000000000000000000000030
    STARS#2 | 2026-03-02T09:00:00Z#fee_00000000000000000000000030
    TODO#doc_00000000000000000000000003#lab_result | 2026-03-02T09:00:00Z#res_00000000000000000000000016
    MAIL#suppressed | 2026-03-02T09:00:00.012Z#ada@example.org
    MAIL#failed | 2026-03-02T09:00:00.012Z#apt_00000000000000000000000004-0-booked-patient
    MAIL#usr_00000000000000000000000001 | 2026-03-02T09:00:00.012Z#apt_00000000000000000000000004-0-booked-patient
    ");
    insta::assert_snapshot!(text.join("\n"), @r"
    USER#usr_00000000000000000000000001 | ACCOUNT
    USER#usr_00000000000000000000000001 | SESSION#ses_00000000000000000000000005
    FIRST#ada@example.org | ADMINISTRATOR
    TOKEN#tok_00000000000000000000000006 | TOKEN
    THROTTLE#password#fingerprint | WINDOW#20514
    AUDIT#2026-03-02#3 | 2026-03-02T09:00:00.012Z#aud_00000000000000000000000007
    EMAIL#ada@example.org | EMAIL
    PAT#pat_00000000000000000000000002 | PROFILE
    PAT#pat_00000000000000000000000002 | CHANGE#00000002
    PAT#pat_00000000000000000000000002 | HISTORY#his_00000000000000000000000008
    PAT#pat_00000000000000000000000002 | ASKED
    PAT#pat_00000000000000000000000002 | RECORD#diagnosis#dia_00000000000000000000000014
    PAT#pat_00000000000000000000000002 | VERSION#diagnosis#dia_00000000000000000000000014#00000003
    PAT#pat_00000000000000000000000002 | POINT#heart_rate#2026-03-02T09:00:00Z#vit_00000000000000000000000015
    PAT#pat_00000000000000000000000002 | DIGEST#RECORD
    PAT#pat_00000000000000000000000002 | HELD#apt_00000000000000000000000004
    PAT#pat_00000000000000000000000002 | CONSENT#00000003
    FIND#name#ad | ada byron#pat_00000000000000000000000002
    FIND#year#1990 | byron#pat_00000000000000000000000002
    FIND#born#2026-03-02 | #pat_00000000000000000000000002
    FIND#phone#+442079460018 | #pat_00000000000000000000000002
    FIND#mrn#100000006 | #
    FIND#child#pat_00000000000000000000000009 | #pat_00000000000000000000000002
    FIND#name#ad | ada byron#!
    PAT#pat_00000000000000000000000002 | BOOKINGS
    PAT#pat_00000000000000000000000002 | DAY#2026-03-02
    DOC#doc_00000000000000000000000003 | PROFILE
    DOC#doc_00000000000000000000000003 | DAY#2026-03-02
    DOC#doc_00000000000000000000000003 | EXCEPTION#exc_00000000000000000000000012
    DOC#doc_00000000000000000000000003 | SLOT#2026-03-02T09:00:00Z#apt_00000000000000000000000004
    APPT#apt_00000000000000000000000004 | APPOINTMENT
    DOC#doc_00000000000000000000000003 | PATIENT#pat_00000000000000000000000002
    DAYLIST#2026-03-02 | doc_00000000000000000000000003
    WAIT#wai_00000000000000000000000010 | WAIT
    PAT#pat_00000000000000000000000002 | WAITING#4
    QUEUE#doc_00000000000000000000000003#2026-03-02 | wai_00000000000000000000000010
    QUEUE#cardiology#2026-03-02 | wai_00000000000000000000000010
    WARDS | icu
    WARDS | icu#BEDS
    WARD#icu | BED#07
    WARD#icu | MANAGER#night
    STAFF#usr_00000000000000000000000001 | MANAGES
    PAT#pat_00000000000000000000000002 | HERE
    PAT#pat_00000000000000000000000002 | ADMISSION#adm_00000000000000000000000017
    PAT#pat_00000000000000000000000002 | BEDREQUEST
    CASE#cas_00000000000000000000000018 | CASE
    PAT#pat_00000000000000000000000002 | DAY~doc_00000000000000000000000003#adm_00000000000000000000000017
    CLEANING | 2026-03-02T09:00:00Z#icu#07
    PHARMACY#pha_00000000000000000000000020 | PROFILE
    PHARMACY#pha_00000000000000000000000020 | PHARMACIST#usr_00000000000000000000000001
    STAFF#usr_00000000000000000000000001 | PHARMACY
    PHARMACY#pha_00000000000000000000000020 | ALERT#alt_00000000000000000000000021
    STOCK#stm_00000000000000000000000022 | MEDICINE
    STOCK#stm_00000000000000000000000022 | STOCK
    STOCK#stm_00000000000000000000000022 | LISTED
    OFFER#amoxicillin#500mg#capsule | pha_00000000000000000000000020#stm_00000000000000000000000022
    STOCK#stm_00000000000000000000000022 | LOT#lot_00000000000000000000000023
    STOCK#stm_00000000000000000000000022 | MOVEMENT#mov_00000000000000000000000024
    PAT#pat_00000000000000000000000002 | ALLOCATION#alc_00000000000000000000000025
    PAT#pat_00000000000000000000000002 | DISPENSE#alc_00000000000000000000000025#01
    LABORATORY#lby_00000000000000000000000026 | PROFILE
    LABORATORY#lby_00000000000000000000000026 | TECHNICIAN#usr_00000000000000000000000001
    STAFF#usr_00000000000000000000000001 | LABORATORY
    LABORATORY#lby_00000000000000000000000026 | TEST#tst_00000000000000000000000027
    LABTEST#718-7 | lby_00000000000000000000000026#tst_00000000000000000000000027
    LABORATORY#lby_00000000000000000000000026 | TURNAROUND#2026-03#tst_00000000000000000000000027
    PAT#pat_00000000000000000000000002 | LABORDER#ord_00000000000000000000000028
    PAT#pat_00000000000000000000000002 | CRITICAL#ord_00000000000000000000000028
    PAT#pat_00000000000000000000000002 | BILLING
    PAT#pat_00000000000000000000000002 | CHARGE#00000012
    PAT#pat_00000000000000000000000002 | CHARGE#00000012#REVERSED
    PAT#pat_00000000000000000000000002 | CHARGED#ord_00000000000000000000000028
    PAT#pat_00000000000000000000000002 | BALANCE#inv_00000000000000000000000029
    PAT#pat_00000000000000000000000002 | INVOICE#inv_00000000000000000000000029#00002
    PAT#pat_00000000000000000000000002 | BILLED#00000012
    PAT#pat_00000000000000000000000002 | BILLEDSTAY#adm_00000000000000000000000017
    INVOICE#42 | NUMBER
    INVOICES | LAST
    PAT#pat_00000000000000000000000002 | BILL#inv_00000000000000000000000029#
    PAT#pat_00000000000000000000000002 | BILL#inv_00000000000000000000000029#icu
    BILLTOTALS#paid#icu | MONTH#2026-03
    PAT#pat_00000000000000000000000002 | REFUNDS#inv_00000000000000000000000029
    PAT#pat_00000000000000000000000002 | FEEDBACK#fee_00000000000000000000000030
    COUNTED#8 | ord_00000000000000000000000028
    FIGURES#appointments#2026-03 | doctor#doc_00000000000000000000000003
    FIGURES#occupancy#BALANCES | ward#icu
    SHIFT#shi_00000000000000000000000011 | SHIFT
    STAFF#usr_00000000000000000000000001 | PROFILE
    STAFF#usr_00000000000000000000000001 | LISTED#nurse#icu
    LEAVE#lea_00000000000000000000000013 | LEAVE
    STAFF#usr_00000000000000000000000001 | BALANCE#2026#annual
    STAFF#usr_00000000000000000000000001 | MONTH#2026-03
    SEAT#receptionist | MONTH#2026-03
    SEAT#accountant#icu | MONTH#2026-03
    ROSTER#role#receptionist | 2026-03-02#2
    ROSTER#ward#icu | 2026-03-02#0
    SUPPRESSED#ada@example.org | SUPPRESSION
    MAIL#apt_00000000000000000000000004-0-booked-patient | DELIVERY
    IDEM#fingerprint | ANSWER
    KNOWN#fingerprint | NETWORK
    DECOY#random | DECOY
    ");
}
