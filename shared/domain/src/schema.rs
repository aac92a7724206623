//! The schemas of the domain's types in the API document: one for each type, so that an endpoint only has to name the type.
//!
//! A pattern describes what the type's parser accepts; a test compares the two. Patterns use only what every dialect of regular
//! expressions understands.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type},
    },
};

use crate::{
    account::{self, Group},
    appointment,
    bed::BedNumber,
    id::{
        AdmissionId, AlertId, AllocationId, AppointmentId, AuditId, BedRequestId, BloodTypingId, CaseId, DiagnosisId, DoctorId,
        EmailTokenId, EncounterId, ExceptionId, FeedbackId, HistoryId, ImageId, InvoiceId, LabOrderId, LabReportId, LabResultId, LabTestId,
        LaboratoryId, LeaveId, LotId, MedicineId, MovementId, OfferedTestId, PatientId, PharmacyId, RequestId, SessionId, ShiftId,
        StockedMedicineId, SurgeryId, TreatmentPlanId, UserId, VitalsId, WaitId,
    },
    money::Currency,
    mrn::Mrn,
    password::Password,
    patient::DateOfBirth,
    pharmacy::Atc,
    record::{diagnosis::Icd10, image::Sha256, lab_result::Loinc, medicines::Ingredient},
    schedule::{Buffer, SlotLength, TimeOfDay},
    stock::LotNumber,
    text::{Email, Narrative, NoteText, PersonName, Phone, Place, PostalAddress, Reason, Reference, Specialization, Title},
    ward::Ward,
};

/// Spaces of every width, and ASCII white space. Parsers cut them off at both ends.
const SPACE: &str = r"\t\n\x0c\r \xa0\u1680\u2000-\u200a\u202f\u205f\u3000";
/// Characters below U+10000 that are invisible, or that are accepted only beside certain others: see `text.rs`.
const HIDDEN: &str = r"\x00-\x1f\x7f-\x9f\xad\xb7\u034f\u0375\u0387\u05f3\u05f4\u0600-\u0604\u061c\u0640\u06dd\u070f\u07fa\u1100-\u11ff\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u302e\u302f\u3031-\u3035\u303b\u30fb\u3164\ua960-\ua97f\ud7b0-\ud7fb\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff";
/// The same without the line break, for texts of several lines.
const HIDDEN_IN_LINES: &str = r"\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\xb7\u034f\u0375\u0387\u05f3\u05f4\u0600-\u0604\u061c\u0640\u06dd\u070f\u07fa\u1100-\u11ff\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u302e\u302f\u3031-\u3035\u303b\u30fb\u3164\ua960-\ua97f\ud7b0-\ud7fb\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff";

/// Text that is more than white space, without the characters in `refused`.
fn free_text(refused: &str, max: usize) -> ObjectBuilder {
    let pattern = format!("^[{SPACE}]*[^{SPACE}{refused}]([^{refused}]*[^{SPACE}{refused}])?[{SPACE}]*$");
    text().pattern(Some(pattern)).min_length(Some(1)).max_length(Some(max))
}

/// What [`free_text`] says, with at least one letter, and without what would make it a link or a code.
fn name(max: usize) -> ObjectBuilder {
    let refused = format!(r"{HIDDEN}!-%*+:-@\[-_{{-~");
    let no_letter = format!(r"{SPACE}0-9&'().,/\-");
    text().pattern(Some(format!("^[{SPACE}]*[^{refused}]*[^{refused}{no_letter}][^{refused}]*$"))).min_length(Some(1)).max_length(Some(max))
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    text().enum_values(Some(names.into_iter().collect::<Vec<_>>()))
}

macro_rules! schemas {
    ($($type:ty, $name:literal: $schema:expr;)*) => {
        $(
            impl PartialSchema for $type {
                fn schema() -> RefOr<Schema> {
                    $schema.into()
                }
            }

            impl ToSchema for $type {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed($name)
                }
            }
        )*

        /// The name and schema of every type, for parameters that name one.
        #[must_use]
        pub fn words() -> Vec<(&'static str, RefOr<Schema>)> {
            vec![$(($name, <$type>::schema())),*]
        }
    };
}

