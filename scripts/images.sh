#!/usr/bin/env bash
# Builds the images vampnet/NAME:VERSION of the mesh's programs, with the engine that is there: Docker, Podman or Buildah.
#   VERSION      their tag; without, that of Directory.Build.props
#   TORCH        cpu, or cuda for NVIDIA GPUs (the tag is VERSION-cuda)
#   REGISTRY     where the images of .NET come from, such as localhost/dotnet (scripts/base-images.sh)
#   IMAGE_FLAGS  more arguments of the engine's build command
set -euo pipefail
cd "$(dirname "$0")/.."

version=${VERSION:-$(scripts/version.sh)}
torch=${TORCH:-cpu}
tag=$version
[ "$torch" = cpu ] || tag=$version-$torch
if docker info >/dev/null 2>&1; then
    build=(docker build)
elif command -v podman >/dev/null; then
    build=(podman build --format docker)
elif command -v buildah >/dev/null; then
    build=(buildah build --format docker)
else
    echo "Neither Docker nor Podman nor Buildah is there." >&2
    exit 1
fi

revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
for program in gateway codec coarse-generator fine-generator beat-tracker; do
    # The weights are CC-BY-SA; librubberband is under the GPL.
    licenses='MIT AND GPL-2.0-or-later'
    [ $program = gateway ] || licenses="$licenses AND CC-BY-SA-3.0"
    # shellcheck disable=SC2086
    "${build[@]}" ${IMAGE_FLAGS:-} --target $program \
        --build-arg "Torch=$torch" --build-arg "Version=$version" ${REGISTRY:+--build-arg "Registry=$REGISTRY"} \
        --label "org.opencontainers.image.title=vampnet/$program" \
        --label "org.opencontainers.image.description=VampNet.Mesh: $program" \
        --label "org.opencontainers.image.version=$version" \
        --label "org.opencontainers.image.revision=$revision" \
        --label "org.opencontainers.image.licenses=$licenses" \
        --tag "vampnet/$program:$tag" .
done
