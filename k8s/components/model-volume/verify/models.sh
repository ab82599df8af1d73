#!/bin/sh
# Fetches the model packages of a list that have a URL there, and checks every file of every package against its SHA-256.
# Usage: models.sh FOLDER LIST; a line of the list: folder in FOLDER, SHA-256 of its manifest.json, URL of the folder (or none).
set -eu

fail() {
    echo "models.sh: $*" >&2
    exit 1
}

is_good() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$2" ]; }

# Makes sure that a file is there and has its hash: from URL/FILE, where there is a URL and no such file yet.
check() {
    if ! is_good "$1/$2" "$3" && [ -n "$4" ]; then
        echo "fetching $4/$2"
        curl --fail --silent --show-error --location --retry 5 --retry-all-errors -o "$1/$2.part" "$4/$2"
        mv "$1/$2.part" "$1/$2"
    fi
    [ -f "$1/$2" ] || fail "$1/$2 is missing"
    is_good "$1/$2" "$3" || fail "$1/$2 has another SHA-256 than $3"
}

# FILE SHA256 of each object of a manifest that has both.
files_of() {
    tr -d '\n\r\t ' <"$1" | tr '{}' '\n\n' |
        sed -n 's/.*"file":"\([^"]*\)".*"sha256":"\([0-9a-f]*\)".*/\1 \2/p; t
                s/.*"sha256":"\([0-9a-f]*\)".*"file":"\([^"]*\)".*/\2 \1/p'
}

sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$2" | while read -r folder manifest url; do
    package=$1/$folder
    [ -z "$url" ] || mkdir -p "$package"
    check "$package" manifest.json "$manifest" "$url"
    files=$(files_of "$package/manifest.json")
    [ -n "$files" ] && [ "$(echo "$files" | wc -l)" -eq "$(grep -o '"sha256"' "$package/manifest.json" | wc -l)" ] ||
        fail "$package/manifest.json is written in a way that this script does not read"
    echo "$files" | while read -r file hash; do
        case $file in */* | .*) fail "$package/manifest.json names $file" ;; esac
        check "$package" "$file" "$hash" "$url"
    done
    echo "$package is complete and unchanged"
done
