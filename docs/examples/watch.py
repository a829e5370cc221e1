"""Follows a run over server-sent events, with the standard library alone:

    MILLRACE_API_KEY=mr_… python3 watch.py http://localhost:3001 <executionId>
"""
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request

base, execution_id = sys.argv[1:3]
last_id = None  # where to go on after a cut
failures = 0


def messages(response):
    """One (id, event, data) per message; lines that begin with a colon only break the silence."""
    fields = {}
    for raw in response:
        line = raw.decode("utf-8").rstrip("\r\n")
        if line == "":
            if "data" in fields:
                yield fields.get("id"), fields.get("event"), json.loads(fields["data"])
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            fields[name] = fields["data"] + "\n" + value if name == "data" and name in fields else value
    # What follows here was cut in the middle of a message, or between two.


while True:
    request = urllib.request.Request(f"{base}/api/executions/{execution_id}/stream")
    request.add_header("X-API-Key", os.environ["MILLRACE_API_KEY"])
    if last_id is not None:
        request.add_header("Last-Event-ID", last_id)
    try:
        # Silence is broken every 25 seconds; twice that is a dead connection.
        with urllib.request.urlopen(request, timeout=60) as response:
            if response.status == 204:
                sys.exit(0)
            for message_id, event, message in messages(response):
                if event == "ended":
                    sys.exit(0)
                if event == "error":
                    sys.exit(f"{message['code']}: {message['message']}")
                if event == "resync":
                    last_id = None
                if message_id is not None:
                    print(message["seq"], event, message.get("chunk", ""), flush=True)
                    last_id = message_id
                    failures = 0
    except urllib.error.HTTPError as error:
        if error.code < 500 and error.code != 429:
            sys.exit(f"refused: {error.code} {error.read().decode('utf-8')}")
    except OSError:
        pass
    time.sleep(random.random() * min(30, 2**failures))
    failures += 1
