#!/usr/bin/env python3
"""Makes the reminders of all future appointments again, from the table. Use it for a stack whose table was restored.

    infra/rebuild_reminders.py STACK

It may run at any time and more than once. Run it with the Python of an environment that has infra/requirements.txt. It
uses your AWS credentials and Region, and AWS_ENDPOINT_URL if that is set.
"""

import argparse
import datetime
import itertools
import json
import sys

import boto3
from botocore.config import Config

# How many appointments one call names. Each one takes the function some tens of milliseconds.
AT_ONCE = 50


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", help="the CloudFormation stack's name")
    stack = parser.parse_args().stack
    cloudformation = boto3.client("cloudformation")
    outputs = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    table = next(output["OutputValue"] for output in outputs if output["OutputKey"] == "TableName")
    function = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="NotificationsFunction")["StackResourceDetail"]["PhysicalResourceId"]
    functions = boto3.client("lambda", config=Config(read_timeout=330))
    done, ids = 0, upcoming(table)
    while batch := list(itertools.islice(ids, AT_ONCE)):
        # What is not an appointment is a wait with an offer.
        appointments = [id for id in batch if id.startswith("apt_")]
        payload = {"rebuild_reminders": appointments, "rebuild_offers": [id for id in batch if id not in appointments]}
        answer = functions.invoke(FunctionName=function, Payload=json.dumps(payload).encode())
        if "FunctionError" in answer:
            print(f"{function}: {answer['Payload'].read().decode()[:300]}", file=sys.stderr)
            return 1
        done += len(appointments)
    print(f"{done} future appointments have their reminders")
    return 0


def upcoming(table: str):
    """The ids of future appointments, and of waits to whom a slot is offered. It scans the table: no request of the hospital needs this list, so no index has it."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(
        TableName=table, FilterExpression="#kind = :appointment OR (#kind = :wait AND #state.#name = :offered)", ProjectionExpression="#id, #slot",
        ExpressionAttributeNames={"#kind": "kind", "#id": "id", "#slot": "slot", "#state": "state", "#name": "name"},
        ExpressionAttributeValues={":appointment": {"S": "appointment"}, ":wait": {"S": "wait"}, ":offered": {"S": "offered"}},
    )
    for page in pages:
        yield from (item["id"]["S"] for item in page["Items"] if "slot" not in item or item["slot"]["M"]["start"]["S"] > now)


if __name__ == "__main__":
    sys.exit(main())
