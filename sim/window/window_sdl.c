#include "sim/window/window.h"

#include <SDL.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bits.h"
#include "sim/window/picture.h"

#define FRAME_MS  33u
#define COLUMN_NS 10000u /* of simulated time in a column of the strip */
#define KEYS_MAX  256
#define TITLE     "el2sim"

struct window {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    uint32_t *pixels;
    unsigned cpu_count;
    struct machine *machine;
    struct event_observer observer;
    struct grid console;
    struct strip strip;
    uint8_t keys[KEYS_MAX]; /* typed and not read yet */
    size_t key_count;
    uint32_t drawn_at; /* host's ms; presentation only */
    bool is_closed;
};

/* Without a display SDL may fall back on drivers that show nothing: a window that nobody can see,
 * or close. */
static bool is_seen(void)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    return driver && strcmp(driver, "offscreen") != 0 && strcmp(driver, "dummy") != 0 &&
           strcmp(driver, "evdev") != 0;
}

struct window *window_open(struct err *e)
{
    struct window *w = calloc(1, sizeof *w);
    BUG_ON(w == NULL);
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0"); // pixels of ours need no graphics driver
    bool has_video = SDL_Init(SDL_INIT_VIDEO) == 0;
    if (!has_video || !is_seen()) {
        err_set(e, "--window: no display%s%s (leave it out, or set DISPLAY)", has_video ? "" : ": ",
                has_video ? "" : SDL_GetError());
        SDL_Quit();
        free(w);
        return NULL;
    }
    return w;
}

void window_close(struct window *w)
{
    if (w == NULL) {
        return;
    }
    if (w->machine) {
        machine_unobserve(w->machine, &w->observer);
    }
    if (w->renderer) {
        SDL_DestroyRenderer(w->renderer); // with its texture; SDL_Quit() takes windows only
    }
    SDL_Quit();
    free(w->pixels);
    free(w);
}

void window_console(void *ctx, const char *text, size_t length)
{
    struct window *w = ctx;
    grid_print(&w->console, text, length);
}

static void draw(struct window *w)
{
    if (w->texture == NULL) {
        return;
    }
    picture_draw(&w->console, &w->strip, w->cpu_count, w->pixels);
    SDL_UpdateTexture(w->texture, NULL, w->pixels, PICTURE_WIDTH * (int)sizeof *w->pixels);
    SDL_RenderCopy(w->renderer, w->texture, NULL, NULL);
    SDL_RenderPresent(w->renderer);
    w->drawn_at = SDL_GetTicks();
}

static void add_key(struct window *w, uint8_t byte)
{
    if (w->key_count < KEYS_MAX) {
        w->keys[w->key_count++] = byte;
    }
}

static void add_text(struct window *w, const char *text)
{
    while (*text) {
        add_key(w, (uint8_t)*text++);
    }
}

/* Keys that are no text: as a VT100 sends them. */
static void take_key(struct window *w, const SDL_Keysym *key)
{
    static const struct {
        SDL_Keycode key;
        const char *text;
    } keys[] = {{SDLK_RETURN, "\r"},   {SDLK_KP_ENTER, "\r"},  {SDLK_BACKSPACE, "\x7f"},
                {SDLK_TAB, "\t"},      {SDLK_ESCAPE, "\033"},  {SDLK_UP, "\033[A"},
                {SDLK_DOWN, "\033[B"}, {SDLK_RIGHT, "\033[C"}, {SDLK_LEFT, "\033[D"}};
    if ((key->mod & KMOD_CTRL) && key->sym >= 'a' && key->sym <= 'z') {
        add_key(w, (uint8_t)(key->sym - 'a' + 1));
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].key == key->sym) {
            add_text(w, keys[i].text);
        }
    }
}

static void take_event(struct window *w, const SDL_Event *event)
{
    switch (event->type) {
    case SDL_QUIT:
        w->is_closed = true;
        break;
    case SDL_TEXTINPUT:
        add_text(w, event->text.text);
        break;
    case SDL_KEYDOWN:
        take_key(w, &event->key.keysym);
        break;
    case SDL_WINDOWEVENT:
        w->drawn_at = 0; /* exposed, perhaps */
        break;
    default:
        break;
    }
}

