/* Packets of the remote serial protocol ("Debugging with GDB", appendix E.1), whole and broken. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/gdb/packet.h"
#include "tests/support/run_suite.h"

static struct gdb_reader *reader;

static void setup(void)
{
    reader = calloc(1, sizeof *reader);
    ck_assert(reader != NULL);
}

static void teardown(void)
{
    free(reader);
}

static enum gdb_input feed(const char *bytes, size_t length)
{
    enum gdb_input last = GDB_NOTHING;
    for (size_t i = 0; i < length; i++) {
        enum gdb_input one = gdb_read_byte(reader, (uint8_t)bytes[i]);
        last = one != GDB_NOTHING ? one : last;
    }
    return last;
}

static const struct {
    const char *wire;
    enum gdb_input what;
    const char *text; /* of GDB_PACKET */
} cases[] = {
    {"$g#67", GDB_PACKET, "g"},
    {"+++$g#67", GDB_PACKET, "g"},
    {"$#00", GDB_PACKET, ""},
    {"noise$OK#9a", GDB_PACKET, "OK"},
    {"$OK#9A", GDB_PACKET, "OK"},                   /* digits of either case */
    {"$X1,2:}\x03}\x04#22", GDB_PACKET, "X1,2:#$"}, /* escaped # and $ */
    {"$g#68", GDB_DAMAGED, NULL},
    {"$g#6", GDB_NOTHING, NULL},
    {"$g#zz", GDB_DAMAGED, NULL},
    {"$gar$g#67", GDB_PACKET, "g"}, /* the end of the first was lost */
    {"\x03", GDB_INTERRUPT, NULL},
    {"$\x03#03", GDB_PACKET, "\x03"}, /* within a packet it is data */
    {"-", GDB_AGAIN, NULL},
    {"+", GDB_NOTHING, NULL},
};

START_TEST(bytes_become_packets)
{
    const char *wire = cases[_i].wire;
    ck_assert_int_eq(feed(wire, strlen(wire)), cases[_i].what);
    if (cases[_i].text) {
        ck_assert_uint_eq(reader->length, strlen(cases[_i].text));
        ck_assert_str_eq(reader->text, cases[_i].text);
    }
}
END_TEST

START_TEST(a_packet_that_is_too_long_is_refused_and_the_next_one_read)
{
    char big[GDB_PACKET_MAX + 2];
    memset(big, 'a', sizeof big);
    feed("$", 1);
    feed(big, sizeof big);
    ck_assert_int_eq(feed("#00", 3), GDB_DAMAGED);
    ck_assert_int_eq(feed("$g#67", 5), GDB_PACKET);
}
END_TEST

/* What is framed is read as it was, whatever bytes it has. */
START_TEST(framing_is_undone_by_reading)
{
    char bytes[256];
    struct gdb_text wire = {.length = 0};
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)i;
    }
    gdb_frame(bytes, sizeof bytes, &wire);
    ck_assert_int_eq(feed(wire.bytes, wire.length), GDB_PACKET);
    ck_assert_uint_eq(reader->length, sizeof bytes);
    ck_assert(memcmp(reader->text, bytes, sizeof bytes) == 0);
    gdb_text_free(&wire);
}
END_TEST

/* Bytes of no meaning, many of them of the protocol's own: nothing is written beside the packet,
 * and a good one is read behind them. */
START_TEST(noise_never_harms)
{
    static const char own[] = "$#}+-\x03"
                              "0a";
    uint64_t x = (uint64_t)_i + 1;
    bool fits = true;
    for (unsigned i = 0; i < 100000; i++) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
        uint8_t byte = x >> 63 ? (uint8_t)own[x >> 40 & 7] : (uint8_t)(x >> 33);
        gdb_read_byte(reader, byte);
        fits = fits && reader->length <= GDB_PACKET_MAX;
    }
    ck_assert(fits);
    ck_assert_int_eq(feed("#00$g#67", 8), GDB_PACKET);
    ck_assert_str_eq(reader->text, "g");
}
END_TEST

START_TEST(numbers_and_hex)
{
    const char *at = "1f,00ff7g";
    uint64_t n;
    uint8_t bytes[8];
    ck_assert(gdb_take_number(&at, &n) && n == 0x1f);
    ck_assert(!gdb_take(&at, ";") && gdb_take(&at, ","));
    ck_assert_uint_eq(gdb_take_hex(&at, bytes, sizeof bytes), 2);
    ck_assert_uint_eq(bytes[1], 0xff);
    ck_assert_str_eq(at, "7g");
    at = "";
    ck_assert(!gdb_take_number(&at, &n));
    ck_assert_uint_eq(gdb_take_hex(&at, bytes, sizeof bytes), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gdb packets");
    TCase *t = tcase_create("packet");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, bytes_become_packets, 0, (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(t, a_packet_that_is_too_long_is_refused_and_the_next_one_read);
    tcase_add_test(t, framing_is_undone_by_reading);
    tcase_add_loop_test(t, noise_never_harms, 0, 4);
    tcase_add_test(t, numbers_and_hex);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
