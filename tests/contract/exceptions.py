"""What schemathesis is allowed to find. hooks.py asks here, and nothing else is left out or switched off.

A row names one thing that may happen: the `code` of a refusal of what the document allows, or, where that is `invalid_request`, the code
of the field (and every field that is refused has to be allowed); or the name that schemathesis has for what happened instead."""

import re
from typing import Any, Callable, NamedTuple


class Row(NamedTuple):
    code: str
    why: str
    operation: str = ".*"
    """Fits all of `GET /doctors/{id}`."""
    field: str = ".*"
    """Fits all of `emergency_contact.name`; of what schemathesis says it changed, where nothing was refused."""
    sent: Callable[[Any], bool] = lambda value: True
    """What was sent in that field."""


def has(text: Any, wanted: Callable[[str], bool]) -> bool:
    return isinstance(text, str) and any(wanted(character) for character in text)


def foreign(text: Any) -> bool:
    """Has characters, other than spaces, that are not ASCII."""
    return has(text, lambda character: not character.isascii() and not character.isspace())


def beyond_16_bits(text: Any) -> bool:
    return has(text, lambda character: ord(character) > 0xFFFF)


# These end the sign-in whose token is sent. They are tried apart, with a new sign-in for each request.
END_THE_SIGN_IN = ["end_sign_in", "close_own_account", "change_own_password", "end_own_sessions", "end_own_session"]

