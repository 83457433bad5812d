/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Training a part: as the whole is trained, but for the jobs that are other parts'. That its file
 * can be written is tried first: nothing that was trained must be lost because it exists already.
 */

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/opts.h"
#include "train/options.h"
#include "train/part.h"

static int
load_shard(segml_shard_options *out, const segml_shard_options *given, segml_error *err)
{
    int rc = sg_opts_load(out, sizeof *out, given, "segml_shard_options", err);

    if (rc < 0)
        return rc;
    out->mode = out->mode == 0 ? SEGML_MODE_SEGMENTED : out->mode;
    if (segml_mode_name(out->mode) == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "mode is %d: no such mode", (int)out->mode);
    if (out->shards < 1 || out->shards > SG_PART_SHARDS_MAX)
        return sg_fail(err, SEGML_E_ARGUMENT, "shards is %d: 1 to %d is needed", (int)out->shards,
                       (int)SG_PART_SHARDS_MAX);
    if (out->shard < 1 || out->shard > out->shards)
        return sg_fail(err, SEGML_E_ARGUMENT, "shard is %d: 1 to %d is needed", (int)out->shard,
                       (int)out->shards);
    return SEGML_OK;
}

/*
 * Every part makes the search for all groups of validation "shared". A limit in seconds would end
 * it in each at another trial, and parts that found something else are not of one training.
 */
static int
check_limits(const segml_train_options *given, const segml_shard_options *shard, segml_error *err)
{
    segml_train_options options;
    int rc = sg_options_load(&options, given, err);
    double seconds;

    if (rc < 0 || shard->shards == 1 || shard->mode != SEGML_MODE_SEGMENTED ||
        strcmp(options.validation, "shared") != 0)
        return rc;
    seconds = fmax(options.group_seconds, options.total_seconds);
    return seconds <= 0 ? SEGML_OK
                        : sg_fail(err, SEGML_E_ARGUMENT,
                                  "a limit of %g seconds with validation \"shared\" in parts: "
                                  "their searches would end at other trials, and could not be "
                                  "merged; limit trials instead",
                                  seconds);
}

/* Begins the file, and gives it up. */
static int
try_file(const char *path, int overwrite, segml_error *err)
{
    sg_file_writer writer = {0};
    int rc = sg_file_begin(&writer, path, overwrite, err);

    sg_file_abort(&writer);
    return rc;
}

int
segml_train_shard(const char *path, const segml_dataset *dataset,
                  const segml_train_options *options, const segml_shard_options *shard,
                  segml_error *err)
{
    sg_training training = {.mode = 0};
    segml_shard_options known;
    sg_buf part = {0};
    int rc;

    if (path == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "path is NULL");
    rc = load_shard(&known, shard, err);
    training.shard = known.shard;
    training.shards = known.shards;
    if (rc == SEGML_OK)
        rc = check_limits(options, &known, err);
    if (rc == SEGML_OK)
        rc = try_file(path, known.overwrite > 0, err);
    if (rc == SEGML_OK)
        rc = sg_training_run(&training, dataset, options, known.mode, err);
    if (rc == SEGML_OK)
        rc = sg_part_write(&part, &training, err);
    if (rc == SEGML_OK)
        rc = sg_file_replace(path, part.bytes, part.size, known.overwrite > 0, err);
    if (rc == SEGML_OK)
        rc = sg_training_report(&training, err);
    sg_buf_clear(&part);
    sg_training_clear(&training);
    return rc;
}
