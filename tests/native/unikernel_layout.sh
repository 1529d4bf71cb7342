#!/bin/sh
# The archive stands in the kernel as it was built: every function at the same distance from every other.
#   unikernel_layout.sh NM ARCHIVE KERNEL
set -eu
nm=$1 archive=$2 kernel=$3
"$nm" "$archive" | awk '$2 == "T" || $2 == "t" { print $3, $1 }' | sort >archive-functions.txt
"$nm" "$kernel" | awk '$2 == "T" || $2 == "t" { print $3, $1 }' | sort >kernel-functions.txt
# Names that both have several times (static functions of one name) say nothing about which is which.
for list in archive kernel; do
    awk '{ seen[$1]++; at[$1] = $2 } END { for (name in seen) if (seen[name] == 1) print name, at[name] }' "$list-functions.txt" |
        sort >"$list-unique.txt"
done
join archive-unique.txt kernel-unique.txt | while read -r name there here; do
    echo "$((0x$here - 0x$there)) $name"
done | sort >distances.txt
distances=$(awk '{ print $1 }' distances.txt | sort -u | wc -l)
functions=$(wc -l <distances.txt)
echo "$functions functions, $distances distances"
[ "$functions" -gt 50 ] && [ "$distances" -eq 1 ]
