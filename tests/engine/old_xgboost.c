/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A library that calls itself XGBoost 1.6.2, of which no copy is at hand. It has one
 * function, because its version is all that may be asked before it is refused.
 */

void XGBoostVersion(int *major, int *minor, int *patch);

void
XGBoostVersion(int *major, int *minor, int *patch)
{
    *major = 1;
    *minor = 6;
    *patch = 2;
}
