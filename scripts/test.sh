#!/usr/bin/env bash
# Runs the tests that match a filter, project by project (they share the CPU's cores with libtorch's threads).
# The last line is "N passed, N failed, N skipped"; fails if a test failed, a project crashed, or there was none.
set -uo pipefail
cd "$(dirname "$0")/.."
# The tests' models are tiny: a second thread costs more than it gives, and far more on a busy machine.
export OMP_NUM_THREADS=1

filter=$1
# The long soak alone takes ten minutes of an idle machine.
hang=$([[ $filter == *Category=Host* ]] && echo 60m || echo 10m)
results=artifacts/test-results
rm -rf $results
mkdir -p $results
passed=0 failed=0 skipped=0 long=0 containers=0

# The whole number in attribute $1 of the <Counters> line of the result file $2.
counter() { grep -o '<Counters [^>]*' "$2" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9'; }

# "name: reason" of each skipped test in the result file $1. Skipped results carry their reason in their output.
skips() {
    awk -v RS='</UnitTestResult>' '/outcome="NotExecuted"/ {
        name = $0; sub(/.* testName="/, "", name); sub(/".*/, "", name)
        reason = ""
        if (match($0, /<StdOut>[^<]*/)) reason = substr($0, RSTART + 8, RLENGTH - 8)
        else if (match($0, /<Message>[^<]*/)) reason = substr($0, RSTART + 9, RLENGTH - 9)
        gsub(/&lt;/, "<", reason); gsub(/&gt;/, ">", reason); gsub(/&quot;/, "\"", reason); gsub(/&amp;/, "\\&", reason)
        print "  skipped " name ": " reason }' "$1"
}

# Tests of category $2 in the assembly $1.
count() { dotnet test "$1" --nologo --list-tests --filter "Category=$2" | grep -c '^    '; }

for project in tests/*.Tests; do
    name=$(basename "$project")
    dll=artifacts/bin/$name/release/$name.dll
    trx=$results/$name.trx
    echo "== $name"
    dotnet test "$dll" --nologo --filter "$filter" --results-directory $results \
        --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
        --blame-hang-timeout $hang --blame-hang-dump-type none |
        grep -v -e '^Data collector' -e '^Starting test' -e '^A total of' -e '^Results File' -e '^No test matches' -e '^$'
    status=${PIPESTATUS[0]}
    if [[ $filter == *!=* ]]; then
        long=$((long + $(count "$dll" Host))) containers=$((containers + $(count "$dll" Containers)))
    fi

    if [ ! -e "$trx" ]; then
        # No result file: no test matched (status 0), or the project could not even start.
        [ $status -eq 0 ] || { failed=$((failed + 1)); echo "  FAILED $name: no results (exit code $status)"; }
        continue
    fi
    total=$(counter total "$trx") executed=$(counter executed "$trx") bad=$(counter failed "$trx")
    passed=$((passed + $(counter passed "$trx")))
    failed=$((failed + bad))
    skipped=$((skipped + total - executed))
    skips "$trx"
    if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then
        failed=$((failed + 1))
        echo "  FAILED $name: the run stopped early (exit code $status)"
    fi
done

echo
[ $long -eq 0 ] || echo "$long long tests left out; make test-host runs them."
[ $containers -eq 0 ] || echo "Tests of containers left out: $containers; make test-containers runs them."
echo "$passed passed, $failed failed, $skipped skipped" | tee $results/summary
[ $failed -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
