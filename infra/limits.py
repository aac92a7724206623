#!/usr/bin/env python3
"""Compares the CloudFormation template that SAM makes of a template with AWS's limits, and prints how much of each is used:

    infra/limits.py TEMPLATE

Exits with 1 when a limit is exceeded. Run it with the Python of an environment that has infra/requirements.txt. The limits are the default
quotas of CloudFormation, API Gateway (HTTP APIs), Lambda and IAM, as documented in 2026."""

import json
import sys

from translated import read, translate

RESOURCES, TEMPLATE_BYTES, ROUTES = 500, 1_000_000, 300
FUNCTION_POLICY_BYTES, ROLE_POLICY_CHARACTERS, ENVIRONMENT_BYTES, FILTERS = 20_480, 10_240, 4_096, 5
# What ids, the account and the Region add to a statement of a function's policy, besides the text of the template.
STATEMENT_BYTES = 400
# The longest value of each parameter that is in the environment.
PARAMETER_BYTES = {"PublicKeys": 700, "HospitalName": 80, "HospitalAddress": 200, "HospitalContact": 120}
ORDINARY_PARAMETER_BYTES = 64


def size(value):
    return len(json.dumps(value, separators=(",", ":")).encode())


def environment_bytes(variables):
    """The bytes of all names and values. A reference counts as the longest value that it can have."""
    def length(value):
        if isinstance(value, str):
            return len(value.encode())
        return PARAMETER_BYTES.get(value.get("Ref"), 140 if "Fn::GetAtt" in value else ORDINARY_PARAMETER_BYTES)

    return sum(len(name) + length(value) for name, value in variables.items())


def main():
    document = translate(read(sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)))
    resources = document["Resources"]
    of_type = lambda kind: {name: resource["Properties"] for name, resource in resources.items() if resource["Type"] == kind}
    paths = [methods for api in of_type("AWS::ApiGatewayV2::Api").values() for methods in api["Body"]["paths"].values()]
    routes = sum(len([method for method in methods if method != "options"]) for methods in paths)
    used = [
        ("resources", len(resources), RESOURCES),
        ("bytes of the template", size(document), TEMPLATE_BYTES),
        ("routes of the API", routes, ROUTES),
    ]
    permissions = {}
    for permission in of_type("AWS::Lambda::Permission").values():
        function = permission["FunctionName"].get("Ref") or permission["FunctionName"]["Fn::GetAtt"][0]
        permissions[function] = permissions.get(function, 0) + size(permission) + STATEMENT_BYTES
    for function, properties in sorted(of_type("AWS::Lambda::Function").items()):
        used.append((f"bytes of {function}'s policy", permissions.get(function, 0), FUNCTION_POLICY_BYTES))
        variables = properties.get("Environment", {}).get("Variables", {})
        used.append((f"bytes of {function}'s environment", environment_bytes(variables), ENVIRONMENT_BYTES))
    for name, role in sorted(of_type("AWS::IAM::Role").items()):
        used.append((f"characters of {name}'s policies", sum(size(policy) for policy in role.get("Policies", [])), ROLE_POLICY_CHARACTERS))
    for name, mapping in sorted(of_type("AWS::Lambda::EventSourceMapping").items()):
        used.append((f"filters of {name}", len(mapping.get("FilterCriteria", {}).get("Filters", [])), FILTERS))
    for what, now, most in used:
        print(f"{'pass' if now <= most else 'FAIL'} {what}: {now:,} of {most:,}, {100 * now / most:.0f} %")
    sys.exit(any(now > most for _, now, most in used))


main()
