/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Predicts with a model that is part of the program: no file is opened, nothing is copied, and
 * pages that no prediction touches are never read from disk. With the artifact of train.c, by the
 * linker alone:
 *
 *     ld -r -b binary -z noexecstack -o shops.o shops.segml
 *     cc embedded.c shops.o -o embedded $(pkg-config --cflags --libs libsegml)
 *
 * or by an assembler, with names and alignment of one's own:
 *
 *     cc -c -DARTIFACT='"shops.segml"' embedded_artifact.S
 *     cc -DBY_ASSEMBLER embedded.c embedded_artifact.o -o embedded ...
 */

#include <segml/segml.h>
#include <stdio.h>

#ifdef BY_ASSEMBLER
extern const unsigned char shops_artifact[], shops_artifact_end[];
#else
/* The linker makes these names of the file's. */
extern const unsigned char shops_artifact[] __asm__("_binary_shops_segml_start");
extern const unsigned char shops_artifact_end[] __asm__("_binary_shops_segml_end");
#endif

static int
predict(const segml_model *model, int64_t shop, segml_error *err)
{
    static const float cheap[2] = {0.1f, 2.0f}, dear[2] = {0.9f, 2.0f};
    segml_key key = SEGML_KEY_INT64_VALUE(shop);
    segml_route *route = NULL;
    float p = 0, q = 0;
    int rc = segml_route_find(&route, model, &key, 1, err);

    if (rc >= 0)
        rc = segml_route_predict(route, SEGML_OUTPUT_PREDICTION, cheap, 2, &p, 1);
    if (rc >= 0)
        rc = segml_route_predict(route, SEGML_OUTPUT_PREDICTION, dear, 2, &q, 1);
    if (rc >= 0)
        printf("shop %d: %.3f %.3f\n", (int)shop, (double)p, (double)q);
    segml_route_free(route);
    return rc;
}

int
main(void)
{
    const size_t size = (size_t)(shops_artifact_end - shops_artifact);
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int rc = segml_model_open_memory(&model, shops_artifact, size, NULL, &err);

    for (int64_t shop = 101; shop <= 103 && rc >= 0; shop++)
        rc = predict(model, shop, &err);
    segml_model_free(model);
    if (rc < 0)
        fprintf(stderr, "%s\n", err.message);
    return rc < 0;
}
