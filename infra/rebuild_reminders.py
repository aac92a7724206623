#!/usr/bin/env python3
"""Makes the reminders of all future appointments again, from the table, and the schedules of offers, beds, emergencies, lots, invoices and what
patients have to collect. Use it for a stack whose
table was restored, and after TriageMinutes has changed.

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
    resource = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="LowStockFunction")
    low_stock = resource["StackResourceDetail"]["PhysicalResourceId"]
    functions = boto3.client("lambda", config=Config(read_timeout=330))
    done, items = 0, scheduled(table)
    while batch := list(itertools.islice(items, AT_ONCE)):
        of = lambda kind: [item for item in batch if item["kind"]["S"] == kind]
        ids = lambda kind: [item["id"]["S"] for item in of(kind)]
        payload = {
            "rebuild_reminders": ids("appointment"), "rebuild_offers": ids("wait"), "rebuild_emergencies": ids("emergency_case"),
            "rebuild_cleaning": [{"ward": task["ward"]["S"], "bed": int(task["bed"]["N"]), "since": task["since"]["S"]} for task in of("cleaning_task")],
            "rebuild_allocations": [{"patient_id": entry["patient_id"]["S"], "id": entry["id"]["S"]} for entry in entries(of("allocation"))],
            "rebuild_lab_orders": [{"patient_id": entry["patient_id"]["S"], "id": entry.get("order_id", entry.get("id"))["S"]}
                                   for entry in entries(of("lab_order") + of("critical_result"))],
            "rebuild_invoices": [{"patient_id": item["patient_id"]["S"], "id": item["id"]["S"]} for item in of("invoice_balance") if outstanding(item) > 0],
        }
        lots = {"rebuild_lots": [{"medicine_id": entry["medicine_id"]["S"], "id": entry["id"]["S"]} for entry in entries(of("lot"))]}
        for name, call in ((function, payload), (low_stock, lots)):
            answer = functions.invoke(FunctionName=name, Payload=json.dumps(call).encode())
            if "FunctionError" in answer:
                print(f"{name}: {answer['Payload'].read().decode()[:300]}", file=sys.stderr)
                return 1
        done += len(of("appointment"))
    print(f"{done} future appointments have their reminders")
    return 0


def outstanding(balance: dict) -> int:
    number = lambda name: int(balance.get(name, {"N": "0"})["N"])
    return number("total") - number("credited") - number("paid") + number("refunded")


def entries(items: list) -> list:
    return [item["entry"]["M"] for item in items]


def scheduled(table: str):
    """Future appointments, waits to whom a slot is offered, beds that wait to be cleaned, emergencies that have not ended, what waits in a pharmacy,
    lots that have not expired, lab orders that are not over, critical results that nobody has acknowledged, and invoices: those with nothing outstanding are left out later. It scans the table: no request of the hospital needs this list, so no index has it."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(
        TableName=table, ProjectionExpression="#kind, #id, #slot, #ward, #bed, #since, entry, patient_id, #total, credited, paid, refunded",
        FilterExpression="#kind = :appointment OR (#kind = :wait AND #state.#name = :offered) OR #kind = :task OR (#kind = :case AND attribute_not_exists(closed))"
                         " OR (#kind = :allocation AND #status = :allocated) OR (#kind = :lot AND entry.expires_on >= :today)"
                         " OR (#kind = :lab_order AND NOT entry.#status IN (:released, :cancelled)) OR (#kind = :critical AND attribute_not_exists(acknowledged)) OR #kind = :balance",
        ExpressionAttributeNames={"#kind": "kind", "#id": "id", "#slot": "slot", "#state": "state", "#name": "name", "#ward": "ward", "#bed": "bed", "#since": "since", "#status": "status", "#total": "total"},
        ExpressionAttributeValues={":appointment": {"S": "appointment"}, ":wait": {"S": "wait"}, ":offered": {"S": "offered"},
                                   ":task": {"S": "cleaning_task"}, ":case": {"S": "emergency_case"}, ":allocation": {"S": "allocation"}, ":allocated": {"S": "allocated"}, ":lot": {"S": "lot"}, ":today": {"S": now[:10]},
                                   ":lab_order": {"S": "lab_order"}, ":released": {"S": "released"}, ":cancelled": {"S": "cancelled"}, ":critical": {"S": "critical_result"}, ":balance": {"S": "invoice_balance"}},
    )
    for page in pages:
        yield from (item for item in page["Items"] if "slot" not in item or item["slot"]["M"]["start"]["S"] > now)


if __name__ == "__main__":
    sys.exit(main())
