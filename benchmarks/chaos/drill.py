"""One run of the drill: build a world, load it, kill, come to rest, judge.

Prints what happened; the last line is `faults=N lost=0 doubled=0 paise=0`, and the exit code is 0
only if nothing was lost, doubled or off, during and after.
"""

import argparse
import contextlib
import os
import random
import sys
import threading
import time

import django

from benchmarks.chaos import processes
from benchmarks.web import free_port
from payments.simulator.books import Rules
from payments.simulator.server import Simulator
from tutorhub.core import embedded

GATEWAY_FAULTS = [
    *("api.lost", "api.500", "api.500_after", "api.html502", "api.reset", "api.429", "api.409"),
    *("webhook.drop", "webhook.duplicate", "webhook.delay", "webhook.reorder"),
]
PAUSE = (1.0, 3.0)
"""Seconds between two kills."""
LONG = 40
"""With so many kills there is time for all kinds of business."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    port = free_port()
    simulator = Simulator(
        webhook_url=f"http://127.0.0.1:{port}/webhooks/razorpay",
        rules=Rules(payout_seconds=1.0),
        journal=embedded.VAR / "gateway.jsonl",
    )
    simulator.start()
    os.environ["RAZORPAY_BASE_URL"] = simulator.url
    with contextlib.ExitStack() as stack:
        stack.callback(simulator.stop)
        queue = processes.redis_process()
        queue.start()
        stack.callback(queue.end)
        database = processes.Database.start()
        stack.callback(database.end)
        os.environ["DATABASE_URL"] = database.url
        django.setup()
        return run(processes.cast(database, queue, port), simulator, chance, options.kills, stack)


def run(
    cast: processes.Cast,
    simulator: Simulator,
    chance: random.Random,
    kills: int,
    stack: contextlib.ExitStack,
) -> int:
    from benchmarks.chaos import load, verdict, world

    say("Migrating, and making families, tutors and offers")
    people = world.build(sessions=max(60, kills * 3))
    before = verdict.baseline(simulator)
    for process in (cast.web, cast.worker, cast.relay):
        process.start()
    stack.callback(cast.end)
    say("The load begins")
    crowd = load.Crowd(people, cast.port, simulator, seed=chance.random())
    crowd.start()
    watcher = verdict.Watcher()
    watcher.start()
    faults = 0
    for number in range(1, kills + 1):
        time.sleep(chance.uniform(*PAUSE))
        faults += disturb(simulator, chance)
        name = cast.strike(chance)
        if number % 10 == 0:
            say(f"{number} kills; {crowd.summary()} (last: {name})")
    crowd.stop()
    watcher.stop()
    simulator.faults.clear()
    say(f"Kills by victim: {cast.struck}; faults of the gateway: {faults}; {crowd.summary()}")
    say("Waiting for everything to come to rest")
    started = time.monotonic()
    verdict.come_to_rest(simulator, cast.revive)
    say(f"At rest after {time.monotonic() - started:.0f} s")
    found = verdict.judge(crowd.history, simulator, before, watcher)
    for line in found.lines:
        say(f"  {line}")
    say(f"Ended by themselves: {cast.revived or 'nobody'}")
    gave_up = cast.revived.keys() - {cast.worker.name}
    never_done = crowd.never_done() if kills >= LONG else []
    if never_done:
        say(f"Never done: {', '.join(never_done)}")
    say(f"faults={kills + faults} {found}")
    return 0 if found.is_clean and not gave_up and not never_done else 1


def disturb(simulator: Simulator, chance: random.Random) -> int:
    """Now and then the gateway has a bad moment of its own."""
    if chance.random() > 0.5:
        return 0
    simulator.faults.add({"kind": chance.choice(GATEWAY_FAULTS), "count": 1, "path": "/v1/"})
    return 1


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    threading.excepthook = lambda args: (
        sys.__excepthook__(args.exc_type, args.exc_value, args.exc_traceback),  # type: ignore[arg-type]
        os._exit(2),
    )[0]
    code = main()
    sys.stdout.flush()
    os._exit(code)
