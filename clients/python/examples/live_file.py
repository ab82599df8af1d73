"""A file (WAV, 16 bit) that is played as a loop, and what comes back: python live_file.py GATEWAY IN OUT"""

import asyncio
import sys
import wave
from array import array

import vampnet
from vampnet import aio

ROUNDS = 3


async def main(gateway: str, source: str, target: str) -> None:
    with wave.open(source) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        loop = array("f", (sample / 32768 for sample in array("h", file.readframes(file.getnframes()))))
    async with aio.Client(gateway) as client:
        try:
            async with client.live(rate, channels=channels, prompt="medium-varation"):
                pass
        except vampnet.VampError as error:
            print("refused", error.code.name, *error.fields)
        async with client.live(rate, channels=channels, seed=7) as session:
            _, heard = await asyncio.gather(play(session, loop), hear(session))
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", (round(32767 * max(-1.0, min(1.0, sample))) for sample in heard)).tobytes())


async def play(session: aio.LiveSession, loop: "array[float]") -> None:
    """A musician's samples would come bit by bit; those of a file are there at once."""
    for _ in range(ROUNDS):
        await session.send(loop)
        await session.mark()
    await session.complete()


async def hear(session: aio.LiveSession) -> "array[float]":
    heard = array("f")
    async for each in session.rounds():
        print("round", each.info.number, each.kind, "seed", each.info.seed)
        heard.frombytes(each.audio)
    return heard


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
