/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Versions. Those of the packages are the ones compiled against: asking the packages
 * at run time would say more, but make base link all of them.
 */

#include "segml/version.h"

#include <archive.h>
#include <jansson.h>
#include <sodium/version.h>
#include <xxhash.h>
#include <zstd.h>

#define TEXT_OF(value) #value
#define EXPANDED(value) TEXT_OF(value)

#if !SG_TRAINING
#define TRAINING "training=off native=off xgboost=off"
#elif SG_XGBOOST_LINKED
#define TRAINING "training=on native=on xgboost=linked"
#else
#define TRAINING "training=on native=on xgboost=dlopen"
#endif

const char *
segml_version(void)
{
    return SEGML_VERSION;
}

int32_t
segml_version_number(void)
{
    return SEGML_VERSION_NUMBER;
}

const char *
segml_build_info(void)
{
    return TRAINING " libarchive=" ARCHIVE_VERSION_ONLY_STRING " zstd=" ZSTD_VERSION_STRING
                    " jansson=" JANSSON_VERSION " libsodium=" SODIUM_VERSION_STRING
                    " xxhash=" EXPANDED(XXH_VERSION_MAJOR) "." EXPANDED(
                        XXH_VERSION_MINOR) "." EXPANDED(XXH_VERSION_RELEASE);
}
