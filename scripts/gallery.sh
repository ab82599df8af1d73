#!/usr/bin/env bash
# Makes the pictures and sounds of docs/gallery.md anew: the mask of each prompt on the demo's music, and what vampnet-mini makes of its
# first two bars. Needs sox to cut them; takes a few minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
out=docs/gallery
song=assets/through-space.flac
bars=$(mktemp --suffix .wav)
trap 'rm -f "$bars"' EXIT
sox $song "$bars" trim 0 4.174 # two bars at 115 beats a minute

mkdir -p $out
while read -r name prompt; do
    # The beats of the whole piece are surer than those of two bars.
    ./vampnet preview $song --prompt "$prompt" --seed 1 -o $out/"$name".svg --force > /dev/null
    ./vampnet vamp "$bars" --prompt "$prompt" --seed 1 --stereo mono -o $out/"$name".opus --force > /dev/null
done <<'EOF'
every every 7
codebooks codebooks 4
beats beats after=0.1
onsets onsets width=4
regions region 0..1 3..4
random random 0.5
dropout every 2 & dropout 0.5
bitrate bitrate 200
combined (beats after=0.1 | every 16) & codebooks 4
small-variation small-variation
large-variation large-variation
none none
EOF
ls -l $out
