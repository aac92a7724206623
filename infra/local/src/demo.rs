//! A small, believable hospital with invented people. Filling it twice changes nothing.

use std::collections::BTreeMap;

use domain::{
    Invalid,
    account::{Account, Status},
    appointment::{Appointment, When},
    doctor::{Doctor, Terms},
    id::{AppointmentId, DoctorId, LaboratoryId, LotId, OfferedTestId, PatientId, PharmacyId, ShiftId, StockedMedicineId, UserId},
    laboratory::{Laboratory, ListedLaboratory, ListedTest, Measure, OfferedTest, Parameter, Specimen, Technician},
    money::Money,
    mrn::Mrn,
    opening_hours::OpeningHours,
    password::Password,
    patient::{DateOfBirth, EmergencyContact, Gender, Identity, Patient},
    pharmacy::{Atc, Form, ListedLot, ListedPharmacy, Pharmacy, ReceivedLot, StockedMedicine},
    record::{lab_result::Loinc, medicines::Ingredient},
    reference_range::{Age, AgeUnit, Limits, ReferenceRange, ReferenceRanges, Sex},
    role::Role,
    roster::Shift,
    schedule::{Buffer, Period, SlotLength, TimeOfDay, Weekday, WeeklyHours},
    shifts::ShiftTime,
    stock::{Change, LotNumber, Movement, MovementKind, signed},
    text::{Email, PersonName, Phone, Place, PostalAddress, Reason, Specialization, Title},
    ward::{EstablishedWard, Ward},
    ward_manager::ManagerShift,
};
use http::AppState;
use jiff::{Timestamp, ToSpan};
use platform::config::PasswordCost;
use store::{
    StoreError,
    accounts::{AccountParts, OpenError, StoredAccount},
    appointments::WriteError,
    lab_tests::TestError,
    laboratories::TechnicianError,
    pharmacies::PharmacistError,
    roster::ShiftError,
    stock::StockError,
    wards::{EstablishError, ManagerError},
};
use users::password_hash::{HashError, Passwords};

/// The password of everybody in the demo.
pub const PASSWORD: &str = "meditrack-demo";

/// Someone who can sign in.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub name: &'static str,
    pub email: &'static str,
    pub role: Role,
}

const ADMINISTRATOR: Person = Person { name: "Florence Nightingale", email: "florence@seacole.example.org", role: Role::Administrator };
const DAY_RECEPTION: Person = Person { name: "Rosa Parks", email: "rosa@seacole.example.org", role: Role::Receptionist };
const NURSE: Person = Person { name: "Walt Whitman", email: "walt@seacole.example.org", role: Role::Nurse };
const ACCOUNTANT: Person = Person { name: "Luca Pacioli", email: "luca@seacole.example.org", role: Role::Accountant };
const WARD_MANAGER: Person = Person { name: "Lillian Wald", email: "lillian@seacole.example.org", role: Role::WardManager };
const SWEEPER: Person = Person { name: "Ignaz Semmelweis", email: "ignaz@seacole.example.org", role: Role::Sweeper };
const PHARMACIST: Person = Person { name: "Percy Julian", email: "percy@seacole.example.org", role: Role::Pharmacist };
const OTHER_PHARMACIST: Person = Person { name: "Alice Ball", email: "alice@seacole.example.org", role: Role::Pharmacist };
const TECHNICIAN: Person = Person { name: "Gerty Cori", email: "gerty@seacole.example.org", role: Role::LabTechnician };
const OTHER_TECHNICIAN: Person = Person { name: "Otto Folin", email: "otto@seacole.example.org", role: Role::LabTechnician };
const NIGHT_RECEPTION: Person = Person { name: "Sojourner Truth", email: "sojourner@seacole.example.org", role: Role::Receptionist };

struct DemoDoctor {
    person: Person,
    specialization: &'static str,
    place: &'static str,
    fee: &'static str,
    slot_minutes: u16,
    /// Working hours in the morning and in the afternoon.
    hours: [(&'static str, &'static str); 2],
    days: &'static [Weekday],
}

use Weekday::{Friday, Monday, Saturday, Thursday, Tuesday, Wednesday};