macro_rules! id {
    ($type:ty) => {
        text().pattern(Some(concat_prefix(<$type>::PREFIX))).examples([format!("{}01JD8Z0V3XQ5T4E2W9K7M6N8PR", <$type>::PREFIX)])
    };
}

/// The pattern of an id: the prefix, and a ULID in 26 characters of Crockford's base 32.
fn concat_prefix(prefix: &str) -> String {
    format!("^{prefix}[0-7][0-9A-HJKMNP-TV-Z]{{25}}$")
}

schemas! {
    AdmissionId, "AdmissionId": id!(AdmissionId);
    AlertId, "AlertId": id!(AlertId);
    AllocationId, "AllocationId": id!(AllocationId);
    AppointmentId, "AppointmentId": id!(AppointmentId);
    LotId, "LotId": id!(LotId);
    MovementId, "MovementId": id!(MovementId);
    PharmacyId, "PharmacyId": id!(PharmacyId);
    StockedMedicineId, "StockedMedicineId": id!(StockedMedicineId);
    BedRequestId, "BedRequestId": id!(BedRequestId);
    CaseId, "CaseId": id!(CaseId);
    BloodTypingId, "BloodTypingId": id!(BloodTypingId);
    AuditId, "AuditId": id!(AuditId);
    DoctorId, "DoctorId": id!(DoctorId);
    EmailTokenId, "EmailTokenId": id!(EmailTokenId);
    ExceptionId, "ExceptionId": id!(ExceptionId);
    FeedbackId, "FeedbackId": id!(FeedbackId);
    HistoryId, "HistoryId": id!(HistoryId);
    LeaveId, "LeaveId": id!(LeaveId);
    PatientId, "PatientId": id!(PatientId);
    SessionId, "SessionId": id!(SessionId);
    ShiftId, "ShiftId": id!(ShiftId);
    UserId, "UserId": id!(UserId);
    DiagnosisId, "DiagnosisId": id!(DiagnosisId);
    EncounterId, "EncounterId": id!(EncounterId);
    ImageId, "ImageId": id!(ImageId);
    InvoiceId, "InvoiceId": id!(InvoiceId);
    LabOrderId, "LabOrderId": id!(LabOrderId);
    LabReportId, "LabReportId": id!(LabReportId);
    LabResultId, "LabResultId": id!(LabResultId);
    LaboratoryId, "LaboratoryId": id!(LaboratoryId);
    OfferedTestId, "OfferedTestId": id!(OfferedTestId);
    LabTestId, "LabTestId": id!(LabTestId);
    MedicineId, "MedicineId": id!(MedicineId);
    RequestId, "RequestId": id!(RequestId);
    SurgeryId, "SurgeryId": id!(SurgeryId);
    TreatmentPlanId, "TreatmentPlanId": id!(TreatmentPlanId);
    VitalsId, "VitalsId": id!(VitalsId);
    WaitId, "WaitId": id!(WaitId);

    Email, "Email": text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Email))).max_length(Some(254)).examples(["ada@example.org"]);
    PersonName, "PersonName": name(100)
        .description(Some("A person's full name: letters, digits, spaces and `' . , - ( ) &`. Put a space after each dot.")).examples(["Ada Byron"]);
    Phone, "Phone": text().pattern(Some(r"^[ ().-]*\+[ ().-]*[1-9]([ ().-]*[0-9]){7,14}[ ().-]*$"))
        .description(Some("With its country code. Answers have it as `+` and 8 to 15 digits (E.164).")).examples(["+1 212 555 0136"]);
    PostalAddress, "PostalAddress": free_text(HIDDEN_IN_LINES, 300)
        .description(Some("A postal address, in one line or several.")).examples(["12 St James's Square, Springfield"]);
    Place, "Place": free_text(HIDDEN, 80)
        .description(Some("A place in the hospital.")).examples(["Room 12, second floor"]);
    Reason, "Reason": free_text(HIDDEN_IN_LINES, 300)
        .description(Some("A text of some lines.")).examples(["Palpitations since Monday"]);
    Reference, "PaymentReference": free_text(HIDDEN, 40)
        .description(Some("What a payment can be found by, such as the number of a transfer. Upper and lower case and spaces make no difference.")).examples(["TR 2026-0042"]);
    Specialization, "Specialization": free_text(&format!(r"{HIDDEN}!-%'-,./0-9:-@\[-`{{-~"), 60)
        .description(Some("A medical specialization. Answers have it in lower case.")).examples(["internal medicine"]);

    Narrative, "Narrative": free_text(HIDDEN_IN_LINES, 1_000)
        .description(Some("A part of the medical record in several sentences.")).examples(["Walk for half an hour a day."]);
    NoteText, "NoteText": free_text(HIDDEN_IN_LINES, 4_000)
        .description(Some("A part of a doctor's note.")).examples(["Palpitations since Monday, mostly in the evening."]);
    Icd10, "Icd10": text().pattern(Some(r"^[\t\n\x0c\r ]*[A-Za-z][0-9][0-9A-Za-z](\.[0-9A-Za-z]{1,4})?[\t\n\x0c\r ]*$"))
        .description(Some("A code of ICD-10. Its form is checked, not whether the classification has it. Answers have it in upper case.")).examples(["J45.9"]);
    Sha256, "Sha256": text().pattern(Some("^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"))
        .description(Some("A SHA-256 digest in base64.")).examples(["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]);
    Loinc, "Loinc": text().pattern(Some(r"^[1-9][0-9]{0,6}-[0-9]$"))
        .description(Some("A LOINC code. The last one is a check digit.")).examples(["718-7"]);
    Ingredient, "Ingredient": text().pattern(Some(r"^ *[A-Za-z] *[A-Za-z0-9-][A-Za-z0-9 -]*$")).max_length(Some(60))
        .description(Some("The international nonproprietary name of an active ingredient. Answers have it in lower case, and in its international form.")).examples(["amoxicillin"]);

    Atc, "Atc": text().pattern(Some(r"^[\t\n\x0c\r ]*[A-Za-z][0-9]{2}[A-Za-z]{2}[0-9]{2}[\t\n\x0c\r ]*$"))
        .description(Some("A code of the Anatomical Therapeutic Chemical classification, of its fifth level (WHO). Its form is checked. Answers have it in upper case.")).examples(["J01CA04"]);
    LotNumber, "LotNumber": text().pattern(Some(r#"^ {0,10}[A-Za-z0-9!"%&'()*+,./:;<=>?_-]{1,20} {0,10}$"#))
        .description(Some("The lot number as the maker printed it (GS1 General Specifications, application identifier 10).")).examples(["B4711"]);

    Title, "Title": free_text(HIDDEN, 120)
        .description(Some("A short text in one line.")).examples(["Registered nurse"]);

    Password, "Password": text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
        .min_length(Some(8)).max_length(Some(128))
        .description(Some("8 to 128 characters. A new password must not be a common one, nor your name or email address."))
        .examples(["correct horse battery"]);
    Mrn, "MedicalRecordNumber": text().pattern(Some("^[1-9][0-9]{8}$"))
        .description(Some("Nine digits. The last one is a check digit.")).examples(["100000006"]);
    DateOfBirth, "DateOfBirth": text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .description(Some("Not in the future, at most 130 years ago.")).examples(["1990-12-10"]);
    Currency, "Currency": text().pattern(Some("^[A-Z]{3}$")).description(Some("ISO 4217.")).examples(["USD"]);
    SlotLength, "SlotMinutes": ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(5)).maximum(Some(240)).multiple_of(Some(5))
        .description(Some("How long one appointment with the doctor lasts, in minutes.")).examples([30]);
    Buffer, "BufferMinutes": ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(120)).multiple_of(Some(5))
        .description(Some("How long the doctor needs between two appointments, in minutes.")).examples([10]);
    TimeOfDay, "TimeOfDay": text().pattern(Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
        .description(Some("`HH:MM` in the hospital's time zone.")).examples(["09:00"]);

    account::Status, "AccountStatus": one_of(account::Status::ALL.map(account::Status::as_str));
    Group, "AccountGroup": one_of(Group::ALL.map(Group::as_str));
    BedNumber, "BedNumber": ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(40))
        .description(Some("The number of a bed in its ward.")).examples([7]);
    Ward, "Ward": one_of(Ward::ALL.iter().map(|ward| ward.as_str())).description(Some("A type of ward. Emergencies that need critical care go to the ward `icu`; `intensive_care` is another ward, for hospitals that have both."));
    appointment::Status, "AppointmentStatus": one_of(appointment::Status::NAMES);
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, string::string_regex};
    use regex::Regex;

    use super::*;
    use crate::Invalid;

    /// The pattern of a type, as the API document has it.
    fn pattern(name: &str) -> String {
        let schema = words().into_iter().find(|(word, _)| *word == name).unwrap().1;
        let RefOr::T(Schema::Object(object)) = schema else { panic!("{name} is not plain text") };
        object.pattern.unwrap()
    }

    /// Texts that match a pattern. The generator does not take the anchors.
    fn strategy(name: &str) -> impl Strategy<Value = String> + use<> {
        let pattern = pattern(name);
        string_regex(pattern.trim_start_matches('^').trim_end_matches('$')).unwrap()
    }

    /// Whether the type's parser takes the text, or finds it only too long: the patterns leave lengths to `maxLength`.
    fn takes<T>(parse: fn(&str) -> Result<T, Invalid>, text: &str) -> bool {
        parse(text).map_or_else(|refused| refused.code == "too_long", |_| true)
    }

    /// Every character by itself, so that none waits for a generator to come across it. Dialects write characters beyond U+10000 in
    /// different ways, so the patterns do not cover them.
    #[test]
    fn each_character_that_matches_is_accepted() {
        let check = |name: &str, is_taken: fn(&str) -> bool| {
            let pattern = Regex::new(&pattern(name)).unwrap();
            for c in '\0'..'\u{10000}' {
                for text in [c.to_string(), format!("a{c}b")] {
                    assert!(!pattern.is_match(&text) || is_taken(&text), "{name} {text:?} U+{:04X}", u32::from(c));
                }
            }
        };
        check("PostalAddress", |text| takes(PostalAddress::parse, text));
        check("Place", |text| takes(Place::parse, text));
        check("Reason", |text| takes(Reason::parse, text));
    }

    proptest! {
        #[test]
        fn what_matches_is_accepted(
            id in strategy("PatientId"), phone in strategy("Phone"), time in strategy("TimeOfDay"), reason in strategy("Reason"),
            address in strategy("PostalAddress"),
        ) {
            prop_assert!(id.parse::<PatientId>().is_ok(), "{id}");
            prop_assert!(Phone::parse(&phone).is_ok(), "{phone}");
            prop_assert!(TimeOfDay::parse(&time).is_ok(), "{time}");
            prop_assert!(takes(Reason::parse, &in_reach(&reason)), "{reason:?}");
            prop_assert!(takes(PostalAddress::parse, &in_reach(&address)), "{address:?}");
        }
    }

    /// The text with a plain letter for what no pattern expresses: characters beyond U+10000, and the Arabic-Indic digits, which may not
    /// stand beside the Persian ones (RFC 5892, appendices A.8 and A.9).
    fn in_reach(text: &str) -> String {
        text.chars().map(|c| if c > '\u{ffff}' || ('\u{660}'..='\u{669}').contains(&c) { 'a' } else { c }).collect()
    }
}
