"""A client in another language, straight from protos/: client.py PROTOS GATEWAY_HOST:PORT CODEC_HOST:PORT WAV

Drives the gateway and one stage, and prints what it saw as JSON.
"""
import hashlib
import json
import sys

import grpc

import contracts  # noqa: F401, makes the others importable
from grpc.health.v1 import health_pb2, health_pb2_grpc
from vampnet.codec.v1 import codec_pb2, codec_pb2_grpc
from vampnet.generator.v1 import generator_pb2, generator_pb2_grpc
from vampnet.vamp.v1 import vamp_pb2, vamp_pb2_grpc

gateway, codec, wav = sys.argv[2:5]
audio = open(wav, "rb").read()
CHUNK = 10_000


def chunks(config, wrap):
    yield config
    for at in range(0, len(audio), CHUNK):
        yield wrap(audio[at:at + CHUNK])


def vamp(channel, steps):
    config = vamp_pb2.VampConfig(seed=5, return_tokens=True)
    config.prompt.periodic.period = 5
    config.coarse_sampling.steps = steps
    config.fine_sampling.steps = 2
    config.output.encoding = 3  # WAV_S16
    requests = chunks(vamp_pb2.VampRequest(config=config), lambda data: vamp_pb2.VampRequest(audio=data))
    return list(vamp_pb2_grpc.VampServiceStub(channel).Vamp(requests, timeout=120))


seen = {}
with grpc.insecure_channel(gateway) as channel:
    seen["health"] = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=30).status

    model = generator_pb2_grpc.FineGeneratorServiceStub(channel).GetModel(
        generator_pb2.GetModelRequest(), timeout=30)
    seen["fine_codebooks"] = model.codebooks

    responses = vamp(channel, steps=3)
    seen["kinds"] = list(dict.fromkeys(r.WhichOneof("content") for r in responses))
    seen["tokens"] = hashlib.sha256(next(r.tokens.data for r in responses if r.WhichOneof("content") == "tokens")).hexdigest()
    seen["riff"] = b"".join(r.audio for r in responses)[:4].decode()

    try:
        vamp(channel, steps=0)
    except grpc.RpcError as error:
        seen["error"] = [error.code().name, error.details()]
        seen["error_has_details"] = any(key == "grpc-status-details-bin" for key, _ in error.trailing_metadata())

with grpc.insecure_channel(codec) as channel:
    requests = chunks(codec_pb2.EncodeRequest(config=codec_pb2.EncodeConfig()), lambda data: codec_pb2.EncodeRequest(audio=data))
    encoded = list(codec_pb2_grpc.CodecServiceStub(channel).Encode(requests, timeout=60))
    seen["frames"] = encoded[0].header.frames

print(json.dumps(seen))
