#!/usr/bin/env bash
# Prints the table of docs/vamp-format.md: what .vamp files of a track take on disk at the paper's settings.
#   scripts/vamp-bitrates.sh [SOURCE]    VAMPNET names another vampnet command than ./vampnet
set -euo pipefail
cd "$(dirname "$0")/.."

source=${1:-assets/through-space.flac}
vampnet=${VAMPNET:-./vampnet}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

row() { # NAME PROMPT...
    local name=$1 report kept bytes disk
    shift
    report=$("$vampnet" compress "$source" -o "$work/track.vamp" --force --seed 1 --stereo mono "$@")
    bytes=$(stat -c %s "$work/track.vamp")
    kept=$(awk '$1 == "bitrate" { print $2 }' <<<"$report")
    disk=$(awk '$1 == "on" { print $3 }' <<<"$report")
    echo "| $name | \`$*\` | $kept | $bytes | $disk |"
}

echo "| setting | prompt | tokens, bit/s | bytes on disk | bit/s on disk |"
echo "|---|---|---|---|---|"
row "all, N = 14" --codebooks 14
row "Nk = 4" --codebooks 4
row "Nk = 1" --codebooks 1
for period in 2 4 8 16 32; do
    row "Nk = 1, P = $period" --codebooks 1 -P "$period"
done
row "Nk = 4, P = 8" --codebooks 4 -P 8
row "Nk = 14, P = 8" --codebooks 14 -P 8
row "200 bit/s" --bitrate 200
row "the beats of 4 codebooks" --codebooks 4 --beats