const WORKDAYS: &[Weekday] = &[Monday, Tuesday, Wednesday, Thursday, Friday];

const fn doctor(name: &'static str, email: &'static str) -> Person {
    Person { name, email, role: Role::Doctor }
}

const DOCTORS: &[DemoDoctor] = &[
    DemoDoctor {
        person: doctor("Dr. Mary Seacole", "mary@seacole.example.org"),
        specialization: "general practice",
        place: "Room 2, ground floor",
        fee: "60.00",
        slot_minutes: 20,
        hours: [("08:00", "12:00"), ("13:00", "17:00")],
        days: WORKDAYS,
    },
    DemoDoctor {
        person: doctor("Dr. Helen Taussig", "helen@seacole.example.org"),
        specialization: "cardiology",
        place: "Room 21, second floor",
        fee: "140.00",
        slot_minutes: 30,
        hours: [("09:00", "12:30"), ("14:00", "17:00")],
        days: WORKDAYS,
    },
    DemoDoctor {
        person: doctor("Dr. Daniel Williams", "daniel@seacole.example.org"),
        specialization: "cardiology",
        place: "Room 22, second floor",
        fee: "150.00",
        slot_minutes: 30,
        hours: [("10:00", "13:00"), ("15:00", "19:00")],
        days: &[Monday, Wednesday, Friday, Saturday],
    },
    DemoDoctor {
        person: doctor("Dr. Virginia Apgar", "virginia@seacole.example.org"),
        specialization: "pediatrics",
        place: "Room 8, ground floor",
        fee: "90.00",
        slot_minutes: 20,
        hours: [("08:00", "12:00"), ("14:00", "16:00")],
        days: WORKDAYS,
    },
    DemoDoctor {
        person: doctor("Dr. Patricia Bath", "patricia@seacole.example.org"),
        specialization: "ophthalmology",
        place: "Eye clinic, first floor",
        fee: "110.00",
        slot_minutes: 15,
        hours: [("09:00", "12:00"), ("13:00", "15:00")],
        days: &[Tuesday, Thursday],
    },
    DemoDoctor {
        person: doctor("Dr. Elizabeth Blackwell", "elizabeth@seacole.example.org"),
        specialization: "obstetrics & gynecology",
        place: "Room 14, first floor",
        fee: "120.00",
        slot_minutes: 30,
        hours: [("08:30", "12:30"), ("13:30", "16:30")],
        days: &[Monday, Tuesday, Thursday],
    },
];

