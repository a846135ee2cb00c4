/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenarios of command lines: what words mean, and which are wrong.
 */
#include "scenario_internal.h"

#include "backup.h"
#include "fuzz/scene/scene.h"
#include "layout.h"

#define MAKE_BACKUP "backup " BACKUP_DEST
#define A_TENTH     "abcdefghij"
#define A_HUNDRED   A_TENTH A_TENTH A_TENTH A_TENTH A_TENTH A_TENTH A_TENTH A_TENTH A_TENTH A_TENTH

/* Of status, of which it is known what it prints. */
#define STATUS                                                                                     \
    "directory   online\n"                                                                         \
    "database    \\\\DC1\\store\\ntds.dit\n"                                                       \
    "logs        \\\\DC1\\store\n"                                                                 \
    "checkpoint  \\\\DC1\\store\n"
#define RIGHT(name_, words_, story_, ...)                                                          \
    {                                                                                              \
        .name = (name_), .kind = SCENARIO_READS, .words = (words_), .story = (story_),             \
        .prints = STATUS, .every = 8, __VA_ARGS__                                                  \
    }
#define WRONG(name_, words_, says_)                                                                \
    {                                                                                              \
        .name = (name_), .kind = SCENARIO_READS, .words = (words_), .story = "wrong usage",        \
        .code = 2, .says = (says_)                                                                 \
    }
#define DENIED(name_, words_, story_)                                                              \
    {                                                                                              \
        .name = (name_), .kind = SCENARIO_READS, .words = (words_), .story = (story_), .code = 1,  \
        .says = "ERROR_ACCESS_DENIED", .prepare = layout_password, .every = 8                      \
    }
#define WITH_PASSWORD " --password-file " PASSWORD_FILE " "

