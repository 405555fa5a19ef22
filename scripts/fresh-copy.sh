#!/usr/bin/env bash
# Copies the checkout as it stands (tracked and new files, nothing that git ignores) into a new folder.
#
#   scripts/fresh-copy.sh FOLDER
set -euo pipefail

to=${1:?usage: fresh-copy.sh FOLDER}
cd "$(dirname "$0")/.."
mkdir -p "$to"
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  # A file that is deleted but not yet committed is still listed: leave it out.
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do
      if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\0' "$file"; fi
    done | tar --null --files-from=- --create --file=- | tar --extract --file=- --directory="$to"
else
  tar --exclude=./node_modules --exclude=./build --exclude=./.git --create --file=- . |
    tar --extract --file=- --directory="$to"
fi
