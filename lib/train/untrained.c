/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Training in a build without it (-Dtraining=disabled): the functions stay, so that a
 * program links with either build, and each says what is missing. Such a build contains
 * no XGBoost, no OpenMP and no C++, and never tries to open them.
 */

#include "base/status.h"
#include "segml/compare.h"
#include "segml/train.h"
#include "segml/version.h"

static int
fail_untrained(segml_error *err)
{
    return sg_fail(err, SEGML_E_UNSUPPORTED,
                   "this libsegml was built without training; build it with -Dtraining=enabled");
}

int
segml_engine_version(char *text, size_t capacity, const char *path, segml_error *err)
{
    (void)path;
    if (text == NULL || capacity == 0)
        return sg_fail(err, SEGML_E_ARGUMENT, "no room for the version of the engine");
    text[0] = '\0';
    return fail_untrained(err);
}

int
segml_native_engine_version(char *text, size_t capacity, segml_error *err)
{
    return segml_engine_version(text, capacity, NULL, err);
}

int
segml_train_global(segml_model **out, const segml_dataset *dataset,
                   const segml_train_options *options, segml_error *err)
{
    (void)dataset;
    (void)options;
    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "nowhere to put the model: out is NULL");
    *out = NULL;
    return fail_untrained(err);
}

int
segml_train_segmented(segml_model **out, const segml_dataset *dataset,
                      const segml_train_options *options, segml_error *err)
{
    return segml_train_global(out, dataset, options, err);
}

int
segml_train_shard(const char *path, const segml_dataset *dataset,
                  const segml_train_options *options, const segml_shard_options *shard,
                  segml_error *err)
{
    (void)path;
    (void)dataset;
    (void)options;
    (void)shard;
    return fail_untrained(err);
}

int
segml_train_merge(segml_model **out, const char *const *paths, int64_t count, int32_t jobs,
                  segml_error *err)
{
    (void)paths;
    (void)count;
    (void)jobs;
    return segml_train_global(out, NULL, NULL, err);
}

int
segml_compare(segml_comparison **out, const segml_dataset *dataset,
              const segml_compare_options *options, segml_error *err)
{
    (void)dataset;
    (void)options;
    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "nowhere to put the comparison: out is NULL");
    *out = NULL;
    return fail_untrained(err);
}
