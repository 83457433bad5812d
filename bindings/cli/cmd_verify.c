/* SPDX-License-Identifier: Apache-2.0 */

/* segml verify and sign: whether a model file is whole, and whose it is. */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "describe.h"
#include "fail.h"
#include "output.h"
#include "segml/artifact.h"
#include "signals.h"
#include "trust.h"

static json_t *
counts_to_json(const segml_verify_info *info)
{
    return json_pack("{sI, sI, sI, sI, sI, sI, sI, sI}", "rows", (json_int_t)info->rows, "groups",
                     (json_int_t)info->groups, "groups_trained", (json_int_t)info->groups_trained,
                     "groups_failed", (json_int_t)info->groups_failed, "parents",
                     (json_int_t)info->parents, "references", (json_int_t)info->references,
                     "models", (json_int_t)info->models, "members", (json_int_t)info->members);
}

static int
print_verdict_json(const char *path, const segml_verify_info *info, const segml_error *found,
                   segml_error *err)
{
    char root[65] = "";
    json_t *verdict;

    for (int i = 0; i < 32; i++)
        snprintf(root + 2 * i, 3, "%02x", info->root[i]);
    verdict =
        found->code == SEGML_OK
            ? json_pack("{so, sb, ss, si, sb, sb, sb, ss?, sI, sI, so}", "file",
                        cli_json_text(path), "ok", 1, "status", "SEGML_OK", "format",
                        (int)info->format, "index", info->has_index, "history", info->has_history,
                        "signed", info->is_signed, "root", info->has_index ? root : NULL, "bytes",
                        (json_int_t)info->bytes, "unpacked", (json_int_t)info->unpacked, "counts",
                        counts_to_json(info))
            : json_pack("{so, sb, ss, so}", "file", cli_json_text(path), "ok", 0, "status",
                        segml_status_name(found->code), "message", cli_json_text(found->message));
    return cli_json_print(verdict, err);
}

static void
print_verdict(const char *path, const segml_verify_info *info)
{
    printf("%s: OK, %lld models, %lld groups, %lld bytes", path, (long long)info->models,
           (long long)info->groups, (long long)info->bytes);
    if (info->references > 0)
        printf(", %lld models in other files, which were not read", (long long)info->references);
    if (info->is_signed)
        fputs(", signed", stdout);
    if (!info->has_index)
        fputs(", no index: every opening reads the whole file", stdout);
    putchar('\n');
}

int
cli_run_verify(const cli_args *args, segml_error *err)
{
    segml_verify_options options = SEGML_VERIFY_OPTIONS_INIT;
    segml_verify_info info = SEGML_VERIFY_INFO_INIT;
    segml_error found = SEGML_ERROR_INIT;
    cli_trust trust;
    int rc = cli_trust_read(&trust, args, &found);

    options.public_key = trust.has_key ? trust.public_key : NULL;
    options.signature = trust.has_key ? trust.signature : NULL;
    options.cancel = cli_cancel;
    if (rc == SEGML_OK)
        rc = segml_artifact_verify(&info, args->input, &options, &found);
    if (rc != SEGML_OK)
        *err = found;
    if (args->json)
        return print_verdict_json(args->input, &info, &found, err) < 0 ? err->code : rc;
    if (rc == SEGML_OK)
        print_verdict(args->input, &info);
    return rc;
}

static int
write_signature(const char *path, const unsigned char signature[64], int overwrite,
                segml_error *err)
{
    cli_output out = {0};
    int rc = cli_output_begin(&out, path, overwrite, err);

    if (rc < 0)
        return rc;
    fwrite(signature, 1, 64, out.stream);
    return cli_output_commit(&out, err);
}

int
cli_run_sign(const cli_args *args, segml_error *err)
{
    unsigned char secret[32], signature[64];
    char *beside = cli_trust_path(args->input);
    const char *path = args->output != NULL ? args->output : beside;
    int rc = beside != NULL ? cli_output_check(path, args->force, err) : cli_fail_nomem(err);

    if (rc == SEGML_OK) {
        rc = segml_secret_key_read(secret, args->key, err);
        if (rc == SEGML_OK)
            rc = segml_artifact_sign(signature, args->input, secret, err);
        segml_secret_key_wipe(secret);
    }
    if (rc == SEGML_OK)
        rc = write_signature(path, signature, args->force, err);
    if (rc == SEGML_OK)
        printf("wrote %s\n", path);
    free(beside);
    return rc;
}
