#!/usr/bin/env bash
# Prints a command of README.md: the fenced block that follows the line `<!-- command: NAME -->`.
#
#   scripts/readme-command.sh demo
set -euo pipefail

readme=$(dirname "$0")/../README.md
name=${1:?usage: readme-command.sh NAME}
[ -f "$readme" ] || { echo "readme-command: README.md must be there, got none" >&2; exit 1; }

command=$(awk -v marker="<!-- command: $name -->" '
  $0 == marker { marked = 1; next }
  marked && /^```/ { if (inside) exit; inside = 1; next }
  inside { print }
' "$readme")
[ -n "$command" ] || {
  echo "readme-command: README.md must have a fenced block after \"<!-- command: $name -->\", got none" >&2
  exit 1
}
printf '%s\n' "$command"
