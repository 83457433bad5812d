/* SPDX-License-Identifier: Apache-2.0 */

/*
 * XGBoost behind one table of function pointers.
 *
 * It is opened at run time, so that a process that only predicts loads neither C++ nor
 * OpenMP, a Python program trains with the XGBoost that it has installed, and one binary
 * works with 1.7, 2.x and 3.x. The prototypes are our own: wheels come without headers.
 * Linking (option xgboost_link) fills the same table, so nothing else knows the difference.
 *
 * The library is opened RTLD_LOCAL, so that its symbols and those of another XGBoost in the
 * process do not mix, and RTLD_NODELETE: its OpenMP threads and the destructors of its
 * thread-local data outlive any call, and unloading it would pull the code from under them.
 */

#define _GNU_SOURCE /* dladdr, RTLD_NODELETE */

#include "xgb/xgb_symbols.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "segml/version.h"

#ifndef RTLD_NODELETE
#define RTLD_NODELETE 0
#endif

#define INSTALL                                                                                    \
    "install libxgboost0 (Debian) or the Python package xgboost and give its libxgboost.so"

enum { OLDEST_MAJOR = 1, OLDEST_MINOR = 7 };

static int
check_version(sg_xgb_symbols *out, segml_error *err)
{
    int major = 0, minor = 0, patch = 0;

    out->XGBoostVersion(&major, &minor, &patch);
    snprintf(out->version, sizeof out->version, "%d.%d.%d", major, minor, patch);
    if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR))
        return sg_fail(err, SEGML_E_BACKEND, "XGBoost %s is older than %d.%d; " INSTALL,
                       out->version, OLDEST_MAJOR, OLDEST_MINOR);
    return SEGML_OK;
}

#if SG_XGBOOST_LINKED

#define DECLARE(result, name, parameters) result name parameters;
SG_XGB_SYMBOLS(DECLARE)
#undef DECLARE

static int
fill(sg_xgb_symbols *out, const char *path, segml_error *err)
{
    if (path != NULL)
        return sg_fail(err, SEGML_E_UNSUPPORTED,
                       "cannot open \"%s\": this build is linked with XGBoost; give no path", path);
#define TAKE(result, name, parameters) out->name = name;
    SG_XGB_SYMBOLS(TAKE)
#undef TAKE
    return check_version(out, err);
}

#else

static int
open_library(sg_xgb_symbols *out, const char *path, segml_error *err)
{
    static const char *const usual[] = {"libxgboost.so", "libxgboost.so.0"};
    const char *reason;

    if (path != NULL && path[0] == '\0') /* dlopen() would take it for the program itself */
        return sg_fail(err, SEGML_E_BACKEND,
                       "the path of XGBoost is empty; leave it out to search for it");
    if (path != NULL) {
        out->library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    } else {
        for (size_t i = 0; i < sizeof usual / sizeof usual[0] && out->library == NULL; i++)
            out->library = dlopen(usual[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    }
    if (out->library != NULL)
        return SEGML_OK;
    reason = dlerror();
    return sg_fail(err, SEGML_E_BACKEND, "cannot open XGBoost (%s); " INSTALL,
                   reason != NULL ? reason : "no reason given");
}

/* Copies the address: ISO C has no conversion from an object pointer to a function pointer. */
static int
find(void *slot, void *library, const char *name, segml_error *err)
{
    void *address = dlsym(library, name);

    if (address == NULL)
        return sg_fail(err, SEGML_E_BACKEND,
                       "the library has no function %s: it is not XGBoost 1.7 or later; " INSTALL,
                       name);
    memcpy(slot, &address, sizeof address);
    return SEGML_OK;
}

static int
fill(sg_xgb_symbols *out, const char *path, segml_error *err)
{
    int rc = open_library(out, path, err);

    /* The version first: an old one may lack other functions. */
    if (rc == SEGML_OK)
        rc = find(&out->XGBoostVersion, out->library, "XGBoostVersion", err);
    if (rc == SEGML_OK)
        rc = check_version(out, err);
#define FIND(result, name, parameters)                                                             \
    if (rc == SEGML_OK)                                                                            \
        rc = find(&out->name, out->library, #name, err);
    SG_XGB_SYMBOLS(FIND)
#undef FIND
    return rc;
}

#endif

int
sg_xgb_symbols_open(sg_xgb_symbols *out, const char *path, segml_error *err)
{
    int rc;

    memset(out, 0, sizeof *out);
    rc = fill(out, path, err);
    if (rc < 0)
        sg_xgb_symbols_close(out);
    return rc;
}

void
sg_xgb_symbols_close(sg_xgb_symbols *symbols)
{
    if (symbols->library != NULL)
        dlclose(symbols->library);
    symbols->library = NULL;
}

/* Skips "[12:34:56] /build/src/learner.cc:123: ". */
static const char *
skip_position(const char *text)
{
    const char *end;

    if (text[0] == '[') {
        end = strstr(text, "] ");
        text = end != NULL ? end + 2 : text;
    }
    end = strstr(text, ": ");
    if (end != NULL && memchr(text, ' ', (size_t)(end - text)) == NULL &&
        memchr(text, ':', (size_t)(end - text)) != NULL)
        text = end + 2;
    return text;
}

int
sg_xgb_symbols_fail(const sg_xgb_symbols *symbols, const char *doing, segml_error *err)
{
    const char *text = symbols->XGBGetLastError();
    size_t length;

    if (text == NULL)
        text = "";
    if (strstr(text, "bad_alloc") != NULL)
        return sg_fail_nomem(err);
    text += strspn(text, " \t\r\n");
    text = skip_position(text);
    length = strcspn(text, "\r\n");
    while (length > 0 && strchr(" .:", text[length - 1]) != NULL)
        length--;
    return sg_fail(err, SEGML_E_BACKEND, "XGBoost %s cannot %s: %.*s", symbols->version, doing,
                   length > 300 ? 300 : (int)length, text);
}

int
segml_engine_version(char *text, size_t capacity, const char *path, segml_error *err)
{
    sg_xgb_symbols symbols;
    Dl_info info = {0};
    void *address = NULL;
    int rc;

    if (text == NULL || capacity == 0)
        return sg_fail(err, SEGML_E_ARGUMENT, "no room for the version of the engine");
    text[0] = '\0';
    rc = sg_xgb_symbols_open(&symbols, path, err);
    if (rc < 0)
        return rc;
    memcpy(&address, &symbols.XGBoostVersion, sizeof address);
    if (dladdr(address, &info) != 0 && info.dli_fname != NULL)
        snprintf(text, capacity, "%s (%s)", symbols.version, info.dli_fname);
    else
        snprintf(text, capacity, "%s", symbols.version);
    sg_xgb_symbols_close(&symbols);
    return SEGML_OK;
}