struct DemoPatient {
    person: Person,
    born: &'static str,
    gender: Gender,
    phone: &'static str,
    contact: (&'static str, &'static str, &'static str),
    address: &'static str,
    income: Option<&'static str>,
}

const fn patient(name: &'static str, email: &'static str) -> Person {
    Person { name, email, role: Role::Patient }
}

const PATIENTS: &[DemoPatient] = &[
    DemoPatient {
        person: patient("Ada Byron", "ada@example.org"),
        born: "1990-12-10",
        gender: Gender::Female,
        phone: "+44 20 7946 0018",
        contact: ("Annabella Byron", "mother", "+44 20 7946 0019"),
        address: "12 St James's Square\nLondon",
        income: Some("3200.00"),
    },
    DemoPatient {
        person: patient("Alan Mathison", "alan@example.org"),
        born: "1984-06-23",
        gender: Gender::Male,
        phone: "+44 161 496 0042",
        contact: ("Joan Clarke", "friend", "+44 161 496 0043"),
        address: "78 Oxford Road\nManchester",
        income: None,
    },
    DemoPatient {
        person: patient("Grace Murray", "grace@example.org"),
        born: "2017-01-09",
        gender: Gender::Female,
        phone: "+44 131 496 0077",
        contact: ("Mary Murray", "mother", "+44 131 496 0078"),
        address: "5 Royal Circus\nEdinburgh",
        income: Some("1450.00"),
    },
];

/// The demo hospital cannot be filled.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("a demo value is wrong: {0}")]
    Invalid(#[from] Invalid),
    #[error("the demo's hours are wrong: {0}")]
    Hours(Invalid),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Book(#[from] WriteError),
    #[error(transparent)]
    Stock(#[from] StockError),
}

/// Those who came last. New ones are added at the end: the ids of the others stay.
const OTHERS: [Person; 8] = [NURSE, ACCOUNTANT, WARD_MANAGER, SWEEPER, PHARMACIST, OTHER_PHARMACIST, TECHNICIAN, OTHER_TECHNICIAN];

/// Everybody who can sign in.
pub fn people() -> impl Iterator<Item = Person> {
    let desk = [ADMINISTRATOR, DAY_RECEPTION, NIGHT_RECEPTION].into_iter();
    let staff = desk.chain(OTHERS);
    staff.chain(DOCTORS.iter().map(|doctor| doctor.person)).chain(PATIENTS.iter().map(|patient| patient.person))
}

/// Whether the demo people exist, from this start or an earlier one.
pub async fn is_here(state: &AppState) -> Result<bool, DemoError> {
    Ok(state.store.account_by_email(&Email::parse(ADMINISTRATOR.email)?).await?.is_some())
}

/// Adds the demo people, the roster and the appointments, as far as they are missing.
pub async fn seed(state: &AppState) -> Result<(), DemoError> {
    let mut number = 0;
    for person in [ADMINISTRATOR, DAY_RECEPTION, NIGHT_RECEPTION] {
        number += 1;
        if let Some(account) = new_account(state, person, number, None, None).await? {
            state.store.account_open(&account, AccountParts::default()).await?;
        }
    }
    for demo in DOCTORS {
        number += 1;
        let id = DoctorId::new(opened(), number);
        if let Some(account) = new_account(state, demo.person, number, None, Some(id)).await? {
            let profile = demo.profile(id, account.account.id, state)?;
            state.store.account_open(&account, AccountParts { doctor: Some(&profile), ..AccountParts::default() }).await?;
        }
    }
    for demo in PATIENTS {
        number += 1;
        let id = PatientId::new(opened(), number);
        if let Some(account) = new_account(state, demo.person, number, Some(id), None).await? {
            let record = demo.record(id, account.account.id, state)?;
            state.store.account_open(&account, AccountParts { patient: Some(&record), ..AccountParts::default() }).await?;
        }
    }
    for person in OTHERS {
        number += 1;
        if let Some(account) = new_account(state, person, number, None, None).await? {
            state.store.account_open(&account, AccountParts::default()).await?;
        }
    }
    fill_roster(state).await?;
    establish_wards(state).await?;
    open_pharmacies(state).await?;
    open_laboratory(state).await?;
    book_first_appointments(state).await
}

/// A fixed time, so that the ids are the same every time.
fn opened() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap_or(Timestamp::UNIX_EPOCH) // 2026-01-01
}

async fn new_account(
    state: &AppState,
    person: Person,
    number: u128,
    patient: Option<PatientId>,
    doctor: Option<DoctorId>,
) -> Result<Option<StoredAccount>, DemoError> {
    let email = Email::parse(person.email)?;
    if state.store.account_by_email(&email).await?.is_some() {
        return Ok(None);
    }
    let account = Account {
        email_confirmed: true,
        status: Status::Active,
        roles: [person.role].into(),
        requested_role: None,
        patient_id: patient,
        doctor_id: doctor,
        ..Account::open(UserId::new(opened(), number), email, PersonName::parse(person.name)?, person.role, state.clock.now())
    };
    Ok(Some(StoredAccount::new(account, Some(Passwords::new(PasswordCost::default()).hash(&Password::parse(PASSWORD)?, &state.random)?))))
}

impl DemoDoctor {
    fn profile(&self, id: DoctorId, user_id: UserId, state: &AppState) -> Result<Doctor, DemoError> {
        let slot_length = SlotLength::from_minutes(self.slot_minutes)?;
        let mut periods = Vec::new();
        for weekday in self.days {
            for (from, to) in self.hours {
                periods.push(Period { weekday: *weekday, from: TimeOfDay::parse(from)?, to: TimeOfDay::parse(to)? });
            }
        }
        let terms = Terms {
            place: Some(Place::parse(self.place)?),
            consultation_fee: Money::parse(self.fee, state.hospital.currency)?,
            slot_length,
            buffer: Buffer::default(),
            weekly_hours: WeeklyHours::new(periods, slot_length).map_err(|(_, why)| DemoError::Hours(why))?,
        };
        Ok(Doctor::new(id, user_id, PersonName::parse(self.person.name)?, Specialization::parse(self.specialization)?, terms, None))
    }
}

impl DemoPatient {
    fn record(&self, id: PatientId, user_id: UserId, state: &AppState) -> Result<Patient, DemoError> {
        let now = state.clock.now();
        let (contact, relationship, phone) = self.contact;
        Ok(Patient {
            id,
            user_id: Some(user_id),
            mrn: Mrn::from_random(state.random.u128().map_err(HashError::from)?),
            identity: Identity::Confirmed,
            name: PersonName::parse(self.person.name)?,
            date_of_birth: Some(DateOfBirth::parse(self.born, state.hospital.zone.to_datetime(now).date())?),
            date_of_birth_estimated: false,
            gender: self.gender,
            phone: Some(Phone::parse(self.phone)?),
            emergency_contact: Some(EmergencyContact {
                name: PersonName::parse(contact)?,
                phone: Phone::parse(phone)?,
                relationship: Some(PersonName::parse(relationship)?),
            }),
            address: Some(PostalAddress::parse(self.address)?),
            income: self.income.map(|amount| Money::parse(amount, state.hospital.currency)).transpose()?,
            registered_at: now,
            next_of_kin: Vec::new(),
            guardians: Vec::new(),
            deceased: None,
            consents: BTreeMap::new(),
            not_a_duplicate: None,
            version: 1,
        })
    }
}

/// Who works in which shift, on every day of the next two months.
const ROSTER: [(Person, ShiftTime, Option<Ward>, bool); 8] = [
    (DAY_RECEPTION, ShiftTime::Day, None, false),
    (NIGHT_RECEPTION, ShiftTime::Evening, None, false),
    (NIGHT_RECEPTION, ShiftTime::Night, None, false),
    (DAY_RECEPTION, ShiftTime::Evening, None, true),
    (NURSE, ShiftTime::Day, Some(Ward::Icu), false),
    (NURSE, ShiftTime::Evening, Some(Ward::Emergency), false),
    (ACCOUNTANT, ShiftTime::Day, Some(Ward::General), false),
    (SWEEPER, ShiftTime::Day, None, false),
];

/// The wards, and what a day in one of their beds costs.
const WARDS: [(Ward, &str); 3] = [(Ward::Emergency, "300.00"), (Ward::General, "250.00"), (Ward::Icu, "900.00")];

/// Fills the roster from today on, unless it was filled before.
async fn fill_roster(state: &AppState) -> Result<(), DemoError> {
    let today = state.today();
    let days: Vec<_> = today.series(1.day()).take(61).collect();
    for (number, (person, time, ward, spare)) in (1..).zip(ROSTER) {
        let Some(stored) = state.store.account_by_email(&Email::parse(person.email)?).await? else { continue };
        let account = stored.account;
        let shift = Shift {
            id: ShiftId::new(opened(), number),
            user_id: account.id,
            name: account.name.clone(),
            role: person.role,
            ward,
            time,
            weekdays: [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Weekday::Sunday].into(),
            days: days.clone(),
            spare,
            entered_by: account.id,
            entered_at: state.clock.now(),
            version: 1,
        };
        // Any other refusal: somebody has filled this part of the roster by hand.
        if let Err(ShiftError::Store(error)) = state.store.shift_enter(&shift, &account).await {
            return Err(error.into());
        }
    }
    Ok(())
}

/// Establishes the wards, and gives the ICU a manager in the day shift, as far as this was not done before.
async fn establish_wards(state: &AppState) -> Result<(), DemoError> {
    let now = state.clock.now();
    for (ward, fee) in WARDS {
        let daily_fee = Money::parse(fee, state.hospital.currency)?;
        let established = EstablishedWard { ward, daily_fee, established_at: now, version: 1 };
        if let Err(EstablishError::Store(error)) = state.store.ward_establish(&established).await {
            return Err(error.into());
        }
    }
    if let Some(stored) = state.store.account_by_email(&Email::parse(WARD_MANAGER.email)?).await? {
        let shift = ManagerShift { ward: Ward::Icu, shift: ShiftTime::Day, user_id: stored.account.id, since: now };
        if let Err(ManagerError::Store(error)) = state.store.ward_manager_begin(&shift, &stored.account).await {
            return Err(error.into());
        }
    }
    Ok(())
}

struct DemoPharmacy {
    pharmacist: Person,
    name: &'static str,
    email: &'static str,
    phone: &'static str,
    hours: (&'static str, &'static str),
    /// Of which lots it has how many units: the medicine, the lot's number, in how many days it expires.
    lots: &'static [(usize, &'static str, i64, u32)],
}

