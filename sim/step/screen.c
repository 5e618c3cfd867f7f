#include "sim/step/screen.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/step/help.h"
#include "sim/step/layout.h"

struct screen {
    struct session *session;
    enum pane_id chosen;
    bool is_zoomed, shows_help, wants_quit;
    unsigned scrolled;
    char message[SESSION_MESSAGE];
};

/* How a line looks: a colour pair, and attributes that serve without colours, too. */
enum { PAIR_EL0 = 1, PAIR_EL1, PAIR_EL2, PAIR_CHANGED, PAIR_WARN };

static const struct {
    short pair;
    attr_t attributes;
} looks[] = {
    [LINE_PLAIN] = {0, A_NORMAL},      [LINE_HEAD] = {0, A_BOLD},
    [LINE_DIM] = {0, A_DIM},           [LINE_CHANGED] = {PAIR_CHANGED, A_BOLD},
    [LINE_PC] = {0, A_REVERSE},        [LINE_CURSOR] = {0, A_UNDERLINE},
    [LINE_WARN] = {PAIR_WARN, A_BOLD}, [LINE_EL0] = {PAIR_EL0, A_NORMAL},
    [LINE_EL1] = {PAIR_EL1, A_NORMAL}, [LINE_EL2] = {PAIR_EL2, A_NORMAL},
};

/* The signals while a key is waited for. SIGWINCH comes only there: elsewhere it could come after
 * getch() has looked for it and before it waits, and the new size would wait for a key. */
static sigset_t waiting_mask;

void screen_open(void)
{
    initscr();
    sigset_t resize;
    sigemptyset(&resize);
    sigaddset(&resize, SIGWINCH);
    sigprocmask(SIG_BLOCK, &resize, &waiting_mask);
    raw();
    noecho();
    keypad(stdscr, TRUE);
    curs_set(0);
    set_escdelay(50);
    if (has_colors()) {
        start_color();
        use_default_colors();
        init_pair(PAIR_EL0, COLOR_GREEN, -1);
        init_pair(PAIR_EL1, COLOR_BLUE, -1);
        init_pair(PAIR_EL2, COLOR_RED, -1);
        init_pair(PAIR_CHANGED, COLOR_YELLOW, -1);
        init_pair(PAIR_WARN, COLOR_MAGENTA, -1);
    }
}

void screen_close(void)
{
    endwin();
    sigprocmask(SIG_SETMASK, &waiting_mask, NULL);
}

/* The next key, or KEY_RESIZE; ERR: the terminal is gone. */
static int wait_key(void)
{
    bool is_readable = false;
    int key;
    nodelay(stdscr, TRUE);
    while ((key = getch()) == ERR && !is_readable) {
        struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
        is_readable = ppoll(&terminal, 1, NULL, &waiting_mask) >= 0 || errno != EINTR;
    }
    nodelay(stdscr, FALSE);
    return key;
}

/* Keys are for the run that one sees, not for one that is over before: those wait their turn. */
#define PATIENCE_MS 300

static uint64_t command_began; /* host's ms: for the user's sake, nothing of the model's */

static uint64_t host_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool screen_key_waits(void *ctx)
{
    (void)ctx;
    if (stdscr == NULL || host_ms() - command_began < PATIENCE_MS) {
        return false;
    }
    nodelay(stdscr, TRUE);
    int key = getch();
    nodelay(stdscr, FALSE);
    return key != ERR && key != KEY_RESIZE;
}

static void put(unsigned row, unsigned column, unsigned columns, enum line_style style,
                const char *text)
{
    attr_t attributes = looks[style].attributes;
    attr_t pair = has_colors() ? (attr_t)COLOR_PAIR(looks[style].pair) : 0;
    bool is_bar = row == 0; /* the status */
    bool fills = is_bar || style == LINE_PC;
    attrset((int)(attributes | pair | (is_bar ? A_REVERSE | A_BOLD : 0)));
    mvprintw((int)row, (int)column, "%.*s", (int)columns, text);
    for (unsigned at = (unsigned)getcurx(stdscr); fills && at < column + columns; at++) {
        addch(' ');
    }
    attrset(A_NORMAL);
}

static void title(const struct screen *s, const struct place *p)
{
    bool is_chosen = p->pane == s->chosen;
    attrset(is_chosen ? A_BOLD : A_DIM);
    mvhline((int)p->row - 1, (int)p->column, '-', (int)p->columns);
    mvprintw((int)p->row - 1, (int)p->column + 2, " %s%s ", pane_info[p->pane].title,
             is_chosen ? " <Tab>" : "");
    attrset(A_NORMAL);
}

static void draw_pane(struct screen *s, const struct place *p)
{
    static struct lines lines;
    struct view *v = session_view(s->session);
    v->first_row = p->pane == s->chosen ? s->scrolled : 0;
    lines_start(&lines, p->columns);
    pane_info[p->pane].make(v, p->rows, &lines);
    if (v->first_row >= lines.count) { /* scrolled past its end */
        v->first_row = lines.count ? lines.count - 1 : 0;
        s->scrolled = v->first_row;
    }
    if (pane_info[p->pane].title) {
        title(s, p);
    }
    for (unsigned i = 0; i < p->rows && v->first_row + i < lines.count; i++) {
        const struct line *line = &lines.line[v->first_row + i];
        put(p->row + i, p->column, p->columns, line->style, line->text);
    }
    if (v->first_row + p->rows < lines.count && p->rows > 1) {
        put(p->row + p->rows - 1, p->column + p->columns - 4, 4, LINE_DIM, " ...");
    }
}

