#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Functions that lib/ does not call, with the reason; comments and literals do not count."""

import re

import source

# Names, the reason, and files where they are at home.
BANNED = [
    ("malloc calloc realloc reallocarray free strdup strndup aligned_alloc posix_memalign "
     "memalign valloc alloca asprintf vasprintf getline getdelim open_memstream",
     "memory comes from base/alloc.h, arena.h or buf.h", ("lib/base/alloc.c",)),
    ("sprintf vsprintf strcpy strcat stpcpy gets", "writes without a bound; use snprintf", ()),
    ("strtok", "keeps hidden state", ()),
    ("atoi atol atoll atof", "cannot report an error", ()),
    ("strtod strtof strtold scanf sscanf fscanf",
     "depends on the host's locale or guesses; see base/text.h", ("lib/base/text.c",)),
    ("rand srand rand_r random srandom drand48 lrand48 mrand48 arc4random",
     "random numbers come from base/rng.h", ()),
    ("exit _exit _Exit quick_exit atexit abort", "the library never ends its host", ()),
    ("printf vprintf puts putchar putc fputc perror psignal", "the library prints nothing", ()),
    ("getenv secure_getenv setenv unsetenv putenv", "the environment belongs to the host", ()),
    ("setlocale", "the locale belongs to the host", ()),
    ("signal sigaction sigprocmask raise kill alarm", "signals belong to the host", ()),
    ("strerror localtime gmtime ctime asctime", "keeps hidden state; use the _r form", ()),
    ("system popen fork vfork execv execvp execve posix_spawn", "starts no process", ()),
    ("setjmp longjmp", "every way out goes through out:", ()),
]

STREAMS = re.compile(r"\b(stdout|stderr|stdin)\b")
ASSERT = re.compile(r"(?<![\w.])assert\s*\(([^;]*)\)\s*;")
SIDE_EFFECT = re.compile(r"\+\+|--|(?<![=!<>])=(?!=)")


def pattern_of(names):
    # A member of that name, x.free(...) or x->free(...), is not the function.
    return re.compile(r"(?<![\w.>])(" + "|".join(names.split()) + r")\s*\(")


def find_in(path, code):
    for names, reason, home in BANNED:
        if path in home:
            continue
        for match in pattern_of(names).finditer(code):
            yield source.line_of(code, match.start()), f"{match[1]}(): {reason}"
    for match in STREAMS.finditer(code):
        yield source.line_of(code, match.start()), f"{match[1]}: the library prints nothing"
    for match in ASSERT.finditer(code):
        if SIDE_EFFECT.search(match[1]):
            yield source.line_of(code, match.start()), "assert with a side effect"


def find(root):
    lib = source.c_files(root, "lib")
    yield from source.nothing_seen(lib, "lib")
    for file in lib:
        for line, reason in find_in(file.path, source.code_only(file.text)):
            yield file.path, line, reason


if __name__ == "__main__":
    source.main(find)
