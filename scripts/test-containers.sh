#!/usr/bin/env bash
# Builds the images of this checkout and runs the tests that start them, with Docker, or as root with Podman, whose service it starts.
#   $1                          tests to run instead, such as 'Category=Host|Category=Containers'
#   REGISTRY=localhost/dotnet   with stand-ins for Microsoft's images (scripts/base-images.sh), as where their registry cannot be reached
set -euo pipefail
cd "$(dirname "$0")/.."

has_engine=
if docker info >/dev/null 2>&1; then
    has_engine=1
elif [ "$(id -u)" -eq 0 ] && command -v podman >/dev/null; then
    has_engine=1
    engine=$(mktemp -d)
    # No systemd is needed, and limits are such as any parent process allows.
    printf '[containers]\ndefault_ulimits = ["nofile=10000:10000", "nproc=20000:20000"]\n[engine]\ncgroup_manager = "cgroupfs"\n' \
        >"$engine/containers.conf"
    export CONTAINERS_CONF=$engine/containers.conf DOCKER_HOST=unix://$engine/socket
    podman system service --time=0 "$DOCKER_HOST" &
    trap 'kill $!; rm -rf --one-file-system "$engine"' EXIT
    # Its own container that cleans up is an image of a registry.
    export TESTCONTAINERS_RYUK_DISABLED=true
    if [ -z "${REGISTRY:-}" ] && ! curl -s -m 20 -o /dev/null https://mcr.microsoft.com/v2/ \
        && command -v debootstrap >/dev/null && command -v buildah >/dev/null; then
        echo "Microsoft's registry cannot be reached: Debian stands in for its images." >&2
        export REGISTRY=localhost/dotnet
    fi
fi
if [ -z "$has_engine" ]; then
    echo "Neither Docker nor, as root, Podman is there: tests with containers are skipped." >&2
    echo "(Debian: podman runc buildah debootstrap netavark aardvark-dns iptables)" >&2
else
    if [ "${REGISTRY:-}" = localhost/dotnet ]; then
        podman image exists localhost/dotnet/sdk:10.0-noble || scripts/base-images.sh
        export IMAGE_FLAGS=${IMAGE_FLAGS:---isolation chroot}
    fi
    scripts/images.sh
fi
scripts/test.sh "${1:-Category=Containers}"
