"""The same for asyncio: answers as they come in."""

from __future__ import annotations

from typing import Any, AsyncIterator, Optional, Union

import grpc
import grpc.aio

from vampnet.vamp.v1.vamp_pb2_grpc import VampServiceStub

from .client import credentials, metadata
from .errors import VampError
from .requests import Audio, Prompt, VampRequest, VampResponse, config, requests


class Client:
    """A gateway; the arguments are those of vampnet.Client."""

    def __init__(
        self, address: str = "localhost:5100", *, api_key: Optional[str] = None, ca: Optional[str] = None, tls: bool = False
    ):
        self._metadata = metadata(api_key)
        encryption = credentials(ca, tls)
        self._channel = grpc.aio.secure_channel(address, encryption) if encryption else grpc.aio.insecure_channel(address)
        self._vamps = VampServiceStub(self._channel)

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


async def _asynchronously(settings: Any, audio: Audio) -> AsyncIterator[VampRequest]:
    for request in requests(settings, audio):
        yield request
