"""Calls that wait for their end."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Union

import grpc

from vampnet.models.v1.models_pb2 import ListModelsRequest, Model
from vampnet.models.v1.models_pb2_grpc import ModelServiceStub
from vampnet.vamp.v1.vamp_pb2_grpc import VampServiceStub

from .errors import VampError
from .requests import Audio, Prompt, VampResponse, VampSummary, config, requests


@dataclass(frozen=True)
class Result:
    """A variation that was written.

    path: the file.
    seed: makes this variation again.
    summary: what was kept, and how long each stage took.
    """

    path: Path
    seed: int
    summary: VampSummary


class Client:
    """A gateway.

    address: host and port, such as "localhost:5100".
    api_key: sent with every call; it needs TLS, or a gateway on this machine.
    ca: PEM file of the CAs to trust; with it or with tls=True the connection is encrypted.
    """

    def __init__(
        self, address: str = "localhost:5100", *, api_key: Optional[str] = None, ca: Optional[str] = None, tls: bool = False
    ):
        self._metadata = metadata(api_key)
        encryption = credentials(ca, tls)
        self._channel = grpc.secure_channel(address, encryption) if encryption else grpc.insecure_channel(address)
        self._vamps = VampServiceStub(self._channel)
        self._models = ModelServiceStub(self._channel)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._channel.close()

    def vamp(
        self,
        audio: Audio,
        output: Union[str, "os.PathLike[str]"],
        *,
        prompt: Union[str, Prompt] = "medium-variation",
        progress: Optional[Callable[[VampResponse], None]] = None,
        timeout: Optional[float] = None,
        **fields: Any,
    ) -> Result:
        """Makes a variation of music and writes it to a file, .wav or .flac.

        prompt: the name of a preset of the model, or a message that says what stays.
        progress: called with every answer that tells how far a stage is.
        fields: fields of VampConfig, such as seed=7; variations are 1 here, stream() has more.
        """
        path = Path(output)
        partial = path.with_name(f".{path.name}.part")
        summary: Optional[VampSummary] = None
        with ExitStack() as cleanup:
            cleanup.callback(partial.unlink, missing_ok=True)
            with open(partial, "wb") as file:
                for response in self.stream(audio, prompt=prompt, output=path.name, timeout=timeout, **fields):
                    kind = response.WhichOneof("content")
                    if kind == "audio":
                        file.write(response.audio)
                    elif kind == "summary":
                        summary = response.summary
                    elif kind == "progress" and progress:
                        progress(response)
            if summary is None:
                raise VampError(grpc.StatusCode.INTERNAL, "the gateway ended without a summary", {})
            partial.replace(path)
            return Result(path, summary.seed, summary)

    def stream(
        self,
        audio: Audio,
        *,
        prompt: Union[str, Prompt] = "medium-variation",
        output: str = ".wav",
        timeout: Optional[float] = None,
        **fields: Any,
    ) -> Iterator[VampResponse]:
        """The answers of a vamp as they come in: progress, audio, summaries."""
        settings = config(prompt, output, **fields)
        try:
            yield from self._vamps.Vamp(requests(settings, audio), timeout=timeout, metadata=self._metadata)
        except grpc.RpcError as error:
            raise VampError.of(error) from error

    def models(self, timeout: Optional[float] = None) -> List[Model]:
        """The models that requests may name, the default first."""
        found: List[Model] = []
        request = ListModelsRequest(page_size=1000)
        try:
            while True:
                page = self._models.ListModels(request, timeout=timeout, metadata=self._metadata)
                found.extend(page.models)
                request.page_token = page.next_page_token
                if not request.page_token:
                    return found
        except grpc.RpcError as error:
            raise VampError.of(error) from error


def metadata(api_key: Optional[str]) -> Optional[List[Any]]:
    """What every call sends."""
    return [("x-api-key", api_key)] if api_key else None


def credentials(ca: Optional[str], tls: bool) -> Optional[grpc.ChannelCredentials]:
    """Encryption, where it is asked for."""
    return grpc.ssl_channel_credentials(Path(ca).read_bytes() if ca else None) if ca or tls else None
