"""Compiles the contracts with protoc and makes them importable: import contracts first, with their folder in sys.argv[1]."""
import glob
import os
import subprocess
import sys
import tempfile

import grpc

protos = sys.argv[1]
generated = tempfile.mkdtemp()
files = [os.path.relpath(f, protos) for f in glob.glob(f"{protos}/**/*.proto", recursive=True)]
plugin = subprocess.check_output(["sh", "-c", "command -v grpc_python_plugin"], text=True).strip()
subprocess.check_call(
    ["protoc", f"-I{protos}", f"--python_out={generated}", f"--grpc_python_out={generated}", f"--plugin=protoc-gen-grpc_python={plugin}", *files])

# The generated folder "grpc/" holds the health contract; it must not hide the library "grpc".
os.rename(f"{generated}/grpc", f"{generated}/grpc_contracts")
sys.path.insert(0, generated)
grpc.__path__.append(f"{generated}/grpc_contracts")
