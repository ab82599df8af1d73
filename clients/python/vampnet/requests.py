"""What is sent: settings, then audio in chunks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO, Iterator, Union

from vampnet.audio.v1.audio_pb2 import OutputFormat
from vampnet.prompt.v1.prompt_pb2 import Prompt
from vampnet.vamp.v1.vamp_pb2 import VampConfig, VampRequest, VampResponse, VampSummary

__all__ = ["Audio", "Prompt", "VampConfig", "VampRequest", "VampResponse", "VampSummary", "chunks", "config", "requests", "to_prompt"]

Audio = Union[str, "os.PathLike[str]", bytes, BinaryIO]

_CHUNK = 64 * 1024

_ENCODINGS = {".wav": "OUTPUT_ENCODING_WAV_S16", ".flac": "OUTPUT_ENCODING_FLAC"}


def config(prompt: Union[str, Prompt], output: str = ".wav", **fields: Any) -> VampConfig:
    """Settings of a vamp.

    prompt: the name of a preset, or what stays of the music.
    output: a file name or its extension, .wav or .flac.
    fields: fields of VampConfig, such as seed=7 or variations=2.
    """
    extension = Path(output).suffix.lower() or output.lower()
    if extension not in _ENCODINGS:
        raise ValueError(f"{output!r}: audio is written as {' or '.join(_ENCODINGS)}")
    fields.setdefault("output", OutputFormat(encoding=_ENCODINGS[extension]))
    return VampConfig(prompt=to_prompt(prompt), **fields)


def to_prompt(prompt: Union[str, Prompt]) -> Prompt:
    """What stays of the music, where it may be the name of a preset."""
    return Prompt(preset=prompt) if isinstance(prompt, str) else prompt


def chunks(audio: Audio) -> Iterator[bytes]:
    """The bytes of a file, in pieces."""
    if isinstance(audio, bytes):
        for at in range(0, len(audio), _CHUNK):
            yield audio[at : at + _CHUNK]
    elif isinstance(audio, (str, os.PathLike)):
        with open(audio, "rb") as file:
            yield from iter(lambda: file.read(_CHUNK), b"")
    else:
        yield from iter(lambda: audio.read(_CHUNK), b"")


def requests(settings: VampConfig, audio: Audio) -> Iterator[VampRequest]:
    """All messages of a call."""
    yield VampRequest(config=settings)
    for chunk in chunks(audio):
        yield VampRequest(audio=chunk)
