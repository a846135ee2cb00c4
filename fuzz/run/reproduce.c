/* SPDX-License-Identifier: Apache-2.0 */
#include "reproduce.h"

#include "faults/world/capture.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef RUNDOWN_FLAVOUR
#define RUNDOWN_FLAVOUR "unknown"
#endif

/* This program; "" : unknown. */
static const char *own_path(void)
{
    static char path[PATH_MAX];
    ssize_t n = path[0] == '\0' ? readlink("/proc/self/exe", path, sizeof path - 1) : 0;
    if (n > 0)
        path[n] = '\0';
    return path;
}

/* The folder above this program that has a build.sh; "" : there is none, it is installed. */
static const char *source_tree(void)
{
    static char tree[PATH_MAX];
    static bool tried;
    char script[PATH_MAX + 16];
    if (tried)
        return tree;
    tried = true;
    snprintf(tree, sizeof tree, "%s", own_path());
    for (char *end; (end = strrchr(tree, '/')) != NULL;) {
        *end = '\0';
        snprintf(script, sizeof script, "%s/build.sh", tree);
        if (access(script, F_OK) == 0)
            return tree;
    }
    tree[0] = '\0';
    return tree;
}

/* Relative to the source tree where that is the current folder, or `always`. */
static void shorten(const char *path, bool always, char *out, size_t capacity)
{
    char folder[PATH_MAX], whole[PATH_MAX];
    const char *tree = source_tree();
    size_t n = strlen(tree);
    if (realpath(path, whole) == NULL)
        snprintf(whole, sizeof whole, "%s", path);
    bool there = getcwd(folder, sizeof folder) != NULL && strcmp(folder, tree) == 0;
    bool inside = n > 0 && strncmp(whole, tree, n) == 0 && whole[n] == '/';
    snprintf(out, capacity, "%s", inside && (there || always) ? whole + n + 1 : whole);
}

void reproduce_path(const char *path, char *out, size_t capacity)
{
    shorten(path, false, out, capacity);
}

/* Whether PATH leads to this very program. */
static bool is_in_path(const char *name)
{
    char whole[PATH_MAX], candidate[PATH_MAX];
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        size_t n = strcspn(path, ":");
        snprintf(candidate, sizeof candidate, "%.*s/%s", (int)n, path, name);
        if (access(candidate, X_OK) == 0)
            return realpath(candidate, whole) != NULL && strcmp(whole, own_path()) == 0;
        path += n + (path[n] == ':');
    }
    return false;
}

static bool is_this_program;

void reproduce_as_this_program(void)
{
    is_this_program = true;
}

/* A test, or a driver, cannot run programs: that of the same flavour can. */
static void program_path(char *out, size_t capacity)
{
    const char *own = own_path(), *name = strrchr(own, '/');
    char sibling[PATH_MAX];
    if (is_this_program) {
        shorten(own, false, out, capacity);
        return;
    }
    if (name == NULL || (strcmp(name, "/rundown") != 0 && source_tree()[0] == '\0')) {
        snprintf(out, capacity, "rundown");
    } else if (strcmp(name, "/rundown") != 0) {
        snprintf(sibling, sizeof sibling, "%s/build/%s/rundown", source_tree(), RUNDOWN_FLAVOUR);
        shorten(sibling, false, out, capacity);
    } else if (source_tree()[0] == '\0' && is_in_path("rundown")) {
        snprintf(out, capacity, "rundown");
    } else {
        shorten(own, false, out, capacity);
    }
}

/* As a word for the shell. */
static void append_quoted(char *out, size_t capacity, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_./@%+=:,-#";
    size_t n = strlen(out);
    if (word[0] != '#' && word[strspn(word, plain)] == '\0') {
        snprintf(out + n, capacity - n, "%s", word);
        return;
    }
    n += (size_t)snprintf(out + n, capacity - n, "'");
    for (; *word != '\0' && n + 8 < capacity; word++)
        n += (size_t)snprintf(out + n, capacity - n, *word == '\'' ? "'\\''" : "%c", *word);
    snprintf(out + n, capacity - n, "'");
}

void reproduce_command(const char *subcommand, const char *path, char *out, size_t capacity)
{
    char word[PATH_MAX];
    out[0] = '\0';
    program_path(word, sizeof word);
    append_quoted(out, capacity, word);
    size_t n = strlen(out);
    snprintf(out + n, capacity - n, " %s ", subcommand);
    reproduce_path(path, word, sizeof word);
    append_quoted(out, capacity, word);
}

const char *reproduce_flavour(void)
{
    return RUNDOWN_FLAVOUR;
}

const char *reproduce_commit(void)
{
    static char commit[64], tree[PATH_MAX];
    static bool tried;
    if (!tried && source_tree()[0] != '\0') {
        snprintf(tree, sizeof tree, "%s", source_tree());
        if (!capture_output((char *[]){"git", "-C", tree, "describe", "--always", "--exclude=*",
                                       "--abbrev=10", "--dirty", NULL},
                            commit, sizeof commit))
            commit[0] = '\0';
        commit[strcspn(commit, "\n")] = '\0';
    }
    tried = true;
    return commit[0] != '\0' ? commit : NULL;
}
