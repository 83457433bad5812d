/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NUMERIC_LOCALE_H
#define NUMERIC_LOCALE_H

#ifdef __GLIBC__
/**
 * Gives the process a locale with another decimal point, or fails the test. None need be
 * installed. The test ends with setlocale(LC_NUMERIC, "C").
 *
 * @param point  UTF-8 of one character, of at most 3 bytes
 * @param wide   its code point
 */
void numeric_locale_set(const char *point, unsigned wide);
#endif

#endif
