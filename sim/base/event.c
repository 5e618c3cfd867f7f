#include "sim/base/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "sim/base/err.h"

/* Events are hashed in batches: one XXH3 call for 128 of them. */
#define BATCH       128
#define EVENT_WORDS 5

struct event_stream {
    XXH3_state_t *hash;
    uint64_t batch[BATCH][EVENT_WORDS];
    size_t batched;
    struct {
        event_listener *listener;
        void *ctx;
    } listeners[EVENT_LISTENERS_MAX];
    size_t listener_count;
};

struct event_stream *event_stream_create(void)
{
    struct event_stream *stream = calloc(1, sizeof *stream);
    BUG_ON(stream == NULL);
    stream->hash = XXH3_createState();
    BUG_ON(stream->hash == NULL);
    XXH3_128bits_reset(stream->hash);
    return stream;
}

void event_stream_destroy(struct event_stream *stream)
{
    if (stream) {
        XXH3_freeState(stream->hash);
        free(stream);
    }
}

bool event_listen(struct event_stream *stream, event_listener *listener, void *ctx)
{
    if (stream->listener_count == EVENT_LISTENERS_MAX) {
        return false;
    }
    stream->listeners[stream->listener_count].listener = listener;
    stream->listeners[stream->listener_count].ctx = ctx;
    stream->listener_count++;
    return true;
}

void event_emit(struct event_stream *stream, const struct arch_event *e)
{
    uint64_t *word = stream->batch[stream->batched++];
    word[0] = (uint64_t)e->kind << 8 | e->cpu;
    word[1] = e->at;
    word[2] = e->a;
    word[3] = e->b;
    word[4] = e->c;
    if (stream->batched == BATCH) {
        XXH3_128bits_update(stream->hash, stream->batch, sizeof stream->batch);
        stream->batched = 0;
    }
    for (size_t i = 0; i < stream->listener_count; i++) {
        stream->listeners[i].listener(stream->listeners[i].ctx, e);
    }
}

void event_digest(const struct event_stream *stream, char out[33])
{
    XXH3_state_t *copy = XXH3_createState();
    BUG_ON(copy == NULL);
    XXH3_copyState(copy, stream->hash);
    XXH3_128bits_update(copy, stream->batch, stream->batched * sizeof stream->batch[0]);
    XXH128_hash_t digest = XXH3_128bits_digest(copy);
    XXH3_freeState(copy);
    snprintf(out, 33, "%016" PRIx64 "%016" PRIx64, digest.high64, digest.low64);
}
