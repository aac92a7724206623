#!/usr/bin/env python3
"""Does the local hospital slow down as its data grows? Compares the CPU time of one request among the first and after many, and the CPU
time while nobody sends a request. The request reads a patient profile as staff, which adds an entry to the audit log.

    infra/growth.py [--reads 20000] [--connections 8] [--binary target/debug/meditrack]

Builds what `cargo run` runs, starts it with the demo in a folder of its own, prints pass or FAIL, and exits with 1 on a failure.
It measures CPU time and not elapsed time, so other programs on the machine matter little. Linux only (/proc)."""

import argparse
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

IDLE_MOST = 2.0  # per cent of a core
GROWTH_MOST = 1.2
HUNDRED = 100


class Hospital:
    def __init__(self, binary, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = open(folder + "/log", "w")
        command = [binary, "--demo", "--data", folder + "/data", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env={**os.environ, "RUST_LOG": "error"})
        for _ in range(300):
            try:
                self.ask(self.connect(), "GET", "/health")
                return
            except OSError:
                time.sleep(0.1)
        sys.exit("growth: the hospital did not start: " + open(folder + "/log").read())

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port)

    @staticmethod
    def ask(connection, method, path, body=None, token=None):
        headers = {"content-type": "application/json"} if body else {}
        if token:
            headers["authorization"] = "Bearer " + token
        connection.request(method, path, body and json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"growth: {method} {path}: {answer.status} {text.decode()}")
        return json.loads(text)

    def sign_in(self, email):
        body = {"email": email, "password": "meditrack-demo"}
        return self.ask(self.connect(), "POST", "/auth/token", body)["access_token"]

    def cpu(self):
        """Seconds of CPU time by thread, to the nanosecond."""
        seconds = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                seconds[task.name] = int((task / "schedstat").read_text().split()[0]) / 1e9
            except OSError:
                pass  # the thread has ended
        return seconds

    def spent(self, work):
        before = self.cpu()
        work()
        return sum(now - before.get(thread, 0) for thread, now in self.cpu().items())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--reads", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--binary")
    options = parser.parse_args()
    root = pathlib.Path(__file__).parent.parent
    if not options.binary:
        subprocess.run(["cargo", "build", "--quiet", "-p", "local"], cwd=root, check=True)
        options.binary = os.environ.get("CARGO_TARGET_DIR", str(root / "target")) + "/debug/meditrack"

    with tempfile.TemporaryDirectory() as folder:
        hospital = Hospital(options.binary, folder)
        try:
            passed = measure(hospital, options)
        finally:
            hospital.process.terminate()
            hospital.process.wait()
    sys.exit(0 if passed else 1)


def measure(hospital, options):
    ada = hospital.sign_in("ada@example.org")
    path = "/patients/" + hospital.ask(hospital.connect(), "GET", "/users/me", token=ada)["patient_id"]
    token = hospital.sign_in("rosa@seacole.example.org")

    def read(times):
        connection = hospital.connect()
        for _ in range(times):
            hospital.ask(connection, "GET", path, token=token)

    def of_hundred():
        read(HUNDRED)
        time.sleep(0.4)  # so that the stream's next poll counts as well

    def cost():
        # The cheapest of three hundreds: other work on the machine adds to the cost and never lowers it.
        return min(hospital.spent(of_hundred) for _ in range(3)) * 1000 / HUNDRED

    def idle():
        time.sleep(2)
        return hospital.spent(lambda: time.sleep(10)) * 10

    idle_before, first = idle(), cost()
    began, each = time.monotonic(), options.reads // options.connections
    threads = [threading.Thread(target=read, args=(each,)) for _ in range(options.connections)]
    busy = hospital.spent(lambda: ([thread.start() for thread in threads], [thread.join() for thread in threads]))
    took = time.monotonic() - began
    token = hospital.sign_in("rosa@seacole.example.org")
    last, idle_after = cost(), idle()

    print(f"in between: {each * options.connections} reads on {options.connections} connections, "
          f"{each * options.connections / took:.0f} a second, {busy * 1000 / (each * options.connections):.2f} ms of CPU time each")
    checks = [
        (f"idle at the beginning: {idle_before:.2f} % of a core, at most {IDLE_MOST}", idle_before <= IDLE_MOST),
        (f"idle after {options.reads} entries: {idle_after:.2f} % of a core, at most {IDLE_MOST}", idle_after <= IDLE_MOST),
        (f"a read after {options.reads} entries: {last:.2f} ms of CPU time, {first:.2f} ms at the beginning; "
         f"{last / first:.2f} times as much, at most {GROWTH_MOST}", last <= first * GROWTH_MOST),
    ]
    for text, passed in checks:
        print("pass" if passed else "FAIL", text)
    return all(passed for _, passed in checks)


main()
