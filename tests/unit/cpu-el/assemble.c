#define _POSIX_C_SOURCE 200809L

#include "tests/unit/cpu-el/assemble.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARCH ".arch armv8.5-a+crypto+fp16+fp16fml+sha3+sm4+rng+memtag+sve+ssbs+predres\n"

static void run(const char *command)
{
    ck_assert_msg(system(command) == 0, "failed: %s", command);
}

void assemble(const char *const *lines, size_t count, uint32_t *words)
{
    char dir[] = "/tmp/el2sim-as-XXXXXX";
    char command[512];
    char path[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));

    snprintf(path, sizeof path, "%s/t.s", dir);
    FILE *source = fopen(path, "w");
    ck_assert_ptr_nonnull(source);
    fputs(ARCH, source);
    for (size_t i = 0; i < count; i++) {
        fprintf(source, "%s\n", lines[i]);
    }
    fclose(source);

    snprintf(command, sizeof command,
             "aarch64-linux-gnu-as -o %s/t.o %s/t.s && "
             "aarch64-linux-gnu-objcopy -O binary -j .text %s/t.o %s/t.bin",
             dir, dir, dir, dir);
    run(command);
    snprintf(path, sizeof path, "%s/t.bin", dir);
    FILE *binary = fopen(path, "rb");
    ck_assert_ptr_nonnull(binary);
    for (size_t i = 0; i < count; i++) {
        uint8_t b[4];
        ck_assert_uint_eq(fread(b, 1, 4, binary), 4);
        words[i] =
            (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    }
    ck_assert_msg(fgetc(binary) == EOF, "a line made more than one word");
    fclose(binary);
    snprintf(command, sizeof command, "rm -r %s", dir);
    run(command);
}