# What schemathesis need not succeed with, if only by chance. client.ts does all but the first two.
ONLY_THE_CLIENT = {
    "resend_email": "No email is ever refused locally, so none is there to be sent again.",
    "end_suppression": "No email bounces locally, so no address is suppressed.",
    "request_confirmation_email": "What is sent first has wrong passwords, so that the right one has to wait.",
    "confirm_own_email": "It takes a token from an email to the account that asks.",
    "note_arrival": "It takes an appointment of the day, which other requests change meanwhile.",
    "note_no_show": "It takes an appointment that has begun, which other requests change meanwhile.",
    "complete_appointment": "It takes an appointment that has begun, which other requests change meanwhile.",
    "undo_note": "It takes an appointment of which something was noted.",
    "book_extra_appointment": "It takes a time outside the doctor's slots, and the doctor may name a patient whom they treat only.",
    "join_waiting_list": "It takes days that lie ahead, and a confirmed address.",
    "get_wait": "It takes a wait, which somebody has to begin.",
    "accept_offer": "It takes an offer.",
    "decline_offer": "It takes an offer.",
    "leave_waiting_list": "It takes a wait that goes on.",
    "open_patient_account": "It takes a patient without an account.",
    "confirm_patient": "It takes an account that was opened for a patient, whose owner has proven the address.",
    "cancel_history": "It takes an entry of that very patient.",
    "undo_death": "It takes a patient whose death was noted.",
    "change_patient": "It takes the version that is there, which other requests change meanwhile.",
    "enter_shift": "It takes a day within a year, and somebody who has the role.",
    "get_shift": "It takes an entry in the roster.",
    "cancel_shift": "It takes an entry in the roster, which other requests cancel meanwhile.",
    "request_leave": "It takes days within a year.",
    "get_leave": "It takes leave that somebody asked for.",
    "change_leave": "It takes leave that somebody asked for.",
    "withdraw_leave": "It takes leave that somebody asked for.",
    "approve_leave": "It takes leave that somebody else asked for.",
    "reject_leave": "It takes leave that somebody else asked for.",
    "cancel_leave": "It takes leave that was granted.",
    "change_staff_profile": "It takes somebody who works here, and what their role may have.",
    "set_leave_balance": "It takes somebody who works here.",
    "add_doctor_exception": "It takes a time within a year, on five-minute marks.",
    "cancel_doctor_exception": "It takes an exception of that very doctor.",
    "change_own_doctor": "A doctor may change little, and schemathesis sends much.",
    **dict.fromkeys(
        ["get_encounter", "get_encounter_note", "get_diagnosis", "get_vitals", "get_treatment_plan", "get_surgery", "get_medicine", "get_lab_test",
         "get_prescription_request", "get_image", "get_blood_typing", "get_result", "list_entry_versions"],
        "It takes an entry of that very patient."),
    **dict.fromkeys(
        ["sign_encounter", "write_encounter_note", "change_diagnosis", "change_vitals", "change_treatment_plan", "change_surgery", "revise_medicine",
         "stop_medicine", "revise_lab_test", "stop_lab_test", "decline_prescription_request", "cancel_prescription_request", "change_result", "change_blood_typing",
         "review_result", "mark_entered_in_error"],
        "It takes an entry of that very patient, and its version."),
    **dict.fromkeys(
        ["open_encounter", "add_diagnosis", "add_vitals", "add_treatment_plan", "add_surgery", "prescribe_medicine", "prescribe_lab_test", "add_result", "add_blood_typing",
         "announce_image"],
        "It takes a patient whom the doctor treats."),
    "request_prescription": "It takes a doctor who treats the patient.",
    **dict.fromkeys(
        ["get_image_upload_link", "complete_image", "get_image_download_link"], "It takes an image of that very patient, and a file."),
    **dict.fromkeys(["establish_ward", "change_ward", "take_ward_shift", "release_ward_shift"], "It takes a ward that is there or is not, and a manager."),
    **dict.fromkeys(["note_bed_cleaned", "take_bed_out", "put_bed_back"], "It takes a bed in the right state."),
    **dict.fromkeys(["admit_patient", "get_admission", "change_admission", "transfer_patient", "note_medically_ready", "undo_medically_ready", "note_left"],
                    "It takes a patient who has a bed, or has none, and a ward that is there."),
    **dict.fromkeys(["request_bed", "withdraw_bed_request"], "It takes a patient who waits for a bed, or does not."),
    **dict.fromkeys(["open_emergency", "get_emergency", "triage_emergency", "see_emergency", "admit_emergency", "dispose_emergency"],
                    "It takes an emergency, and one of two members."),
    **dict.fromkeys(["register_pharmacy", "change_pharmacy", "add_pharmacist", "release_pharmacist", "list_pharmacists"],
                    "It takes a pharmacy, and somebody who works there or nowhere."),
    **dict.fromkeys(["change_stocked_medicine", "adjust_stock", "write_off_stock", "return_stock"], "It takes a medicine of that very pharmacy, or a lot of it."),
    **dict.fromkeys(["request_allocation", "get_allocation", "hand_over_allocation", "cancel_allocation"], "It takes what is set aside for that very patient."),
    **dict.fromkeys(["register_laboratory", "change_laboratory", "add_technician", "release_technician", "list_technicians"],
                    "It takes a laboratory, and somebody who works there or nowhere."),
    **dict.fromkeys(["offer_test", "change_offered_test"], "It takes limits that grow, and ages that do not overlap."),
    **dict.fromkeys(["place_lab_order", "get_lab_order", "collect_specimen", "reject_specimen", "start_lab_order", "enter_lab_result", "verify_lab_result",
                     "release_lab_result", "amend_lab_result", "cancel_lab_order", "acknowledge_critical_result", "announce_lab_report",
                     "get_lab_report_upload_link", "complete_lab_report", "get_lab_report_download_link", "download_lab_report"],
                    "It takes an order of that very patient, in the right state."),
    "list_critical_results": "It takes a doctor who is on shift.",
    **dict.fromkeys(["give_feedback", "list_feedback_choices", "get_feedback", "change_feedback", "hide_feedback", "show_feedback", "list_feedback_about_staff"],
                    "It takes something that took place, what that very patient said of it, or somebody who works here."),
    **dict.fromkeys(["get_invoice", "download_invoice", "issue_invoice", "issue_credit_note", "enter_payment", "take_payment_back", "ask_for_refund", "approve_refund",
                     "reject_refund", "complete_refund", "reverse_charge", "mark_invoices", "get_invoice_by_number"],
                    "It takes a charge or an invoice of that very patient, in the right state."),
    "add_doctor": "It takes one of two members, and hours that fit the slots and each other.",
}

MONEY = r"amount|income|consultation_fee|daily_fee|price|unit_price|unit_cost|(content\.)?fee"
RECORD = r"(POST|PUT) /patients/\{patient_id\}/(encounters|diagnoses|vitals|treatment-plans|surgeries|prescriptions|prescription-requests|images|blood-typings|results).*"

