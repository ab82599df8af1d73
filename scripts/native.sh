#!/usr/bin/env bash
# Builds native/ into artifacts/native/libvampnet_torch.so; only what changed.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p artifacts
cmake -S native -B artifacts/native -DCMAKE_BUILD_TYPE=Release >artifacts/cmake.log || { cat artifacts/cmake.log; exit 1; }
cmake --build artifacts/native --parallel
