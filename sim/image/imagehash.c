#include "sim/image/imagehash.h"

#include <nettle/sha2.h>

#include "sim/image/loader_file.h"

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
    struct file_bytes bytes;
    if (!file_read(path, "image", FILE_IMAGE_LIMIT, &bytes, e)) {
        return false;
    }
    image_hash(bytes.data, bytes.size, out);
    file_free(&bytes);
    return true;
}
