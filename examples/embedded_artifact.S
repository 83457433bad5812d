/* SPDX-License-Identifier: Apache-2.0 */

/* An artifact as read-only data of a program: the file that ARTIFACT names. */

    .section .rodata
    .balign 16
    .global shops_artifact
    .global shops_artifact_end
shops_artifact:
    .incbin ARTIFACT
shops_artifact_end:
    .byte 0

#ifdef __ELF__
    .section .note.GNU-stack,"",%progbits
#endif
