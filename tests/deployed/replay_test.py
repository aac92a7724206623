#!/usr/bin/env python3
"""Tests infra/replay.py against a stream that answers as AWS does. Run it with the Python of an environment that has infra/requirements.txt."""

import contextlib
import io
import json
import pathlib
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "infra"))
import replay

LETTER = {"DDBStreamBatchInfo": {"streamArn": "stream", "shardId": "shard", "startSequenceNumber": "101", "endSequenceNumber": "103", "batchSize": 2}}


def records(*numbers: int) -> list[dict]:
    return [{"eventID": str(number), "dynamodb": {"SequenceNumber": str(number)}} for number in numbers]


class Aws:
    """One dead letter, and a shard that answers with these pages. A closed shard ends with the last page."""

    def __init__(self, *pages: list[dict], closed: bool):
        self.pages, self.closed = pages, closed
        self.asked, self.called, self.hidden = 0, [], False
        self.messages = [{"MessageId": "m", "ReceiptHandle": "r", "Body": json.dumps(LETTER)}]

    def client(self, _service: str, **_) -> "Aws":
        return self

    def receive_message(self, **_) -> dict:
        received = {} if self.hidden or not self.messages else {"Messages": list(self.messages)}
        self.hidden = True
        return received

    def change_message_visibility(self, **_) -> None:
        self.hidden = False

    def delete_message(self, **_) -> None:
        self.messages.clear()

    def get_shard_iterator(self, **_) -> dict:
        return {"ShardIterator": "0"}

    def get_records(self, ShardIterator: str) -> dict:
        self.asked, at = self.asked + 1, int(ShardIterator)
        page = {"Records": self.pages[at] if at < len(self.pages) else []}
        return page if self.closed and at + 1 >= len(self.pages) else page | {"NextShardIterator": str(at + 1)}

    def invoke(self, FunctionName: str, Payload: bytes) -> dict:
        self.called.extend(record["eventID"] for record in json.loads(Payload)["Records"])
        return {"Payload": io.BytesIO(b'{"batchItemFailures": []}')}


class Replay(unittest.TestCase):
    def replay(self, aws: Aws) -> tuple[int, str]:
        """How many messages are left, and what was printed."""
        clock, said = iter(range(0, 1_000_000, 10)), io.StringIO()
        with mock.patch.object(replay, "boto3", aws), mock.patch.object(replay.time, "monotonic", lambda: next(clock)), \
                mock.patch.object(replay.time, "sleep"), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return replay.replay("queue", "function", replay.changes, True), said.getvalue()

    def test_an_empty_page_is_not_the_end(self):
        aws = Aws([], records(101), [], records(102, 103, 104), closed=False)
        left, said = self.replay(aws)
        self.assertEqual((left, aws.called, aws.messages), (0, ["101", "102", "103"], []), said)
        self.assertEqual(aws.asked, 4, "it stops reading after the records that it wants")

    def test_what_is_not_found_stays(self):
        for name, aws in {
            "the shard ends": Aws([], records(101), closed=True),
            "nothing but empty pages": Aws(closed=False),
            "the first record is gone": Aws(records(102, 103), closed=False),
            "the last record is gone": Aws(records(101, 104), closed=False),
        }.items():
            with self.subTest(name):
                left, said = self.replay(aws)
                self.assertEqual((left, len(aws.messages), aws.hidden), (1, 1, False), said)
                self.assertIn("m stays: ", said)
                self.assertIn("not in the stream", said)
                self.assertNotIn("replayed", said)

    def test_refused_emails_are_queued_from_what_the_index_holds(self):
        item = {"pk": {"S": "MAIL#a"}, "sk": {"S": "DELIVERY"}, "gsi1pk": {"S": "MAIL#failed"}, "gsi1sk": {"S": "2026-03-02T08:00:00.000Z#a"},
                "entry": {"M": {"id": {"S": "a"}, "at": {"S": "2026-03-02T08:00:00Z"}, "reason": {"S": "not_verified"}}}}
        table, said = mock.MagicMock(), io.StringIO()
        table.client.return_value = table
        table.exceptions.ConditionalCheckFailedException = KeyError
        table.get_paginator.return_value.paginate.return_value = [{"Items": [item]}]
        with mock.patch.object(replay, "boto3", table), contextlib.redirect_stdout(said):
            self.assertEqual((replay.refused_emails("table", False), table.update_item.call_count), (1, 0))
            self.assertEqual((replay.refused_emails("table", True), table.update_item.call_count), (0, 1))
        self.assertEqual(table.update_item.call_args.kwargs["Key"], {"pk": item["pk"], "sk": item["sk"]})
        self.assertIn("a, refused at 2026-03-02T08:00:00Z (not_verified)", said.getvalue())



if __name__ == "__main__":
    unittest.main()
