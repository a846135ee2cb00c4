# SPDX-License-Identifier: Apache-2.0
#
# What equivalent.txt (-v argued=FILE) says of a mutant of the target in -v tree=FOLDER.

BEGIN {
    while ((getline entry <argued) > 0)
        if (entry !~ /^(#|[ \t]*$)/)
            entries[++entry_count] = entry
    close(argued)
}

# The source line of that number, trimmed.
function source_line(file, number,   path, text, n) {
    if (!(file in is_read)) {
        path = tree "/" file
        while ((getline text <path) > 0) {
            gsub(/^[ \t]+|[ \t]+$/, "", text)
            lines[file, ++n] = text
        }
        close(path)
        is_read[file] = 1
    }
    return lines[file, number]
}

# Whether there is an argument. The source line may contain the bar that separates the fields, so the entry is
# not taken apart: it must begin with what this mutant's would.
function is_argued(file, number, name, operator, replacement,   i, start) {
    if (entry_count == 0)
        return 0
    start = file " " name " " operator " | " source_line(file, number) " | " replacement " | "
    for (i = 1; i <= entry_count; i++) {
        if (index(entries[i], start) == 1 && length(entries[i]) > length(start)) {
            fits[i] = 1
            return 1
        }
    }
    return 0
}
