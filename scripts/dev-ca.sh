#!/usr/bin/env bash
# Makes a certificate authority for development, and what it issues: scripts/dev-ca.sh OUT_FOLDER [NAMESPACE]
#
#   OUT/ca/tls.crt, tls.key        the authority; ca.crt beside every other certificate is the first of them
#   OUT/PROGRAM/tls.crt, …         a server certificate for each program: the names of its Service in Kubernetes, and localhost
#   OUT/gateway-client/tls.crt, …  what the gateway shows to the stages
#   OUT/developer/tls.crt, …       the same for a person who calls a stage by hand
#
# File names are those of Kubernetes' secrets: kubectl create secret generic codec-tls --from-file=OUT/codec
# For a cluster that others use: cert-manager, or a CA whose key is not on a disk.
set -euo pipefail

if [ $# -lt 1 ]; then
    echo "usage: $0 OUT_FOLDER [NAMESPACE]" >&2
    exit 2
fi
out=$1
namespace=${2:-vampnet}
days=365
umask 077

# Folder, subject, extensions.
issue() {
    local folder=$out/$1
    mkdir -p "$folder"
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$folder/tls.key" -subj "/CN=$2" 2>/dev/null |
        openssl x509 -req -CA "$out/ca/tls.crt" -CAkey "$out/ca/tls.key" -CAcreateserial -days $days -sha256 \
            -extfile <(printf '%s\n' "basicConstraints=CA:FALSE" "keyUsage=digitalSignature" "${@:3}") -out "$folder/tls.crt" 2>/dev/null
    cp "$out/ca/tls.crt" "$folder/ca.crt"
}

mkdir -p "$out/ca"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days $days -sha256 -subj "/CN=VampNet.Mesh development CA" \
    -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout "$out/ca/tls.key" -out "$out/ca/tls.crt" 2>/dev/null

for program in gateway codec coarse-generator fine-generator beat-tracker; do
    names=DNS:localhost,IP:127.0.0.1,IP:::1
    for service in $program $([ $program = gateway ] && echo gateway-replicas); do
        for domain in "" .$namespace .$namespace.svc .$namespace.svc.cluster.local; do
            names=$names,DNS:$service$domain
        done
    done
    issue $program $program "extendedKeyUsage=serverAuth" "subjectAltName=$names"
done
for client in gateway-client developer; do
    issue $client $client "extendedKeyUsage=clientAuth"
done
echo "certificates for $days days are in $out"
