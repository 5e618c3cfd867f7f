#include "mmu/permission.h"

void stage1_prot(const struct stage1_permission *p, bool two_levels, struct translation *t)
{
    bool writable = !(p->ap & 2);
    if (!two_levels) {
        bool xn = p->uxn || (writable && p->wxn);
        t->priv = (uint8_t)(PROT_R | (writable ? PROT_W : 0) | (xn ? 0 : PROT_X));
        t->user = t->priv_pan = t->priv;
        return;
    }
    bool user_read = p->ap & 1;
    bool user_write = user_read && writable;
    bool user_xn = p->uxn || (user_write && p->wxn);
    /* What EL0 can write, EL1 cannot execute (D5.4.6). */
    bool priv_xn = p->pxn || (writable && p->wxn) || user_write;
    t->user =
        (uint8_t)((user_read ? PROT_R : 0) | (user_write ? PROT_W : 0) | (user_xn ? 0 : PROT_X));
    t->priv = (uint8_t)(PROT_R | (writable ? PROT_W : 0) | (priv_xn ? 0 : PROT_X));
    t->priv_pan = user_read ? t->priv & PROT_X : t->priv;
}

void stage2_prot(unsigned s2ap, unsigned xn, bool has_xnx, struct translation *t)
{
    unsigned data = (s2ap & 1 ? PROT_R : 0) | (s2ap & 2 ? PROT_W : 0);
    bool user_x = !(xn & 2), priv_x = user_x;
    if (has_xnx) {
        /* 0b00 both, 0b01 EL0 only, 0b10 none, 0b11 EL1 only. */
        user_x = xn == 0 || xn == 1;
        priv_x = xn == 0 || xn == 3;
    }
    t->user2 = (uint8_t)(data | (user_x ? PROT_X : 0));
    t->priv2 = (uint8_t)(data | (priv_x ? PROT_X : 0));
}
