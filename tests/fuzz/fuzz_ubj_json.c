/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of the conversion of models to JSON: whatever the bytes are, it neither crashes nor
 * leaks, and what it accepts is JSON of a size in proportion. NaN and infinities, which are
 * XGBoost's own, are put right first; names that occur twice are a reader's business.
 */

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "tree/ubj_json.h"

/* Blanks out what JSON lacks, outside texts: "NaN" and "Infinity" become numbers. */
static void
replace_words(char *text, size_t size)
{
    int in_text = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            in_text = !in_text;
        else if (in_text && text[i] == '\\')
            i++;
        else if (!in_text && text[i] == 'N')
            memcpy(text + i, "0  ", 3);
        else if (!in_text && text[i] == 'I')
            memcpy(text + i, "0       ", 8);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf out = {0};
    int rc = sg_ubj_json(&out, data, size, &err);

    if (rc != err.code || out.size > 26 * size + 64)
        abort();
    if (rc == SEGML_OK) {
        json_error_t where;
        json_t *json;

        replace_words((char *)out.bytes, out.size);
        json = json_loadb((const char *)out.bytes, out.size,
                          JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &where);
        /* A member's name with U+0000 and a number beyond a double are beyond this reader. */
        if (json == NULL && strstr(where.text, "NUL byte in object key") == NULL &&
            strstr(where.text, "real number overflow") == NULL)
            abort();
        json_decref(json);
    }
    sg_buf_clear(&out);
    return 0;
}
