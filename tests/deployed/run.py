#!/usr/bin/env python3
"""Deploys infra/template.yaml and walks the journeys of README.md against the deployed HTTP API.

    tests/deployed/run.py                      on an AWS-compatible stack that it starts, with IAM evaluated
    tests/deployed/run.py --endpoint URL       on such a stack that is running
    tests/deployed/run.py --aws --stack NAME --sender ADDRESS [--region REGION]
                                               on a real account, with your credentials and a sender that its SES has verified. Emails go
                                               to SES's mailbox simulator, which the SES sandbox allows. Each run needs a new stack.
    tests/deployed/run.py --watch data         on `cargo run -- services` and infra/watch.sh, without deploying

Run it with the Python of an environment that has infra/requirements.txt. Package the functions first:
`infra/package.sh debug` for the emulated stack, `infra/package.sh x86_64` for a real account.

On the emulated stack it also restores the table as infra/README.md says, but leaves out deletion protection.
"""

import argparse
import base64
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import botocore.exceptions

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUNCTIONS = ["UsersFunction", "PatientsFunction", "DoctorsFunction", "AppointmentsFunction", "MedicalRecordsFunction", "StaffFunction", "WardsFunction", "EmergencyFunction", "LaboratoryFunction", "PharmacyFunction", "BillingFunction", "FeedbackFunction", "ReportsFunction", "NotificationsFunction", "LowStockFunction", "RemindersFunction"]
PEOPLE = ["ada", "alan", "helen", "mary", "florence"]
# On a real account the test cannot read the emails. It looks up their deliveries instead, whose ids say what they are about.
DELIVERIES = {
    "Welcome to": "-welcome", "You have an account": "-registered-again-", "You are invited to": "tok_", "Your sign-in to": "tok_",
    "Your appointment with Dr. Helen Taussig is booked": "-booked-patient", "New appointment:": "-booked-doctor", "Your appointment with Dr. Helen Taussig has moved": "-moved-patient",
    "Your appointment with Dr. Helen Taussig is cancelled": "-cancelled-patient", "Reminder: your appointment": "-reminder-patient", "Reminder: appointment with": "-reminder-doctor",
    "Mary Mahoney asks for": "-requested-", "Your account at Seacole General Hospital is active": "-active",
    "Dr. Helen Taussig has prescribed": "-v1-patient", "You have a new shift": "-v1", "Your leave is approved": "-person", "Please choose a new time": "-time-patient",
    "Your account at": "tok_", "A time with Dr. Helen Taussig": "-offer", "Appointment cancelled:": "-cancelled-doctor",
    "Bed 7 on the ward ICU": "clean-icu-7-", "Critical care: a patient comes": "adm_",
    "A lab order for": "-placed-patient", "Potassium was ordered": "-placed-laboratory", "Critical result": "-critical-", "A result for Ada Byron was amended": "-patient",
    "A result for": "-released-patient", "A result was amended": "-doctor",
    "Invoice": "-issued-patient", "Receipt": "-patient", "A refund for": "-refund-", "USD 2.00 was paid back": "-patient",
}


class Failed(Exception):
    """A failure, with one line that says what is wrong."""


def main() -> int:
    arguments = parse()
    stack = None
    try:
        if arguments.watch is not None:
            Watched(arguments.watch).story()
            step("passed")
            return 0
        for function in sorted(path.name for path in (ROOT / "functions").iterdir()):
            if not (ROOT / "target/lambda" / function / "bootstrap").is_file():
                raise Failed(f"function {function} is not packaged: run infra/package.sh first")
        endpoint = arguments.endpoint
        if not arguments.aws and endpoint is None:
            stack = Stack(arguments.ministack, arguments.port, arguments.auth, arguments.region)
            endpoint = stack.url
        if endpoint is not None:
            reach(endpoint)
        Deployment(arguments, endpoint).test()
        return 0
    except Failed as failed:
        print(f"deployed-stack test: {failed}", file=sys.stderr)
        if stack is not None and stack.log.is_file():
            print(f"  the stack's log is {stack.log}", file=sys.stderr)
        return 1
    finally:
        if stack is not None:
            stack.stop()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", help="a running AWS-compatible stack")
    parser.add_argument("--aws", action="store_true", help="a real account")
    parser.add_argument("--watch", type=pathlib.Path, metavar="DIR", help="the data folder of the services that run")
    parser.add_argument("--stack", default="meditrack-test", help="the CloudFormation stack's name")
    parser.add_argument("--port", type=int, default=4566, help="where to start the stack")
    parser.add_argument("--ministack", default="ministack", help="the ministack program")
    parser.add_argument("--no-auth", dest="auth", action="store_false", help="do not evaluate IAM")
    parser.add_argument("--region", default="eu-west-2", help="where to deploy")
    parser.add_argument("--sender", help="where emails come from; on a real account an identity that SES has verified")
    arguments = parser.parse_args()
    if arguments.aws and arguments.sender is None:
        parser.error("--aws needs --sender: nothing is sent from an address that SES has not verified")
    return arguments


def reach(endpoint: str) -> None:
    try:
        urllib.request.urlopen(endpoint, timeout=10).close()
    except urllib.error.HTTPError:
        pass
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise Failed(f"nothing answers at {endpoint} ({error})") from None


class Stack:
    """The emulated AWS, started and stopped by this test."""

    def __init__(self, program: str, port: int, auth: bool, region: str):
        if shutil.which(program) is None:
            raise Failed(f"{program} is not installed: pip install -r tests/deployed/requirements.txt")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise Failed(f"port {port} is in use: stop what is there, or choose another with --port")
        self.url = f"http://localhost:{port}"
        self.log = ROOT / "target" / "deployed-stack.log"
        self.log.parent.mkdir(exist_ok=True)
        environment = os.environ | {
            "GATEWAY_PORT": str(port),
            "AUTH": "true" if auth else "false",
            "MINISTACK_REGION": region,
            # The functions (provided.*) learn the stack's address only if this is in the stack's own environment.
            "AWS_ENDPOINT_URL": self.url,
        }
        self.process = subprocess.Popen([program], env=environment, stdout=self.log.open("w"), stderr=subprocess.STDOUT, start_new_session=True)
        for _ in range(150):
            if self.process.poll() is not None:
                raise Failed(f"the stack did not start; see {self.log}")
            try:
                urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=1).close()
                return
            except OSError:
                time.sleep(0.2)
        self.stop()
        raise Failed(f"the stack did not answer within 30 seconds; see {self.log}")

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)


