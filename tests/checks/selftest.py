#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every check finds what it is for: small trees with one planted fault each, and without."""

import os
import subprocess
import tempfile
import unittest

import floors
import form
import layout
import links
import sizes
import source
import state
import symbols
import words

LICENCE = "/* SPDX-License-Identifier: Apache-2.0 */\n"


class Tree(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = self.folder.name

    def tearDown(self):
        self.folder.cleanup()

    def put(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def expect(self, check, path, line, part):
        """The check finds exactly one fault: there, with that in its reason."""
        findings = list(check(self.root))
        self.assertEqual([(path, line)], [found[:2] for found in findings], findings)
        self.assertIn(part, findings[0][2])

    def expect_clean(self, check):
        self.assertEqual([], list(check(self.root)))


class Source(unittest.TestCase):
    def test_comments_and_literals_are_blanked_in_place(self):
        text = 'a /* free( */ "/* x" b // "c\n\'"\' d'
        self.assertEqual('a             "    " b      \n\' \' d', source.code_only(text))
        self.assertIn('"/* x"', source.without_comments(text))


class Floors(Tree):
    def include(self, path, line):
        self.put(path, f"{LICENCE}\n{line}\n")

    def test_downwards_and_inside_is_fine(self):
        self.include("lib/model/route.c", '#include "tree/forest.h"')
        self.include("lib/pack/frame.c", "#include <zstd.h>")
        self.include("lib/train/child.c", '#include "model/model.h"')
        self.include("lib/metric/interval.c", '#include "base/rng.h"')
        self.include("lib/train/export.c", '#include "metric/metric.h"')
        self.include("lib/base/hash.c", "#include <xxhash.h>")
        self.include("bindings/cli/main.c", "#include <segml/segml.h>")
        self.expect_clean(floors.find)

    def test_upwards(self):
        self.include("lib/base/key.c", '#include "data/groups.h"')
        self.expect(floors.find, "lib/base/key.c", 3, "floor 0")

    def test_same_floor(self):
        self.include("lib/data/dataset.c", '#include "tree/forest.h"')
        self.expect(floors.find, "lib/data/dataset.c", 3, "floor 1")

    def test_metrics_know_no_search(self):
        self.include("lib/metric/metric.c", '#include "tune/study.h"')
        self.expect(floors.find, "lib/metric/metric.c", 3, "floor 1")

    def test_boost_and_model_never_meet(self):
        self.include("lib/xgb/xgb.c", '#include "model/model.h"')
        self.expect(floors.find, "lib/xgb/xgb.c", 3, "floor 3")

    def test_serving_half_includes_training_half(self):
        self.include("lib/model/infer.c", '#include "sched/pool.h"')
        self.expect(floors.find, "lib/model/infer.c", 3, "serving half")

    def test_serving_half_has_no_metrics(self):
        self.include("lib/model/infer.c", '#include "metric/metric.h"')
        self.expect(floors.find, "lib/model/infer.c", 3, "serving half")

    def test_base_knows_no_models(self):
        self.include("lib/base/key.c", '#include "segml/model.h"')
        self.expect(floors.find, "lib/base/key.c", 3, "knows nothing of models")

    def test_headers_without_folder(self):
        self.include("lib/base/key.c", '#include "hash.h"')
        self.expect(floors.find, "lib/base/key.c", 3, "folder/file.h")

    def test_outside_libraries_stay_at_home(self):
        for path, header in (("lib/model/model.c", "jansson.h"), ("lib/data/csv.c", "archive.h"),
                             ("lib/base/hash2.c", "xxhash.h"), ("lib/train/t.c", "dlfcn.h"),
                             ("lib/model/m.c", "zstd.h"), ("lib/base/b.c", "sodium.h"),
                             ("lib/train/x.c", "xgboost/c_api.h"), ("lib/sched/o.c", "omp.h")):
            with self.subTest(header):
                self.include(path, f"#include <{header}>")
                self.expect(floors.find, path, 3, header)
                os.remove(os.path.join(self.root, path))

    def test_dlopen_without_its_header(self):
        self.put("lib/train/t.c", "void *f(void)\n{\n    return dlopen(name, 2);\n}\n")
        self.expect(floors.find, "lib/train/t.c", 3, "dlopen")

    def test_examples_see_public_headers_only(self):
        self.include("lib/base/a.c", "#include <stdio.h>")
        self.include("examples/train.c", '#include "base/alloc.h"')
        self.expect(floors.find, "examples/train.c", 3, "only public headers")

    def test_public_headers_include_nothing_else(self):
        self.include("lib/base/a.c", "#include <stdio.h>")
        self.include("include/segml/common.h", "#include <jansson.h>")
        self.expect(floors.find, "include/segml/common.h", 3, "no other library")

    def test_an_include_in_a_comment_is_none(self):
        self.include("lib/base/a.c", '/*\n#include "train/child.h"\n*/')
        self.expect_clean(floors.find)

    def test_an_empty_tree_is_no_success(self):
        self.expect(floors.find, "lib", 0, "nothing to check")


class Words(Tree):
    def test_each_banned_word(self):
        for names, reason, _ in words.BANNED:
            for name in names.split():
                with self.subTest(name):
                    self.put("lib/data/x.c", f"{LICENCE}int x = {name}(1);\n")
                    self.expect(words.find, "lib/data/x.c", 2, reason)

    def test_streams(self):
        self.put("lib/data/x.c", 'void f(void)\n{\n    fprintf(stderr, "x");\n}\n')
        self.expect(words.find, "lib/data/x.c", 3, "stderr")

    def test_assert_with_a_side_effect(self):
        self.put("lib/data/x.c", "assert(n == 1);\nassert(a <= b);\nassert(n++ < 3);\n")
        self.expect(words.find, "lib/data/x.c", 3, "side effect")

    def test_comments_literals_members_and_longer_names_are_fine(self):
        self.put("lib/data/x.c", '/* malloc(1) */ // exit(1)\nconst char *t = "abort(1)";\n'
                 "void f(void)\n{\n    x->free(y);\n    x.free(y);\n    sg_free(y);\n"
                 "    snprintf(a, 1, t);\n    engine_exit(1);\n}\n")
        self.expect_clean(words.find)

    def test_only_the_choke_point_allocates(self):
        self.put("lib/base/alloc.c", "void *x = malloc(1);\n")
        self.expect_clean(words.find)

    def test_an_empty_tree_is_no_success(self):
        self.expect(words.find, "lib", 0, "nothing to check")


class Form(Tree):
    def test_good_files(self):
        self.put("lib/a.c", LICENCE + "int a;\n")
        self.put("tests/run.sh", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n")
        self.expect_clean(form.find)

    def test_each_fault(self):
        for text, line, part in (
                ("int a;\n", 1, "licence"),
                (LICENCE + "int a;" + " " * 90 + "int b;\n", 2, "102 columns"),
                (LICENCE + "\tint a;\n", 2, "tab"),
                (LICENCE + "int a; \n", 2, "trailing"),
                (LICENCE + "int a;", 2, "newline"),
                (LICENCE + "/* TO" + "DO */\n", 2, "open ends"),
                (LICENCE + "/* FIX" + "ME: */\n", 2, "open ends"),
                (LICENCE + 'f("/wo' + 'rk/main");\n', 2, "one machine"),
                (LICENCE + 'f("/ro' + 'ot");\n', 2, "one machine"),
                (LICENCE + 'f("/ho' + 'me/someone/x");\n', 2, "one machine"),
                (LICENCE + 'f("/tm' + 'p/venv");\n', 2, "one machine")):
            with self.subTest(part):
                self.put("lib/a.c", text)
                self.expect(form.find, "lib/a.c", line, part)

    def test_not_utf8(self):
        os.makedirs(os.path.join(self.root, "doc"))
        with open(os.path.join(self.root, "doc/a.md"), "wb") as file:
            file.write(b"a\xff\n")
        self.expect(form.find, "doc/a.md", 1, "UTF-8")

    def test_a_template_is_no_path_of_a_machine(self):
        self.put("lib/a.c", LICENCE + 'f("/tm' + 'p/segml-XX' + 'XXXX");\n')
        self.put("doc/a.md", "https://example.org/work and a/work and $X/root\n")
        self.expect_clean(form.find)

    def test_two_files_of_one_name(self):
        self.put("lib/a/x.c", LICENCE)
        self.put("lib/b/x.c", LICENCE)
        self.expect(form.find, "lib/b/x.c", 1, "unique")

    def test_an_empty_tree_is_no_success(self):
        self.expect(form.find, ".", 0, "nothing to check")


class Sizes(Tree):
    @staticmethod
    def function(parameters="void", body="    return 0;\n"):
        return f"static int\nf({parameters})\n{{\n{body}}}\n"

    def test_at_the_ceilings(self):
        self.put("lib/a.c", self.function(", ".join(f"int a{i}" for i in range(6)),
                                          "    a++;\n" * 97) + "\n" * 690)
        self.expect_clean(sizes.find)

    def test_long_file(self):
        self.put("lib/a.c", "\n" * 801)
        self.expect(sizes.find, "lib/a.c", 1, "801 lines")

    def test_long_function(self):
        self.put("lib/a.c", self.function(body="    a++;\n" * 98))
        self.expect(sizes.find, "lib/a.c", 2, "101 lines")

    def test_many_parameters(self):
        self.put("lib/a.c", self.function("int (*g)(int, int), int b, int c,\n  int d, int e, "
                                          "int h, int i"))
        self.expect(sizes.find, "lib/a.c", 2, "takes 7")

    def test_deep_nesting(self):
        heads = ("if (a)", "for (int i = 0; i < 3; i++)", "while (b)", "do", "switch (c)")
        self.put("lib/a.c", self.function(body=" {\n".join(heads) + " {\n" + "}\n" * 5))
        self.expect(sizes.find, "lib/a.c", 2, "nests 5")

    def test_initializers_do_not_nest(self):
        body = "    int a[1][1][1][1][1][1] = {{{{{{1}}}}}};\n"
        self.put("lib/a.c", self.function(body=body))
        self.expect_clean(sizes.find)

    def test_an_empty_tree_is_no_success(self):
        self.expect(sizes.find, "lib", 0, "nothing to check")


class Layout(Tree):
    HEADER = LICENCE + ("typedef struct segml_a {\n    int32_t b[3]; /**< b */\n    void *c;\n"
                        "} segml_a;\ntypedef enum segml_e { SEGML_X = -1 } segml_e;\n"
                        "#define SEGML_STATUS_LIST(X) \\\n    X(SEGML_Y, 3, \"y\")\n")
    TABLE = "GROWS(segml_a, 24);\nAT(segml_a, b, 0);\nAT(segml_a, c, 16);\nIS(SEGML_X, -1);\n" \
            "IS(SEGML_Y, 3);\n"

    def test_all_rows_are_there(self):
        self.put("include/segml/a.h", self.HEADER)
        self.put(layout.TABLE, self.TABLE)
        self.expect_clean(layout.find)

    def test_each_missing_row(self):
        self.put("include/segml/a.h", self.HEADER)
        for row, line in zip(self.TABLE.splitlines(), (2, 3, 4, 6, 8)):
            with self.subTest(row):
                self.put(layout.TABLE, self.TABLE.replace(row, f"/* {row} */"))
                self.expect(layout.find, "include/segml/a.h", line, row.split(",")[0])


class Links(Tree):
    def test_good_links(self):
        self.put("README.md", "[a](doc/a.md) [b](doc/a.md#part) [c](https://example.org)\n")
        self.put("doc/a.md", "[up](../README.md)\n")
        self.expect_clean(links.find)

    def test_broken_link(self):
        self.put("doc/a.md", "text\n[up](README.md)\n")
        self.expect(links.find, "doc/a.md", 2, "doc/README.md is not there")

    def test_decision_without_a_place_in_the_index(self):
        self.put(links.INDEX, "- [a](a.md)\n")
        self.put("doc/decisions/a.md", "A\n")
        self.put("doc/decisions/b.md", "B\n")
        self.expect(links.find, "doc/decisions/b.md", 1, "no link")


class Symbols(Tree):
    HEADER = LICENCE + ("/** Adds. @since 0.1 */\nSEGML_API int segml_add(int a,\n"
                        "                        int b);\n"
                        "/** A. @since 0.1 */\n#define SEGML_A 1\n")
    MAP = "SEGML_0 {\nglobal:\n    segml_add;\nlocal:\n    *;\n};\n"

    def setUp(self):
        super().setUp()
        self.put("include/segml/a.h", self.HEADER)
        self.put("lib/segml.map", self.MAP)

    def test_agreement(self):
        self.expect_clean(symbols.find)

    def test_missing_in_the_map(self):
        self.put("lib/segml.map", self.MAP.replace("segml_add;", ""))
        self.expect(symbols.find, "include/segml/a.h", 3, "missing in lib/segml.map")

    def test_missing_in_the_headers(self):
        self.put("lib/segml.map", self.MAP.replace("add;", "add;\n    segml_gone;"))
        self.expect(symbols.find, "lib/segml.map", 4, "declared in no public header")

    def test_no_since(self):
        self.put("include/segml/a.h", self.HEADER.replace("Adds. @since 0.1", "Adds."))
        self.expect(symbols.find, "include/segml/a.h", 3, "no comment with @since")

    def test_the_comment_of_another_function_does_not_count(self):
        second = "SEGML_API int segml_sub(int a);\n/**"
        self.put("include/segml/a.h", self.HEADER.replace("/** A.", second + " A."))
        self.put("lib/segml.map", self.MAP.replace("add;", "add; segml_sub;"))
        self.expect(symbols.find, "include/segml/a.h", 5, "no comment with @since")

    def test_foreign_name(self):
        self.put("include/segml/a.h", self.HEADER.replace("segml_add", "add"))
        self.put("lib/segml.map", self.MAP.replace("segml_add", "add"))
        self.expect(symbols.find, "include/segml/a.h", 3, "begin with segml_")

    def test_undocumented_types_and_macros(self):
        self.put("include/segml/a.h", self.HEADER + "\ntypedef struct segml_b segml_b;\n")
        self.expect(symbols.find, "include/segml/a.h", 8, "a type")
        self.put("include/segml/a.h", self.HEADER + "\nint x;\n#define SEGML_B 1\n")
        self.expect(symbols.find, "include/segml/a.h", 9, "SEGML_B")

    def build(self, code, *arguments):
        self.put("a.c", code)
        library = os.path.join(self.root, "a.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, "a.c", *arguments],
                       check=True, cwd=self.root)
        return [found[2] for found in symbols.find_in_library(self.root, library, [])]

    def test_library(self):
        code = "int segml_add(void);\nint segml_add(void) { return 1; }\n"
        self.assertEqual([], self.build(code))
        found = self.build(code + "int sg_leak(void);\nint sg_leak(void) { return 1; }\n")
        self.assertEqual(["exports sg_leak, which is not in lib/segml.map"], found)
        found = self.build("static int x;\nint *y(void);\nint *y(void) { return &x; }\n"
                           "int segml_add;\n", "-fvisibility=hidden")
        self.assertEqual(["does not export segml_add of lib/segml.map"], found)
        found = self.build(code, "-Wl,--no-as-needed", "-l:libstdc++.so.6")
        self.assertEqual(["is linked with libstdc++.so.6"], found)


class State(Tree):
    def find(self, code):
        self.put("a.c", code)
        subprocess.run(["cc", "-c", "-fPIC", "-O2", "a.c"], check=True, cwd=self.root)
        return [found[2] for found in state.find(os.path.join(self.root, "a.o"))]

    def test_constants_are_fine(self):
        self.assertEqual([], self.find("static const char *const names[] = {\"a\", \"b\"};\n"
                                       "const char *f(int i) { return names[i]; }\n"
                                       "const int x = 3;\n"))

    def test_each_kind_of_state(self):
        for code, name in (("int counter;", "counter"), ("int set = 3;", "set"),
                           ("_Thread_local int mine;", "mine"),
                           ("int f(void) { static int calls; return calls++; }", "calls")):
            with self.subTest(code):
                found = self.find(code + "\nint g(void) { return 1; }\n")
                self.assertEqual(1, len(found), found)
                self.assertIn(name, found[0])


if __name__ == "__main__":
    unittest.main()