/* What has happened; draws now and then. */
static void pump(struct window *w)
{
    SDL_Event event;
    while (SDL_PollEvent(&event)) {
        take_event(w, &event);
    }
    if (w->drawn_at == 0 || SDL_GetTicks() - w->drawn_at >= FRAME_MS) {
        draw(w);
    }
}

/* No SDL_WaitEventTimeout(): SDL wakes it through a second connection to the X server, where its
 * message may come when the window is gone, and Xlib then ends the program (SDL 2.26). */
static void nap(uint64_t ms)
{
    SDL_Delay(ms < FRAME_MS ? (Uint32)ms : FRAME_MS);
}

static size_t read_keys(void *ctx, uint8_t *to, size_t room)
{
    struct window *w = ctx;
    pump(w);
    size_t count = w->key_count < room ? w->key_count : room;
    memcpy(to, w->keys, count);
    memmove(w->keys, w->keys + count, w->key_count - count);
    w->key_count -= count;
    return count;
}

static bool has_ended(void *ctx)
{
    (void)ctx;
    return false;
}

static bool wants_quit(void *ctx)
{
    const struct window *w = ctx;
    return w->is_closed;
}

static uint64_t wait_keys(void *ctx, uint64_t ns)
{
    struct window *w = ctx;
    uint64_t start = SDL_GetTicks64(), ms = ns / 1000000;
    draw(w);
    while (!w->is_closed && w->key_count == 0 && SDL_GetTicks64() - start < ms) {
        nap(start + ms - SDL_GetTicks64());
        pump(w);
    }
    return (SDL_GetTicks64() - start) * 1000000;
}

/* Whose the CPU is behind an event. */
static enum strip_owner owner_of(const struct machine *m, const struct arch_event *e)
{
    unsigned el = 0;
    uint16_t context = machine_cpu_context(m, e->cpu, &el);
    if (e->kind == EV_WAIT) {
        return STRIP_IDLE;
    }
    if (machine_context_is_vm(m, context)) {
        return strip_vm(context - 1u);
    }
    return (enum strip_owner)(STRIP_EL0 + el);
}

static void seen(void *ctx, const struct arch_event *e)
{
    struct window *w = ctx;
    strip_turn(&w->strip, e->cpu, e->at,
               e->kind == EV_STOP ? STRIP_NOBODY : owner_of(w->machine, e));
}

static bool make_window(struct window *w, int height)
{
    w->window = SDL_CreateWindow(TITLE, SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                                 PICTURE_WIDTH, height, 0);
    w->renderer = w->window ? SDL_CreateRenderer(w->window, -1, SDL_RENDERER_SOFTWARE) : NULL;
    w->texture = w->renderer ? SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_RGB888,
                                                 SDL_TEXTUREACCESS_STREAMING, PICTURE_WIDTH, height)
                             : NULL;
    return w->texture != NULL;
}

struct host_source window_attach(struct window *w, struct machine *m)
{
    w->machine = m;
    w->cpu_count = machine_cpu_count(m);
    unsigned height = picture_height(w->cpu_count);
    w->pixels = calloc((size_t)PICTURE_WIDTH * height, sizeof *w->pixels);
    BUG_ON(w->pixels == NULL);
    strip_init(&w->strip, cycles_of_ns(machine_clock_hz(m), COLUMN_NS));
    if (!make_window(w, (int)height)) { /* the run goes on without */
        fprintf(stderr, "el2sim: --window: %s\n", SDL_GetError());
    }
    SDL_StartTextInput();
    w->observer = (struct event_observer){.seen = seen, .ctx = w};
    machine_observe(m, &w->observer);
    draw(w);
    return (struct host_source){.read = read_keys,
                                .wait = wait_keys,
                                .has_ended = has_ended,
                                .wants_quit = wants_quit,
                                .ctx = w,
                                .is_interactive = true};
}

void window_linger(struct window *w, const char *why)
{
    char title[320];
    SDL_snprintf(title, sizeof title, TITLE ": %s", why);
    if (w->window) {
        SDL_SetWindowTitle(w->window, title);
    }
    while (!w->is_closed && w->texture) {
        pump(w);
        nap(FRAME_MS);
    }
}
