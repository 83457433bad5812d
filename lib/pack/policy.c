/* SPDX-License-Identifier: Apache-2.0 */

/* The order of names is the order in which models are tried. */

#include "pack/policy.h"

#include <string.h>

static const char *const names[] = {"parent", "global", "constant"}; /* of bits 1, 2, 4 */

const char *
sg_policy_text(int32_t policy)
{
    static const char *const texts[] = {
        "none",     "parent",          "global",          "parent,global",
        "constant", "parent,constant", "global,constant", "parent,global,constant"};

    return texts[policy & SG_FALLBACK_ALL];
}

int
sg_policy_read(int32_t *policy, const char *text, const char *name, segml_error *err)
{
    const char *at = text;

    *policy = 0;
    if (strcmp(text, "none") == 0)
        return SEGML_OK;
    for (;;) {
        size_t length = strcspn(at, ",");
        int found = -1;

        for (int i = 0; i < 3; i++) {
            if (strlen(names[i]) == length && memcmp(names[i], at, length) == 0)
                found = i;
        }
        if (found < 0)
            return sg_fail(err, SEGML_E_ARGUMENT,
                           "%s is \"%.60s\"; give none, or some of parent, global, constant joined "
                           "by commas",
                           name, text);
        *policy |= 1 << found;
        if (at[length] == '\0')
            return SEGML_OK;
        at += length + 1;
    }
}
