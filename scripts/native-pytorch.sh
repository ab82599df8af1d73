#!/usr/bin/env bash
# Builds native/ against the libtorch inside the PyTorch of python3, CUDA included, as FOLDER/libvampnet_torch.so:
#   scripts/native-pytorch.sh FOLDER
# Needs g++ alone. (CMake's package of a CUDA PyTorch wants the whole CUDA toolkit.)
set -euo pipefail
folder=${1:?usage: scripts/native-pytorch.sh FOLDER}
native=$(dirname "$(readlink -f "$0")")/../native
torch=$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__))')
abi=$(python3 -c 'import torch; print(int(torch.compiled_with_cxx11_abi()))')
libraries="-ltorch -ltorch_cpu -lc10"
if [ -e "$torch/lib/libtorch_cuda.so" ]; then
    libraries="$libraries -ltorch_cuda -lc10_cuda"
fi
# Without --no-as-needed the CUDA libraries, which no symbol here names, would not be loaded.
g++ -std=c++17 -O2 -shared -fPIC -fvisibility=hidden -D_GLIBCXX_USE_CXX11_ABI="$abi" \
    -I"$native/include" -I"$torch/include" -I"$torch/include/torch/csrc/api/include" "$native"/src/*.cpp \
    -o "$folder/libvampnet_torch.so" -L"$torch/lib" -Wl,--no-as-needed $libraries -Wl,-rpath,"$torch/lib"
