#!/usr/bin/env python3
"""Counts the ledger of every medicine of every pharmacy again, and compares it with the stock.

    infra/check_stock.py STACK [--rebuild]

With --rebuild, a stock that differs is made what its ledger says. It may run at any time and more than once. It names medicines whose ledger could
not be counted as a whole, because others change their stock at this moment. It ends with 1 when a lot differs and was not rebuilt, or when there
are such medicines. Run it with the Python of an environment that has infra/requirements.txt. It uses your
AWS credentials and Region, and AWS_ENDPOINT_URL if that is set.
"""

import argparse
import json
import sys

import boto3
from botocore.config import Config


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", help="the CloudFormation stack's name")
    parser.add_argument("--rebuild", action="store_true", help="make what differs what the ledger says")
    arguments = parser.parse_args()
    cloudformation = boto3.client("cloudformation")
    resource = cloudformation.describe_stack_resource(StackName=arguments.stack, LogicalResourceId="LowStockFunction")
    function = resource["StackResourceDetail"]["PhysicalResourceId"]
    functions = boto3.client("lambda", config=Config(read_timeout=330))
    checked, drifts, incomplete, after = 0, [], [], None
    while True:
        call = {"check_stock": {"rebuild": arguments.rebuild, "after": after}}
        answer = functions.invoke(FunctionName=function, Payload=json.dumps(call).encode())
        report = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            print(f"{function}: {json.dumps(report)[:300]}", file=sys.stderr)
            return 1
        checked, after = checked + report["checked"], report["next"]
        drifts += report["drifts"]
        incomplete += report["incomplete"]
        if after is None:
            break
    for drift in drifts:
        print(json.dumps(drift))
    for medicine in incomplete:
        print(f"the ledger of {medicine} could not be counted as a whole")
    print(f"{checked} medicines were checked, and {len(drifts)} lots differ from their ledger")
    return 1 if incomplete or any(not drift["rebuilt"] for drift in drifts) else 0


if __name__ == "__main__":
    sys.exit(main())
