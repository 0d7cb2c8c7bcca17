"""Kill everything, again and again, while people post; then look whether anything was lost or doubled.

    python3 bench/survive_kill.py [ROUNDS]

Works on the clone it stands in, with `bin/run` on a port of its own and a data folder of its own below `var/`.
Each round starts the site, lets four members post as fast as they can, and sends SIGKILL to every process of it:
launcher, web, jobs, PostgreSQL. In the end every comment that was answered 303 must be there exactly once, and all
counts must be right. Prints a line a round; the exit status is 1 when anything is missing, doubled or slow.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "survive"
CLIENTS = 4
UP_AGAIN_SECONDS = 15

MAKE_MEMBERS = """
import json
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from comments.models import Space, Thread
Space.objects.update(pace_seconds=0, hold_first=False)
keys = []
for number in range({clients}):
    email = f"survivor{{number}}@example.org"
    User = get_user_model()
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, f"Survivor {{number}}")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    keys.append(session.session_key)
print("MADE " + json.dumps({{"sessions": keys, "thread": Thread.objects.order_by("pk").first().pk}}))
"""

COUNT = """
import json
from collections import Counter
from comments.models import Comment
bodies = Comment.objects.filter(member__email__startswith="survivor").values_list("body", flat=True)
print("MADE " + json.dumps(Counter(bodies)))
"""


def main(rounds: int) -> int:
    port = free_port()
    dice = random.Random(7)
    ours = {**os.environ, "VAR_DIR": str(VAR), "PORT": str(port)}
    made = ask(ours, MAKE_MEMBERS.format(clients=CLIENTS), seed=True)
    accepted: list[str] = []
    slowest = 0.0
    for number in range(1, rounds + 1):
        began = time.monotonic()
        site = subprocess.Popen(
            ["bin/run"], cwd=ROOT, env=ours, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True
        )
        wait_until_up(port)
        up = time.monotonic() - began
        slowest = max(slowest, up)
        before = len(accepted)
        stop = threading.Event()
        clients = [
            threading.Thread(target=post, args=(port, made["thread"], session, accepted, stop, f"{number}.{index}"))
            for index, session in enumerate(made["sessions"])
        ]
        for client in clients:
            client.start()
        time.sleep(dice.uniform(0.5, 3))
        kill_everything(site)
        stop.set()
        for client in clients:
            client.join()
        print(f"round {number:>2}: up in {up:4.1f} s, {len(accepted) - before:>4} posts answered 303", flush=True)
    return verdict(ours, accepted, slowest)


def verdict(ours: dict, accepted: list[str], slowest: float) -> int:
    found = ask(ours, COUNT)
    lost = [body for body in accepted if body not in found]
    doubled = [body for body, times in found.items() if times > 1]
    recount = subprocess.run(["bin/run", "manage.py", "reconcile_counts"], cwd=ROOT, env=ours)
    unanswered = len(found) - len(accepted) + len(lost)
    print(
        f"{len(accepted)} answered 303, {len(lost)} lost, {len(doubled)} doubled, {unanswered} kept without an answer;"
    )
    print(f"slowest start {slowest:.1f} s (at most {UP_AGAIN_SECONDS})")
    return int(bool(lost or doubled or recount.returncode or slowest > UP_AGAIN_SECONDS))


def post(port: int, thread: int, session: str, accepted: list[str], stop: threading.Event, name: str) -> None:
    token = "a" * 32
    headers = {
        "Host": f"localhost:{port}",
        "Cookie": f"sessionid={session}; csrftoken={token}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
        "Origin": f"http://localhost:{port}",
    }
    number = 0
    while not stop.is_set():
        number += 1
        body = f"Comment {name}.{number} of a survivor."
        sent = urlencode({"body": body, "csrfmiddlewaretoken": token})
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("POST", f"/discuss/{thread}/post/", sent, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 303:
                accepted.append(body)
            elif answer.status < 500:
                raise SystemExit(f"a post was answered {answer.status}")
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()


def kill_everything(site: subprocess.Popen) -> None:
    """SIGKILL to all that belongs to this site: found by the data folder in their environment or command line."""
    ours = str(VAR).encode()
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal() or int(process.name) == os.getpid():
            continue
        try:
            known = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            known += os.readlink(process / "cwd").encode()
        except OSError:
            continue
        if ours in known:
            try:
                os.kill(int(process.name), signal.SIGKILL)
            except ProcessLookupError:
                continue
    site.wait()


def wait_until_up(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    sys.exit("the site did not come up within two minutes")


def ask(ours: dict, program: str, seed: bool = False) -> dict:
    """Run a few lines in the site's own environment; what they print behind `MADE`."""
    for command in [["migrate", "-v0"], ["seed"]] if seed else []:
        subprocess.run(["bin/run", "manage.py", *command], cwd=ROOT, env=ours, check=True, stdout=subprocess.DEVNULL)
    command = ["bin/run", "manage.py", "shell", "-v0", "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=ours, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.split("MADE ")[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
