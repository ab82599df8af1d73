#!/usr/bin/env bash
# Fetches the free music that the shipped weights are trained on into data/music (git-ignored).
#
#   scripts/fetch-music.sh [FOLDER WITH THE .deb FILES]
#
# The music comes from three Debian packages; only tracks under CC-BY-SA-3.0 are kept:
#   singularity-music   Max McCracken                                  CC-BY-SA-3.0
#   hyperrogue-music    Shawn Parrotte, Will Savino, Lincoln Domina    CC-BY-SA-3.0
#   warzone2100-music   LupusMechanicus, two albums                    CC-BY-SA-3.0 or later (or GPL-2+)
# Tracks that are GPL only, or that rest on one that is, are left out: docs/MUSIC.md.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/data/music
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ $# -ge 1 ]; then
    cp "$1"/{singularity,hyperrogue,warzone2100}-music_*.deb "$work"
else
    # apt-get download needs no root; it writes into the current folder.
    (cd "$work" && apt-get download singularity-music hyperrogue-music warzone2100-music)
fi
for package in "$work"/*.deb; do
    dpkg-deb -x "$package" "$work/files"
done

games=$work/files/usr/share/games
albums=$games/warzone2100/music/albums
mkdir -p "$out/singularity" "$out/hyperrogue" "$out/warzone/aftermath" "$out/warzone/legacy"
cp -r "$games/singularity/music/." "$out/singularity"
cp "$work/files/usr/share/hyperrogue/music/"*.ogg "$out/hyperrogue"
cp "$albums/legacy_soundtrack/"*.opus "$out/warzone/legacy"
cp "$albums/aftermath_soundtrack/"*.opus "$out/warzone/aftermath"
rm -f "$out/warzone/aftermath/track3_enhanced.opus" "$out/warzone/aftermath/menu_enhanced.opus"
for package in singularity hyperrogue warzone2100; do
    cp "$work/files/usr/share/doc/$package-music/copyright" "$out/${package%2100}/COPYRIGHT"
done
for album in aftermath legacy; do
    cp "$albums/${album}_soundtrack/license.txt" "$out/warzone/$album/LICENSE"
done

echo "$(find "$out" -name '*.ogg' -o -name '*.opus' | wc -l) tracks in data/music"
