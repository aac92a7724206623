#!/usr/bin/env python3
"""Is the API what its document says? Asks a hospital that it starts, the way others would:

    tests/contract/run.py BINARY --venv-bin DIR --node-modules DIR [--reports DIR]

- a validator and a linter read the document;
- a client is generated from it, compiled strictly, and run: client.ts;
- schemathesis sends what the document allows and what it does not, as six roles, and as patients who leave.

It installs nothing: `--venv-bin` is the bin folder of an environment with requirements.txt, `--node-modules` what `npm ci` made of
package-lock.json. `--reports` keeps what schemathesis says. What it may find is in exceptions.py, and nowhere else."""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import exceptions

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "meditrack-demo"
ROLES = {
    "patient": "ada@example.org",
    "receptionist": "rosa@seacole.example.org",
    "doctor": "helen@seacole.example.org",
    "administrator": "florence@seacole.example.org",
    "pharmacist": "percy@seacole.example.org",
    "technician": "gerty@seacole.example.org",
    "accountant": "luca@seacole.example.org",
}
# What a role is tried with, where it is not everything.
ONLY = {"pharmacist": ["pharmacies", "stock", "dispensing"], "technician": ["laboratories", "lab orders"], "accountant": ["charges", "invoices", "payments"]}
# Every run lives on the same morning, a Monday: the same slots are free, and appointments have begun.
BEFORE, BEGUN = "2026-03-02T08:30", "2026-03-02T10:05"
LONGEST = 480


