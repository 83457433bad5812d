#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""blocks.py finds code that does not work.   selftest.py ROOT COMPILER LIBRARY"""

import os
import sys
import tempfile
import unittest

import blocks

ROOT, COMPILER, LIBRARY = sys.argv[1], sys.argv[2], os.path.abspath(sys.argv[3])


class Extraction(unittest.TestCase):
    def test_markdown(self):
        found = list(blocks.markdown_blocks("a.md", "x\n```c\nint a;\n```\n\n"
                                            "<!-- not run: slow -->\n```sh\nfalse\n```\n"))
        self.assertEqual([("c", 3, True), ("sh", 8, False)],
                         [(b.kind, b.line, b.runs) for b in found])
        self.assertEqual("int a;\n", found[0].code)

    def test_header(self):
        text = ("/* a */\n/*\n * Text:\n *\n *     int a;\n *\n *       int b;\n *\n * More:\n"
                " *        text\n */\n/**\n * Doc.\n *\n *     text\n */\n")
        found = list(blocks.header_blocks("a.h", text))
        self.assertEqual([(5, "int a;\n\n  int b;\n\n")], [(b.line, b.code) for b in found])


class Verdicts(unittest.TestCase):
    def verdict(self, kind, code, runs=True):
        with tempfile.TemporaryDirectory() as folder:
            runner = blocks.Runner(ROOT, COMPILER.split(), LIBRARY, "/bin/true", folder)
            return runner.check(blocks.Block("a.md", 1, kind, code, runs))

    def test_good_blocks(self):
        self.assertIsNone(self.verdict("c", "rc = segml_model_open(&model, \"a\", NULL, &err);\n"))
        self.assertIsNone(self.verdict("c", "#include <segml/segml.h>\nint main(void)\n{\n"
                                       "    return segml_status_name(0) == NULL;\n}\n"))
        self.assertIsNone(self.verdict("sh", "true | true\n"))
        self.assertIsNone(self.verdict("text", "anything"))

    def test_faults(self):
        for kind, code, part in (("c", "segml_model_opne(&model);\n", "a.md:1"),
                                 ("c", "int main(void)\n{\n    return 3;\n}\n", "exit 3"),
                                 ("sh", "false\ntrue\n", "exit 1"),
                                 ("sh", "false | cat\n", "exit 1"),
                                 ("sh", "examples/missing.sh\n", "cannot be run"),
                                 ("sh", "if true\n", "exit"),
                                 ("", "x", "say what it is")):
            with self.subTest(code):
                self.assertIn(part, self.verdict(kind, code) or "")

    def test_what_is_not_run_must_still_be_there(self):
        self.assertIsNone(self.verdict("sh", "examples/quickstart.sh\n", runs=False))
        self.assertIsNotNone(self.verdict("sh", "examples/gone.sh\n", runs=False))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