PERMANENT = [
    # A member that asks for another one, or keeps another one out, is described in words.
    Row("required", "Either the email address or the account has to be there.", "POST /doctors", "email"),
    Row("one_of", "The email address and the account keep each other out.", "POST /doctors", "user_id"),
    Row("required", "One of four parameters has to be there, and a year needs a name.", "GET /patients", "name"),
    Row("not_suppressed", "Which addresses are suppressed changes.", "POST /emails/suppressions/lift", "email"),
    Row("allergies_only", "Only an allergy has a severity.", "POST /patients/{patient_id}/history", "severity"),
    # What the server makes, or what is there at the moment.
    Row("invalid_cursor", "A cursor is what the server gave: it is sealed.", "GET .*"),
    Row("invalid_token", "A token is what an email brought.", "POST /users/me/email/confirm"),
    Row("stale", "Which version is there changes.", "(PATCH|POST|PUT) .*"),
    Row("unknown", "Not every id that looks like one is somebody's.", "POST /(appointments|doctors)", "(doctor|patient|user)_id"),
    Row("MissingHeaderNotRejected", "428 is what a missing If-Match gets (RFC 6585): schemathesis does not know it.", r"PATCH /patients/(me|\{patient_id\}(/admissions/\{id\})?)|PATCH /wards/\{ward\}|PATCH /pharmacies/.*|PATCH /laboratories/.*|(PUT|POST) /patients/\{patient_id\}/.*",
        "Missing `If-Match` at header"),
    Row("unknown", "Not every id that looks like one is somebody's.", "POST /(appointments/extra|waiting-list|users/patient-accounts(/confirm)?)", "(doctor|patient)_id|specialization"),
    # What depends on the day, and on the doctor.
    Row("(in_the_past|too_far_ahead)", "It depends on the day.", "POST /waiting-list", "from|to"),
    Row("outside_working_hours", "It depends on the doctor.", "POST /waiting-list", "to"),
    Row("unknown", "Not every id that looks like one is somebody's.", "GET /appointments/calendar", "doctor_id"),
    Row("(on_grid|not_on_mark)", "It depends on the doctor, and on the clock of the hospital.", "POST /appointments/extra", "starts_at"),
    Row("too_long_ago", "It depends on the day.", "GET /appointments/day", "date"),
    Row("in_the_past", "It depends on the day.", field="starts_at"),
    Row("too_far_ahead", "It depends on the day.", field="starts_at"),
    Row("outside_working_hours", "It depends on the doctor.", field="starts_at"),
    Row("off_grid", "It depends on the doctor.", field="starts_at"),
    Row("same_slot", "It depends on the appointment.", field="starts_at"),
    Row("in_the_future", "It depends on the day.", field="date_of_(birth|death)"),
    Row("before_birth", "It depends on the patient.", field="date_of_death"),
    Row("unknown", "Not every id that looks like one is somebody's.", "(POST|PATCH) /patients.*", r"guardians\[\d+\]\.patient_id"),
    Row("(own_guardian|is_a_child|is_deceased)", "It depends on who it is.", "(POST|PATCH) /patients.*", r"guardians\[\d+\]\.patient_id"),
    Row("required", "A guardian has a profile or a name.", "(POST|PATCH) /patients.*", r"guardians\[\d+\]\.name"),
    Row("too_long_ago", "It depends on the day.", field="date_of_birth"),
    # The roster, leave and a doctor's time depend on the day, and on who is there.
    Row("(in_the_past|too_far_ahead|in_the_future|before_start|other_day|not_on_mark)", "It depends on the day.",
        "(POST|PATCH) /(shifts|leaves|doctors).*", "date|from|to|starts_at|ends_at"),
    Row("(before_from|range_too_long|empty|no_day|too_many)", "No schema compares two values.", "(POST|PATCH) /(shifts|leaves).*", "to|ends_at_noon|repeat.until"),
    Row("(unknown|not_in_role)", "Not every id that looks like one is somebody's.", "(POST|GET) /(shifts|leaves/balances)", "user_id"),
    Row("invalid_role", "Nobody works shifts as a patient or an administrator.", "(GET|POST) /(shifts|on-duty|staff)", "role"),
    Row("(required|not_for_role)", "Some roles need a ward, and others have none.", "POST /shifts", "ward|spare"),
    Row("(too_long_ago|too_far_ahead)", "It depends on the day.", "GET /on-duty", "at"),
    Row("one_of", "Parameters that exclude each other have no words in OpenAPI.", "GET /(shifts|leaves)", "user_id|status"),
    Row("(before_from|too_long)", "No schema compares two values.", "GET /(reports|performance)/.*", "to"),
    Row("unknown_(doctor|laboratory|pharmacy)", "Not every id that looks like one is somebody's.", "GET /reports/(appointments|laboratory|pharmacy)", "(doctor|laboratory|pharmacy)_id"),
    Row("not_both", "No schema says that of two filters there is one.", "GET /reports/appointments", "specialization"),
    Row("unknown_visit", "Not every id that looks like one is in that patient's record.", "(GET|POST) /patients/{patient_id}/feedback(/choices)?", "visit"),
    Row("(required|not_met|not_for_this)", "It depends on what it is about, and on whom the patient met.", "POST /patients/{patient_id}/feedback", "(doctor|user)_id"),
    Row("(before_from|range_too_long)", "No schema compares two values.", "GET /(shifts|doctors/{id}/exceptions)", "to"),
    Row("(too_young|in_the_future|too_long_ago|before_from|invalid_year)", "It depends on the day.", "PATCH /staff.*", ".*"),
    Row("(administrators_only|in_doctor_profile)", "It depends on who asks.", "PATCH /(staff|doctors).*"),
    Row("(too_short|overlaps|off_grid)", "No schema compares hours with slots.", "PATCH /doctors.*", r"weekly_hours\[\d+\]"),
    Row("not_here", "It is for the upcoming appointments of a doctor only.", "GET /appointments", "needs_new_time"),
    # The medical record depends on the day, on the patient, and on what is in it.
    Row("(in_the_future|before_birth)", "It depends on the day, and on the patient.", RECORD, r"(content\.)?(onset|taken_on|taken_at|performed_on|determined_on)"),
    Row("unknown_.*", "Not every id that looks like one is in that patient's record.", RECORD, r"(content\.)?(\w+_id|refill_of)"),
    Row("(required|not_treating)", "It depends on who treats the patient.", RECORD, r"(content\.)?doctor_id"),
    Row("cannot_change", "It depends on the result.", RECORD, r"content\.lab_test_id"),
    Row("(required|outpatients_only)", "It depends on the class.", "POST /patients/{patient_id}/encounters", "appointment_id"),
    Row("required", "A refill has a doctor, anything else needs one.", "POST /patients/{patient_id}/prescription-requests", "doctor_id"),
    Row("required", "A note that is signed is changed for a reason only.", "PUT /patients/{patient_id}/encounters/{id}/note", "reason"),
    Row("required", "One of nine has to be there.", RECORD, r"(content\.)?values"),
    Row("(impossible|too_fine)", "No schema compares two values, or counts decimals.", RECORD, r"(content\.)?values.*"),
    Row("(value_or_text|reversed)", "What one value means for another.", RECORD, r"(content\.)?(value|low)"),
    Row("out_of_range", "JSON has numbers that are as good as zero.", RECORD, r"(content\.)?(value|low|high)"),
    Row("other_test", "It depends on the prescription.", RECORD, "loinc"),
    Row("invalid_loinc", "What the check digit has to be.", RECORD, r"(content\.)?loinc"),
    Row("allergies_only", "Only an allergy has a class.", "POST /patients/{patient_id}/history", "class"),
    Row("unknown_code", "What the check digit has to be.", "GET /patients/{patient_id}/series", "code"),
    # Wards and emergencies depend on what is there.
    Row("not_established", "It depends on the wards that are there.", "POST /(patients/{patient_id}/(admissions|bed-requests).*|emergency/cases/{id}/admit)", "ward"),
    Row("(unknown|not_in_role)", "Not every id that looks like one is somebody's.", "(POST|PATCH) /(patients/{patient_id}/(admissions|bed-requests).*|emergency/cases.*|wards/{ward}/managers)",
        "(doctor|patient|user)_id"),
    Row("required", "An administrator says to whom; managers need not.", "POST /wards/{ward}/managers", "user_id"),
    Row("out_of_range", "It depends on the day.", "(POST|PATCH) /patients/{patient_id}/admissions.*", "expected_discharge"),
    Row("one_of", "Members that exclude each other are described in words.", "POST /emergency/cases", "patient_id"),
    Row("required", "One of nine has to be there.", "POST /emergency/cases.*", r"(triage\.)?vitals"),
    Row("(impossible|too_fine)", "No schema compares two values, or counts decimals.", "POST /emergency/cases.*", r"(triage\.)?vitals.*"),
    Row("unknown_.*", "Not every id that looks like one is somebody's.", "POST /patients/{patient_id}/allocations", "(pharmacy|medicine|prescription)_id"),
    Row("not_yours", "A pharmacist asks in their own pharmacy.", "POST /patients/{patient_id}/allocations", "pharmacy_id"),
    Row("out_of_range", "It depends on what was set aside, and on whether it is prescribed.", "POST /patients/{patient_id}/allocations.*", "units"),
    Row("required", "Who hands over less, or cancels for the pharmacy, says why.", "POST /patients/{patient_id}/allocations/{id}/.*", "reason"),
    Row("(overlaps|too_short)", "No schema compares periods.", "(POST|PATCH) /pharmacies.*", r"opening_hours\[\d+\]"),
    Row("out_of_range", "It depends on the day; and nothing is adjusted by zero.", "POST /pharmacies/.*", "expires_on|units"),
    Row("out_of_range", "It depends on the day.", "POST /patients/{patient_id}/invoices/{id}/payments", "received_on"),
    Row("expired", "It depends on the lot.", "POST /pharmacies/.*", "units"),
    Row("not_in_role", "Not every id that looks like one is a pharmacist's.", "POST /pharmacies/{pharmacy_id}/pharmacists", "user_id"),
    Row("unknown_.*", "Not every id that looks like one is somebody's.", "POST /patients/{patient_id}/lab-orders", "(laboratory|test|prescription)_id"),
    Row("not_yours", "A lab technician places orders with their own laboratory.", "POST /patients/{patient_id}/lab-orders", "laboratory_id"),
    Row("required", "A doctor can leave it out; others cannot.", "POST /patients/{patient_id}/lab-orders", "prescription_id"),
    Row("prescribed", "Members that exclude each other are described in words.", "POST /patients/{patient_id}/lab-orders", "priority|instructions"),
    Row("required", "Who cancels for the laboratory says why.", "POST /patients/{patient_id}/lab-orders/{id}/cancel", "reason"),
    Row("(in_the_future|too_long_ago|rejected)", "It depends on the day.", "POST /patients/{patient_id}/lab-orders/{id}/collect", "taken_at"),
    Row("(unknown_parameter|missing_value|follows_from_range|nothing_changed|named_twice|wrong_unit|impossible_value|not_a_number|value_or_text|required|out_of_range)",
        "It depends on the test.", "POST /patients/{patient_id}/lab-orders/{id}/(result|amend)", r"values.*"),
    Row("unknown_report", "It depends on the order.", "POST /patients/{patient_id}/lab-orders/{id}/(result|amend)", "report_id"),
    Row("(overlaps|too_short)", "No schema compares periods.", "(POST|PATCH) /laboratories.*", r"opening_hours\[\d+\]"),
    Row("not_in_role", "Not every id that looks like one is a lab technician's.", "POST /laboratories/{laboratory_id}/technicians", "user_id"),
    Row("urgent_takes_longer", "No schema compares numbers.", "(POST|PATCH) /laboratories/{laboratory_id}/tests.*", "urgent_minutes"),
    Row("(named_twice|coded_twice|required|reversed|impossible_limit|no_limits|limits_not_in_order|too_many_ranges|ends_before_it_begins|ranges_overlap|too_old|out_of_range)",
        "What one value means for another.", "(POST|PATCH) /laboratories/{laboratory_id}/tests.*", r"parameters.*"),
    Row("invalid_loinc", "What the check digit has to be.", r"(POST|PATCH) /laboratories/{laboratory_id}/tests.*|GET /lab-tests", r"(parameters\[\d+\]\.)?loinc"),
    Row("name_or_loinc", "Parameters that exclude each other have no words in OpenAPI.", "GET /lab-tests", "name"),
    Row("not_open", "What one parameter means for another.", "GET /laboratories/{laboratory_id}/lab-orders", "overdue"),
    Row("has_died", "It depends on the patient.", "POST /patients/{patient_id}/admissions/{id}/left", "departure"),
    # What a bill depends on.
    Row("too_small", "No pattern says that an amount is above zero.", "POST /patients/{patient_id}/(charges|invoices/{id}/.*)", "amount|unit_price"),
    Row("too_large", "No schema multiplies two values.", "POST /patients/{patient_id}/charges", "quantity"),
    Row("invalid_date", "It depends on the day.", "POST /patients/{patient_id}/charges", "on"),
    Row("(not_on_invoice|whole_invoice_only|duplicate)", "It depends on the invoice, and on what another member says.", "POST /patients/{patient_id}/invoices/{id}/credit-notes", "charges|bill_again"),
    Row("(required|not_with_paid|not_with_unpaid|duplicate)", "What one member means for another.", "POST /invoices/mark", r"tender|reason|invoices\[\d+\]\.invoice_id"),
    Row("before_from", "No schema compares two values.", "GET /invoices", "to"),
    # What a pattern does not express.
    Row("too_short", "Which characters are letters.", "GET /patients", "name"),
    Row("invalid_date", "Which days there are.", "GET /patients", "date_of_birth"),
    Row("wrong_check_digit", "What the check digit has to be.", "GET /patients", "mrn"),
    # What one value means for another.
    Row("one_of", "Parameters that exclude each other have no words in OpenAPI.", "GET /(appointments|audit-log|users|waiting-list)"),
    Row("one_of", "Members that exclude each other are described in words.", "POST /waiting-list", "doctor_id"),
    Row("before_from", "No schema compares two values.", "GET /(audit-log|appointments/calendar|doctors/({id}/)?slots)|POST /waiting-list", "to"),
    Row("range_too_long", "No schema compares two values.", "GET /(appointments/calendar|doctors/({id}/)?slots)|POST /waiting-list", "to"),
    Row("span_too_long", "No schema compares two values.", "GET /audit-log", "from"),
    Row("off_grid", "No schema compares hours with slots.", "POST /doctors", r"weekly_hours\[\d+\]"),
    Row("too_short", "No schema compares hours with slots.", "POST /doctors", r"weekly_hours\[\d+\]"),
    Row("overlaps", "No schema compares periods.", "POST /doctors", r"weekly_hours\[\d+\]"),
    Row("same_password", "No schema compares two values.", "POST /users/me/password", "new_password"),
    # What depends on who asks, and on whom it is about.
    Row("required", "The front desk says for whom; patients and doctors need not.", "(GET|POST) /(appointments|waiting-list)", "patient_id"),
    Row("required", "The front desk says for whom; doctors need not.", "GET /appointments/calendar|POST /appointments/extra", "doctor_id"),
    Row("patient_role", "It depends on the account.", "POST /users/{id}/roles", "roles"),
    Row("doctor_role", "It depends on the account.", "POST /users/{id}/roles", "roles"),
    # What depends on the hospital: it has one currency, and the document is the same for all.
    Row("other_currency", "Each hospital has one currency.", field=MONEY),
    Row("invalid_currency", "ISO 4217 has a list, and changes it.", field=MONEY),
    Row("invalid_amount", "How many fraction digits there are depends on the currency.", field=MONEY),
    Row("too_large", "The largest amount depends on the currency.", field=MONEY),
    # What people type. Patterns are written for every dialect, and some of these know neither letters nor characters beyond 16 bits.
    Row("too_common", "A list of passwords is no pattern.", field="(new_)?password"),
    Row("too_personal", "No schema compares two values.", field="(new_)?password"),
    Row("invalid_characters", "Some are beyond 16 bits.", sent=beyond_16_bits),
    Row("invalid_name", "Not all of them are letters.", field=r"(emergency_contact\.|(guardians|next_of_kin)\[\d+\]\.)?(name|relationship)", sent=foreign),
    Row("invalid_name", "What looks like a link is refused.", field=r"(emergency_contact\.|(guardians|next_of_kin)\[\d+\]\.)?(name|relationship)", sent=lambda text: has(text, "./".__contains__)),
    Row("invalid_specialization", "Not all of them are letters.", field="specialization", sent=foreign),
]

# Each is a defect of the API or of its document, and names where it is mended. Delete the row then; run.py says when none needs it.
TEMPORARY: list[Row] = []


def allowed(rows: list[Row], code: str, operation: str, field: str, sent: Any) -> int | None:
    """The number of the row that allows it."""
    for number, row in enumerate(rows):
        if re.fullmatch(row.code, code) and re.fullmatch(row.operation, operation) and re.fullmatch(row.field, field) and row.sent(sent):
            return number
    return None
