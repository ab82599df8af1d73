"""The same for asyncio: answers as they come in."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Optional, Union

import grpc
import grpc.aio

from vampnet.live.v1.live_pb2 import LiveConfig
from vampnet.live.v1.live_pb2_grpc import LiveServiceStub
from vampnet.vamp.v1.vamp_pb2_grpc import VampServiceStub

from .client import credentials, metadata
from .errors import VampError
from .live_session import LiveRound, LiveSession
from .requests import Audio, Prompt, VampRequest, VampResponse, config, requests, to_prompt

__all__ = ["Client", "LiveRound", "LiveSession"]


class Client:
    """A gateway; the arguments are those of vampnet.Client."""

    def __init__(
        self, address: str = "localhost:5100", *, api_key: Optional[str] = None, ca: Optional[str] = None, tls: bool = False
    ):
        self._metadata = metadata(api_key)
        encryption = credentials(ca, tls)
        self._channel = grpc.aio.secure_channel(address, encryption) if encryption else grpc.aio.insecure_channel(address)
        self._vamps = VampServiceStub(self._channel)
        self._lives = LiveServiceStub(self._channel)

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._channel.close()

    async def stream(
        self,
        audio: Audio,
        *,
        prompt: Union[str, Prompt] = "medium-variation",
        output: str = ".wav",
        timeout: Optional[float] = None,
        **fields: Any,
    ) -> AsyncIterator[VampResponse]:
        """The answers of a vamp. Leaving the loop cancels the rest."""
        settings = config(prompt, output, **fields)
        call = self._vamps.Vamp(_asynchronously(settings, audio), timeout=timeout, metadata=self._metadata)
        try:
            async for response in call:
                yield response
        except grpc.aio.AioRpcError as error:
            raise VampError.of(error) from error
        finally:
            call.cancel()

    @asynccontextmanager
    async def live(
        self, sample_rate: int, *, prompt: Union[str, Prompt] = "medium-variation", **fields: Any
    ) -> AsyncIterator[LiveSession]:
        """A loop that is played along with: async with client.live(48_000) as session. Leaving the block ends it.

        sample_rate: of the audio in both directions, in Hz.
        prompt: the name of a preset of the model, or a message that says what stays of a loop.
        fields: fields of LiveConfig, such as channels=2 or tempo={"beats_per_minute": 120, "bars": 2}.
        """
        call = self._lives.Vamp(metadata=self._metadata)
        try:
            yield await LiveSession(call).open(LiveConfig(sample_rate=sample_rate, prompt=to_prompt(prompt), **fields))
        finally:
            call.cancel()


async def _asynchronously(settings: Any, audio: Audio) -> AsyncIterator[VampRequest]:
    for request in requests(settings, audio):
        yield request
