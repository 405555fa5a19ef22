#!/usr/bin/env bash
# Takes every PEFT adapter of test/fixtures/peft in and out again, and lets PEFT load what came out: the same logits.
#   scripts/check-peft-exports.sh PYTHON      # a Python with torch, transformers and peft (test/fixtures/peft/versions.json)
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:?"check-peft-exports: must be given a Python with torch, transformers and peft; pass its path"}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for adapter in test/fixtures/peft/*/; do
  name=$(basename "$adapter")
  family=${name%%-*}
  if [ "$family" = gpt2 ]; then family=gpt2-classifier; fi
  model=test/fixtures/hf/$family
  output=logits
  if [ "$name" = bert-lora-encoder ]; then output=hidden; fi
  node -e '
    const { rows } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    for (const { ids, typeIds } of rows) console.log(JSON.stringify(typeIds ? { ids, typeIds } : { ids }));
  ' "$model/vectors.json" > "$work/input.jsonl"
  holdfast() { node build/src/cli/main.js "$@" > "$work/said" 2>&1 || { cat "$work/said"; exit 1; }; }
  holdfast adapter import "$adapter" --model "$model" --out "$work/$name"
  holdfast adapter export "$work/$name" --format peft --out "$work/$name-peft"
  holdfast predict --model "$model" --adapter "$work/$name" --output $output --input "$work/input.jsonl" --out "$work/$name.jsonl"
  "$python" test/fixtures/peft/check-exports.py "$model" "$work/$name-peft" "$work/$name.jsonl" "$work/input.jsonl"
done
