#include "sim/image/imagehash.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <string.h>
#include <unistd.h>

#define PART_BYTES 32768

void image_hash_text(const uint8_t *digest, char out[IMAGE_HASH_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[2 * SHA256_DIGEST_SIZE] = '\0';
}

void image_hash(const void *data, size_t size_bytes, char out[IMAGE_HASH_TEXT])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx sha;
    sha256_init(&sha);
    sha256_update(&sha, size_bytes, data);
    sha256_digest(&sha, sizeof digest, digest);
    image_hash_text(digest, out);
}

bool image_hash_file(const char *path, char out[IMAGE_HASH_TEXT], struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_set(e, "image %s: cannot open: %s", path, strerror(errno));
    }
    struct sha256_ctx sha;
    sha256_init(&sha);
    uint8_t part[PART_BYTES]; /* of a file that may be large: no copy of it */
    ssize_t n;
    while ((n = read(fd, part, sizeof part)) > 0 || (n < 0 && errno == EINTR)) {
        sha256_update(&sha, n > 0 ? (size_t)n : 0, part);
    }
    bool done = n == 0 || err_set(e, "image %s: cannot read: %s", path, strerror(errno));
    close(fd);
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&sha, sizeof digest, digest);
    image_hash_text(digest, out);
    return done;
}
