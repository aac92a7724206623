#!/usr/bin/env python3
"""Replays what was given up: changes that notifications could not handle, reports of bounces and complaints, reminders, and refused emails.

    infra/replay.py STACK                 show what was given up
    infra/replay.py STACK --replay        hand each message to its function again; a message that succeeds leaves its queue
    infra/replay.py STACK --emails        send every email again that SES refused, as an administrator can over the API

A message about a change has only the change's position in the table's stream, and the stream keeps a change for 24 hours:
replay within a day. A message that fails again, or whose change is no longer in the stream, stays in its queue. Handling a
change twice does no harm. Run it with the Python of an environment that has infra/requirements.txt. It uses your AWS
credentials and Region, and AWS_ENDPOINT_URL if that is set.
"""

import argparse
import base64
import json
import sys
import time

import boto3
from botocore.config import Config

# How many seconds to look for the records of one dead letter. Where a shard has no record, the stream answers with empty pages.
LOOKS_FOR = 120


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", help="the CloudFormation stack's name")
    parser.add_argument("--replay", action="store_true", help="hand each message to its function again")
    parser.add_argument("--emails", action="store_true", help="send refused emails again")
    arguments = parser.parse_args()
    cloudformation = boto3.client("cloudformation")

    def physical(logical: str) -> str:
        return cloudformation.describe_stack_resource(StackName=arguments.stack, LogicalResourceId=logical)["StackResourceDetail"]["PhysicalResourceId"]

    left = 0
    for queue, function, events in (
        ("StreamDeadLetters", "NotificationsFunction", changes),
        ("StockDeadLetters", "LowStockFunction", changes),
        ("FeedbackDeadLetters", "NotificationsFunction", input_of),
        ("RemindersDeadLetters", "RemindersFunction", input_of),
    ):
        left += replay(physical(queue), physical(function), events, arguments.replay)
    stack = cloudformation.describe_stacks(StackName=arguments.stack)["Stacks"][0]
    table = next(output["OutputValue"] for output in stack["Outputs"] if output["OutputKey"] == "TableName")
    left += refused_emails(table, arguments.emails)
    return 1 if left else 0


def replay(queue: str, function: str, events, really: bool) -> int:
    """How many messages are left."""
    sqs = boto3.client("sqs")
    # A function may take five minutes. While it is still at work, it is not called a second time.
    functions = boto3.client("lambda", config=Config(read_timeout=330, retries={"max_attempts": 0}))
    left, seen, stay = 0, set(), []
    # Replaying takes long, so it receives one message at a time: a received message is hidden from others meanwhile.
    hide = {"MaxNumberOfMessages": 1, "VisibilityTimeout": 1800} if really else {"MaxNumberOfMessages": 10, "VisibilityTimeout": 2}
    while messages := sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1, **hide).get("Messages"):
        fresh = [message for message in messages if message["MessageId"] not in seen]
        if not fresh:
            break
        for message in fresh:
            seen.add(message["MessageId"])
            if not really:
                print(f"{function}: {message['Body'][:300]}")
                left += 1
                continue
            try:
                for event in events(json.loads(message["Body"])):
                    answer = functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
                    outcome = json.loads(answer["Payload"].read() or b"null")
                    if "FunctionError" in answer or (isinstance(outcome, dict) and outcome.get("batchItemFailures")):
                        raise RuntimeError(f"it failed again: {outcome}")
            except Exception as error:
                print(f"{function}: {message['MessageId']} stays: {error}", file=sys.stderr)
                left += 1
                stay.append(message["ReceiptHandle"])
                continue
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            print(f"{function}: {message['MessageId']} replayed")
    for receipt in stay:
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=receipt, VisibilityTimeout=0)
    return left


def refused_emails(table: str, really: bool) -> int:
    """How many refused emails are left. The table's stream brings a queued one to notifications, and SES may refuse it again."""
    dynamodb = boto3.client("dynamodb")
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table, IndexName="gsi1", KeyConditionExpression="gsi1pk = :failed", ExpressionAttributeValues={":failed": {"S": "MAIL#failed"}},
    )
    emails = [item for page in pages for item in page["Items"]]
    for email in emails:
        about = f"{email['entry']['M']['id']['S']}, refused at {email['entry']['M']['at']['S']} ({email['entry']['M']['reason']['S']})"
        if not really:
            print(f"email: {about}")
            continue
        try:
            dynamodb.update_item(
                TableName=table, Key={"pk": email["pk"], "sk": email["sk"]},
                UpdateExpression="SET delivery_state = :queued, since = :now REMOVE gsi1pk, gsi1sk, #entry",
                ConditionExpression="delivery_state = :failed AND attribute_exists(cause)", ExpressionAttributeNames={"#entry": "entry"},
                ExpressionAttributeValues={":queued": {"S": "queued"}, ":failed": {"S": "failed"}, ":now": {"N": str(int(time.time()))}},
            )
            print(f"email: {about}: queued")
        except dynamodb.exceptions.ConditionalCheckFailedException:
            print(f"email: {about}: somebody else has queued it already")
    return 0 if really else len(emails)


def changes(dead_letter: dict):
    """The events for the records that a dead letter of the stream names, as Lambda would send them."""
    batch = dead_letter["DDBStreamBatchInfo"]
    streams = boto3.client("dynamodbstreams")
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"], ShardId=batch["shardId"], ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    wanted, last = {batch["startSequenceNumber"], batch["endSequenceNumber"]}, int(batch["endSequenceNumber"])
    deadline = time.monotonic() + LOOKS_FOR
    # Until the shard ends (no next iterator). Records may follow an empty page.
    while iterator and time.monotonic() < deadline:
        page = streams.get_records(ShardIterator=iterator)
        records = [record for record in page["Records"] if int(record["dynamodb"]["SequenceNumber"]) <= last]
        if records:
            yield {"Records": [plain(record) for record in records]}
        wanted -= {record["dynamodb"]["SequenceNumber"] for record in records}
        if len(records) < len(page["Records"]) or not wanted:
            break
        iterator = page.get("NextShardIterator")
        if not records:
            # A shard may be read five times a second.
            time.sleep(0.25)
    if wanted:
        raise LookupError(f"not in the stream: {', '.join(sorted(wanted))} of shard {batch['shardId']}")


def input_of(dead_letter: dict):
    """The event of a reminder, or of a report of a bounce or complaint. Its dead letter is that event; a Lambda destination would wrap it."""
    yield dead_letter.get("requestPayload", dead_letter)


def plain(value):
    """A record from boto3, with values that JSON can hold."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.timestamp() if hasattr(value, "timestamp") else value


if __name__ == "__main__":
    sys.exit(main())