const struct scenario scenarios_of_words[] = {
    {"help", SCENARIO_READS, "--help", "the help", .code = 0},
    {"version", SCENARIO_READS, "--version", "the version", .code = 0},
    {"manual", SCENARIO_READS, "--help-man", "what the manual page is made of", .code = 0},
    RIGHT("option-behind-the-command", "status --server DC1", "options and words in any order"),
    RIGHT("option-with-an-equals-sign", "--server=DC1 status", "a value in the same word"),
    RIGHT("option-cut-short", "--serv DC1 status", "as many letters as tell it apart"),
    RIGHT("option-twice", "--server elsewhere --server DC1 status", "the last one counts"),
    RIGHT("words-behind-two-dashes", "--server DC1 -- status", "-- ends the options"),
    RIGHT("two-dashes-behind-the-command", "status --", "-- ends the options"),
    RIGHT("password-that-ends-with-a-carriage-return", "--user " SCENE_USER WITH_PASSWORD "status",
          "a file of another system", .prepare = layout_password_with_a_carriage_return),
    RIGHT("password-without-a-line-end", "--user " SCENE_USER WITH_PASSWORD "status",
          "its file ends with it", .prepare = layout_password_without_a_line_end),
    RIGHT("account-of-a-domain", "--domain DC --user guest" WITH_PASSWORD "status",
          "of an account of a domain", .prepare = layout_password),
    RIGHT("domain-and-account-in-the-other-order", WITH_PASSWORD "--user guest --domain=DC status",
          "of an account of a domain", .prepare = layout_password),
    {.name = "backup-behind-two-dashes",
     .kind = SCENARIO_BACKUP,
     .words = "--no-truncate -- " MAKE_BACKUP,
     .story = "-- ends the options, and all words behind it count",
     .every = 8,
     .keeps_logs = true},
    {.name = "flags-twice",
     .kind = SCENARIO_BACKUP,
     .words = "--quiet --no-truncate --quiet --no-truncate " MAKE_BACKUP,
     .story = "what is said twice holds",
     .every = 8,
     .keeps_logs = true},
    {"flag-of-json-twice", SCENARIO_READS, "--json inspect --json", "what is said twice holds",
     .prints = "{\"connections\": 0, \"groups\": 0, \"context_handles\": 0, "
               "\"backup_sessions\": 0, \"restore_sessions\": 0, \"open_files\": 0, "
               "\"online\": true, \"restore_registered\": false, \"calls\": 1, "
               "\"pdus_received\": 2, \"pdus_sent\": 1, \"faults\": 0}\n",
     .every = 8},
    {.name = "backup-on-a-terminal",
     .kind = SCENARIO_BACKUP,
     .words = "--no-truncate " MAKE_BACKUP,
     .story = "with progress, because standard error is a terminal",
     .says = "\rreading ntds.dit  100 %  0.1 MB/s\033[K\rreading ntds.dit  100 %  0.1 MB/s\033[K\n"
             "\rreading temp.pat  100 %  0.0 MB/s\033[K",
     .prepare = layout_slow_terminal,
     .every = 12,
     .keeps_logs = true,
     .shows_progress = true},
    {.name = "backup-with-progress",
     .kind = SCENARIO_BACKUP,
     .words = "--progress --no-truncate " MAKE_BACKUP,
     .story = "into an empty directory, with progress",
     .says = "reading ntds.dit  100 %  0.0 MB/s\nreading temp.pat  100 %  0.0 MB/s\nreading "
             "edb00001.log  100 %  0.0 MB/s\n",
     .prepare = layout_empty_destination,
     .keeps_logs = true,
     .shows_progress = true},
    {.name = "backup-slowly-with-progress",
     .kind = SCENARIO_BACKUP,
     .words = "--progress --no-truncate " MAKE_BACKUP,
     .story = "each read and write takes more than two seconds: a line for each part",
     .says = "reading ntds.dit  100 %  0.0 MB/s\nreading ntds.dit  100 %  0.0 MB/s\n"
             "reading temp.pat  100 %  0.0 MB/s\n",
     .prepare = layout_slow_progress,
     .every = 12,
     .keeps_logs = true,
     .shows_progress = true},
    {.name = "backup-quietly-on-a-terminal",
     .kind = SCENARIO_BACKUP,
     .words = "--quiet --progress --no-truncate " MAKE_BACKUP,
     .story = "--quiet comes before --progress",
     .prepare = layout_slow_terminal,
     .every = 12,
     .keeps_logs = true},
    {.name = "backup-without-standard-input",
     .kind = SCENARIO_BACKUP,
     .words = MAKE_BACKUP,
     .story = "the first descriptor that is free is 0",
     .prepare = layout_no_input},
    {.name = "resume-without-standard-input",
     .kind = SCENARIO_BACKUP,
     .words = "--resume " MAKE_BACKUP,
     .story = "the first descriptor that is free is 0",
     .prepare = layout_no_input_and_partial},
    {.name = "restore-without-standard-input",
     .kind = SCENARIO_RESTORE,
     .words = "restore " BACKUP_DEST,
     .story = "the first descriptor that is free is 0",
     .prepare = layout_no_input_and_old_store,
     .restore_mode = true},
    RIGHT("status-without-standard-input", "--user " SCENE_USER WITH_PASSWORD "status",
          "the first descriptor that is free is 0", .prepare = layout_no_input_and_password),
    DENIED("account-in-capitals", "--user OPERATOR" WITH_PASSWORD MAKE_BACKUP,
           "an account is asked for in other letters"),
    DENIED("account-of-no-domain", "--user guest" WITH_PASSWORD MAKE_BACKUP,
           "the password is that of an account of a domain"),
    DENIED("account-of-another-domain", "--domain DD --user guest" WITH_PASSWORD MAKE_BACKUP,
           "the password is that of an account of a domain"),
    DENIED("domain-in-other-letters", "--domain dc --user guest" WITH_PASSWORD MAKE_BACKUP,
           "a domain is asked for in other letters"),
    WRONG("no-command", "--quiet", "a command is missing"),
    WRONG("wrong-option", "--sevrer x status", "did you mean --server"),
    WRONG("part-of-an-option", "--truncate status", "did you mean --no-truncate"),
    WRONG("unknown-option", "--qwertz status", "unknown option '--qwertz'"),
    WRONG("unknown-option-with-a-value", "--qwertz=x status", "unknown option '--qwertz"),
    WRONG("very-long-option", "--" A_HUNDRED " status", "unknown option '--" A_TENTH A_TENTH),
    WRONG("unknown-letter", "-x status", "unknown option '-x'"),
    WRONG("ambiguous-option", "--p status", "may be any of: --password-file --progress"),
    WRONG("option-without-value", "status --user", "requires an argument"),
    {"option-of-an-empty-value", SCENARIO_READS, "--server '' status", "no machine has no name",
     .code = 1, .says = "DsIsNTDSOnline (): hrCouldNotConnect (0xC7FF0007)", .every = 8},
    WRONG("option-with-value", "--quiet=yes status", "takes no argument"),
    WRONG("unknown-command", "explode", "unknown command 'explode'"),
    WRONG("command-of-no-letters", "''", "unknown command ''"),
    WRONG("command-cut-short", "stat", "unknown command 'stat'"),
    WRONG("backup-of-two", MAKE_BACKUP " b", "unexpected argument 'b'"),
    WRONG("status-of-a-word", "status b", "unexpected argument 'b'"),
    WRONG("backup-to-nowhere", "backup", "backup: DEST is missing"),
    WRONG("backup-to-no-letters", "backup ''", "backup: DEST is missing"),
    WRONG("restore-of-nothing", "restore", "is missing"),
    WRONG("half-an-identity", "--user me status", "go together"),
    WRONG("the-other-half-of-an-identity", WITH_PASSWORD "status", "go together"),
    WRONG("domain-of-nobody", "--domain DC status", "--domain only with them"),
    WRONG("resumed-status", "--resume status", "goes with backup only"),
    WRONG("resumed-restore", "--resume restore " BACKUP_DEST, "goes with backup only"),
    WRONG("status-as-json", "--json status", "goes with inspect only"),
};

const size_t scenarios_of_words_count = sizeof scenarios_of_words / sizeof *scenarios_of_words;
