#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Public headers alone, and a user of all their macros, as C99 and as C++11.

    headers.py INCLUDE_FOLDER COMPILER...

A compiler may come as several words. Each must understand -pedantic and -Werror. First it has to
refuse a header with a fault, so that passing means something.
"""

import os
import subprocess
import sys
import tempfile

WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-Wundef", "-fsyntax-only"]
LANGUAGES = {"c99": (["-x", "c", "-std=c99", "-Wstrict-prototypes", "-Wmissing-prototypes"], ".c"),
             "c11": (["-x", "c", "-std=c11", "-Wshadow", "-Wwrite-strings"], ".c"),
             "c++11": (["-x", "c++", "-std=c++11", "-Wold-style-cast"], ".cpp"),
             "c++17": (["-x", "c++", "-std=c++17", "-Wconversion"], ".cpp")}

# Every initializer, the way a program uses it.
USE = """#include <segml/segml.h>

int use(int64_t number, const char *text);

int
use(int64_t number, const char *text)
{
    segml_error error = SEGML_ERROR_INIT;
    segml_key null_key = SEGML_KEY_NULL_VALUE;
    segml_key keys[2] = {SEGML_KEY_INT64_VALUE(number), SEGML_KEY_UTF8_VALUE(text, 3)};
    segml_key_column column = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_open_options opening = SEGML_OPEN_OPTIONS_INIT;
    segml_save_options saving = SEGML_SAVE_OPTIONS_INIT;
    segml_model_info model = SEGML_MODEL_INFO_INIT;
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    segml_history_info history = SEGML_HISTORY_INFO_INIT;
    segml_predict_input rows = SEGML_PREDICT_INPUT_INIT;
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;
    segml_train_options training = SEGML_TRAIN_OPTIONS_INIT;
    segml_dimension dimension = SEGML_DIMENSION_INIT;
    segml_study_options study = SEGML_STUDY_OPTIONS_INIT;
    segml_trial_info trial = SEGML_TRIAL_INFO_INIT;
    segml_compare_options comparing = SEGML_COMPARE_OPTIONS_INIT;
    segml_comparison_info comparison = SEGML_COMPARISON_INFO_INIT;
    segml_comparison_group together = SEGML_COMPARISON_GROUP_INIT;
    segml_comparison_cell cell = SEGML_COMPARISON_CELL_INIT;
    segml_report_options reporting = SEGML_REPORT_OPTIONS_INIT;
    size_t sizes = input.struct_size + opening.struct_size + saving.struct_size +
                   model.struct_size + group.struct_size + history.struct_size + rows.struct_size +
                   result.struct_size + training.struct_size + study.struct_size +
                   trial.struct_size + comparing.struct_size + comparison.struct_size +
                   together.struct_size + cell.struct_size + reporting.struct_size;

    column.type = SEGML_KEY_INT64;
    study.dimensions = &dimension;
    return error.code + null_key.type + keys[1].type + column.type + (sizes > 8) +
           SEGML_VERSION_NUMBER + (SEGML_VERSION[0] == '0') + SEGML_GROUP_INDEX_GLOBAL +
           SEGML_GROUP_INDEX_OVERALL;
}
"""

# No prototype, and an array that only extensions allow.
FAULTS = ["int f() { return g(); }\n", "typedef int long_name[0];\n"]


def compiles(compiler, language, path, include):
    command = compiler + LANGUAGES[language][0] + WARNINGS + ["-I", include, path]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return run.returncode == 0, run.stdout


def sources(folder, include):
    """Yields a file that includes one header alone, twice, for each header; and the user."""
    for name in sorted(os.listdir(os.path.join(include, "segml"))):
        line = f"#include <segml/{name}>\n"
        yield name, line + line
    yield "all initializers", USE


def run_compiler(compiler, folder, include):
    failures, runs = 0, 0
    cpp = "++" in os.path.basename(compiler[-1])
    for language, (_, suffix) in LANGUAGES.items():
        if ("++" in language) != cpp:
            continue
        for number, (name, text) in enumerate([*sources(folder, include),
                                               *(("fault", fault) for fault in FAULTS)]):
            path = os.path.join(folder, f"{number}{suffix}")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            good, output = compiles(compiler, language, path, include)
            runs += 1
            if good == (name == "fault"):
                failures += 1
                print(f"{include}/segml/{name}:0: {' '.join(compiler)} as {language}: "
                      f"{'a planted fault was not seen' if name == 'fault' else output}")
    print(f"{' '.join(compiler)}: {runs} compilations")
    return failures + (runs == 0)


def main():
    include, compilers = sys.argv[1], [argument.split() for argument in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as folder:
        failures = sum(run_compiler(compiler, folder, include) for compiler in compilers)
    sys.exit(1 if failures or not compilers else 0)


if __name__ == "__main__":
    main()
