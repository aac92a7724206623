//! Accounts: who can sign in, and how an account changes from pending to active, rejected, suspended or closed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    id::{DoctorId, PatientId, UserId},
    role::Role,
    text::{Email, PersonName, Phone},
};

/// An account: how a person proves who they are, and in which roles they act.
///
/// It does not hold the hash of the password: the store keeps that beside the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// The person's email address. It belongs to one account only.
    pub email: Email,
    /// Whether the person has proven that the address is theirs.
    pub email_confirmed: bool,
    /// The person's name.
    pub name: PersonName,
    /// Earlier names, oldest first. Audit entries carry them, so that readers recognize the person after a change of name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_names: Vec<PersonName>,
    /// The telephone number of a staff member. A patient's number is in the patient profile.
    pub phone: Option<Phone>,
    /// The account's status.
    pub status: Status,
    /// The roles that the person has while the account is active.
    pub roles: BTreeSet<Role>,
    /// The role that waits for approval.
    pub requested_role: Option<Role>,
    /// Whether an administrator has granted the requested role. It takes effect with the confirmed address.
    pub approved: bool,
    /// The person's patient profile, if they are a patient.
    pub patient_id: Option<PatientId>,
    /// The patient for whom the front desk has opened the account. Until the front desk has confirmed that its owner is this patient, the
    /// account shows nothing of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_for: Option<PatientId>,
    /// The person's doctor profile, if they are a doctor.
    pub doctor_id: Option<DoctorId>,
    /// Grows when every sign-in ends: sign-ins that began under a lower number are over.
    pub sign_in_epoch: u32,
    /// When the account was opened.
    pub created_at: Timestamp,
    /// Grows with each change; sent as the ETag.
    pub version: u64,
}

/// The status of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for an administrator's approval, for a confirmed address, or for both.
    Pending,
    /// In use.
    Active,
    /// An administrator refused the role. The person can sign in and sees this account only.
    Rejected,
    /// An administrator has blocked the account until it is reinstated.
    Suspended,
    /// Its owner closed it for good.
    Closed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Active, Self::Rejected, Self::Suspended, Self::Closed];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Rejected => "rejected",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }
}

/// The list that an account appears in. Every account is in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Active administrators.
    Administrators,
    /// Other active accounts with a staff role.
    Staff,
    /// Active accounts without a staff role.
    Patients,
    /// Accounts that are not active, by status.
    Other(Status),
}

impl Group {
    /// The list that an account is in.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        match account.status {
            Status::Active if account.roles.contains(&Role::Administrator) => Self::Administrators,
            Status::Active if account.roles.iter().any(|role| role.is_staff()) => Self::Staff,
            Status::Active => Self::Patients,
            other => Self::Other(other),
        }
    }

    /// The list's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrators => "administrators",
            Self::Staff => "staff",
            Self::Patients => "patients",
            Self::Other(status) => status.as_str(),
        }
    }

    /// Every list.
    pub(crate) const ALL: [Self; 7] = [
        Self::Administrators,
        Self::Staff,
        Self::Patients,
        Self::Other(Status::Pending),
        Self::Other(Status::Rejected),
        Self::Other(Status::Suspended),
        Self::Other(Status::Closed),
    ];

    /// Parses the name of a list.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == text)
    }
}

/// Why a change of an account is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The account's status does not allow the change.
    #[error("the account is {}", .0.as_str())]
    Status(Status),
    /// No role of the account waits for approval.
    #[error("no role is waiting for approval")]
    NothingRequested,
    /// The role of patient without a patient profile, or a patient profile without the role.
    #[error("the role of patient and a patient profile belong together")]
    PatientRole,
    /// A doctor profile without the role of doctor.
    #[error("an account with a doctor profile keeps the role of doctor")]
    DoctorRole,
    /// The email address is not confirmed.
    #[error("the email address is not confirmed")]
    Unconfirmed,
    /// Patients see the names of staff, so only an administrator changes them.
    #[error("only an administrator changes the names of staff")]
    NameOfStaff,
    /// Other people rely on the account.
    #[error("an administrator, or a doctor with a profile, cannot close their own account")]
    StillNeeded,
}

impl Account {
    /// A new account in one role. A patient's account is active at once; every other account waits for approval.
    #[must_use]
    pub fn open(id: UserId, email: Email, name: PersonName, role: Role, now: Timestamp) -> Self {
        let (status, roles, requested_role) = match role {
            Role::Patient => (Status::Active, [role].into(), None),
            staff => (Status::Pending, BTreeSet::new(), Some(staff)),
        };
        Self {
            id,
            email,
            email_confirmed: false,
            name,
            earlier_names: Vec::new(),
            phone: None,
            status,
            roles,
            requested_role,
            approved: false,
            patient_id: None,
            opened_for: None,
            doctor_id: None,
            sign_in_epoch: 0,
            created_at: now,
            version: 1,
        }
    }

