#include "sim/base/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "sim/base/err.h"

/*
 * Events are hashed in batches, each together with the digest of all before it: so the state of the
 * digest is numbers of ours, not of the hash library's.
 */
#define BATCH       128
#define EVENT_WORDS 5

struct event_stream {
    struct {
        uint64_t digest[2]; /* of all batches before */
        uint64_t events[BATCH][EVENT_WORDS];
    } batch;
    size_t batched;
    struct event_observer *observers;
};

struct event_stream *event_stream_create(void)
{
    struct event_stream *stream = calloc(1, sizeof *stream);
    BUG_ON(stream == NULL);
    return stream;
}

void event_stream_destroy(struct event_stream *stream)
{
    free(stream);
}

static XXH128_hash_t digest(const struct event_stream *stream)
{
    size_t size_bytes =
        sizeof stream->batch.digest + stream->batched * sizeof stream->batch.events[0];
    return XXH3_128bits(&stream->batch, size_bytes);
}

void event_observe(struct event_stream *stream, struct event_observer *observer)
{
    struct event_observer **end = &stream->observers;
    while (*end) {
        end = &(*end)->next;
    }
    observer->next = NULL;
    *end = observer;
}

void event_unobserve(struct event_stream *stream, struct event_observer *observer)
{
    struct event_observer **at = &stream->observers;
    while (*at && *at != observer) {
        at = &(*at)->next;
    }
    if (*at) {
        *at = observer->next;
    }
}

uint32_t event_notes_wanted(const struct event_stream *stream)
{
    uint32_t wanted = 0;
    for (const struct event_observer *o = stream->observers; o; o = o->next) {
        wanted |= o->notes;
    }
    return wanted;
}

void event_emit(struct event_stream *stream, const struct arch_event *e)
{
    bool is_note = e->kind >= EV_NOTES;
    for (const struct event_observer *o = stream->observers; o; o = o->next) {
        if (!is_note || o->notes & NOTE_BIT(e->kind)) {
            o->seen(o->ctx, e);
        }
    }
    if (is_note) {
        return;
    }
    uint64_t *word = stream->batch.events[stream->batched++];
    word[0] = (uint64_t)e->kind << 8 | e->cpu;
    word[1] = e->at;
    word[2] = e->a;
    word[3] = e->b;
    word[4] = e->c;
    if (stream->batched == BATCH) {
        XXH128_hash_t now = digest(stream);
        stream->batch.digest[0] = now.low64;
        stream->batch.digest[1] = now.high64;
        stream->batched = 0;
    }
}

void event_digest(const struct event_stream *stream, char out[33])
{
    XXH128_hash_t now = digest(stream);
    snprintf(out, 33, "%016" PRIx64 "%016" PRIx64, now.high64, now.low64);
}

void event_stream_archive(struct event_stream *stream, struct archive *a)
{
    archive_u64s(a, stream->batch.digest, 2);
    archive_count(a, &stream->batched, BATCH - 1, EVENT_WORDS * sizeof(uint64_t));
    archive_u64s(a, &stream->batch.events[0][0], stream->batched * EVENT_WORDS);
}