/// One is always open, so that the demo works at night.
const PHARMACIES: [DemoPharmacy; 2] = [
    DemoPharmacy {
        pharmacist: PHARMACIST,
        name: "Day and Night Pharmacy",
        email: "pharmacy@seacole.example.org",
        phone: "+44 20 7946 0050",
        hours: ("00:00", "24:00"),
        lots: &[(0, "AMX-2210", 25, 30), (0, "AMX-2301", 500, 40), (1, "PAN-0815", 700, 200)],
    },
    DemoPharmacy {
        pharmacist: OTHER_PHARMACIST,
        name: "Market Pharmacy",
        email: "market@seacole.example.org",
        phone: "+44 20 7946 0051",
        hours: ("08:00", "20:00"),
        lots: &[(0, "AMX-2299", 300, 500)],
    },
];

/// What both of them keep: name, ingredient, form, strength, ATC code, price, and whether it needs no prescription.
const MEDICINES: [(&str, &str, Form, &str, &str, &str, bool); 2] = [
    ("Amoxil", "amoxicillin", Form::Capsule, "500 mg", "J01CA04", "0.25", false),
    ("Panadol", "paracetamol", Form::Tablet, "500 mg", "N02BE01", "0.10", true),
];

/// Opens the pharmacies, with what they keep, unless their pharmacists work in one already.
async fn open_pharmacies(state: &AppState) -> Result<(), DemoError> {
    let (now, today) = (state.clock.now(), state.today());
    for (number, demo) in (1..).zip(PHARMACIES) {
        let Some(stored) = state.store.account_by_email(&Email::parse(demo.pharmacist.email)?).await? else { continue };
        let (from, to) = (TimeOfDay::parse(demo.hours.0)?, TimeOfDay::parse(demo.hours.1)?);
        let hours = Weekday::ALL.iter().map(|weekday| Period { weekday: *weekday, from, to }).collect();
        let hours = OpeningHours::new(hours).map_err(|(_, why)| DemoError::Hours(why))?;
        let id = PharmacyId::new(opened(), number);
        let pharmacy = Pharmacy {
            listed: ListedPharmacy { id, name: Title::parse(demo.name)?, phone: Phone::parse(demo.phone)?, hours },
            email: Email::parse(demo.email)?,
            collect_within_hours: 72,
            registered_by: stored.account.id,
            registered_at: now,
            version: 1,
        };
        match state.store.pharmacy_register(&pharmacy, &stored.account).await {
            Ok(()) => {}
            Err(PharmacistError::Store(error)) => return Err(error.into()),
            Err(_) => continue,
        }
        for (at, (name, ingredient, form, strength, atc, price, over_the_counter)) in MEDICINES.into_iter().enumerate() {
            let medicine = StockedMedicine {
                id: StockedMedicineId::new(opened(), number * 10 + at as u128),
                pharmacy_id: id,
                name: Title::parse(name)?,
                ingredients: vec![Ingredient::parse(ingredient)?],
                form,
                strength: Title::parse(strength)?,
                atc: Some(Atc::parse(atc)?),
                unit_price: Money::parse(price, state.hospital.currency)?,
                reorder_level: 50,
                over_the_counter,
                version: 1,
            };
            state.store.stocked_medicine_add(&medicine, today).await?;
            for (_, number, days, units) in demo.lots.iter().filter(|(of, ..)| *of == at) {
                receive(state, &medicine, (number, *days, *units), stored.account.id).await?;
            }
        }
    }
    Ok(())
}

