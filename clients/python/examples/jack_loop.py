"""Hears a loop by JACK, and plays a variation of it that is new in every round. Needs python3-jack-client and python3-numpy.

python jack_loop.py --tempo 120 --bars 2    loops of two bars; Ctrl-C ends
python jack_loop.py                         the first Enter starts a loop, each further one ends it and starts the next; Ctrl-D ends
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from typing import AsyncContextManager, Callable

import jack
import vampnet
from jack_player import BUFFER_SECONDS, Player
from vampnet import aio

POLL_SECONDS = 0.02

Session = AsyncContextManager[aio.LiveSession]


async def main(options: argparse.Namespace) -> int:
    try:
        client = jack.Client("vampnet", no_start_server=True)
    except jack.JackOpenError:
        print("There is no JACK server: start one, or say its name in JACK_DEFAULT_SERVER.", file=sys.stderr)
        return 1
    fields = {name: value for name, value in (("seed", options.seed), ("margin_seconds", options.margin)) if value is not None}
    if options.tempo is not None:
        fields["tempo"] = {"beats_per_minute": options.tempo, "bars": options.bars, "beats_per_bar": options.beats_per_bar}
    async with aio.Client(options.gateway) as gateway:

        def session() -> Session:
            return gateway.live(client.samplerate, prompt=options.preset, channels=options.channels, **fields)

        try:
            async with session() as trial:  # what is wrong is said now
                loop = trial.started.loop_samples
        except vampnet.VampError as error:
            print(error, file=sys.stderr)
            return 1
        return await play(client, Player(client, options.channels, options.wet, loop), session, options.tempo is None)


async def play(client: jack.Client, player: Player, session: Callable[[], Session], is_marked: bool) -> int:
    """Until somebody ends it, whatever becomes of the session."""
    loop, started, ended = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def end(*reason: object) -> None:
        print("ends", *reason, flush=True)
        loop.call_soon_threadsafe(ended.set)

    def read() -> None:
        if os.read(sys.stdin.fileno(), 1024):
            player.mark()
            started.set()
        else:
            loop.remove_reader(sys.stdin)
            end()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    client.set_shutdown_callback(end)
    if is_marked:
        try:
            loop.add_reader(sys.stdin, read)
        except PermissionError:
            print("Enter is read from a terminal or a pipe; without one, say --tempo.", file=sys.stderr)
            return 1
    else:
        started.set()
    with client:
        connect(client)
        print("plays", flush=True)
        working, waiting = asyncio.ensure_future(vary(player, session, started)), asyncio.ensure_future(ended.wait())
        await asyncio.wait([working, waiting], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            print(f"{working.exception()}; the last round goes on until you end it", file=sys.stderr, flush=True)
            await waiting
            return 1
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
        return 0


def connect(client: jack.Client) -> None:
    """As a microphone and loudspeakers are; a patchbay can change that."""
    for source, target in zip(client.get_ports(is_audio=True, is_physical=True, is_output=True), client.inports):
        client.connect(source, target)
    for source, target in zip(client.outports, client.get_ports(is_audio=True, is_physical=True, is_input=True)):
        client.connect(source, target)


async def vary(player: Player, session: Callable[[], Session], started: asyncio.Event) -> None:
    """In a session from the first loop on: a gateway ends one in which nothing is played for a minute."""
    await started.wait()
    async with session() as live:
        await asyncio.gather(send(player, live), hear(player, live))


async def send(player: Player, session: aio.LiveSession) -> None:
    while not player.is_full:
        await asyncio.sleep(POLL_SECONDS)
        for piece in player.take():
            await (session.mark() if piece is None else session.send(piece))
    raise RuntimeError(f"The gateway has not taken anything for {BUFFER_SECONDS} s")


async def hear(player: Player, session: aio.LiveSession) -> None:
    async for each in session.rounds():
        player.give(each.audio)
        info = each.info
        print(
            f"round {info.number} {each.kind} {info.samples} frames {info.coarse_steps} steps {-info.lateness_seconds:.2f} s early",
            info.problem or f"seed {info.seed}",
            flush=True,
        )
    raise RuntimeError("The gateway ended the session")


def share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 1")
    return value


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", default="localhost:5100", help="host and port")
    parser.add_argument("--preset", default="medium-variation", help="what stays of a loop")
    parser.add_argument("--tempo", type=float, help="beats a minute; without, Enter says where loops end")
    parser.add_argument("--bars", type=int, default=1, help="bars a loop")
    parser.add_argument("--beats-per-bar", type=int, default=4)
    parser.add_argument("--channels", type=int, choices=(1, 2), default=1)
    parser.add_argument("--wet", type=share, default=1.0, help="share of the rounds in what is heard, 0 to 1")
    parser.add_argument("--seed", type=int, help="of the first round")
    parser.add_argument("--margin", type=float, help="seconds before the end of a loop when a round must be on its way")
    sys.exit(asyncio.run(main(parser.parse_args())))
