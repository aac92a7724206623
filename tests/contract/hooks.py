"""What schemathesis calls while it runs: requests that get further, exceptions.py, and notes for run.py."""

import hashlib
import json
import os
import pathlib
import re
import sys
import urllib.error
import urllib.request

import schemathesis
from schemathesis.core.parameters import ParameterLocation

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exceptions  # noqa: E402

NOTES = open(os.environ["CONTRACT_NOTES"], "a", encoding="utf-8")


def note(**members):
    NOTES.write(json.dumps(members) + "\n")
    NOTES.flush()


@schemathesis.auth(refresh_interval=None)
class Token:
    """The role's token; where there is none, that of somebody who signs in for each request, after registering if need be."""

    def get(self, case, context):
        return os.environ["CONTRACT_TOKEN"] or sign_in_anew()

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


LEAVERS = []


def sign_in_anew():
    for _ in range(2):
        if LEAVERS:
            try:
                return ask("/auth/token", {"email": LEAVERS[-1], "password": "correct horse battery"})["access_token"]
            except urllib.error.HTTPError:
                pass  # The account is closed.
        LEAVERS.append(f"leaver{len(LEAVERS)}@example.org")
        contact = {"name": "Wei Chen", "phone": "+44 20 7946 0102"}
        ask("/users", {
            "name": "Lin Chen", "email": LEAVERS[-1], "password": "correct horse battery", "date_of_birth": "1988-02-29", "gender": "female",
            "phone": "+44 20 7946 0101", "address": "1 High Street, London", "emergency_contact": contact,
        })
    raise RuntimeError("nobody can sign in any more")


def ask(path, body):
    request = urllib.request.Request(os.environ["CONTRACT_URL"] + path, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def is_about(case, name):
    """Whether the case is there to send a wrong header of this name."""
    if case.meta is None:
        return False
    data = case.meta.phase.data
    names = [data.parameter, *(mutation.parameter for mutation in data.mutations)]
    return case.meta.is_negative_at(ParameterLocation.HEADER) and name in names


def version_of(path, headers):
    """What this change has to name, and no dictionary knows."""
    request = urllib.request.Request(os.environ["CONTRACT_URL"] + path, headers={"authorization": headers.get("Authorization", "")})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.headers["etag"]
    except urllib.error.HTTPError:
        return None


@schemathesis.hook
def before_call(context, case, kwargs):
    headers = case.headers
    if headers.get("If-Match") == "" and not is_about(case, "If-Match"):
        # schemathesis takes an empty one for valid, and so never gets past it.
        headers["If-Match"] = "*"
    if case.operation.label == "PATCH /patients/me" and "If-Match" in headers and not is_about(case, "If-Match"):
        headers["If-Match"] = version_of("/patients/me", headers) or headers["If-Match"]
    key = headers.get("Idempotency-Key")
    if key and not is_about(case, "Idempotency-Key"):
        # Few keys come again and again, with other bodies: that is refused. With the body in the key, what comes again is the same request.
        body = hashlib.sha256(repr((case.path_parameters, headers.get("If-Match"), case.body)).encode("utf-8", "replace")).hexdigest()[:16]
        headers["Idempotency-Key"] = key[:100] + body


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation
    succeeded = 200 <= response.status_code < 300 and response.request.method == operation.method.upper()
    note(operation=operation.definition.raw["operationId"], succeeded=succeeded, status=response.status_code)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether it is one."""
    operation = case.operation.label
    for code, field, sent in found(failure, case, response):
        temporary = exceptions.allowed(exceptions.TEMPORARY, code, operation, field, sent)
        permanent = exceptions.allowed(exceptions.PERMANENT, code, operation, field, sent)
        if permanent is not None:
            note(permanent=permanent)
        elif temporary is not None:
            note(temporary=temporary)
        else:
            note(failure=type(failure).__name__, code=code, operation=operation, field=field, sent=repr(sent))
            return True
    return False


def found(failure, case, response):
    """What there is to allow: by code, field, and what was sent."""
    if type(failure).__name__ == "RejectedPositiveData":
        try:
            problem = json.loads(response.content)
        except ValueError:
            problem = {}
        if problem.get("code") == "invalid_request":
            return [(error["code"], error["field"], sent_in(case, error["field"])) for error in problem["errors"]]
        return [(problem.get("code", "none"), "", None)]
    changed = case.meta.phase.data.description if case.meta else None
    return [(type(failure).__name__, changed or "", None)]


def sent_in(case, field):
    """What the request has in a field such as `weekly_hours[2].from`."""
    value = case.body if isinstance(case.body, dict) else case.query
    for part in re.findall(r"[^.\[\]]+", field):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value
