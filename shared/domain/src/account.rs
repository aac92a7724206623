//! Who can sign in, and how an account lives: asked for, approved, active, suspended, closed.

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
/// The password's hash is kept beside it by the `users` function and never travels with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// Where mail reaches the person; unique in the hospital.
    pub email: Email,
    /// Whether the person has shown that the address is theirs.
    pub email_confirmed: bool,
    /// How the person is addressed.
    pub name: PersonName,
    /// What they were called before, oldest first, for whoever reads who did what back then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_names: Vec<PersonName>,
    /// Where a call reaches them.
    pub phone: Option<Phone>,
    /// How far it has come.
    pub status: Status,
    /// What the person may act as while the account is active.
    pub roles: BTreeSet<Role>,
    /// The role that waits for approval.
    pub requested_role: Option<Role>,
    /// Whether an administrator has granted the requested role. It takes effect with the confirmed address.
    pub approved: bool,
    /// The person's own record, when they are a patient.
    pub patient_id: Option<PatientId>,
    /// The person's profile, when they are a doctor.
    pub doctor_id: Option<DoctorId>,
    /// Sign-ins of an earlier number are over.
    pub sign_in_epoch: u32,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Counts the changes; the ETag.
    pub version: u64,
}

/// How far an account has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for an administrator's approval, for a confirmed address, or for both.
    Pending,
    /// In use.
    Active,
    /// An administrator said no. Only the account itself can be seen.
    Rejected,
    /// An administrator ended its access for now.
    Suspended,
    /// Its owner closed it, for good.
    Closed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Active, Self::Rejected, Self::Suspended, Self::Closed];

    /// The wire name.
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

/// Lists that accounts are in, each in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Who decides about accounts.
    Administrators,
    /// Others who work here.
    Staff,
    /// Who is nothing but a patient.
    Patients,
    /// By status, when they are not active.
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

/// Why an account cannot be changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// What was asked for does not follow from its status.
    #[error("the account is {}", .0.as_str())]
    Status(Status),
    /// Nobody asked for a role.
    #[error("no role is waiting for approval")]
    NothingRequested,
    /// A patient without a record, or a record without the role.
    #[error("the role of patient goes with a patient's record")]
    PatientRole,
    /// A profile without the role.
    #[error("the role of doctor goes with the profile that the account has")]
    DoctorRole,
    /// Nobody has shown that the address is theirs.
    #[error("the address is not confirmed")]
    Unconfirmed,
    /// Patients see the names of staff: an administrator changes them.
    #[error("an administrator changes the names of staff")]
    NameOfStaff,
    /// Others rely on it.
    #[error("an administrator or a doctor with a profile cannot leave by themselves")]
    StillNeeded,
}

impl Account {
    /// A person's new account in one role: a patient's is active at once, every other waits.
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
            doctor_id: None,
            sign_in_epoch: 0,
            created_at: now,
            version: 1,
        }
    }

    /// An account that an administrator opens for somebody: approved, it waits for them to prove the address.
    #[must_use]
    pub fn invite(id: UserId, email: Email, name: PersonName, role: Role, now: Timestamp) -> Self {
        Self { approved: true, ..Self::open(id, email, name, role, now) }
    }

    /// The roles that count now.
    #[must_use]
    pub fn active_roles(&self) -> BTreeSet<Role> {
        if self.status == Status::Active { self.roles.clone() } else { BTreeSet::new() }
    }

    /// Whether its owner may sign in: while they wait or were refused, to see how the account stands.
    #[must_use]
    pub const fn may_sign_in(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Active | Status::Rejected)
    }

    /// Whether its doctor can be booked: also before an invitation is accepted, and not when the account has no access.
    #[must_use]
    pub const fn takes_appointments(&self) -> bool {
        matches!(self.status, Status::Active) || (matches!(self.status, Status::Pending) && self.approved)
    }

    /// Whether mail may still go to its address.
    #[must_use]
    pub const fn may_be_written_to(&self) -> bool {
        !matches!(self.status, Status::Closed)
    }

    /// An administrator grants the role that was asked for.
    ///
    /// # Errors
    /// When nothing waits for approval.
    pub fn approve(self) -> Result<Self, Refused> {
        self.only(&[Status::Pending, Status::Rejected])?;
        if self.approved || self.requested_role.is_none() {
            return Err(Refused::NothingRequested);
        }
        Ok(Self { approved: true, status: Status::Pending, ..self }.settled().changed())
    }

    /// An administrator refuses the role that was asked for.
    ///
    /// # Errors
    /// When the account does not wait.
    pub fn reject(self) -> Result<Self, Refused> {
        self.only(&[Status::Pending])?;
        Ok(Self { status: Status::Rejected, approved: false, ..self }.changed())
    }

    /// Its owner has proven that this address is theirs. The hospital's first administrator needs nobody's approval.
    ///
    /// # Errors
    /// When the account is suspended or closed; when it waits, and the address is not the one that administrators were told of.
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

    /// An administrator ends its access for now; every sign-in is over.
    ///
    /// # Errors
    /// When it has no access.
    pub fn suspend(self) -> Result<Self, Refused> {
        self.only(&[Status::Active])?;
        Ok(Self { status: Status::Suspended, ..self }.signed_out().changed())
    }

    /// An administrator gives it back.
    ///
    /// # Errors
    /// When it is not suspended.
    pub fn reinstate(self) -> Result<Self, Refused> {
        self.only(&[Status::Suspended])?;
        Ok(Self { status: Status::Active, ..self }.changed())
    }

    /// An administrator says what the person is.
    ///
    /// # Errors
    /// When the account is neither active nor suspended, the roles do not go with its record or its profile, or nobody has shown yet that its address
    /// is theirs: whoever opened it might not be who it says.
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

    /// Its owner is called something else. Patients see the names of staff, so nobody who works here, or wants to, picks a new one alone.
    ///
    /// # Errors
    /// When it has a staff role, or waits for one.
    pub fn rename_own(self, name: PersonName) -> Result<Self, Refused> {
        if self.requested_role.is_some() || self.roles.iter().any(|role| role.is_staff()) {
            return Err(Refused::NameOfStaff);
        }
        Ok(Self { name, ..self }.changed())
    }

    /// An administrator changes what the person is called. The earlier name is kept.
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

    /// Its owner leaves, for good.
    ///
    /// # Errors
    /// When others rely on it.
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

    /// Approval and a confirmed address together make the requested role real.
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