async fn receive(
    state: &AppState,
    medicine: &StockedMedicine,
    (number, days, units): (&str, i64, u32),
    by: UserId,
) -> Result<(), DemoError> {
    let now = state.clock.now();
    let id = LotId::new(now, state.random.u128().map_err(HashError::from)?);
    let listed = ListedLot {
        id,
        medicine_id: medicine.id,
        medicine: medicine.what(),
        number: LotNumber::parse(number)?,
        expires_on: state.today().saturating_add(days.days()),
        left: units,
        quarantined: 0,
    };
    let unit_cost = Some(Money::of_minor((medicine.unit_price.minor() / 2).max(1), medicine.unit_price.currency()));
    let lot = ReceivedLot { listed, pharmacy_id: medicine.pharmacy_id, received: units, unit_cost, by, as_of: 0 };
    let (id, changes) = (state.store.movement_id(now)?, vec![Change::of(id, signed(units))]);
    let movement = Movement { id, kind: MovementKind::Received, changes, at: now, by: Some(by), reason: None, allocation: None };
    Ok(state.store.stock_receive(&lot, &movement).await.map(drop)?)
}

/// A value: its name, LOINC code, unit and highest possible value, and what is usual for women and for men.
type DemoParameter = (&'static str, &'static str, &'static str, f64, Limits, Limits);

const fn usual(low: f64, high: f64) -> Limits {
    Limits { critical_low: None, low: Some(low), high: Some(high), critical_high: None }
}

const fn critical(critical_low: f64, low: f64, high: f64, critical_high: f64) -> Limits {
    Limits { critical_low: Some(critical_low), critical_high: Some(critical_high), ..usual(low, high) }
}

struct DemoTest {
    name: &'static str,
    loinc: &'static str,
    specimen: Specimen,
    price: &'static str,
    minutes: u32,
    urgent_minutes: u32,
    parameters: &'static [DemoParameter],
}

/// What the laboratory offers. The ranges are examples: a laboratory has its own.
const TESTS: [DemoTest; 2] = [
    DemoTest {
        name: "Potassium",
        loinc: "2823-3",
        specimen: Specimen::Serum,
        price: "12.50",
        minutes: 120,
        urgent_minutes: 45,
        parameters: &[("Potassium", "2823-3", "mmol/L", 15.0, critical(2.5, 3.5, 5.1, 6.5), critical(2.5, 3.5, 5.1, 6.5))],
    },
    DemoTest {
        name: "Blood count",
        loinc: "58410-2",
        specimen: Specimen::Blood,
        price: "20.00",
        minutes: 180,
        urgent_minutes: 60,
        parameters: &[
            ("Haemoglobin", "718-7", "g/dL", 30.0, critical(7.0, 12.0, 16.0, 20.0), critical(7.0, 13.0, 17.5, 20.0)),
            ("Leukocytes", "6690-2", "10*3/uL", 500.0, critical(1.0, 4.0, 11.0, 50.0), critical(1.0, 4.0, 11.0, 50.0)),
            ("Platelets", "777-3", "10*3/uL", 3000.0, critical(20.0, 150.0, 400.0, 1000.0), critical(20.0, 150.0, 400.0, 1000.0)),
            ("Haematocrit", "4544-3", "%", 80.0, usual(36.0, 46.0), usual(40.0, 52.0)),
        ],
    },
];

/// Opens a laboratory in which two people work, unless one of them works in one already. It is always open, so that the demo works at night.
async fn open_laboratory(state: &AppState) -> Result<(), DemoError> {
    let now = state.clock.now();
    let account = async |person: Person| -> Result<_, DemoError> {
        Ok(state.store.account_by_email(&Email::parse(person.email)?).await?.map(|stored| stored.account))
    };
    let (Some(first), Some(second)) = (account(TECHNICIAN).await?, account(OTHER_TECHNICIAN).await?) else { return Ok(()) };
    let (from, to) = (TimeOfDay::parse("00:00")?, TimeOfDay::parse("24:00")?);
    let hours = Weekday::ALL.iter().map(|weekday| Period { weekday: *weekday, from, to }).collect();
    let hours = OpeningHours::new(hours).map_err(|(_, why)| DemoError::Hours(why))?;
    let id = LaboratoryId::new(opened(), 1);
    let laboratory = Laboratory {
        listed: ListedLaboratory { id, name: Title::parse("Seacole Laboratory")?, phone: Phone::parse("+44 20 7946 0060")?, hours },
        email: Email::parse("laboratory@seacole.example.org")?,
        registered_by: first.id,
        registered_at: now,
        version: 1,
    };
    match state.store.laboratory_register(&laboratory, &first).await {
        Ok(()) => {}
        Err(TechnicianError::Store(error)) => return Err(error.into()),
        Err(_) => return Ok(()),
    }
    let colleague = Technician { laboratory_id: id, user_id: second.id, since: now };
    if let Err(TechnicianError::Store(error)) = state.store.seat_begin(&colleague, &second).await {
        return Err(error.into());
    }
    for (number, demo) in (1..).zip(TESTS) {
        let listed = ListedTest {
            id: OfferedTestId::new(opened(), number),
            laboratory_id: id,
            name: Title::parse(demo.name)?,
            loinc: Some(Loinc::parse(demo.loinc)?),
            specimen: demo.specimen,
            price: Money::parse(demo.price, state.hospital.currency)?,
            minutes: demo.minutes,
            urgent_minutes: Some(demo.urgent_minutes),
            offered: true,
        };
        let parameters = demo.parameters.iter().map(parameter).collect::<Result<_, _>>()?;
        let test = OfferedTest { listed, description: None, parameters, version: 1 };
        if let Err(TestError::Store(error)) = state.store.offered_test_add(&test).await {
            return Err(error.into());
        }
    }
    Ok(())
}

fn parameter((name, loinc, unit, highest, women, men): &DemoParameter) -> Result<Parameter, Invalid> {
    let adults = |sex, limits: &Limits| -> Result<ReferenceRange, Invalid> {
        Ok(ReferenceRange { sex: Some(sex), from: Age::new(18, AgeUnit::Years)?, to: None, limits: limits.check()? })
    };
    let ranges = ReferenceRanges::new(vec![adults(Sex::Female, women)?, adults(Sex::Male, men)?])?;
    let measure = Measure { unit: (*unit).to_owned(), lowest: 0.0, highest: *highest, ranges }.check()?;
    Ok(Parameter { name: Title::parse(name)?, loinc: Some(Loinc::parse(loinc)?), measure: Some(measure) })
}

/// Books two appointments for the first demo patient, unless they have upcoming ones already.
async fn book_first_appointments(state: &AppState) -> Result<(), DemoError> {
    let Some(patient) = PATIENTS.first() else { return Ok(()) };
    let account = state.store.account_by_email(&Email::parse(patient.person.email)?).await?;
    let Some(patient_id) = account.and_then(|stored| stored.account.patient_id) else { return Ok(()) };
    let (now, zone) = (state.clock.now(), &state.hospital.zone);
    if !state.store.appointment_list_of_patient(patient_id, When::Upcoming.into(), now, zone, None, 1).await?.is_empty() {
        return Ok(());
    }
    let Some(patient) = state.store.patient(patient_id).await? else { return Ok(()) };
    for (demo, hours_ahead, reason) in
        DOCTORS.iter().zip([24, 96]).zip(["Yearly checkup", "Palpitations since Monday"]).map(|((a, b), c)| (a, b, c))
    {
        let account = state.store.account_by_email(&Email::parse(demo.person.email)?).await?;
        let Some(doctor_id) = account.and_then(|stored| stored.account.doctor_id) else { continue };
        let Some(doctor) = state.store.doctor(doctor_id).await? else { continue };
        let from = now.saturating_add(jiff::SignedDuration::from_hours(hours_ahead)).unwrap_or(now);
        let Some(slot) = state.store.doctor_next_free_slots(&doctor, from, 1, now, zone).await?.first().copied() else { continue };
        let id = AppointmentId::new(now, state.random.u128().map_err(HashError::from)?);
        let appointment = Appointment::book(id, &patient, &doctor, slot, Reason::parse(reason)?, now, zone);
        let day = state.store.doctor_day(doctor_id, slot.day(zone)).await?;
        state.store.appointment_book(&appointment, &doctor, day.plan, zone).await?;
    }
    Ok(())
}
