"""A loop that is played along with."""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import dataclass
from typing import Any, AsyncIterator, Optional, Union

import grpc
import grpc.aio

from vampnet.live.v1.live_pb2 import (
    LiveConfig,
    LiveServiceVampRequest,
    LiveServiceVampResponse,
    LiveStarted,
    LoopMark,
    Round,
    RoundKind,
)

from .errors import VampError

Samples = Union[bytes, bytearray, memoryview, "array[float]"]

# Whole frames of one channel and of two.
_CHUNK = 64 * 1024

_SAMPLE = 4


@dataclass(frozen=True)
class LiveRound:
    """What is to be played once the loop that is being played ends.

    info: what it is, and how it was made.
    audio: 32-bit float samples, little-endian, interleaved; full scale is 1.
    """

    info: Round
    audio: bytes

    @property
    def kind(self) -> str:
        """variation; repeat, the last variation once more; or loop, what was played itself."""
        return RoundKind.Name(self.info.kind)[len("ROUND_KIND_") :].lower()


class LiveSession:
    """Audio and marks go up as one plays, and for every loop a round comes down in time.

    started: the effective settings.

    Sending and receiving go on side by side, each in one task at a time.
    """

    started: LiveStarted

    def __init__(self, call: Any):
        self._call = call

    async def open(self, config: LiveConfig) -> "LiveSession":
        """Starts it; raises VampError where it is refused."""
        await self._write(LiveServiceVampRequest(config=config))
        response = await self._read()
        if response is None or not response.HasField("started"):
            raise VampError(grpc.StatusCode.INTERNAL, "the gateway did not start the session", {})
        self.started = response.started
        return self

    async def send(self, samples: Samples) -> None:
        """Sends what is played: 32-bit float samples, whole frames, interleaved; full scale is 1. A NumPy array has them as its data."""
        data = memoryview(samples).cast("B")
        for at in range(0, len(data), _CHUNK):
            await self._write(LiveServiceVampRequest(audio=bytes(data[at : at + _CHUNK])))

    async def mark(self) -> None:
        """Says that the loop ends with what was sent."""
        await self._write(LiveServiceVampRequest(mark=LoopMark()))

    async def complete(self) -> None:
        """Says that no more will be played; the rounds of the loops that were come to their end."""
        await self._call.done_writing()

    async def rounds(self) -> AsyncIterator[LiveRound]:
        """Rounds as they come."""
        while (response := await self._read()) is not None:
            info = response.round
            size = _SAMPLE * info.samples * self.started.config.channels
            audio = bytearray()
            while len(audio) < size and (piece := await self._read()) is not None and piece.audio:
                audio += piece.audio
            if not size or len(audio) != size:
                raise VampError(grpc.StatusCode.INTERNAL, f"round {info.number} has other audio than it says", {})
            yield LiveRound(info, bytes(audio))

    async def _write(self, request: LiveServiceVampRequest) -> None:
        try:
            await self._call.write(request)
        except asyncio.InvalidStateError:
            await self._read()  # It has ended; this raises why.
        except grpc.aio.AioRpcError as error:
            raise VampError.of(error) from error

    async def _read(self) -> Optional[LiveServiceVampResponse]:
        try:
            response = await self._call.read()
        except grpc.aio.AioRpcError as error:
            raise VampError.of(error) from error
        return None if response is grpc.aio.EOF else response