class Failed(Exception):
    """What is wrong."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--venv-bin", type=pathlib.Path, required=True)
    parser.add_argument("--node-modules", type=pathlib.Path, required=True)
    parser.add_argument("--reports", type=pathlib.Path)
    options = parser.parse_args()
    if not options.binary.is_file():
        parser.error(f"there is no {options.binary}")
    with tempfile.TemporaryDirectory(prefix="meditrack-contract-") as folder:
        try:
            Contract(options, pathlib.Path(folder)).check()
        except Failed as failed:
            print(f"contract: {failed}", file=sys.stderr)
            return 1
    return 0


class Hospital:
    """One that runs in a folder of its own, until the `with` ends."""

    def __init__(self, binary, folder, clock):
        folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = folder / "said"
        command = [binary.resolve(), "--demo", "--data", folder / "data", "--port", str(self.port), "--clock", clock]
        with self.said.open("w") as said:
            self.process = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, "RUST_LOG": "error"})

    def __enter__(self):
        for _ in range(300):
            try:
                self.ask("GET", "/health")
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        self.__exit__()
        raise Failed(f"the hospital did not start: {self.said.read_text()}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, method, path, body=None, token=None):
        headers = {"content-type": "application/json"} if body is not None else {}
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as refusal:
            raise Failed(f"{method} {path}: {refusal.code} {refusal.read().decode()}") from None

    def tokens(self, email):
        return self.ask("POST", "/auth/token", {"email": email, "password": PASSWORD})

    def sign_in(self, email):
        return self.tokens(email)["access_token"]

    def emailed(self, path, email):
        """Asks for an email with a token; the token."""
        def sent():
            texts = [mail["text"] for mail in self.ask("GET", "/mailbox.json") if mail["to"] == email]
            return [token for text in texts for token in re.findall(r"tok_[A-Za-z0-9_.-]*[A-Za-z0-9_-]", text)]

        before = set(sent())
        self.ask("POST", path, {"email": email})
        for _ in range(100):
            if new := [token for token in sent() if token not in before]:
                return new[0]
            time.sleep(0.1)
        raise Failed(f"no email came to {email} after POST {path}")


class Contract:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.python, self.schemathesis = options.venv_bin.resolve() / "python", options.venv_bin.resolve() / "schemathesis"
        self.data = folder / "morning"

    def check(self):
        began = time.monotonic()
        with Hospital(self.options.binary, self.data, BEFORE) as hospital:
            self.morning(hospital)
        with Hospital(self.options.binary, self.copy("client"), BEGUN) as hospital:
            document = hospital.ask("GET", "/openapi.json")
            self.document(document)
            self.client(hospital)
        self.roles({operation["operationId"] for item in document["paths"].values() for operation in item.values()})
        step(f"passed in {time.monotonic() - began:.0f} s")

    def copy(self, name):
        """A folder in which the same morning goes on."""
        shutil.copytree(self.data / "data", self.folder / name / "data")
        return self.folder / name

    def morning(self, hospital):
        """The front desk has booked, nurses wait for approval, and a doctor is suspended."""
        for name in ["Mary Mahoney", "Edith Cavell", "Walt Whitman", "Cicely Saunders"]:
            email = name.replace(" ", ".").lower() + "@example.org"
            phone = "+44 20 7946 0103"
            hospital.ask("POST", "/users", {"role": "nurse", "name": name, "email": email, "password": PASSWORD, "phone": phone})
        rosa, helen = hospital.sign_in(ROLES["receptionist"]), hospital.sign_in(ROLES["doctor"])
        doctor = hospital.ask("GET", "/users/me", token=helen)["doctor_id"]
        free = hospital.ask("GET", f"/doctors/{doctor}/slots", token=rosa)["items"]
        for slot, email in zip(free, 3 * ["ada@example.org", "alan@example.org", "grace@example.org"]):
            patient = hospital.ask("GET", "/users/me", token=hospital.sign_in(email))["patient_id"]
            wanted = {"doctor_id": doctor, "patient_id": patient, "starts_at": slot["starts_at"], "reason": "Checkup"}
            hospital.ask("POST", "/appointments", wanted, rosa)
        # Ada has asked for what needs no prescription.
        ada = hospital.sign_in(ROLES["patient"])
        for _ in range(2):
            pharmacy, medicine = self.shelf(hospital, ada)
            wanted = {"pharmacy_id": pharmacy, "medicine_id": medicine["id"], "units": 20}
            hospital.ask("POST", f"/patients/{hospital.ask('GET', '/users/me', token=ada)['patient_id']}/allocations", wanted, ada)
        # A laboratory has two prescriptions of hers: of one, there is a specimen.
        record = f"/patients/{hospital.ask('GET', '/users/me', token=ada)['patient_id']}"
        test = hospital.ask("GET", "/lab-tests?name=potassium", token=ada)["items"][0]
        for _ in range(2):
            prescription = hospital.ask("POST", f"{record}/prescriptions/lab-tests", {"test": "Potassium"}, helen)["id"]
            wanted = {"laboratory_id": test["laboratory_id"], "test_id": test["id"], "prescription_id": prescription}
            order = hospital.ask("POST", f"{record}/lab-orders", wanted, ada)["id"]
        gerty = hospital.sign_in(ROLES["technician"])
        hospital.ask("POST", f"{record}/lab-orders/{order}/collect", {}, gerty)
        # Ada has two invoices: one is paid in part, and of the other a refund is asked for. Something is on none.
        luca = hospital.sign_in(ROLES["accountant"])
        money, part = ({"amount": amount, "currency": "GBP"} for amount in ("30.00", "10.00"))
        charge = {"what": "Copy of the images", "unit_price": money, "reason": "Asked for by the patient"}
        for _ in range(2):
            hospital.ask("POST", f"{record}/charges", charge, luca)
            invoice = f"{record}/invoices/{hospital.ask('POST', f'{record}/invoices', token=luca)['id']}"
            hospital.ask("POST", f"{invoice}/payments", {"amount": part, "tender": "card"}, luca)
        hospital.ask("POST", f"{invoice}/refunds", {"payment": 2, "amount": part, "reason": "Paid twice", "owed_again": True}, luca)
        for _ in range(3):
            hospital.ask("POST", f"{record}/charges", charge, luca)
        florence = hospital.sign_in(ROLES["administrator"])
        patricia = hospital.ask("GET", "/users/me", token=hospital.sign_in("patricia@seacole.example.org"))
        hospital.ask("POST", f"/users/{patricia['id']}/suspend", token=florence)

    @staticmethod
    def shelf(hospital, token):
        """The pharmacy that is always open, and what it keeps that needs no prescription."""
        pharmacy = [one["id"] for one in hospital.ask("GET", "/pharmacies?name=day", token=token)["items"]][0]
        kept = hospital.ask("GET", f"/pharmacies/{pharmacy}/medicines", token=token)["items"]
        return pharmacy, [medicine for medicine in kept if medicine["over_the_counter"]][0]

    def document(self, document):
        path = self.folder / "openapi.json"
        path.write_text(json.dumps(document))
        run("validate the document", [self.python, "-m", "openapi_spec_validator", "--errors", "all", path])

    def client(self, hospital):
        """In a folder beside node_modules, where node looks for packages."""
        folder = self.folder / "node"
        folder.mkdir()
        (folder / "node_modules").symlink_to(self.options.node_modules.resolve())
        for name in ["client.ts", "lint.mjs", "package.json", "tsconfig.json"]:
            shutil.copy(HERE / name, folder)
        tools = folder / "node_modules/.bin"
        run("lint the document", ["node", "lint.mjs", "../openapi.json"], folder)
        run("generate a client", [tools / "openapi-typescript", "../openapi.json", "--output", "api.d.ts"], folder)
        run("compile it, strictly", [tools / "tsc", "--project", "."], folder)
        run("use it", ["node", "built/client.js", hospital.url, PASSWORD], folder)

    def roles(self, operations):
        succeeded, used, problems = set(), collections.Counter(), []
        # Two at once: schemathesis and its hospital keep about one core busy.
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(self.role, role) for role in [*ROLES, "leaving"]]:
                try:
                    succeeded |= done.result()[0]
                    used += done.result()[1]
                except Failed as failed:
                    problems.append(str(failed))
        if not problems:
            for operation in sorted(operations - succeeded - set(exceptions.ONLY_THE_CLIENT)):
                problems.append(f"nobody succeeded with {operation}: its answers were not checked")
            for number, row in enumerate(exceptions.TEMPORARY):
                if not used[number]:
                    problems.append(f"is it mended? Nothing needs this row of TEMPORARY any more: {row.code}, {row.operation}, {row.field}")
        if problems:
            raise Failed("\n".join(problems))

    def role(self, role):
        """Which operations succeeded, and how often each row of TEMPORARY was needed."""
        folder = self.copy(role)
        for name in ["schemathesis.toml", "exceptions.py", "hooks.py"]:
            shutil.copy(HERE / name, folder)
        notes, said, began = folder / "notes", folder / "schemathesis", time.monotonic()
        leaving = role == "leaving"
        # The list is where they find a sign-in to end.
        names = exceptions.END_THE_SIGN_IN + ["list_own_sessions"] * leaving
        which = [part for name in names for part in ["--include-operation-id" if leaving else "--exclude-operation-id", name]]
        which += [part for tag in ONLY.get(role, []) for part in ["--include-tag", tag]]
        with Hospital(self.options.binary, folder, BEGUN) as hospital:
            self.dictionaries(hospital, folder)
            token = "" if leaving else hospital.sign_in(ROLES[role])
            environment = {
                **os.environ, "CONTRACT_NOTES": str(notes), "CONTRACT_URL": hospital.url, "CONTRACT_TOKEN": token,
                "SCHEMATHESIS_HOOKS": str(folder / "hooks.py"),
            }
            command = [
                self.schemathesis, "--config-file", folder / "schemathesis.toml", "run", hospital.url + "/openapi.json", "--no-color", *which,
            ]
            with said.open("w") as output:
                try:
                    code = subprocess.run(
                        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=LONGEST,
                    ).returncode
                except subprocess.TimeoutExpired:
                    raise Failed(f"schemathesis as {role} did not end in {LONGEST} s") from None
            if token:
                hospital.ask("GET", "/users/me", token=token)  # With a token that has ended, nothing is tested.
        if self.options.reports:
            self.options.reports.mkdir(parents=True, exist_ok=True)
            for path in [said, notes]:
                shutil.copy(path, self.options.reports / f"{role}.{path.name}")
        noted = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
        if code != 0:
            raise Failed(f"schemathesis as {role}:\n{part_that_matters(said.read_text())}")
        calls = [note for note in noted if "status" in note]
        allowed = sum("permanent" in note for note in noted)
        used = collections.Counter(note["temporary"] for note in noted if "temporary" in note)
        step(f"schemathesis as {role}: {len(calls)} requests, 0 failures; {allowed} exceptions, and {used.total()} for now; "
             f"{time.monotonic() - began:.0f} s")
        return {call["operation"] for call in calls if call["succeeded"]}, used

    @staticmethod
    def dictionaries(hospital, folder):
        """What is really there, for schemathesis.toml."""
        tokens = {role: hospital.sign_in(email) for role, email in ROLES.items()}
        patient = hospital.ask("GET", "/users/me", token=tokens["patient"])
        doctor = hospital.ask("GET", "/users/me", token=tokens["doctor"])
        groups = ["pending", "suspended", "staff"]
        accounts = [account for group in groups for account in hospital.ask("GET", f"/users?group={group}", token=tokens["administrator"])["items"]]
        ends = ["upcoming", "past"]
        own = [hospital.ask("GET", f"/appointments?when={when}", token=tokens[role])["items"] for role in ["patient", "doctor"] for when in ends]
        slots = hospital.ask("GET", f"/doctors/{doctor['doctor_id']}/slots", token=tokens["patient"])["items"]
        percy = tokens["pharmacist"]
        pharmacy, medicine = Contract.shelf(hospital, percy)
        kept = hospital.ask("GET", f"/pharmacies/{pharmacy}/medicines", token=percy)["items"]
        lots = hospital.ask("GET", f"/pharmacies/{pharmacy}/medicines/{medicine['id']}/lots", token=percy)["items"]
        waiting = hospital.ask("GET", f"/pharmacies/{pharmacy}/allocations", token=percy)["items"]
        tests = hospital.ask("GET", "/lab-tests", token=tokens["technician"])["items"]
        orders = hospital.ask("GET", f"/laboratories/{tests[0]['laboratory_id']}/lab-orders", token=tokens["technician"])["items"]
        invoices = hospital.ask("GET", f"/patients/{patient['patient_id']}/invoices", token=tokens["patient"])["items"]
        words = {
            "invoices": [invoice["id"] for invoice in invoices],
            "laboratories": [tests[0]["laboratory_id"]],
            "offered_tests": [test["id"] for test in tests],
            "lab_orders": [order["id"] for order in orders],
            "pharmacies": [pharmacy],
            "stocked_medicines": [medicine["id"], *[one["id"] for one in kept]],
            "lots": [lot["id"] for lot in lots],
            "allocations": [one["id"] for one in waiting],
            "doctors": [doctor["doctor_id"]],
            "patients": [patient["patient_id"]],
            "appointments": [appointment["id"] for items in own for appointment in items],
            "accounts": [account["id"] for account in accounts if account["email"] not in ROLES.values()],
            "receptionists": [account["id"] for account in accounts if account["email"] == "sojourner@seacole.example.org"],
            "suspended": [account["id"] for account in accounts if account["email"] == "patricia@seacole.example.org"],
            "slots": [slot["starts_at"] for slot in slots[:20]],
            "refresh_tokens": [hospital.tokens("alan@example.org")["refresh_token"] for _ in range(3)],
            "sign_in_tokens": [hospital.emailed("/auth/email-token", "grace@example.org") for _ in range(3)],
            "password_tokens": [hospital.emailed("/auth/password/forgot", "sojourner@seacole.example.org") for _ in range(2)],
        }
        for name, entries in words.items():
            if not entries:
                raise Failed(f"the demo hospital has no {name}")
            (folder / f"{name}.dict").write_text("".join(f"{json.dumps(entry)}\n" for entry in dict.fromkeys(entries)))


def run(what, command, folder=None):
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONGEST)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{what}: {error}") from None
    if done.returncode != 0:
        raise Failed(f"{what}:\n{done.stdout}{done.stderr}")
    step(what)


def part_that_matters(said):
    """From the first error or failure to the summary."""
    found = re.search(r"^=+ (?:ERRORS|FAILURES) =+$.*?(?=^=+ (?:WARNINGS|SUMMARY) =+$)", said, re.M | re.S)
    lines = (found[0] if found else said).splitlines()
    return "\n".join(lines[:200] + ["… (--reports keeps all of it)"] * (len(lines) > 200))


def step(what):
    print(f"contract: {what}", flush=True)


sys.exit(main())
