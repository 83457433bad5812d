/* SPDX-License-Identifier: Apache-2.0 */

/* The training calls. */

#include "segml/train.h"

#include "train/training.h"

static int
train(segml_model **out, const segml_dataset *dataset, const segml_train_options *given,
      int32_t mode, segml_error *err)
{
    sg_training training = {.mode = 0};
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    rc = sg_training_run(&training, dataset, given, mode, err);
    if (rc == SEGML_OK)
        rc = sg_training_export(out, &training, err);
    sg_training_clear(&training);
    return rc;
}

int
segml_train_segmented(segml_model **out, const segml_dataset *dataset,
                      const segml_train_options *options, segml_error *err)
{
    return train(out, dataset, options, SEGML_MODE_SEGMENTED, err);
}

int
segml_train_global(segml_model **out, const segml_dataset *dataset,
                   const segml_train_options *options, segml_error *err)
{
    return train(out, dataset, options, SEGML_MODE_GLOBAL, err);
}
