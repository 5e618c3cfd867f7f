/*
 * Programs for EL0, one page of them. They are as a compiler would have left them in any case: what
 * is sensitive in a kernel (SVC, MRS) is spelled as a word, so that nothing replaces it.
 */
    .text
    .balign 4096
    .global user_text
user_text:

    .global user_svc
user_svc:
    .word   0xd4002461              /* svc #0x123 */
    b       .

/* x0: address */
    .global user_load
user_load:
    ldr     x1, [x0]
    .word   0xd4000001              /* svc #0 */

    .global user_store
user_store:
    str     xzr, [x0]
    .word   0xd4000001

    .global user_read_esr
user_read_esr:
    .word   0xd5385200              /* mrs x0, esr_el1 */
    .word   0xd4000001
    .balign 4096
