"""A client of the Open Inference Protocol, straight from the proto: open_inference.py PROTOS COARSE_HOST:PORT CODEC_HOST:PORT

Prints what it saw as JSON.
"""
import array
import json
import math
import sys

import grpc

import contracts  # noqa: F401, makes the others importable
from inference import inference_pb2, inference_pb2_grpc

coarse, codec = sys.argv[2:4]
MASK = 1024


def request(model, name, datatype, shape, values, **parameters):
    message = inference_pb2.ModelInferRequest(model_name=model)
    message.inputs.add(name=name, datatype=datatype, shape=shape)
    message.raw_input_contents.append(values.tobytes())
    for key, value in parameters.items():
        message.parameters[key].int64_param = value
    return message


seen = {}
with grpc.insecure_channel(coarse) as channel:
    stub = inference_pb2_grpc.GRPCInferenceServiceStub(channel)
    seen["ready"] = stub.ServerReady(inference_pb2.ServerReadyRequest(), timeout=30).ready
    metadata = stub.ModelMetadata(inference_pb2.ModelMetadataRequest(name="default"), timeout=30)
    seen["input"] = [metadata.inputs[0].name, metadata.inputs[0].datatype, *metadata.inputs[0].shape]
    seen["config"] = [
        inference_pb2.DataType.Name(i.data_type)
        for i in stub.ModelConfig(inference_pb2.ModelConfigRequest(name="default"), timeout=30).config.input]
    hidden = array.array("i", [MASK] * 40)
    response = stub.ModelInfer(request("default", "tokens", "INT32", [4, 10], hidden, seed=5, steps=3), timeout=60)
    seen["tokens"] = list(array.array("i", response.raw_output_contents[0]))
    seen["done"] = stub.ModelStatistics(inference_pb2.ModelStatisticsRequest(name="default"), timeout=30).model_stats[0].inference_count > 0
    try:
        stub.ModelInfer(request("default", "tokens", "INT32", [4, 11], hidden), timeout=60)
    except grpc.RpcError as error:
        seen["error"] = [error.code().name, error.details()]
        seen["error_has_details"] = any(key == "grpc-status-details-bin" for key, _ in error.trailing_metadata())

with grpc.insecure_channel(codec) as channel:
    stub = inference_pb2_grpc.GRPCInferenceServiceStub(channel)
    tone = array.array("f", [0.2 * math.sin(i / 20) for i in range(44_100)])
    tokens = stub.ModelInfer(request("default.encode", "audio", "FP32", [1, len(tone)], tone), timeout=60)
    seen["frames"] = list(tokens.outputs[0].shape)
    codes = array.array("i", tokens.raw_output_contents[0])
    audio = stub.ModelInfer(request("default.decode", "tokens", "INT32", tokens.outputs[0].shape, codes, samples=44_100), timeout=60)
    seen["samples"] = [*audio.outputs[0].shape, len(audio.raw_output_contents[0])]

print(json.dumps(seen))
