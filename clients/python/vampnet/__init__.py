"""Client of VampNet.Mesh: variations, fill-ins and continuations of music."""

from .client import Client, Result
from .errors import VampError
from .requests import Prompt, VampConfig, VampResponse, VampSummary

__all__ = ["Client", "Prompt", "Result", "VampConfig", "VampError", "VampResponse", "VampSummary"]