static void draw_help(void)
{
    static struct lines lines;
    lines_start(&lines, (unsigned)COLS);
    help_lines(&lines);
    for (unsigned i = 0; i < lines.count && (int)i + 1 < LINES; i++) {
        put(i + 1, 0, (unsigned)COLS, lines.line[i].style, lines.line[i].text);
    }
}

static void draw_bottom(const struct screen *s)
{
    static const char keys[] = "s step n over o out e EL w world b back c continue ? help q quit";
    put((unsigned)LINES - 1, 0, (unsigned)COLS - 1, s->message[0] ? LINE_HEAD : LINE_DIM,
        s->shows_help   ? "any key goes back"
        : s->message[0] ? s->message
                        : keys);
}

static void draw(struct screen *s)
{
    struct layout layout;
    erase();
    layout_make((unsigned)LINES, (unsigned)COLS, s->chosen, s->is_zoomed, &layout);
    if (layout.count == 0) {
        mvprintw(0, 0, "%.*s", COLS, "too small: 60 x 18 at least");
    } else if (s->shows_help) {
        draw_help();
    } else {
        for (unsigned i = 0; i < layout.count; i++) {
            draw_pane(s, &layout.places[i]);
        }
    }
    if (layout.count) {
        draw_bottom(s);
    }
    refresh();
}

static bool ask(const char *question, char *answer, int room)
{
    move(LINES - 1, 0);
    clrtoeol();
    mvprintw(LINES - 1, 0, "%s ", question);
    echo();
    curs_set(1);
    bool given = getnstr(answer, room - 1) == OK && answer[0] != '\0';
    curs_set(0);
    noecho();
    return given;
}

static void show_place(struct screen *s)
{
    char text[80];
    unsigned el_mask;
    uint64_t at;
    if (!ask("show function or address (0x...):", text, sizeof text)) {
        return;
    }
    if (session_find(s->session, text, &at, &el_mask)) {
        session_view(s->session)->cursor = at & ~UINT64_C(3);
    } else {
        snprintf(s->message, sizeof s->message, "\"%.60s\": neither a function nor an address",
                 text);
    }
}

static void break_at(struct screen *s)
{
    char text[80];
    if (ask("break at function or address (0x...):", text, sizeof text)) {
        session_break(s->session, text, s->message);
    }
}

static void choose_pane(struct screen *s, int by)
{
    const int first = PANE_CODE, count = PANE_COUNT - PANE_CODE;
    s->chosen = (enum pane_id)(first + ((int)s->chosen - first + by + count) % count);
    s->scrolled = 0;
}

/* Keys that move the run. */
static bool command_of(int key, enum session_command *command)
{
    static const struct {
        int key;
        enum session_command command;
    } keys[] = {{'s', SESSION_STEP},     {'n', SESSION_OVER},     {'o', SESSION_OUT},
                {'e', SESSION_TO_EL},    {'w', SESSION_TO_WORLD}, {'u', SESSION_TO_CURSOR},
                {'c', SESSION_CONTINUE}, {'b', SESSION_BACK}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].key == key) {
            *command = keys[i].command;
            return true;
        }
    }
    return false;
}

static void run_command(struct screen *s, enum session_command command)
{
    put((unsigned)LINES - 1, 0, (unsigned)COLS - 1, LINE_HEAD, "running: any key stops it");
    clrtoeol();
    refresh();
    command_began = host_ms();
    session_do(s->session, command, s->message);
}

static void move_cursor(struct screen *s, int key)
{
    struct view *v = session_view(s->session);
    switch (key) {
    case KEY_UP:
        v->cursor -= 4;
        break;
    case KEY_DOWN:
        v->cursor += 4;
        break;
    case KEY_PPAGE:
        v->cursor -= 32;
        break;
    case KEY_NPAGE:
        v->cursor += 32;
        break;
    case '.':
        v->cursor = v->now->pe.pc;
        break;
    default:
        break;
    }
}

static void take_key(struct screen *s, int key)
{
    struct view *v = session_view(s->session);
    enum session_command command;
    if (s->shows_help) {
        s->shows_help = key == KEY_RESIZE;
        return;
    }
    s->message[0] = '\0';
    if (command_of(key, &command)) {
        run_command(s, command);
        return;
    }
    if (key >= '0' && key <= '9') {
        session_select(s->session, (unsigned)(key - '0'));
        return;
    }
    switch (key) {
    case 'q':
    case 3: /* ^C */
        s->wants_quit = true;
        break;
    case '?':
    case 'h':
    case KEY_F(1):
        s->shows_help = true;
        break;
    case 'g':
        show_place(s);
        break;
    case 'B':
        break_at(s);
        break;
    case ' ':
        session_toggle(s->session, v->cursor, s->message);
        break;
    case 'v':
        v->wants_source = !v->wants_source;
        break;
    case '\t':
        choose_pane(s, 1);
        break;
    case KEY_BTAB:
        choose_pane(s, -1);
        break;
    case 'z':
        s->is_zoomed = !s->is_zoomed;
        break;
    case 'J':
        s->scrolled++;
        break;
    case 'K':
        s->scrolled -= s->scrolled > 0;
        break;
    case '[':
        session_select(s->session, v->now->cpu - 1);
        break;
    case ']':
        session_select(s->session, v->now->cpu + 1);
        break;
    default:
        move_cursor(s, key);
        break;
    }
}

void screen_run(struct session *session)
{
    struct screen s = {.session = session, .chosen = PANE_TRANSLATION};
    while (!s.wants_quit) {
        draw(&s);
        int key = wait_key();
        if (key == ERR) { /* the terminal is gone */
            return;
        }
        take_key(&s, key);
    }
}
