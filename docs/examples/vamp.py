"""A client in another language, from protos/ alone: vamps a file through the gateway and writes a WAV file.

    pip install grpcio grpcio-tools        # or Debian: python3-grpcio python3-protobuf protobuf-compiler
    protoc -I protos --python_out=docs/examples protos/vampnet/*/v1/*.proto
    python3 docs/examples/vamp.py localhost:5100 assets/through-space.flac out.wav
"""

import sys

import grpc
from vampnet.audio.v1 import audio_pb2
from vampnet.prompt.v1 import prompt_pb2
from vampnet.vamp.v1 import vamp_pb2

CHUNK = 64 * 1024


def requests(path):
    """The configuration first, then the file as it is, in chunks."""
    yield vamp_pb2.VampRequest(config=vamp_pb2.VampConfig(
        output=audio_pb2.OutputFormat(encoding=audio_pb2.OUTPUT_ENCODING_WAV_S16),
        prompt=prompt_pb2.Prompt(preset="small-variation"),
        seed=1,
    ))
    with open(path, "rb") as audio:
        while chunk := audio.read(CHUNK):
            yield vamp_pb2.VampRequest(audio=chunk)


def main(gateway, source, target):
    with grpc.insecure_channel(gateway) as channel, open(target, "wb") as out:
        vamp = channel.stream_stream(
            "/vampnet.vamp.v1.VampService/Vamp",
            request_serializer=vamp_pb2.VampRequest.SerializeToString,
            response_deserializer=vamp_pb2.VampResponse.FromString)
        for response in vamp(requests(source), timeout=300):
            kind = response.WhichOneof("content")
            if kind == "progress":
                progress = response.progress
                print(vamp_pb2.Stage.Name(progress.stage), f"{progress.step}/{progress.steps}")
            elif kind == "audio":
                out.write(response.audio)
            elif kind == "summary":
                print("seed", response.summary.seed)


if __name__ == "__main__":
    main(*sys.argv[1:])