    /// An account that an administrator opens for somebody. It is approved, and becomes active when the person proves the address.
    #[must_use]
    pub fn invite(id: UserId, email: Email, name: PersonName, role: Role, now: Timestamp) -> Self {
        Self { approved: true, ..Self::open(id, email, name, role, now) }
    }

    /// An account that the front desk opens for a patient whom it has registered.
    #[must_use]
    pub fn open_for_patient(id: UserId, email: Email, patient: PatientId, now: Timestamp) -> Self {
        let (status, roles, requested_role) = (Status::Pending, BTreeSet::new(), Some(Role::Patient));
        // Whoever has the address must not learn who is a patient here, so the name comes later.
        let name = PersonName::new_patient();
        Self { status, roles, requested_role, opened_for: Some(patient), ..Self::open(id, email, name, Role::Patient, now) }
    }

    /// The front desk has confirmed that its owner is the patient for whom it was opened, and whose name it gets.
    ///
    /// # Errors
    /// When it was opened for nobody, or its owner has not proven the address.
    pub fn confirm_patient(self, name: PersonName) -> Result<Self, Refused> {
        self.only(&[Status::Pending, Status::Rejected])?;
        let Some(patient) = self.opened_for else { return Err(Refused::NothingRequested) };
        if !self.email_confirmed {
            return Err(Refused::Unconfirmed);
        }
        let (status, roles) = (Status::Active, [Role::Patient].into());
        Ok(Self { status, roles, requested_role: None, opened_for: None, patient_id: Some(patient), name, ..self }.changed())
    }

    /// The roles that count now: none while the account is not active.
    #[must_use]
    pub fn active_roles(&self) -> BTreeSet<Role> {
        if self.status == Status::Active { self.roles.clone() } else { BTreeSet::new() }
    }