class Deployment:
    """A deployed stack, and the journeys that the test walks on it."""

    def __init__(self, arguments: argparse.Namespace, endpoint: str | None):
        self.name, self.emulated, self.endpoint = arguments.stack, endpoint is not None, endpoint
        self.region, self.sender = arguments.region, arguments.sender or "hospital@seacole.example.org"
        self.host: str | None = None
        self.administrator, self.sent = self.at("florence"), set()
        self.auth = arguments.auth
        self.environment = dict(os.environ, SAM_CLI_TELEMETRY="0", AWS_DEFAULT_REGION=self.region)
        if self.emulated:
            self.environment |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": endpoint}
            os.environ.update({key: self.environment[key] for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")})
        client = lambda service: boto3.client(service, region_name=self.region, endpoint_url=endpoint)
        self.ses, self.cloudformation, self.api = client("sesv2"), client("cloudformation"), client("apigatewayv2")
        self.scheduler, self.dynamodb, self.functions, self.iam = client("scheduler"), client("dynamodb"), client("lambda"), client("iam")

    # ------------------------------------------------------------ deploying

    def test(self) -> None:
        started = time.monotonic()
        if self.emulated:
            for address in [self.sender, *map(self.at, PEOPLE)]:
                self.ses.create_email_identity(EmailIdentity=address)
        self.parameters = self.make_parameters()
        self.deploy()
        step(f"deployed in {time.monotonic() - started:.0f} s")
        self.table = self.physical("Table")
        self.url = self.open_api()
        if self.emulated and self.auth:
            self.name_schedules_as_the_emulator_does()
            self.reach_documents_as_the_emulator_does()
        self.story()
        if self.emulated:
            self.bounce()
            self.replay()
            self.refused_email()
            self.restore()
        if self.emulated and self.auth:
            self.signing_key_is_for_users_alone()
            self.documents_are_for_who_keeps_them()
            self.permissions()
        if self.auth:
            self.table_is_shared_by_key()
        if not self.emulated:
            step(f"SES took {len(self.sent)} emails. Not checked here: their text, reports of bounces, replaying, sending again, restoring")
        elif not self.auth:
            step("not checked: permissions, because IAM is not evaluated")
        step(f"passed in {time.monotonic() - started:.0f} s")

    def at(self, name: str) -> str:
        """A person's address. On a real account it is in SES's mailbox simulator: nobody gets an email, and nothing bounces."""
        return f"{name}@example.org" if self.emulated else f"success+{name}@simulator.amazonses.com"

    def make_parameters(self) -> dict:
        """The template's parameters, made as infra/README.md says."""
        hospital = {
            "HospitalName": "Seacole General Hospital", "TimeZone": "Europe/London", "SenderEmail": self.sender,
            "PortalUrl": "https://portal.example.org", "AdministratorEmail": self.administrator,
        }
        return json.loads(run(["cargo", "run", "--quiet", "--", "secrets", *(f"{name}={value}" for name, value in hospital.items())]))

    def deploy(self, **others: str) -> None:
        file = ROOT / "target" / f"{self.name}.yaml"
        file.touch(mode=0o600)
        file.write_text(json.dumps(self.parameters | others))
        command = [str(pathlib.Path(sys.executable).parent / "sam"), "deploy", "--stack-name", self.name, "--template-file", "infra/template.yaml"]
        command += ["--region", self.region, "--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset"]
        result = subprocess.run([*command, "--parameter-overrides", f"file://{file}"], cwd=ROOT, env=self.environment, capture_output=True, text=True)
        if result.returncode != 0:
            raise Failed("sam deploy failed: " + " | ".join((result.stdout + result.stderr).strip().splitlines()[-8:]))

    def physical(self, logical: str) -> str:
        return self.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical)["StackResourceDetail"]["PhysicalResourceId"]

    def open_api(self) -> str:
        """The API's address. The emulator does not read an API's Body, where SAM puts the routes, so this makes the routes from it."""
        api = self.physical("Api")
        if not self.emulated:
            return self.api.get_api(ApiId=api)["ApiEndpoint"]
        template = self.cloudformation.get_template(StackName=self.name, TemplateStage="Processed")["TemplateBody"]
        template = json.loads(template) if isinstance(template, str) else template
        integrations: dict[str, str] = {}
        for path, methods in template["Resources"]["Api"]["Properties"]["Body"]["paths"].items():
            for method, operation in methods.items():
                function = json.dumps(operation["x-amazon-apigateway-integration"]["uri"]).split("${")[-1].split(".Arn")[0]
                if function not in integrations:
                    arn = self.functions.get_function(FunctionName=self.physical(function))["Configuration"]["FunctionArn"]
                    made = self.api.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0")
                    integrations[function] = made["IntegrationId"]
                self.api.create_route(ApiId=api, RouteKey=f"{'ANY' if method == 'x-amazon-apigateway-any-method' else method.upper()} {path}", Target=f"integrations/{integrations[function]}")
        # Host names that end in localhost do not resolve everywhere. The emulator looks at the Host header only.
        self.host = f"{api}.execute-api.{self.endpoint.removeprefix('http://')}"
        return self.endpoint

    def name_schedules_as_the_emulator_does(self) -> None:
        """The emulator evaluates every schedule as one of the default group. This changes the template's statement to that group."""
        group = self.physical("ReminderGroup").rsplit("/", 1)[-1]
        for role in (self.role("NotificationsFunction"), self.role("LowStockFunction")):
            for name in self.iam.list_role_policies(RoleName=role)["PolicyNames"]:
                document = json.dumps(self.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
                if "scheduler:CreateSchedule" in document:
                    check(f":schedule/{group}/" in document, "the template allows schedules of the stack's own group only")
                    self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document.replace(f":schedule/{group}/", ":schedule/default/"))

    def reach_documents_as_the_emulator_does(self) -> None:
        """The bucket takes requests over TLS only, and the emulator has none. Once that is seen, the test takes the policy away."""
        bucket = self.physical("Documents")
        record = self.client_as("MedicalRecordsFunction", "s3")
        self.denied("a document without TLS", lambda: record.put_object(Bucket=bucket, Key="incoming/img_1", Body=b""))
        boto3.client("s3", region_name=self.region, endpoint_url=self.endpoint).delete_bucket_policy(Bucket=bucket)
        record.put_object(Bucket=bucket, Key="incoming/img_1", Body=b"")
        step("documents are reached over TLS only")

    def role(self, function: str) -> str:
        return self.functions.get_function(FunctionName=self.physical(function))["Configuration"]["Role"].rsplit("/", 1)[-1]

    # ------------------------------------------------------------ the story

    def story(self) -> None:
        self.expect("GET", "/.well-known/jwks.json", 200)
        refused = self.expect("GET", "/users/me", 401)
        check(refused["code"] == "unauthenticated", "the API itself refuses a request without a token")
        ada = {
            "name": "Ada Byron", "email": self.at("ada"), "password": "correct horse battery", "date_of_birth": "1990-12-10",
            "gender": "female", "phone": "+44 20 7946 0018", "address": "12 St James's Square",
            "emergency_contact": {"name": "Annabella Byron", "phone": "+44 20 7946 0019"},
        }
        first = self.expect("POST", "/users", 202, ada)
        self.expect("POST", "/users", 202, ada | {"name": "Alan Mathison", "email": self.at("alan")})
        check(self.expect("POST", "/users", 202, ada) == first, "nobody learns whether an address has an account")
        self.mail(self.at("ada"), "Welcome to Seacole General Hospital")
        self.mail(self.at("ada"), "You have an account at Seacole General Hospital")
        step("registered; the welcome arrived")

        ada, alan = self.sign_in(self.at("ada")), self.sign_in(self.at("alan"))
        confirm = {"token": self.emailed_token(self.at("ada"), "Welcome to")}
        check(self.expect("POST", "/users/me/email/confirm", 200, confirm, ada)["email_confirmed"], "the address is confirmed")
        florence = self.become_administrator()
        self.approve_a_nurse(florence)
        week = [{"weekday": day, "from": "00:00", "to": "24:00"} for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")]
        doctor = self.expect("POST", "/doctors", 201, {
            "name": "Dr. Helen Taussig", "email": self.at("helen"), "specialization": "cardiology",
            "consultation_fee": {"amount": "140.00", "currency": "USD"}, "slot_minutes": 30, "weekly_hours": week,
        }, florence)["id"]
        accept = {"token": self.emailed_token(self.at("helen"), "You are invited to"), "password": "correct horse battery"}
        self.expect("POST", "/auth/password/reset", 204, accept)
        found = eventually("the directory shows the doctor", lambda: self.expect("GET", "/doctors?specialization=cardiology", 200, token=ada)["items"])
        check(found[0]["id"] == doctor, "the directory shows the doctor")
        slots = self.expect("GET", f"/doctors/{doctor}/slots", 200, token=ada)["items"]
        wish = {"doctor_id": doctor, "starts_at": slots[8]["starts_at"], "reason": "Palpitations since Monday"}
        appointment = self.expect("POST", "/appointments", 201, wish, ada)["id"]
        taken = self.expect("POST", "/appointments", 409, wish, alan)
        check(taken["code"] == "slot_taken" and len(taken["next_free"]) == 3, "the taken slot is refused with the next free ones")
        email = self.mail(self.at("ada"), "Your appointment with Dr. Helen Taussig is booked")
        check(not self.emulated or "(London time)" in email, "the email says when, in the hospital's time")
        self.mail(self.at("helen"), "New appointment:")
        step("booked; both sides are invited")

        moved = self.expect("POST", f"/appointments/{appointment}/reschedule", 200, {"starts_at": slots[10]["starts_at"]}, ada)
        check(moved["id"] == appointment and moved["status"] == "rescheduled", "the appointment moved and kept its id")
        self.expect("POST", "/appointments", 201, wish, alan)
        self.mail(self.at("ada"), "Your appointment with Dr. Helen Taussig has moved")
        self.remind(appointment, slots[10]["starts_at"])
        step("moved; the reminder followed, fired and was sent")

        self.expect("POST", f"/appointments/{appointment}/cancel", 200, {"reason": "I am well again"}, ada)
        self.mail(self.at("ada"), "Your appointment with Dr. Helen Taussig is cancelled")
        calendar = self.expect("GET", f"/appointments/{appointment}/calendar.ics", 200, token=ada)
        check("STATUS:CANCELLED" in calendar and "SEQUENCE:2" in calendar, "the calendar file says that the appointment is cancelled")
        upcoming = self.expect("GET", "/appointments?when=upcoming", 200, token=ada)["items"]
        check(upcoming == [], "the patient has no upcoming appointments")
        helen = self.sign_in(self.at("helen"))
        listed = lambda: [item for item in self.expect("GET", "/appointments", 200, token=helen)["items"] if item["patient"]["name"] != "Ada Byron"]
        agenda = eventually("the doctor's list", listed)
        check(len(agenda) == 1 and agenda[0]["patient"]["name"] == "Alan Mathison", "the doctor sees the other appointment")
        self.expect("POST", f"/appointments/{agenda[0]['id']}/no-show", 409, token=helen)
        self.expect("GET", f"/appointments/{appointment}", 404, token=alan)
        step("cancelled; the lists agree")

        self.expect("POST", "/auth/email-token", 202, {"email": self.at("ada")})
        emailed = {"token": self.emailed_token(self.at("ada"), "Your sign-in to")}
        ada = self.expect("POST", "/auth/email-token/exchange", 200, emailed)["access_token"]
        self.expect("POST", "/auth/email-token/exchange", 401, emailed)
        opened = lambda: [entry["action"] for entry in self.expect("GET", "/patients/me/access-log", 200, token=ada)["items"]]
        eventually("the patient sees what was done with her data", lambda: {"appointment.book", "appointment.cancel", "appointment.list"} <= set(opened()))
        log = self.expect("GET", "/audit-log?limit=100", 200, token=florence)["items"]
        check({"account.approve", "session.sign_in", "session.sign_in_by_email"} <= {entry["action"] for entry in log}, "the audit log has sign-ins and decisions")
        check(not self.emulated or all("from" in entry for entry in log if entry["action"] == "session.sign_in"), "the log says from which address")
        step("signed in by email; the audit log has everything")
        # A new sign-in: the token from before the role was given does not have it.
        desk = self.sign_in(self.administrator)
        mary = self.book_somebody_old(desk, doctor, slots[14]["starts_at"])
        grace = self.walk_in(desk, doctor, slots[12]["starts_at"])
        self.get_an_account(desk, grace)
        self.wait_for_a_slot(ada, slots[-1]["starts_at"][:10])
        self.keep_the_record(helen, ada)
        self.lie_in_bed(desk, helen, doctor)
        self.collect_a_medicine(desk, ada)
        self.have_a_lab_test(desk, helen, ada)
        self.pay_a_bill(desk, ada)
        self.look_back(desk, ada, helen, doctor)
        self.die(desk, mary)
        self.take_leave(desk, helen, ada, doctor)

    def take_leave(self, desk: str, helen: str, ada: str, doctor: str) -> None:
        """A nurse is on the roster. The doctor goes on leave, her patient is asked to choose another time, and the directory knows both."""
        staff = lambda: self.expect("GET", "/staff?role=nurse", 200, token=helen)["items"]
        nurse = eventually("the staff directory has the nurse", staff)[0]["user_id"]
        here = datetime.datetime.now(datetime.timezone.utc)
        day = lambda after: (here + datetime.timedelta(days=after)).date().isoformat()
        shift = {"user_id": nurse, "role": "nurse", "ward": "icu", "shift": "day", "date": day(20)}
        entered = self.expect("POST", "/shifts", 201, shift, desk)
        check(self.expect("POST", "/shifts", 409, shift, desk)["shift_id"] == entered["id"], "nobody works twice at a time")
        noon = f"/on-duty?ward=icu&at={day(20)}T12:00:00Z"
        eventually("the nurse is on duty", lambda: self.expect("GET", noon, 200, token=helen)["items"])
        self.mail(self.at("mary"), "You have a new shift")

        slots = f"/doctors/{doctor}/slots?from={day(20)}&to={day(20)}"
        slot = self.expect("GET", slots, 200, token=ada)["items"][20]
        wish = {"doctor_id": doctor, "starts_at": slot["starts_at"], "reason": "Palpitations since Monday"}
        booked = self.expect("POST", "/appointments", 201, wish, ada)["id"]
        leave = self.expect("POST", "/leaves", 201, {"type": "annual", "from": day(19), "to": day(21)}, helen)["id"]
        self.expect("POST", f"/leaves/{leave}/approve", 200, {"note": "Enjoy it"}, desk)
        check(self.expect("GET", slots, 200, token=ada)["items"] == [], "nobody can book the doctor")
        self.mail(self.at("helen"), "Your leave is approved")
        self.mail(self.at("ada"), "Please choose a new time")
        check(self.expect("GET", f"/appointments/{booked}", 200, token=ada)["needs_new_time"] == "leave", "the appointment says why")
        self.expect("POST", f"/leaves/{leave}/cancel", 200, {}, helen)
        again = lambda: "needs_new_time" not in self.expect("GET", f"/appointments/{booked}", 200, token=ada)
        eventually("the appointment takes place after all", again)
        self.expect("POST", f"/appointments/{booked}/cancel", 200, {}, ada)
        step("on the roster and on leave; the patient was asked to choose another time")

    def walk_in(self, desk: str, doctor: str, starts_at: str) -> str:
        """Somebody without an account or an email address is registered, found, and booked."""
        grace = {"name": "Grace Hopper", "date_of_birth": "1985-12-09", "gender": "female", "phone": "+44 20 7946 0111"}
        made = self.expect("POST", "/patients", 201, grace, desk)
        again = self.expect("POST", "/patients", 409, grace, desk)
        check(again["code"] == "likely_duplicate" and again["candidates"][0]["patient"]["id"] == made["id"], "the likely duplicate is shown")
        found = self.expect("GET", "/patients?name=hop%20gra&date_of_birth=1985", 200, token=desk)["items"]
        check([patient["mrn"] for patient in found] == [made["mrn"]], "half a name and a birth year find her")
        changed = self.expect("PATCH", f"/patients/{made['id']}", 200, {"name": "Grace Murray", "reason": "Her maiden name"}, desk, version=1)
        check(changed["mrn"] == made["mrn"], "the record number stays")
        check(self.expect("GET", "/patients?name=hopper", 200, token=desk)["items"] == [], "the earlier name finds nobody")
        wish = {"doctor_id": doctor, "starts_at": starts_at, "reason": "Cough", "patient_id": made["id"]}
        self.expect("POST", "/appointments", 201, wish, desk)
        step("a walk-in without an email address was registered, found, renamed and booked")
        return made["id"]

    def get_an_account(self, desk: str, patient: str) -> None:
        """She gets an account: she proves the address, and the front desk confirms who she is."""
        wish = {"patient_id": patient, "email": self.at("grace")}
        self.expect("POST", "/users/patient-accounts", 201, wish, desk)
        choose = {"token": self.emailed_token(self.at("grace"), "Your account at"), "password": "correct horse battery"}
        self.expect("POST", "/auth/password/reset", 204, choose)
        self.expect("GET", "/patients/me", 403, token=self.sign_in(self.at("grace")))
        self.expect("POST", "/users/patient-accounts/confirm", 200, wish | {"reason": "Passport seen"}, desk)
        own = self.expect("GET", "/patients/me", 200, token=self.sign_in(self.at("grace")))
        check(own["id"] == patient and own["identity"] == "confirmed", "she sees her own profile")
        step("the walk-in has an account")

    def wait_for_a_slot(self, ada: str, last_day: str) -> None:
        """Somebody waits, gets an offer, declines it, gets another one, and accepts."""
        wish = {"specialization": "cardiology", "to": last_day, "reason": "Palpitations"}
        wait = self.expect("POST", "/waiting-list", 201, wish, ada)["id"]
        read = lambda: self.expect("GET", f"/waiting-list/{wait}", 200, token=ada)
        first = eventually("a slot is offered", lambda: read().get("offer"))
        self.mail(self.at("ada"), "A time with Dr. Helen Taussig has become free")
        held = self.expect("GET", f"/doctors/{first['doctor']['id']}/slots", 200, token=ada)["items"]
        check(first["starts_at"] not in [slot["starts_at"] for slot in held], "the slot is held")
        self.expect("POST", f"/waiting-list/{wait}/decline", 200, token=ada)
        second = eventually("another slot is offered", lambda: read().get("offer"))
        check(second["starts_at"] != first["starts_at"], "it is another one")
        booked = self.expect("POST", f"/waiting-list/{wait}/accept", 201, token=ada)
        check(booked["starts_at"] == second["starts_at"], "the offer is booked")
        check(self.expect("POST", f"/waiting-list/{wait}/accept", 409, token=ada)["code"] == "no_offer", "it is taken once")
        step("waited, offered, declined, offered again, accepted")

    def keep_the_record(self, helen: str, ada: str) -> None:
        """The doctor writes, prescribes and uploads an image; the patient reads all of it."""
        patient = self.expect("GET", "/patients/me", 200, token=ada)["id"]
        record = f"/patients/{patient}"
        encounter = self.expect("POST", f"{record}/encounters", 201, {"class": "emergency"}, helen)["id"]
        note = f"{record}/encounters/{encounter}/note"
        self.expect("PUT", note, 200, {"subjective": "Chest pain for an hour."}, helen, version=1)
        self.expect("GET", note, 404, token=ada)
        self.expect("POST", f"{record}/encounters/{encounter}/sign", 200, token=helen, version=2)
        check(self.expect("GET", note, 200, token=ada)["subjective"] == "Chest pain for an hour.", "the patient reads what is signed")
        taken = self.expect("POST", f"{record}/vitals", 201, {"values": {"heart_rate": 131}}, helen)
        corrected = {"reason": "Misread", "content": {"values": {"heart_rate": 121}}}
        self.expect("PUT", f"{record}/vitals/{taken['id']}", 200, corrected, helen, version=1)
        self.expect("PUT", f"{record}/vitals/{taken['id']}", 412, corrected, helen, version=1)
        graph = self.expect("GET", f"{record}/series?code=heart_rate", 200, token=ada)["items"]
        check([point["value"] for point in graph] == [121], "the graph has the correct value")

        self.expect("POST", f"{record}/history", 201, {"kind": "allergy", "what": "Penicillin", "severity": "severe"}, ada)
        pills = {"drug": "Amoxicillin 500 mg", "ingredients": ["amoxicillin"], "dose": "1", "route": "oral", "frequency": "every 8 hours", "duration_days": 7, "quantity": 21}
        stopped = self.expect("POST", f"{record}/prescriptions/medicines", 409, pills, helen)
        check(stopped["code"] == "safety_stop" and stopped["hits"][0]["cause"] == "same_class", "the allergy stops it")
        safe = pills | {"drug": "Azithromycin 500 mg", "ingredients": ["azithromycin"]}
        self.expect("POST", f"{record}/prescriptions/medicines", 201, safe, helen)
        self.mail(self.at("ada"), "Dr. Helen Taussig has prescribed")

        pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
        image = self.upload(record, helen, pdf)
        self.expect("GET", f"{record}/images/{image}", 404, token=ada)
        check(self.expect("POST", f"{record}/images/{image}/complete", 200, token=helen)["status"] == "available", "the file is what was announced")
        link = self.expect("GET", f"{record}/images/{image}/download-link", 200, token=ada)
        with urllib.request.urlopen(link["url"], timeout=30) as answer:
            check(answer.read() == pdf, "the patient downloads it")
        page = self.upload(record, helen, b"<html>not a PDF</html>")
        refused = self.expect("POST", f"{record}/images/{page}/complete", 409, token=helen)
        check(refused["code"] == "file_rejected" and refused["because"] == "not_a_pdf", "what is no PDF is deleted")

        dashboard = self.expect("GET", f"{record}/dashboard", 200, token=ada)
        check([medicine["drug"] for medicine in dashboard["medicines"]] == ["Azithromycin 500 mg"], "her dashboard has the medicine")
        check([picture["image_id"] for picture in dashboard["images"]] == [image], "and the image")
        self.expect("GET", "/doctors/me/dashboard", 200, token=helen)
        step("the record: written, signed, corrected, prescribed, uploaded, downloaded")

    def lie_in_bed(self, admin: str, helen: str, doctor: str) -> None:
        """A ward, a stay from the admission to the clean bed, and an emergency that needs critical care."""
        fee = {"ward": "icu", "daily_fee": {"amount": "900.00", "currency": "USD"}}
        self.expect("POST", "/wards", 201, fee, admin)
        check(self.expect("POST", "/wards", 409, fee, admin)["code"] == "established", "a ward is established once")
        wards = lambda: [ward for ward in self.expect("GET", "/wards", 200, token=admin)["items"] if ward["free"] == 40]
        eventually("the ward has 40 free beds", wards)
        rosalind = {"name": "Rosalind Franklin", "date_of_birth": "1980-07-25", "gender": "female"}
        record = f"/patients/{self.expect('POST', '/patients', 201, rosalind, admin)['id']}"
        stay = self.expect("POST", f"{record}/admissions", 201, {"ward": "icu", "bed": 7, "doctor_id": doctor}, admin)
        self.expect("POST", f"{record}/admissions", 409, {"ward": "icu"}, admin)
        eventually("the doctor treats her", lambda: self.ask("GET", f"{record}/record", token=helen)[0] == 200)
        at = f"{record}/admissions/{stay['id']}"
        self.expect("POST", f"{at}/left", 409, {}, admin)
        self.expect("POST", f"{at}/medically-ready", 200, {"follow_up": "Rest for a week."}, helen)
        check(self.expect("POST", f"{at}/left", 200, {}, admin)["days"] == 1, "a stay of one day counts one")
        tasks = lambda: self.expect("GET", "/cleaning-tasks", 200, token=admin)["items"]
        eventually("the bed waits to be cleaned", lambda: [task["bed"] for task in tasks()] == [7])
        self.mail(self.administrator, "Bed 7 on the ward ICU waits to be cleaned")
        names = lambda: [schedule["Name"] for schedule in self.scheduler.list_schedules(NamePrefix="clean-")["Schedules"]]
        eventually("somebody hears if it is late", lambda: names() == ["clean-icu-7"])
        self.expect("POST", "/wards/icu/beds/7/cleaned", 200, token=admin)
        eventually("it is clean", lambda: tasks() == [] and names() == [])

        waits = self.expect("POST", f"{record}/bed-requests", 201, {"ward": "icu"}, admin)
        eventually("who waits gets a free bed", lambda: [one["status"] for one in self.expect("GET", f"{record}/admissions", 200, token=admin)["items"]] == ["admitted", "left"])
        check(waits["priority"] == "routine", "she was in no hurry")
        unknown = {"unknown": {"gender": "male", "age": 60}, "complaint": "Found on the street", "triage": {"level": "emergent", "critical_care": True, "vitals": {"systolic_pressure": 70}}}
        case = self.expect("POST", "/emergency/cases", 201, unknown, admin)
        check(case["disposition"] == "admitted", "critical care has a bed at once")
        self.mail(self.administrator, "Critical care: a patient comes to bed")
        board = lambda: self.expect("GET", "/wards/icu/board", 200, token=admin)["occupied"]
        check(board() == 2, "both are on the board")
        ankle = {"unknown": {"gender": "female"}, "complaint": "Sprained ankle", "triage": {"level": "urgent"}}
        waiting = self.expect("POST", "/emergency/cases", 201, ankle, admin)["id"]
        queue = lambda: [line["id"] for line in self.expect("GET", "/emergency/queue", 200, token=admin)["items"]]
        eventually("the other one is in the queue", lambda: queue() == [waiting])
        limits = lambda: [schedule["Name"] for schedule in self.scheduler.list_schedules(NamePrefix="case-")["Schedules"]]
        eventually("somebody hears if she waits too long", lambda: limits() == [f"case-{waiting}"])
        self.expect("POST", f"/emergency/cases/{waiting}/dispose", 200, {"disposition": "left_without_being_seen"}, admin)
        eventually("she is gone", lambda: queue() == [] and limits() == [])
        step("a stay, a clean bed, and an emergency that needed critical care")

    def collect_a_medicine(self, admin: str, ada: str) -> None:
        """A pharmacy opens, sets aside what was prescribed, is told that it runs low, and hands it over; the ledger adds up."""
        self.register("Agnes Thompson", self.at("agnes"), "pharmacist")
        pending = lambda: [one["id"] for one in self.expect("GET", "/users?group=pending", 200, token=admin)["items"] if one["email"] == self.at("agnes")]
        self.expect("POST", f"/users/{eventually('the pharmacist waits', pending)[0]}/approve", 200, token=admin)
        emailed = {"token": self.emailed_token(self.at("agnes"), "Welcome to")}
        self.expect("POST", "/users/me/email/confirm", 200, emailed, self.sign_in(self.at("agnes")))
        agnes = self.sign_in(self.at("agnes"))
        always = [{"weekday": day, "from": "00:00", "to": "24:00"} for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")]
        registered = {"name": "North Pharmacy", "email": self.at("pharmacy"), "phone": "+44 20 7946 0050", "opening_hours": always}
        pharmacy = self.expect("POST", "/pharmacies", 201, registered, agnes)["id"]
        check(self.expect("POST", "/pharmacies", 409, registered, agnes)["code"] == "works_in_pharmacy", "a pharmacist registers one pharmacy")
        opened = lambda: [one["id"] for one in self.expect("GET", "/pharmacies?open=true", 200, token=ada)["items"]]
        eventually("the directory has it", lambda: opened() == [pharmacy])
        stock = f"/pharmacies/{pharmacy}/medicines"
        pills = {"name": "Zithromax", "ingredients": ["azithromycin"], "form": "tablet", "strength": "500 mg", "unit_price": {"amount": "0.25", "currency": "USD"}, "reorder_level": 15}
        medicine = self.expect("POST", stock, 201, pills, agnes)["id"]
        year = datetime.date.today().year + 2
        lot = self.expect("POST", f"{stock}/{medicine}/lots", 201, {"lot_number": "Z1", "expires_on": f"{year}-06-01", "units": 30}, agnes)["id"]
        stages = lambda: sorted(schedule["Name"] for schedule in self.scheduler.list_schedules(NamePrefix=lot)["Schedules"])
        eventually("the lot is looked at before it expires", lambda: stages() == sorted(f"{lot}-{days}" for days in (0, 7, 30, 90)))

        me = f"/patients/{self.expect('GET', '/patients/me', 200, token=ada)['id']}"
        prescribed = self.expect("GET", f"{me}/prescriptions/medicines", 200, token=ada)["items"]
        prescription = [one["id"] for one in prescribed if one["drug"] == "Azithromycin 500 mg"][0]
        wish = {"pharmacy_id": pharmacy, "medicine_id": medicine, "units": 21, "prescription_id": prescription}
        asked = self.expect("POST", f"{me}/allocations", 201, wish, ada)
        check(asked["amount"]["amount"] == "5.25" and asked["lots"][0]["lot_number"] == "Z1", "set aside, with its price")
        check(self.expect("POST", f"{me}/allocations", 409, wish, ada)["code"] == "not_enough_prescribed", "nothing is left on the prescription")
        self.mail(self.at("ada"), "North Pharmacy has a medicine for")
        self.mail(self.at("pharmacy"), "Prepare 21 units of Zithromax")
        self.mail(self.at("pharmacy"), "Zithromax 500 mg tablet runs low")
        alerts = self.expect("GET", f"/pharmacies/{pharmacy}/alerts?state=open", 200, token=agnes)["items"]
        check([alert["low_stock"]["available"] for alert in alerts] == [9], "the alert is listed")
        collect = lambda: [schedule["Name"] for schedule in self.scheduler.list_schedules(NamePrefix="collect-")["Schedules"]]
        eventually("what nobody collects would go back", lambda: collect() == [f"collect-{asked['id']}"])
        queue = lambda: [one["id"] for one in self.expect("GET", f"/pharmacies/{pharmacy}/allocations", 200, token=agnes)["items"]]
        eventually("the pharmacist sees it", lambda: queue() == [asked["id"]])
        part = {"units": 20, "reason": "One was broken"}
        given = self.expect("POST", f"{me}/allocations/{asked['id']}/hand-over", 200, part, agnes)
        check(given["status"] == "handed_over" and given["amount"]["amount"] == "5.00", "she pays for what she got")
        eventually("it is handed over", lambda: queue() == [] and collect() == [])
        got = lambda: [one["units"] for one in self.expect("GET", f"{stock}/{medicine}/lots/{lot}/dispenses", 200, token=agnes)["items"]]
        eventually("the lot knows who got it", lambda: got() == [20])
        movements = lambda: [one["kind"] for one in self.expect("GET", f"{stock}/{medicine}/movements", 200, token=agnes)["items"]]
        eventually("the ledger has it", lambda: movements() == ["put_back", "allocated", "received"])
        command = [sys.executable, "infra/check_stock.py", self.name]
        checked = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        check(checked.returncode == 0 and checked.stdout.startswith("1 medicines were checked, and 0 lots"), f"the ledger adds up: {checked.stdout}{checked.stderr}")
        step("a medicine was set aside, ran low, was handed over, and its ledger adds up")

    def have_a_lab_test(self, admin: str, helen: str, ada: str) -> None:
        """A laboratory opens. A prescription is taken there; its result is critical, acknowledged, verified, released and amended."""
        for name, who in (("Gerty Cori", "gerty"), ("Otto Folin", "otto")):
            self.register(name, self.at(who), "lab_technician")
            pending = lambda: [one["id"] for one in self.expect("GET", "/users?group=pending", 200, token=admin)["items"] if one["email"] == self.at(who)]
            self.expect("POST", f"/users/{eventually('the technician waits', pending)[0]}/approve", 200, token=admin)
            emailed = {"token": self.emailed_token(self.at(who), "Welcome to")}
            self.expect("POST", "/users/me/email/confirm", 200, emailed, self.sign_in(self.at(who)))
        gerty, otto = self.sign_in(self.at("gerty")), self.sign_in(self.at("otto"))
        always = [{"weekday": day, "from": "00:00", "to": "24:00"} for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")]
        registered = {"name": "Central Laboratory", "email": self.at("laboratory"), "phone": "+44 20 7946 0060", "opening_hours": always}
        laboratory = f"/laboratories/{self.expect('POST', '/laboratories', 201, registered, gerty)['id']}"
        colleague = {"user_id": self.expect("GET", "/users/me", 200, token=otto)["id"]}
        self.expect("POST", f"{laboratory}/technicians", 200, colleague, gerty)
        usual = {"critical_low": 2.5, "low": 3.5, "high": 5.1, "critical_high": 6.5}
        offered = {"name": "Potassium", "loinc": "2823-3", "specimen": "serum", "price": {"amount": "12.50", "currency": "USD"}, "expected_minutes": 120,
                   "parameters": [{"name": "Potassium", "unit": "mmol/L", "loinc": "2823-3", "highest_possible": 15, "reference_ranges": [usual]}]}
        test = self.expect("POST", f"{laboratory}/tests", 201, offered, gerty)
        found = lambda: [one["id"] for one in self.expect("GET", "/lab-tests?name=pot", 200, token=ada)["items"]]
        eventually("the test is found", lambda: found() == [test["id"]])

        me = f"/patients/{self.expect('GET', '/patients/me', 200, token=ada)['id']}"
        prescription = self.expect("POST", f"{me}/prescriptions/lab-tests", 201, {"test": "Potassium", "loinc": "2823-3"}, helen)["id"]
        wish = {"laboratory_id": test["laboratory_id"], "test_id": test["id"], "prescription_id": prescription}
        placed = self.expect("POST", f"{me}/lab-orders", 201, wish, ada)["id"]
        check(self.expect("POST", f"{me}/lab-orders", 409, wish, ada)["order_id"] == placed, "a prescription has one order")
        self.mail(self.at("ada"), "A lab order for")
        self.mail(self.at("laboratory"), "Potassium was ordered")
        schedules = lambda prefix: [schedule["Name"] for schedule in self.scheduler.list_schedules(NamePrefix=prefix)["Schedules"]]
        eventually("somebody will look at it", lambda: schedules("lab-") == [f"lab-{placed}"])
        bench = lambda: [one["status"] for one in self.expect("GET", f"{laboratory}/lab-orders", 200, token=gerty)["items"]]
        eventually("the bench shows it", lambda: bench() == ["ordered"])
        order, value = f"{me}/lab-orders/{placed}", lambda of: {"values": [{"parameter": "Potassium", "value": of, "unit": "mmol/L"}]}
        self.expect("POST", f"{order}/collect", 200, {}, gerty)
        self.expect("POST", f"{order}/start", 200, token=gerty, version=2)
        check(self.expect("POST", f"{order}/result", 422, value(68), gerty, version=3)["errors"][0]["code"] == "impossible_value", "a slip of the decimal point")
        self.expect("POST", f"{order}/result", 200, value(6.8), gerty, version=3)
        self.mail(self.at("helen"), "Critical result")
        eventually("the doctors on duty would be told", lambda: schedules("critical-") == [f"critical-{placed}"])
        self.expect("POST", f"{order}/acknowledge", 204, {"result_version": 1, "note": "Called her"}, helen)
        eventually("nobody else is told", lambda: schedules("critical-") == [])
        check(self.expect("POST", f"{order}/verify", 409, token=gerty, version=4)["code"] == "own_entry", "another person verifies it")
        self.expect("POST", f"{order}/verify", 200, token=otto, version=4)
        check("result" not in self.expect("GET", order, 200, token=ada), "the patient does not see it")
        self.expect("POST", f"{order}/release", 200, token=gerty, version=5)
        self.mail(self.at("ada"), "A result for")
        check(self.expect("GET", order, 200, token=ada)["result"]["values"][0]["flag"] == "critical_high", "she sees it")
        report = urllib.request.Request(f"{self.url}{order}/report.pdf", headers={"authorization": f"Bearer {ada}"} | ({"host": self.host} if self.host else {}))
        with urllib.request.urlopen(report, timeout=30) as answer:
            check(answer.headers["content-type"] == "application/pdf" and answer.read().startswith(b"%PDF-"), "the report is a PDF")
        eventually("nobody has to look at it any more", lambda: schedules("lab-") == [] and bench() == [])
        self.expect("POST", f"{order}/amend", 200, value(4.8) | {"reason": "Haemolysed"}, otto, version=6)
        self.mail(self.at("ada"), "A result for Ada Byron was amended")
        self.mail(self.at("helen"), "A result was amended")
        took = self.expect("GET", f"{laboratory}/turnaround", 200, token=otto)["items"]
        check([(one["released"], one["in_time"]) for one in took] == [(1, 1)], "the turnaround is measured")
        step("a lab test was ordered, examined, told as critical, verified, released as PDF and amended")

    def pay_a_bill(self, admin: str, ada: str) -> None:
        """What was done is charged. The patient asks for the invoice, pays, and gets back what she paid too much."""
        self.register("Luca Pacioli", self.at("luca"), "accountant")
        pending = lambda: [one["id"] for one in self.expect("GET", "/users?group=pending", 200, token=admin)["items"] if one["email"] == self.at("luca")]
        self.expect("POST", f"/users/{eventually('the accountant waits', pending)[0]}/approve", 200, token=admin)
        self.expect("POST", "/users/me/email/confirm", 200, {"token": self.emailed_token(self.at("luca"), "Welcome to")}, self.sign_in(self.at("luca")))
        luca, me = self.sign_in(self.at("luca")), f"/patients/{self.expect('GET', '/patients/me', 200, token=ada)['id']}"
        charges = lambda: {one["what"]: one["amount"]["amount"] for one in self.expect("GET", f"{me}/charges", 200, token=ada)["items"]}
        eventually("the medicine and the test are charged", lambda: {"Zithromax 500 mg tablet": "5.00", "Potassium": "12.50"}.items() <= charges().items())
        self.expect("POST", f"{me}/charges", 403, {}, ada)
        usd = lambda amount: {"amount": amount, "currency": "USD"}
        self.expect("POST", f"{me}/charges", 201, {"what": "Copy of the images", "unit_price": usd("3.00"), "reason": "Asked for"}, luca)
        issued = self.expect("POST", f"{me}/invoices", 201, token=ada)
        check(issued["subtotal"] == issued["total"] and len(issued["lines"]) == len(charges()), "one line for each charge, and no discount without an income")
        invoice = f"{me}/invoices/{issued['id']}"
        self.mail(self.at("ada"), "Invoice")
        file = urllib.request.Request(f"{self.url}{invoice}/invoice.pdf", headers={"authorization": f"Bearer {ada}"} | ({"host": self.host} if self.host else {}))
        with urllib.request.urlopen(file, timeout=30) as answer:
            check(answer.headers["content-type"] == "application/pdf" and answer.read().startswith(b"%PDF-"), "the invoice is a PDF")
        schedules = lambda: [schedule["Name"] for schedule in self.scheduler.list_schedules(NamePrefix=f"invoice-{issued['id']}")["Schedules"]]
        eventually("she would be reminded", lambda: len(schedules()) == 1)
        listed = lambda status: [one["id"] for one in self.expect("GET", f"/invoices?status={status}", 200, token=luca)["items"]]
        eventually("the accountant sees it", lambda: issued["id"] in listed("unpaid"))
        paid = {"amount": usd(f"{float(issued['total']['amount']) + 2:.2f}"), "tender": "card"}
        check(self.expect("POST", f"{invoice}/payments", 409, paid, luca)["code"] == "more_than_outstanding", "an overpayment is meant")
        over = self.expect("POST", f"{invoice}/payments", 200, paid | {"overpayment": True}, luca)
        check(over["invoice"]["overpaid"] == usd("2.00"), "two too much")
        self.mail(self.at("ada"), "Receipt")
        sent = lambda: {one["subject"]: one["state"] for one in self.expect("GET", "/notifications", 200, token=ada)["items"]}
        eventually("her list of emails has the receipt", lambda: sent().get(f"Receipt {issued['number']}-1 for USD {paid['amount']['amount']}") == "sent")
        asked = self.expect("POST", f"{invoice}/refunds", 200, {"payment": 2, "amount": usd("2.00"), "reason": "Paid too much"}, luca)["entry"]["entry"]
        check(self.expect("POST", f"{invoice}/refunds/{asked}/approve", 409, token=luca)["code"] == "own_refund", "another person approves it")
        waits = lambda: [one["invoice_id"] for one in self.expect("GET", "/refunds", 200, token=admin)["items"]]
        eventually("it waits for another person", lambda: waits() == [issued["id"]])
        self.expect("POST", f"{invoice}/refunds/{asked}/approve", 200, token=admin)
        self.expect("POST", f"{invoice}/refunds/{asked}/complete", 200, {"tender": "card"}, luca)
        self.mail(self.at("ada"), "USD 2.00 was paid back")
        eventually("it is paid, and nobody is reminded", lambda: issued["id"] in listed("paid") and schedules() == [] and waits() == [])
        check(self.expect("GET", f"{me}/statement", 200, token=ada)["overpaid"] == usd("0.00"), "nobody owes anything")
        command = [sys.executable, "infra/check_billing.py", self.name]
        checked = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        check(checked.returncode == 0 and checked.stdout.endswith("and 0 things are wrong\n"), f"the books are proven: {checked.stdout}{checked.stderr}")
        step("what was done was charged, invoiced as PDF, paid and in part paid back, and the books are proven")

    def look_back(self, admin: str, ada: str, helen: str, doctor: str) -> None:
        """A patient rates, an administrator reads figures, and the figures are proven."""
        own = f"/patients/{self.expect('GET', '/patients/me', 200, token=ada)['id']}"
        stays = self.expect("GET", f"{own}/lab-orders", 200, token=ada)["items"]
        visit = next(one["id"] for one in stays if one["status"] == "released")
        choices = self.expect("GET", f"{own}/feedback/choices?visit={visit}", 200, token=ada)["items"]
        check([one["about"]["what"] for one in choices][:3] == ["hospital", "service", "staff"], f"what she can rate: {choices}")
        rate = lambda rating: {"visit": visit, "about": "service", "rating": rating, "review": "It took long."}
        given = self.expect("POST", f"{own}/feedback", 201, rate(2), ada)
        self.mail(self.administrator, "2 stars for the laboratory service")
        check(self.expect("POST", f"{own}/feedback", 409, rate(5), ada)["code"] == "given_already", "once for each visit")
        reviews = lambda: self.expect("GET", "/feedback/services/laboratory", 200, token=helen)
        eventually("everybody sees the stars", lambda: reviews()["ratings"].get("average") == 2.0)
        listed = lambda: [one["id"] for one in self.expect("GET", "/feedback?rating=2", 200, token=admin)["items"]]
        eventually("an administrator sees whose it is", lambda: listed() == [given["id"]])
        self.expect("POST", f"{own}/feedback/{given['id']}/hide", 200, {"reason": "A trial"}, admin, version=1)
        eventually("the words are hidden, the stars are not", lambda: reviews()["items"][0].get("review") is None and reviews()["items"][0]["rating"] == 2)
        total = lambda name, days="": self.expect("GET", f"/reports/{name}{days}", 200, token=admin)["total"]
        ahead = f"?from={datetime.date.today()}&to={datetime.date.today() + datetime.timedelta(days=60)}"
        eventually("appointments are counted", lambda: total("appointments", ahead)["booked"] >= 2 and total("appointments", ahead)["cancelled"] >= 1)
        eventually("beds are counted", lambda: total("occupancy")["admitted"] >= 1 and total("occupancy")["bed_days"] >= 40)
        eventually("payments are counted", lambda: float(total("revenue")["paid"]["amount"]) > 0 and total("revenue")["refunded"]["amount"] == "2.00")
        eventually("the laboratory is counted", lambda: total("laboratory")["released"] >= 1)
        eventually("stock is counted", lambda: total("pharmacy")["received_units"] >= 1 and total("pharmacy")["handed_over"] >= 1)
        eventually("emergencies are counted", lambda: total("emergency")["cases"] >= 1)
        check(self.expect("GET", "/reports/laboratory/by-laboratory", 200, token=admin)["items"][0]["figures"]["released"] == 1, "laboratories are compared")
        performs = self.expect("GET", f"/performance/doctors/{doctor}", 200, token=helen)
        check(performs["work"]["prescribed"] >= 1 and performs["work"]["critical_results"] == 1, f"she sees how she performs: {performs}")
        check(self.expect("GET", "/reports/revenue", 403, token=helen)["code"] == "forbidden", "and no revenue")
        command = [sys.executable, "infra/check_figures.py", self.name]
        checked = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        check(checked.returncode == 0, f"the figures are proven: {checked.stdout}{checked.stderr}")
        step("a patient rated, an administrator was told, reports and performance show what was done, and the figures are proven")

    def upload(self, record: str, doctor: str, file: bytes) -> str:
        """Announces a file and sends it to the link, as a client does."""
        digest = base64.b64encode(hashlib.sha256(file).digest()).decode()
        wish = {"title": "Chest", "modality": "x_ray", "taken_on": "2026-01-31", "size": len(file), "sha256": digest}
        announced = self.expect("POST", f"{record}/images", 201, wish, doctor)
        link = announced["upload"]
        request = urllib.request.Request(link["url"], file, link["headers"], method=link["method"])
        try:
            urllib.request.urlopen(request, timeout=30).close()
        except urllib.error.HTTPError as refused:
            raise Failed(f"the link does not take the file: {refused.code} {refused.read().decode()[-260:]}") from None
        return announced["image"]["id"]

    def book_somebody_old(self, desk: str, doctor: str, starts_at: str) -> dict:
        mary = {"name": "Mary Anning", "date_of_birth": "1950-05-21", "gender": "female", "phone": "+44 20 7946 0155"}
        made = self.expect("POST", "/patients", 201, mary, desk)["id"]
        wish = {"doctor_id": doctor, "starts_at": starts_at, "reason": "Cough", "patient_id": made}
        return self.expect("POST", "/appointments", 201, wish, desk)

    def die(self, desk: str, booked: dict) -> None:
        """A patient dies: the appointment is cancelled, and the day of the front desk shows it."""
        appointment, patient, starts_at = booked["id"], booked["patient"]["id"], booked["starts_at"]
        day = lambda: [line["id"] for line in self.expect("GET", f"/appointments/day?date={starts_at[:10]}", 200, token=desk)["items"]]
        eventually("the day shows the appointment", lambda: appointment in day())
        died = {"date_of_death": "2026-01-05", "reason": "The family called"}
        # Refused with 409 until half a minute after the booking.
        eventually("the death is noted", lambda: self.ask("POST", f"/patients/{patient}/death", died, desk)[0] == 200, 60)
        eventually("the appointment is off the day", lambda: appointment not in day())
        check(self.expect("GET", f"/appointments/{appointment}", 200, token=desk)["status"] == "cancelled", "it is cancelled")
        self.mail(self.at("helen"), "Appointment cancelled:")
        step("a patient died; the appointment was cancelled")

    def become_administrator(self) -> str:
        """The configured address makes its account the first administrator's, once the owner has proven that it is theirs."""
        self.register("Florence Nightingale", self.administrator, "administrator")
        florence = self.sign_in(self.administrator)
        self.expect("GET", "/users", 403, token=florence)
        emailed = {"token": self.emailed_token(self.administrator, "Welcome to")}
        check(self.expect("POST", "/users/me/email/confirm", 200, emailed, florence)["roles"] == ["administrator"], "the first administrator")
        step("the first administrator proved the address")
        return florence

    def approve_a_nurse(self, administrator: str) -> None:
        self.register("Mary Mahoney", self.at("mary"), "nurse")
        self.mail(self.administrator, "Mary Mahoney asks for the role of nurse")
        nurse = self.sign_in(self.at("mary"))
        self.expect("GET", "/doctors", 403, token=nurse)
        waiting = eventually("the list of accounts that wait for approval", lambda: self.expect("GET", "/users", 200, token=administrator)["items"])
        self.expect("POST", f"/users/{waiting[0]['id']}/approve", 200, token=administrator)
        emailed = {"token": self.emailed_token(self.at("mary"), "Welcome to")}
        check(self.expect("POST", "/users/me/email/confirm", 200, emailed, nurse)["status"] == "active", "approved and confirmed is active")
        self.mail(self.at("mary"), "Your account at Seacole General Hospital is active")
        self.expect("GET", "/doctors", 200, token=self.sign_in(self.at("mary")))
        step("a nurse registered, was approved and confirmed the address")

    def register(self, name: str, address: str, role: str) -> None:
        self.expect("POST", "/users", 202, {"name": name, "email": address, "password": "correct horse battery", "phone": "+44 20 7946 0020", "role": role})

    def emailed_token(self, to: str, subject: str) -> str:
        """The token of an email. On a real account the test cannot read emails, so it derives the token from its id in the table, with the key."""
        email = self.mail(to, subject)
        if self.emulated:
            return email.split("#token=")[1].split()[0]

        def promised():
            pages = self.dynamodb.get_paginator("scan").paginate(
                TableName=self.table, FilterExpression="#kind = :kind AND email = :email", ExpressionAttributeNames={"#kind": "kind"},
                ExpressionAttributeValues={":kind": {"S": "email_token"}, ":email": {"S": to}},
            )
            return sorted(item["id"]["S"] for page in pages for item in page["Items"] if "user_id" in item)

        token = eventually(f"a token for {to}", promised)[-1]
        tag = hmac.new(self.parameters["TokenKey"].encode(), f"email\n{token}".encode(), hashlib.sha256).digest()
        return f"{token}.{base64.urlsafe_b64encode(tag).decode().rstrip('=')}"

    def remind(self, appointment: str, starts_at: str) -> None:
        """The schedule is set for an hour before the appointment. Moved to the present, with nothing else changed, it sends the reminder."""
        group, name = self.physical("ReminderGroup"), f"appt-{appointment}-1h"
        group = group.rsplit("/", 1)[-1]
        due = datetime.datetime.fromisoformat(starts_at).astimezone(datetime.UTC) - datetime.timedelta(hours=1)
        expected = f"at({due:%Y-%m-%dT%H:%M:%S})"

        def scheduled():
            try:
                found = self.scheduler.get_schedule(GroupName=group, Name=name)
            except self.scheduler.exceptions.ResourceNotFoundException:
                return None
            return found if found["ScheduleExpression"] == expected else None

        schedule = eventually("the reminder's schedule is at " + expected, scheduled)
        check(set(json.loads(schedule["Target"]["Input"])) == {"appointment_id", "starts_at"}, "the schedule carries ids and times only")
        now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
        self.scheduler.update_schedule(
            GroupName=group, Name=name, ScheduleExpression=f"at({now:%Y-%m-%dT%H:%M:%S})", ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow=schedule["FlexibleTimeWindow"], Target=schedule["Target"], ActionAfterCompletion="DELETE",
        )
        self.mail(self.at("ada"), "Reminder: your appointment with Dr. Helen Taussig", seconds=90)
        self.mail(self.at("helen"), "Reminder: appointment with Ada Byron at")

    def bounce(self) -> None:
        """SES reports that an address bounced, and the function suppresses it."""
        # Only AWS can put events with its own source on the bus, so the test calls the function as the bus would.
        payload = (ROOT / "events/notifications/email-bounced.json").read_bytes()
        answer = self.functions.invoke(FunctionName=self.physical("NotificationsFunction"), Payload=payload)
        check("FunctionError" not in answer, f"the bounce is taken: {answer['Payload'].read()[:300]}")
        place = {"TableName": self.table, "Key": key("SUPPRESSED#gone@example.org", "SUPPRESSION")}
        eventually("the suppressed address", lambda: self.dynamodb.get_item(**place).get("Item"))
        step("a bounced address is suppressed")

    def replay(self) -> None:
        """A change that was given up is shown, replayed from the stream, and leaves the queue."""
        streams = boto3.client("dynamodbstreams", region_name=self.region, endpoint_url=self.endpoint)
        stream = streams.list_streams(TableName=self.table)["Streams"][0]["StreamArn"]
        shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        records = streams.get_records(ShardIterator=iterator)["Records"]
        # Alan has not used the token of his welcome, so it is still in the table.
        promised = {"purpose": {"S": "welcome"}, "email": {"S": self.at("alan")}}
        welcome = next(record["dynamodb"] for record in records if promised.items() <= record["dynamodb"].get("NewImage", {}).items())
        delivery = key(f"MAIL#{welcome['NewImage']['user_id']['S']}-welcome", "DELIVERY")
        self.dynamodb.delete_item(TableName=self.table, Key=delivery)
        sequence = welcome["SequenceNumber"]
        email = {"DDBStreamBatchInfo": {"shardId": shard, "streamArn": stream, "startSequenceNumber": sequence, "endSequenceNumber": sequence, "batchSize": 1}}
        queue = self.physical("StreamDeadLetters")
        boto3.client("sqs", region_name=self.region, endpoint_url=self.endpoint).send_message(QueueUrl=queue, MessageBody=json.dumps(email))
        report = json.loads((ROOT / "events/notifications/email-complaint.json").read_text())
        queue = self.physical("FeedbackDeadLetters")
        boto3.client("sqs", region_name=self.region, endpoint_url=self.endpoint).send_message(QueueUrl=queue, MessageBody=json.dumps(report))
        command = [sys.executable, "infra/replay.py", self.name]
        shown = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        check(shown.returncode == 1 and shard in shown.stdout, f"the dead letter is shown: {shown.stdout}{shown.stderr}")
        time.sleep(3)
        done = subprocess.run([*command, "--replay"], cwd=ROOT, env=self.environment, capture_output=True, text=True)
        check(done.returncode == 0 and "replayed" in done.stdout, f"the dead letter is replayed: {done.stdout}{done.stderr}")
        complained = {"TableName": self.table, "Key": key("SUPPRESSED#annoyed@example.org", "SUPPRESSION")}
        eventually("the replayed complaint", lambda: self.dynamodb.get_item(**complained).get("Item"))
        eventually("the replayed welcome", lambda: self.dynamodb.get_item(TableName=self.table, Key=delivery).get("Item"))
        step("a change that was given up is replayed")

    def refused_email(self) -> None:
        """In its sandbox SES refuses addresses that are not verified. The refused email is listed, and goes out once the address is verified."""
        florence, address = self.sign_in(self.administrator), "edith@example.org"
        self.ses.put_account_details(MailType="TRANSACTIONAL", WebsiteURL="https://portal.example.org", ProductionAccessEnabled=False)
        self.register("Edith Cavell", address, "nurse")
        refused = eventually("the refused email", lambda: self.expect("GET", "/emails?state=failed", 200, token=florence)["items"])
        check(len(refused) == 1 and refused[0]["reason"] == "not_verified", f"the refused email is listed: {refused}")
        self.ses.create_email_identity(EmailIdentity=address)
        self.expect("POST", f"/emails/{refused[0]['id']}/resend", 202, token=florence)
        self.mail(address, "Welcome to Seacole General Hospital")
        step("a refused email was listed and sent again")

    def restore(self) -> None:
        """Restores as infra/README.md says: a new table, its settings, the stack moved over to it, and the reminders rebuilt.

        It leaves out deletion protection, so that the restored table can be deleted."""
        # Alan confirms the address at last: only then is he told of appointments.
        alan = self.sign_in(self.at("alan"))
        confirm = {"token": self.emailed_token(self.at("alan"), "Welcome to")}
        check(self.expect("POST", "/users/me/email/confirm", 200, confirm, alan)["email_confirmed"], "the address is confirmed")
        restored = f"{self.table}-restored"
        self.dynamodb.restore_table_to_point_in_time(SourceTableName=self.table, TargetTableName=restored, UseLatestRestorableTime=True)
        self.dynamodb.get_waiter("table_exists").wait(TableName=restored)
        self.dynamodb.update_table(TableName=restored, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        self.dynamodb.update_time_to_live(TableName=restored, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
        self.dynamodb.update_continuous_backups(TableName=restored, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        appointment = self.expect("GET", "/appointments", 200, token=alan)["items"][0]["id"]
        schedule = {"GroupName": self.physical("ReminderGroup").rsplit("/", 1)[-1], "Name": f"appt-{appointment}-1h"}
        eventually("the reminder", lambda: self.scheduler.get_schedule(**schedule))
        self.scheduler.delete_schedule(**schedule)
        self.deploy(ExistingTableStream=self.dynamodb.describe_table(TableName=restored)["Table"]["LatestStreamArn"])
        if self.auth:
            self.name_schedules_as_the_emulator_does()
        kept = self.dynamodb.describe_table(TableName=self.table)["Table"]["TableStatus"]
        check(kept == "ACTIVE", "the old table is kept")
        self.table = restored
        # Six appointments are in the future: those of Alan, Grace and Ada, and three that are cancelled.
        command = [sys.executable, "infra/rebuild_reminders.py", self.name]
        rebuilt = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        check(rebuilt.returncode == 0 and rebuilt.stdout.startswith("6 "), f"the reminders are rebuilt: {rebuilt.stdout}{rebuilt.stderr}")
        self.scheduler.get_schedule(**schedule)
        self.expect("POST", f"/appointments/{appointment}/cancel", 200, {}, self.sign_in(self.at("alan")))
        self.mail(self.at("alan"), "Your appointment with Dr. Helen Taussig is cancelled")
        status = {"TableName": restored, "Key": key(f"APPT#{appointment}", "APPOINTMENT")}
        check(self.dynamodb.get_item(**status)["Item"]["status"]["M"]["name"]["S"] == "cancelled", "the restored table is in use")
        step("the table was restored, the stack moved over to it, and the reminders rebuilt")

    def permissions(self) -> None:
        """Permissions are enforced: a function that loses its permissions is refused."""
        role = self.role("PatientsFunction")
        token = self.sign_in(self.at("ada"))
        self.expect("GET", "/patients/me", 200, token=token)
        for policy in self.iam.list_role_policies(RoleName=role)["PolicyNames"]:
            self.iam.delete_role_policy(RoleName=role, PolicyName=policy)
        answer = self.expect("GET", "/patients/me", 500, token=token)
        check(answer["code"] == "internal" and "dynamodb" not in json.dumps(answer).lower(), "the answer to a refused call gives nothing away")
        step("a function without its permissions is refused")

    def table_is_shared_by_key(self) -> None:
        """Each function's role names the keys that it may read and write. No role may change or delete an entry of the audit log."""
        for function in FUNCTIONS:
            role = self.role(function)
            if not self.emulated:
                context = [{"ContextKeyName": "dynamodb:LeadingKeys", "ContextKeyValues": ["AUDIT#2026-03-02"], "ContextKeyType": "stringList"}]
                arns = {"PolicySourceArn": self.iam.get_role(RoleName=role)["Role"]["Arn"], "ResourceArns": [self.dynamodb.describe_table(TableName=self.table)["Table"]["TableArn"]]}
                changes = ["dynamodb:UpdateItem", "dynamodb:DeleteItem"]
                decisions = self.iam.simulate_principal_policy(**arns, ActionNames=changes, ContextEntries=context)["EvaluationResults"]
                check(all(decision["EvalDecision"] != "allowed" for decision in decisions), f"{function} may change the audit log")
            for name in self.iam.list_role_policies(RoleName=role)["PolicyNames"]:
                for statement in self.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]:
                    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                    if not any(action.startswith("dynamodb:") and "Stream" not in action for action in actions):
                        continue
                    keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
                    changes = any(action.endswith(("UpdateItem", "DeleteItem")) for action in actions)
                    check(not (changes and "AUDIT#*" in keys), f"{function} may change the audit log")
        # The emulator does not know which keys a request touches, but it knows the action, and no role may read the whole table.
        if self.emulated:
            table = self.client_as("DoctorsFunction", "dynamodb")
            table.put_item(TableName=self.table, Item=key("AUDIT#2026-03-02", "test"))
            self.denied("read the whole table", lambda: table.scan(TableName=self.table))
        step("roles name the keys that they may read and write; no role may change the audit log")

    def signing_key_is_for_users_alone(self) -> None:
        secret = {"SecretId": self.physical("SigningKeySecret")}
        self.client_as("UsersFunction", "secretsmanager").get_secret_value(**secret)
        for function in ("PatientsFunction", "DoctorsFunction", "AppointmentsFunction", "MedicalRecordsFunction", "StaffFunction", "WardsFunction", "EmergencyFunction", "LaboratoryFunction", "PharmacyFunction", "BillingFunction", "FeedbackFunction", "ReportsFunction", "NotificationsFunction", "LowStockFunction", "RemindersFunction"):
            self.denied(f"{function} reads the signing key", lambda: self.client_as(function, "secretsmanager").get_secret_value(**secret))
        step("the users function is the only function that may read the signing key")

    def documents_are_for_who_keeps_them(self) -> None:
        bucket = self.physical("Documents")
        for function in ("PatientsFunction", "AppointmentsFunction", "NotificationsFunction"):
            self.denied(f"a document as {function}", lambda: self.client_as(function, "s3").get_object(Bucket=bucket, Key="kept/img_1"))
        record = self.client_as("MedicalRecordsFunction", "s3")
        self.denied("a write outside of its folders", lambda: record.put_object(Bucket=bucket, Key="elsewhere/img_1", Body=b""))
        self.denied("a deleted document", lambda: record.delete_object(Bucket=bucket, Key="kept/img_1"))
        laboratory = self.client_as("LaboratoryFunction", "s3")
        self.denied("an image as the laboratory", lambda: laboratory.get_object(Bucket=bucket, Key="kept/img_1"))
        self.denied("a report as the record", lambda: record.get_object(Bucket=bucket, Key="kept/rep_1"))
        self.denied("a deleted report", lambda: laboratory.delete_object(Bucket=bucket, Key="kept/rep_1"))
        step("images are for the record alone and reports for the laboratory alone, and neither deletes what was kept")

    def client_as(self, function: str, service: str):
        """A client with a function's own role."""
        arn = self.iam.get_role(RoleName=self.role(function))["Role"]["Arn"]
        sts = boto3.client("sts", region_name=self.region, endpoint_url=self.endpoint)
        session = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        keys = {"aws_access_key_id": session["AccessKeyId"], "aws_secret_access_key": session["SecretAccessKey"], "aws_session_token": session["SessionToken"]}
        return boto3.client(service, region_name=self.region, endpoint_url=self.endpoint, **keys)

    def denied(self, what: str, attempt) -> None:
        try:
            attempt()
        except botocore.exceptions.ClientError as error:
            check("AccessDenied" in error.response["Error"]["Code"], f"{what}: {error}")
        else:
            raise Failed(f"this should have been denied: {what}")

    def mails(self) -> list[tuple[list[str], str, str]]:
        """Recipients, subject and plain text of the emails that the emulator has sent."""
        with urllib.request.urlopen(f"{self.endpoint}/_ministack/ses/messages", timeout=10) as answer:
            accounts = json.load(answer)["messages"].values()
        return [(mail["To"], mail["Subject"], mail["BodyText"]) for mails in accounts for mail in mails]

    # ------------------------------------------------------------ talking

    def sign_in(self, address: str) -> str:
        return self.expect("POST", "/auth/token", 200, {"email": address, "password": "correct horse battery"})["access_token"]

    def expect(self, method: str, path: str, status: int, body: dict | None = None, token: str | None = None, version: int | None = None):
        code, text = self.ask(method, path, body, token, version)
        check(code == status, f"{method} {path} answered {code} instead of {status}: {text[:400]}")
        return json.loads(text) if text.startswith(("{", "[")) else text

    def ask(self, method: str, path: str, body: dict | None = None, token: str | None = None, version: int | None = None) -> tuple[int, str]:
        request = urllib.request.Request(self.url + path, method=method)
        if self.host is not None:
            request.add_header("host", self.host)
        if body is not None or method == "POST":
            request.data = json.dumps(body or {}).encode()
            request.add_header("content-type", "application/json")
        if token is not None:
            request.add_header("authorization", f"Bearer {token}")
        if version is not None:
            request.add_header("if-match", f'"v{version}"')
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            raise Failed(f"{method} {path} was not answered ({error})") from None

    def mail(self, to: str, subject: str, seconds: int = 45) -> str:
        """Waits for an email and returns its plain text (the emulator shows no other part). On a real account it waits until SES has taken it."""
        if not self.emulated:
            eventually(f"SES has an email to {to}: {subject}", lambda: self.delivered(to, subject), seconds)
            return ""

        def find():
            return next((text for recipients, title, text in self.mails() if to in recipients and title.startswith(subject)), None)

        return eventually(f"an email to {to}: {subject}", find, seconds)

    def delivered(self, to: str, subject: str) -> bool:
        """Whether SES has taken such an email that the test has not counted yet."""
        about = next(part for start, part in DELIVERIES.items() if subject.startswith(start))
        claim = self.dynamodb.get_item(TableName=self.table, Key=key(f"EMAIL#{to}", "EMAIL"), ConsistentRead=True).get("Item")
        if claim is None:
            return False
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table, ConsistentRead=True, FilterExpression="#kind = :delivery AND #to = :user", ExpressionAttributeNames={"#kind": "kind", "#to": "to"},
            ExpressionAttributeValues={":delivery": {"S": "delivery"}, ":user": claim["user_id"]},
        )
        for item in (item for page in pages for item in page["Items"]):
            id, state = item["id"]["S"], item["delivery_state"]["S"]
            if about in id and id not in self.sent:
                check(state in ("queued", "sent"), f"SES did not take the email {id}: {state}, {item.get('entry')}")
                if state == "sent":
                    self.sent.add(id)
                    return True
        return False


class Watched(Deployment):
    """Functions behind `cargo lambda watch`, on the local services."""

    def __init__(self, folder: pathlib.Path):
        file = folder / "services.env"
        if not file.is_file():
            raise Failed(f"{file} does not exist: start the services with cargo run -- services --data {folder}")
        settings = dict(line.split("=", 1) for line in file.read_text().splitlines())
        settings = {name: value.strip("'") for name, value in settings.items()}
        os.environ.update({name: settings[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")})
        self.emulated, self.region, self.sent = True, "eu-west-2", set()
        self.host, self.url, self.table = None, "http://127.0.0.1:9000", settings["TABLE_NAME"]
        self.administrator = settings["ADMINISTRATOR_EMAIL"]
        self.pages = settings["PORTAL_URL"].rsplit("/", 1)[0]
        self.dynamodb = boto3.client("dynamodb", region_name=self.region, endpoint_url=settings["AWS_ENDPOINT_URL_DYNAMODB"])
        self.scheduler = boto3.client("scheduler", region_name=self.region, endpoint_url=settings["AWS_ENDPOINT_URL_SCHEDULER"])
        reach(f"{self.url}/.well-known/jwks.json")

    def physical(self, logical: str) -> str:
        return {"ReminderGroup": "reminders"}[logical]

    def mails(self) -> list[tuple[list[str], str, str]]:
        with urllib.request.urlopen(f"{self.pages}/mailbox.json", timeout=10) as answer:
            return [([mail["to"]], mail["subject"], mail["text"]) for mail in json.load(answer)]


def key(pk: str, sk: str) -> dict:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def eventually(what: str, look, seconds: int = 45):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.5)
    raise Failed(f"still missing after {seconds} seconds: {what}")


def check(holds: bool, what: str) -> None:
    if not holds:
        raise Failed(what)


def step(text: str) -> None:
    print(f"  {text}", flush=True)


def run(command: list[str]) -> str:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode != 0:
        raise Failed(f"{' '.join(command)} failed: {result.stderr.strip()}")
    return result.stdout


if __name__ == "__main__":
    sys.exit(main())
