#!/usr/bin/env python3
"""Proves the books of every patient.

    infra/check_billing.py STACK

An invoice equals its lines. What was posted to it follows in order and adds up to its balance, so that what was paid and what is outstanding is the
total. Each charge is open or on one invoice, and the numbers of invoices have no gaps. It may run at any time and more than once. It names patients whose books others changed all the time. It
ends with 1 when something is wrong, or when there are such patients. Run it with the Python of an environment that has infra/requirements.txt. It uses
your AWS credentials and Region, and AWS_ENDPOINT_URL if that is set.
"""

import argparse
import json
import sys

import boto3
from botocore.config import Config


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", help="the CloudFormation stack's name")
    stack = parser.parse_args().stack
    cloudformation = boto3.client("cloudformation")
    resource = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="NotificationsFunction")
    function = resource["StackResourceDetail"]["PhysicalResourceId"]
    functions = boto3.client("lambda", config=Config(read_timeout=330))
    counts, drifts, busy, after, last = {"patients": 0, "invoices": 0, "charges": 0}, [], [], None, None
    while True:
        answer = functions.invoke(FunctionName=function, Payload=json.dumps({"check_billing": {"after": after}}).encode())
        report = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            print(f"{function}: {json.dumps(report)[:300]}", file=sys.stderr)
            return 1
        counts = {name: count + report[name] for name, count in counts.items()}
        drifts, busy, after = drifts + report["drifts"], busy + report["busy"], report["next"]
        last = report["last_number"] if last is None else last
        if after is None:
            break
    if counts["invoices"] < last:
        drifts.append({"drift": {"missing_invoices": last - counts["invoices"]}})
    for drift in drifts:
        print(json.dumps(drift))
    for patient in busy:
        print(f"the books of {patient} were changed by others all the time")
    print(f"{counts['patients']} patients, {counts['invoices']} invoices and {counts['charges']} charges were checked, and {len(drifts)} things are wrong")
    return 1 if drifts or busy else 0


if __name__ == "__main__":
    sys.exit(main())