    /// Whether its owner may sign in. They also may while the account is pending or rejected, to see its status.
    #[must_use]
    pub const fn may_sign_in(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Active | Status::Rejected)
    }

    /// Whether patients can book the account's doctor. They can from the invitation on, but not while the account is suspended or closed.
    #[must_use]
    pub const fn takes_appointments(&self) -> bool {
        matches!(self.status, Status::Active) || (matches!(self.status, Status::Pending) && self.approved)
    }

    /// Whether emails may still go to its address.
    #[must_use]
    pub const fn may_be_written_to(&self) -> bool {
        !matches!(self.status, Status::Closed)
    }

    /// An administrator grants the role that was asked for.
    ///
    /// # Errors
    /// When no role waits for approval.
    pub fn approve(self) -> Result<Self, Refused> {
        self.only(&[Status::Pending, Status::Rejected])?;
        // The front desk confirms who a patient is: see `confirm_patient`.
        if self.approved || !self.requested_role.is_some_and(Role::is_staff) {
            return Err(Refused::NothingRequested);
        }
        Ok(Self { approved: true, status: Status::Pending, ..self }.settled().changed())
    }

    /// An administrator refuses the role that was asked for.
    ///
    /// # Errors
    /// When the account is not pending.
    pub fn reject(self) -> Result<Self, Refused> {
        self.only(&[Status::Pending])?;
        Ok(Self { status: Status::Rejected, approved: false, ..self }.changed())
    }

    /// Its owner has proven that this address is theirs. The first administrator needs no approval.
    ///
    /// # Errors
    /// When the account is suspended or closed. Also when it is pending or rejected and this is not the address that it asked for the
    /// role with: administrators have judged that one.
    pub fn prove_email(self, email: Email, first_administrator: bool) -> Result<Self, Refused> {
        let same = email == self.email;
        self.only(if same { &[Status::Pending, Status::Active, Status::Rejected] } else { &[Status::Active] })?;
        let mut proven = Self { email, email_confirmed: true, ..self };
        if first_administrator {
            proven.roles.insert(Role::Administrator);
            (proven.status, proven.requested_role, proven.approved) = (Status::Active, None, false);
        }
        Ok(proven.settled().changed())
    }

    /// An administrator suspends the account. Every sign-in ends.
    ///
    /// # Errors
    /// When the account is not active.
    pub fn suspend(self) -> Result<Self, Refused> {
        self.only(&[Status::Active])?;
        Ok(Self { status: Status::Suspended, ..self }.signed_out().changed())
    }

    /// An administrator makes a suspended account active again.
    ///
    /// # Errors
    /// When the account is not suspended.
    pub fn reinstate(self) -> Result<Self, Refused> {
        self.only(&[Status::Suspended])?;
        Ok(Self { status: Status::Active, ..self }.changed())
    }

    /// An administrator sets the person's roles.
    ///
    /// # Errors
    /// When the account is neither active nor suspended, or when the roles do not fit its patient profile or doctor profile. Also when the
    /// address is not confirmed and a role is a staff role: somebody else may have opened the account.
    pub fn set_roles(self, roles: BTreeSet<Role>) -> Result<Self, Refused> {
        self.only(&[Status::Active, Status::Suspended])?;
        if !self.email_confirmed && roles.iter().any(|role| role.is_staff()) {
            return Err(Refused::Unconfirmed);
        }
        if roles.contains(&Role::Patient) != self.patient_id.is_some() {
            return Err(Refused::PatientRole);
        }
        if self.doctor_id.is_some() && !roles.contains(&Role::Doctor) {
            return Err(Refused::DoctorRole);
        }
        Ok(Self { roles, requested_role: None, approved: false, ..self }.changed())
    }

    /// Its owner changes the name. Staff cannot do this alone, because patients see their names.
    ///
    /// # Errors
    /// When the account has a staff role, or waits for one.
    pub fn rename_own(self, name: PersonName) -> Result<Self, Refused> {
        if self.requested_role.is_some() || self.roles.iter().any(|role| role.is_staff()) {
            return Err(Refused::NameOfStaff);
        }
        Ok(Self { name, ..self }.changed())
    }

    /// An administrator changes the name. The earlier name is kept.
    ///
    /// # Errors
    /// When the account is closed.
    pub fn rename(self, name: PersonName) -> Result<Self, Refused> {
        self.only(&[Status::Pending, Status::Active, Status::Rejected, Status::Suspended])?;
        if name == self.name {
            return Ok(self);
        }
        let mut earlier_names = self.earlier_names.clone();
        earlier_names.retain(|earlier| *earlier != self.name);
        earlier_names.push(self.name.clone());
        Ok(Self { name, earlier_names, ..self }.changed())
    }

    /// Its owner closes the account for good.
    ///
    /// # Errors
    /// When it is suspended or closed, or belongs to an administrator or a doctor: other people rely on those.
    pub fn close(self) -> Result<Self, Refused> {
        self.only(&[Status::Pending, Status::Active, Status::Rejected])?;
        if self.roles.contains(&Role::Administrator) || self.doctor_id.is_some() {
            return Err(Refused::StillNeeded);
        }
        Ok(Self { status: Status::Closed, phone: None, ..self }.signed_out().changed())
    }

    /// Ends every sign-in.
    #[must_use]
    pub fn signed_out(self) -> Self {
        Self { sign_in_epoch: self.sign_in_epoch + 1, ..self }
    }

    /// Counts a change.
    #[must_use]
    pub fn changed(self) -> Self {
        Self { version: self.version + 1, ..self }
    }

    /// Grants the requested role once it is approved and the address is confirmed.
    fn settled(mut self) -> Self {
        if self.approved && self.email_confirmed && self.status == Status::Pending {
            self.roles.extend(self.requested_role.take());
            (self.status, self.approved) = (Status::Active, false);
        }
        self
    }

    fn only(&self, allowed: &[Status]) -> Result<(), Refused> {
        if allowed.contains(&self.status) { Ok(()) } else { Err(Refused::Status(self.status)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(role: Role) -> Account {
        let (id, now) = (UserId::new(Timestamp::UNIX_EPOCH, 1), Timestamp::UNIX_EPOCH);
        Account::open(id, address(), PersonName::parse("Rosa Parks").unwrap(), role, now)
    }

    fn address() -> Email {
        Email::parse("rosa@example.org").unwrap()
    }

    #[test]
    fn a_patient_is_active_at_once_and_nobody_else() {
        for role in Role::ALL {
            let account = account(role);
            assert_eq!(account.status == Status::Active, role == Role::Patient, "{role:?}");
            assert_eq!(account.active_roles().contains(&role), role == Role::Patient, "{role:?}");
        }
    }

    #[test]
    fn approval_and_a_confirmed_address_are_both_needed_in_any_order() {
        let approved = account(Role::Nurse).approve().unwrap();
        assert_eq!((approved.status, approved.active_roles().len()), (Status::Pending, 0));
        let both = approved.prove_email(address(), false).unwrap();
        let confirmed = account(Role::Nurse).prove_email(address(), false).unwrap();
        assert_eq!(confirmed.status, Status::Pending);
        let other_order = confirmed.approve().unwrap();
        for active in [both, other_order] {
            assert_eq!((active.status, active.version), (Status::Active, 3));
            assert_eq!(active.active_roles(), [Role::Nurse].into());
            assert_eq!(active.clone().approve(), Err(Refused::Status(Status::Active)));
        }
    }

    #[test]
    fn a_refused_request_can_still_be_approved() {
        let rejected = account(Role::Pharmacist).prove_email(address(), false).unwrap().reject().unwrap();
        assert!(rejected.may_sign_in() && rejected.active_roles().is_empty());
        assert_eq!(rejected.clone().reject(), Err(Refused::Status(Status::Rejected)));
        assert_eq!(rejected.approve().unwrap().status, Status::Active);
    }

    #[test]
    fn the_first_administrator_needs_the_address_only() {
        let first = account(Role::Administrator).prove_email(address(), true).unwrap();
        assert_eq!((first.status, first.active_roles()), (Status::Active, [Role::Administrator].into()));
        assert_eq!(account(Role::Administrator).prove_email(address(), false).unwrap().status, Status::Pending);
    }

    #[test]
    fn what_was_approved_is_the_address_that_administrators_were_told_of() {
        let other = Email::parse("mallory@example.org").unwrap();
        for waiting in [account(Role::Doctor), account(Role::Doctor).approve().unwrap(), account(Role::Doctor).reject().unwrap()] {
            let status = waiting.status;
            assert_eq!(waiting.prove_email(other.clone(), false), Err(Refused::Status(status)));
        }
        let moved = account(Role::Patient).prove_email(other.clone(), false).unwrap();
        assert_eq!((moved.email, moved.status), (other, Status::Active));
    }

    #[test]
    fn nobody_works_here_under_an_address_that_is_not_confirmed() {
        let patient = Account { patient_id: Some(PatientId::new(Timestamp::UNIX_EPOCH, 3)), ..account(Role::Patient) };
        let both: BTreeSet<_> = [Role::Patient, Role::Nurse].into();
        assert_eq!(patient.clone().set_roles(both.clone()), Err(Refused::Unconfirmed));
        assert_eq!(patient.prove_email(address(), false).unwrap().set_roles(both.clone()).unwrap().roles, both);
    }

    #[test]
    fn a_name_that_patients_see_is_changed_by_an_administrator_and_kept() {
        let name = |text: &str| PersonName::parse(text).unwrap();
        assert_eq!(account(Role::Patient).rename_own(name("Rosa Lee")).unwrap().name, name("Rosa Lee"));
        let waiting = account(Role::Nurse);
        let nurse = waiting.clone().approve().unwrap().prove_email(address(), false).unwrap();
        for staff in [waiting, nurse] {
            assert_eq!(staff.clone().rename_own(name("Mary Seacole")), Err(Refused::NameOfStaff));
            let renamed = staff.rename(name("Rosa Lee")).unwrap();
            assert_eq!((renamed.name.clone(), renamed.earlier_names.clone()), (name("Rosa Lee"), vec![name("Rosa Parks")]));
            let back = renamed.rename(name("Rosa Parks")).unwrap();
            assert_eq!(back.earlier_names, [name("Rosa Parks"), name("Rosa Lee")]);
        }
    }

    #[test]
    fn suspension_ends_every_sign_in_and_can_be_taken_back() {
        let nurse = account(Role::Nurse).approve().unwrap().prove_email(address(), false).unwrap();
        let suspended = nurse.clone().suspend().unwrap();
        assert!(!suspended.may_sign_in() && suspended.active_roles().is_empty());
        assert_eq!(suspended.sign_in_epoch, nurse.sign_in_epoch + 1);
        assert_eq!(suspended.clone().prove_email(address(), true), Err(Refused::Status(Status::Suspended)));
        assert_eq!(suspended.reinstate().unwrap().active_roles(), [Role::Nurse].into());
    }

    #[test]
    fn roles_go_with_the_record_and_the_profile() {
        let nurse = account(Role::Nurse).approve().unwrap().prove_email(address(), false).unwrap();
        assert_eq!(nurse.clone().set_roles([Role::Patient].into()), Err(Refused::PatientRole));
        assert_eq!(nurse.clone().set_roles([Role::WardManager].into()).unwrap().active_roles(), [Role::WardManager].into());
        let doctor = Account { doctor_id: Some(DoctorId::new(Timestamp::UNIX_EPOCH, 2)), ..nurse };
        assert_eq!(doctor.clone().set_roles([Role::Nurse].into()), Err(Refused::DoctorRole));
        assert_eq!(doctor.close(), Err(Refused::StillNeeded));
    }
}
