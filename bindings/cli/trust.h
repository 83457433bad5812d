/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

/* Keys and signatures that a command is given. */

#include "args.h"

typedef struct cli_trust {
    int has_key; /* 0: --key was not given */
    unsigned char public_key[32], signature[64];
} cli_trust;

/**
 * Reads --key and --signature, or what stands beside the model, MODEL.segml.sig.
 *
 * @return SEGML_OK; SEGML_E_IO; SEGML_E_FORMAT; SEGML_E_NOMEM
 */
int cli_trust_read(cli_trust *trust, const cli_args *args, segml_error *err);

/** "MODEL.segml.sig", released with free(); NULL: no memory. */
char *cli_trust_path(const char *model);

#endif
