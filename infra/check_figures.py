#!/usr/bin/env python3
"""Counts everything again that reports show, and compares it with the figures.

    infra/check_figures.py [--repair] [--count-all] STACK

Each thing that counts is counted as it stands now: what differs from its note is counted anew. Then the notes are added up and compared with the
figures. With --repair, figures that are wrong are put right; what changes at that moment is left for the next time. With --count-all, things are
counted first that may never have been: for a table from before there were figures, and after the stream has lost something. That reads the whole
table. It may run at any time and more than once. What the stream has not brought yet is
counted anew, too: run it again. It ends with 1 when something was wrong, and with 2 when figures have changed meanwhile, so that nothing is known of them. Run it with the Python of an environment that has
infra/requirements.txt. It uses your AWS credentials and Region, and AWS_ENDPOINT_URL if that is set.
"""

import argparse
import itertools
import json
import sys

import boto3
from botocore.config import Config

# How many things one call names.
AT_ONCE = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repair", action="store_true", help="put wrong figures right")
    parser.add_argument("--count-all", action="store_true", help="read the whole table for things that were never counted")
    parser.add_argument("stack", help="the CloudFormation stack's name")
    options = parser.parse_args()
    cloudformation = boto3.client("cloudformation")
    resource = cloudformation.describe_stack_resource(StackName=options.stack, LogicalResourceId="NotificationsFunction")
    function = resource["StackResourceDetail"]["PhysicalResourceId"]
    functions = boto3.client("lambda", config=Config(read_timeout=330))

    def call(check: dict) -> dict:
        answer = functions.invoke(FunctionName=function, Payload=json.dumps({"check_figures": check}).encode())
        report = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise SystemExit(f"{function}: {json.dumps(report)[:300]}")
        return report

    sources, stale = 0, []
    if options.count_all:
        outputs = cloudformation.describe_stacks(StackName=options.stack)["Stacks"][0]["Outputs"]
        things = countable(next(output["OutputValue"] for output in outputs if output["OutputKey"] == "TableName"))
        while batch := list(itertools.islice(things, AT_ONCE)):
            stale += call({"count": batch})["stale"]
    after = None
    while True:
        report = call({"after": after, "repair": options.repair})
        sources, stale, after = sources + report["sources"], stale + report["stale"], report["next"]
        if after is None:
            break
    for source in stale:
        print(f"{source} had added something else, and is counted anew")
    checked = report["checked"]
    for drift in checked["drifts"]:
        print(json.dumps(drift))
    print(f"{sources} things were counted, {len(stale)} of them anew; {len(checked['drifts'])} figures are wrong, {checked['repaired']} items "
          f"were put right, and {checked['busy']} have changed meanwhile")
    return 1 if stale or checked["drifts"] else 2 if checked["busy"] else 0


def countable(table: str):
    """Everything in the table that counts, as the function names it."""
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    for item in itertools.chain.from_iterable(page["Items"] for page in pages):
        text = lambda name, of=item: of.get(name, {}).get("S")
        kind, entry = text("kind"), item.get("entry", {}).get("M", {})
        own = {"encounter": "encounter", "medicine_prescription": "medicine", "admission": "admission", "invoice_balance": "invoice", "feedback": "feedback"}
        listed = {"lab_order": "lab_order", "allocation": "allocation"}
        if kind in own:
            yield {"what": own[kind], "patient": text("patient_id"), "id": text("id")}
        elif kind in listed:
            yield {"what": listed[kind], "patient": text("patient_id", entry), "id": text("id", entry)}
        elif kind == "appointment":
            yield {"what": "appointment", "id": text("id")}
        elif kind == "emergency_case":
            yield {"what": "case", "id": text("id")}
        elif kind == "critical_result":
            yield {"what": "critical_result", "patient": text("patient_id", entry), "id": text("order_id", entry)}
        elif kind == "ward":
            yield {"what": "ward", "ward": text("ward")}
        elif kind == "stock_movement":
            yield {"what": "movement", "medicine": text("medicine_id"), "id": text("id", entry)}


if __name__ == "__main__":
    sys.exit(main())
