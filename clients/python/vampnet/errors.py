"""What can go wrong."""

from __future__ import annotations

from typing import Dict

import grpc
from google.protobuf.message import DecodeError

from vampnet._google.status_pb2 import BadRequest, Status

_DETAILS = "grpc-status-details-bin"
_BAD_REQUEST = "google.rpc.BadRequest"


class VampError(Exception):
    """A call that failed.

    code: the status of the call.
    fields: what is wrong with the request, by the path of the field.
    """

    def __init__(self, code: grpc.StatusCode, message: str, fields: Dict[str, str]):
        super().__init__(f"{code.name}: {message}")
        self.code = code
        self.fields = fields

    @classmethod
    def of(cls, error: grpc.RpcError) -> "VampError":
        """The error of a call, with the fields that its details name."""
        trailers = {key: value for key, value in error.trailing_metadata() or ()}
        return cls(error.code(), error.details() or "", _fields(trailers.get(_DETAILS, b"")))


def _fields(details: bytes) -> Dict[str, str]:
    try:
        status = Status.FromString(details)
        violations = [
            violation
            for detail in status.details
            if detail.type_url.endswith(_BAD_REQUEST)
            for violation in BadRequest.FromString(detail.value).field_violations
        ]
    except DecodeError:
        return {}
    return {violation.field: violation.description for violation in violations}
