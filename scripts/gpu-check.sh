#!/usr/bin/env bash
# Checks the mesh on a machine that has a GPU and PyTorch for CUDA, but no .NET: with PyTorch's libtorch in place of the package's.
#
#   scripts/gpu-check.sh pack       where the .NET SDK is: all that the check needs, in artifacts/gpu-check.tar.gz
#   scripts/gpu-check.sh [DEVICE]   on the GPU machine, in a checkout with that file: the check (DEVICE: cuda unless given)
#
# TORCH_LIB names the folder of libtorch where no Python has PyTorch.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=artifacts/gpu-check

if [ "${1:-}" = pack ]; then
    # Without a package of libtorch (Torch=none); outputs of its own, so that other builds keep theirs. The services that it refers to
    # are programs themselves, whose launchers would come along twice. What .NET has and nothing calls is left out: the file must be small.
    dotnet publish benchmarks -c Release -r linux-x64 --self-contained -p:Torch=none -p:ErrorOnDuplicatePublishOutputFiles=false \
        -p:ArtifactsPath="$PWD/$folder-build" -p:DebugType=none \
        -p:PublishTrimmed=true -p:TrimMode=partial -p:SuppressTrimAnalysisWarnings=true -p:TreatWarningsAsErrors=false -o $folder --nologo -v quiet
    # Audio libraries, and what they need but for the C library, come along: such machines have none of them.
    for library in libsndfile.so.1 libsoxr.so.0; do
        path=$(/sbin/ldconfig -p | awk -v name=$library '$1 == name { print $NF; exit }')
        echo "$path"
        ldd "$path" | awk '$3 ~ /^\// && $1 !~ /^lib[cm]\.so/ { print $3 }'
    done | sort -u | xargs cp --dereference -t $folder
    tar -C artifacts -czf $folder.tar.gz gpu-check
    rm -rf $folder $folder-build
    ls -l $folder.tar.gz
    exit
fi

device=${1:-cuda}
[ -e $folder.tar.gz ] || { echo "There is no $folder.tar.gz: make it by 'scripts/gpu-check.sh pack' where the .NET SDK is." >&2; exit 1; }
tar -C artifacts -xzf $folder.tar.gz

if [ -z "${TORCH_LIB:-}" ]; then
    TORCH_LIB=$(python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))') ||
        { echo "No PyTorch here: install it, or name the folder of libtorch in TORCH_LIB." >&2; exit 1; }
    python3 -c 'import torch; print("PyTorch", torch.__version__, "CUDA", torch.version.cuda)'
fi
export LD_LIBRARY_PATH=$TORCH_LIB:$PWD/$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

# TorchSharp was built for libtorch 2.10. What it calls of that and another version lacks is looked up at the first call only, so the
# check goes on: it may call none of it.
missing=$(ldd -r $folder/libLibTorchSharp.so 2>&1 | grep -E 'undefined symbol|not found' | grep -v 'weak version' || true)
[ -z "$missing" ] || printf 'TorchSharp does not fit the libtorch in %s, which lacks %d functions and files; the first are\n%s\n' \
    "$TORCH_LIB" "$(wc -l <<< "$missing")" "$(head -5 <<< "$missing")" >&2

if [[ $device == cuda* ]]; then
    [ -e "$TORCH_LIB/libtorch_cuda.so" ] || { echo "The libtorch in $TORCH_LIB is not one for CUDA." >&2; exit 1; }
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || { echo "There is no NVIDIA GPU." >&2; exit 1; }
    nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits --loop-ms=500 > $folder/memory &
    trap "kill $!" EXIT
fi

# The reference's arrays and the processor's tokens; then the time of every stage, and of vamps through the mesh.
$folder/VampNet.Benchmarks check --device "$device"
$folder/VampNet.Benchmarks --device "$device"
[[ $device != cuda* ]] || echo "GPU memory at most: $(sort -n $folder/memory | tail -1) MiB"
