# Sourced by scripts that read what `selfcheck` prints: the file $text.
failures=0

# What it counted, without the table of probes.
show_counts() { sed -n '/^the target against itself/,/^probe/p' "$text" | grep -v -e '^$' -e '^probe'; }

# The rate, in %, of the line that begins with LABEL; the WHICH-th of them.
rate() {
    grep "^  $1:" "$text" | sed -n "${2}p" | sed 's/.*: \([0-9]*\) of \([0-9]*\),.*/\1 \2/' | awk '{ printf "%.3f", 100 * $1 / $2 }'
}

# WHAT FOUND LEAST MOST: the figure lies between.
judge() {
    if awk -v f="$2" -v l="$3" -v m="$4" 'BEGIN { exit !(f != "" && f >= l && f <= m) }'; then
        echo "ok: $1: $2 % is from $3 to $4 %"
    else
        echo "FAILED: $1: $2 % is not from $3 to $4 %"
        failures=$((failures + 1))
    fi
}

# LABEL WHICH LEAST MOST: the rate lies between.
expect() { judge "$1" "$(rate "$1" "$2")" "$3" "$4"; }

# PROBE LEAST: so often the slowed target was called worse by it.
expect_worse() { judge "$1 called worse" "$(awk -v p="$1" '$1 == p { print $5 }' "$text")" "$2" 100; }

finish() {
    echo
    [ "$failures" -eq 0 ] && echo "all as it should be" || { echo "$failures expectations failed"; exit 1; }
}
