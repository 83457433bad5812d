/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PARTS_H
#define CLI_PARTS_H

/* `segml merge` of parts of a training, which `segml train --shard` makes. */

#include "args.h"

/** Whether a file is such a part, by its first bytes. @return 1; 0; SEGML_E_IO */
int cli_parts_are(const char *path, segml_error *err);

/** Makes the model of all parts. @return as segml_train_merge() and segml_model_save() */
int cli_parts_merge(const cli_args *args, segml_error *err);

#endif
