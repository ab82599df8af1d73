"""gRPC's interop cases, by their names: interop.py PROTOS GATEWAY_HOST:PORT CODEC_HOST:PORT

Prints as JSON what each call came to: {"case of door": [code, message]}.
"""
import json
import os
import sys
import threading

import grpc

import contracts  # noqa: F401, makes the others importable
from vampnet.codec.v1 import codec_pb2, codec_pb2_grpc
from vampnet.generator.v1 import generator_pb2, generator_pb2_grpc
from vampnet.tokens.v1 import tokens_pb2
from vampnet.vamp.v1 import vamp_pb2, vamp_pb2_grpc

gateway, codec = sys.argv[2:4]
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
MESSAGE_BYTES = 4 << 20
LONG = 60
seen = {}


def ends(case, call):
    try:
        call()
        seen[case] = ["OK", ""]
    except grpc.RpcError as error:
        seen[case] = [error.code().name, error.details()]


def unfinished(*messages):
    """A stream that stays open after its messages."""
    yield from messages
    threading.Event().wait()


def config_of(kind):
    if kind == "vamp":
        config = vamp_pb2.VampConfig(seed=5)
        config.prompt.periodic.period = 5
        return vamp_pb2.VampRequest(config=config)
    return codec_pb2.EncodeRequest(config=codec_pb2.EncodeConfig())


def begin(channel, kind, timeout):
    stub = vamp_pb2_grpc.VampServiceStub(channel).Vamp if kind == "vamp" else codec_pb2_grpc.CodecServiceStub(channel).Encode
    return stub(unfinished(config_of(kind)), timeout=timeout)


def cancel_after_begin(channel, kind):
    call = begin(channel, kind, LONG)
    call.cancel()
    list(call)


def cancel_after_first_response(channel, kind):
    if kind == "vamp":
        call = begin(channel, kind, LONG)
    else:
        # Long enough to be cancelled, and no longer: a call that would outlast its deadline is refused at once on a busy machine.
        tokens = masked(codebooks=4, frames=575)
        call = generator_pb2_grpc.CoarseGeneratorServiceStub(channel).Generate(
            generator_pb2.GenerateRequest(tokens=tokens, sampling=generator_pb2.Sampling(steps=250)), timeout=LONG)
    next(call)
    call.cancel()
    list(call)


def masked(codebooks, frames):
    return tokens_pb2.TokenTensor(codebooks=codebooks, frames=frames, data=b"\x00\x04" * (codebooks * frames))


def get_codec(channel, name):
    return codec_pb2_grpc.CodecServiceStub(channel).GetCodec(codec_pb2.GetCodecRequest(model=name), timeout=LONG)


def unimplemented(channel, path):
    return channel.unary_unary(path)(b"", timeout=LONG)


def large_unary(channel, size):
    """A question of so many bytes, most of which nobody understands."""
    padding = size - 6
    request = b"\xc2\x3e" + bytes([(padding & 0x7F) | 0x80, (padding >> 7 & 0x7F) | 0x80, (padding >> 14 & 0x7F) | 0x80, padding >> 21]) + bytes(padding)
    return channel.unary_unary("/vampnet.codec.v1.CodecService/GetCodec")(request, timeout=LONG)


for door, address in [("gateway", gateway), ("stage", codec)]:
    kinds = ["vamp", "encode"] if door == "gateway" else ["encode"]
    with grpc.insecure_channel(address) as channel:
        for kind in kinds:
            at = f"{kind} at the {door}"
            ends(f"cancel_after_begin: {at}", lambda: cancel_after_begin(channel, kind))
            ends(f"timeout_on_sleeping_server: {at}", lambda: list(begin(channel, kind, timeout=0.5)))
        if door == "gateway":
            ends("cancel_after_first_response: vamp at the gateway", lambda: cancel_after_first_response(channel, "vamp"))
            ends("cancel_after_first_response: generate at the gateway", lambda: cancel_after_first_response(channel, "generate"))
            ends("unimplemented_method: vamp at the gateway", lambda: unimplemented(channel, "/vampnet.vamp.v1.VampService/Applaud"))
        ends(f"unimplemented_method: codec at the {door}", lambda: unimplemented(channel, "/vampnet.codec.v1.CodecService/Transpose"))
        ends(f"unimplemented_service: at the {door}", lambda: unimplemented(channel, "/no.such.Service/Call"))
        ends(f"status_code_and_message: codec at the {door}", lambda: get_codec(channel, "piano"))
        ends(f"special_status_message: codec at the {door}", lambda: get_codec(channel, SPECIAL))
        ends(f"large_unary: the limit at the {door}", lambda: large_unary(channel, MESSAGE_BYTES))
        ends(f"large_unary: above the limit at the {door}", lambda: large_unary(channel, MESSAGE_BYTES + 1))
        ends(f"and all is well at the {door}", lambda: get_codec(channel, ""))

print(json.dumps(seen))
sys.stdout.flush()
# Streams that are open on purpose do not keep it from ending.
os._exit(0)
