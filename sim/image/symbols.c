#include "sim/image/symbols.h"

#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image/kallsyms.h"
#include "sim/image/loader_format.h"

/* Of what is loaded from a snapshot. */
#define SOURCES_MAX    256
#define NAME_MAX_CHARS 65536

/* How much a symbol is preferred over others at the same address. */
enum rank { RANK_FUNCTION_GLOBAL, RANK_FUNCTION, RANK_LABEL_GLOBAL, RANK_LABEL, RANK_END };

/* RANK_END is no symbol: it only ends the one before it. */
struct symbol {
    uint64_t start, end; /* linked addresses; end == start until it is known */
    char *name;
    enum rank rank;
};

/* One file in one scope. Its symbols have ids first_id, first_id + 1, ... */
struct source {
    struct symbol_scope scope;
    struct symbol *symbols; /* by start, not overlapping */
    size_t count, room;
    uint32_t first_id;
    uint64_t image_start; /* linked address of the image's first byte */
    bool image_start_known;
};

struct symbols {
    struct source *sources;
    size_t source_count;
    uint32_t next_id;
    bool need_physical;
};

struct symbols *symbols_create(void)
{
    struct symbols *symbols = calloc(1, sizeof *symbols);
    if (symbols) {
        symbols->next_id = SYMBOL_UNKNOWN + 1;
    }
    return symbols;
}

static void source_free(struct source *source)
{
    for (size_t i = 0; i < source->count; i++) {
        free(source->symbols[i].name);
    }
    free(source->symbols);
}

void symbols_destroy(struct symbols *symbols)
{
    if (!symbols) {
        return;
    }
    for (size_t i = 0; i < symbols->source_count; i++) {
        source_free(&symbols->sources[i]);
    }
    free(symbols->sources);
    free(symbols);
}

static bool append(struct source *source, uint64_t start, uint64_t size_bytes, const char *name,
                   enum rank rank)
{
    if (source->count == source->room) {
        size_t room = source->room ? source->room * 2 : 256;
        struct symbol *more = realloc(source->symbols, room * sizeof *more);
        if (!more) {
            return false;
        }
        source->symbols = more;
        source->room = room;
    }
    char *copy = malloc(strlen(name) + 1);
    if (!copy) {
        return false;
    }
    strcpy(copy, name);
    source->symbols[source->count++] =
        (struct symbol){.start = start, .end = start + size_bytes, .name = copy, .rank = rank};
    return true;
}

/* Linker scripts mark places by such names ("__text_start"): the last choice for what begins there.
 */
static bool is_marker(const struct symbol *symbol)
{
    return symbol->name[0] == '_';
}

static int by_start_then_preference(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    if (is_marker(a) != is_marker(b)) {
        return is_marker(b) ? -1 : 1;
    }
    if (a->end != b->end) {
        return a->end > b->end ? -1 : 1;
    }
    return strcmp(a->name, b->name);
}

/* Whether `next` adds nothing to `kept`, which is before it in order: another name for the same
 * place, or a label inside a function. */
static bool is_covered(const struct symbol *kept, const struct symbol *next)
{
    if (kept->rank == RANK_END) {
        return false;
    }
    return next->start == kept->start ||
           (next->rank >= RANK_LABEL_GLOBAL && next->start < kept->end);
}

/* Sorts, keeps one symbol for each place, and gives those without a size the space up to the next.
 * What comes last without a size ends where it begins: the callers add a RANK_END behind it. */
static void settle(struct source *source)
{
    struct symbol *all = source->symbols;
    size_t kept = 0;
    if (source->count > 1) {
        qsort(all, source->count, sizeof *all, by_start_then_preference);
    }
    for (size_t i = 0; i < source->count; i++) {
        if (kept > 0 && is_covered(&all[kept - 1], &all[i])) {
            free(all[i].name);
            continue;
        }
        if (kept > 0 &&
            (all[kept - 1].end == all[kept - 1].start || all[kept - 1].end > all[i].start)) {
            all[kept - 1].end = all[i].start;
        }
        if (kept > 0 && all[kept - 1].rank == RANK_END) {
            free(all[kept - 1].name);
            kept--;
        }
        all[kept++] = all[i];
    }
    if (kept > 0 && all[kept - 1].rank == RANK_END) {
        free(all[kept - 1].name);
        kept--;
    }
    source->count = kept;
}

/* What the linker scripts of Linux and Xen call the first byte of their images. */
static void note_image_start(struct source *source, uint64_t address, const char *name)
{
    if (!source->image_start_known && (!strcmp(name, "_text") || !strcmp(name, "_start"))) {
        source->image_start = address;
        source->image_start_known = true;
    }
}

static bool place(struct source *source, const char *path, struct err *e)
{
    if (source->scope.address == SYMBOL_PHYSICAL) {
        source->scope.el_mask &= ~1u;
        source->scope.slide = source->scope.image_at.v - source->image_start;
        return source->image_start_known ||
               err_set(e, "symbols %s: no symbol _text or _start: where is its image?", path);
    }
    return true;
}

/* Takes over *source, settled, when `done`; frees it otherwise. */
static bool add_source(struct symbols *symbols, struct source *source, const char *path, bool done,
                       struct err *e)
{
    struct source *more = NULL;
    done = done && place(source, path, e);
    if (done) {
        more = realloc(symbols->sources, (symbols->source_count + 1) * sizeof *more);
        done = more || err_set(e, "symbols: out of host memory");
    }
    if (!done) {
        source_free(source);
        return false;
    }
    settle(source);
    source->first_id = symbols->next_id;
    symbols->next_id += (uint32_t)source->count;
    symbols->sources = more;
    symbols->sources[symbols->source_count++] = *source;
    symbols->need_physical |= source->scope.address == SYMBOL_PHYSICAL;
    return true;
}

/* Mapping symbols (IHI 0056 5.5.5) and labels that the assembler should not have left. */
static bool is_assembler_local(const char *name)
{
    return name[0] == '\0' || name[0] == '$' || strncmp(name, ".L", 2) == 0;
}

static bool is_code(Elf *elf, size_t section)
{
    GElf_Shdr header;
    Elf_Scn *scn = section < SHN_LORESERVE ? elf_getscn(elf, section) : NULL;
    return scn && gelf_getshdr(scn, &header) && (header.sh_flags & SHF_EXECINSTR);
}

/* The rank of an ELF symbol, or RANK_END when it is none of code. */
static enum rank rank_of(Elf *elf, const GElf_Sym *sym, const char *name)
{
    bool global = GELF_ST_BIND(sym->st_info) != STB_LOCAL;
    if (!name || is_assembler_local(name) || !is_code(elf, sym->st_shndx)) {
        return RANK_END;
    }
    switch (GELF_ST_TYPE(sym->st_info)) {
    case STT_FUNC:
        return global ? RANK_FUNCTION_GLOBAL : RANK_FUNCTION;
    case STT_NOTYPE:
        return global ? RANK_LABEL_GLOBAL : RANK_LABEL;
    default:
        return RANK_END;
    }
}

/* Code sections end what is in them: nothing reaches over into the next. */
static bool append_section_ends(struct source *source, Elf *elf)
{
    Elf_Scn *scn = NULL;
    GElf_Shdr header;
    while ((scn = elf_nextscn(elf, scn)) != NULL) {
        if (gelf_getshdr(scn, &header) && (header.sh_flags & SHF_EXECINSTR) &&
            !append(source, header.sh_addr + header.sh_size, 0, "", RANK_END)) {
            return false;
        }
    }
    return true;
}

static Elf_Scn *find_symtab(Elf *elf, GElf_Shdr *header)
{
    Elf_Scn *scn = NULL;
    while ((scn = elf_nextscn(elf, scn)) != NULL) {
        if (gelf_getshdr(scn, header) && header->sh_type == SHT_SYMTAB) {
            return scn;
        }
    }
    return NULL;
}

static bool read_symtab(const char *path, Elf *elf, struct source *source, struct err *e)
{
    GElf_Shdr header;
    GElf_Sym sym;
    Elf_Scn *scn = elf ? find_symtab(elf, &header) : NULL;
    Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
    if (!data) {
        return err_set(e, "symbols %s: no symbol table (.symtab): stripped or damaged", path);
    }
    for (int i = 0; gelf_getsym(data, i, &sym); i++) {
        const char *name = elf_strptr(elf, header.sh_link, sym.st_name);
        enum rank rank = rank_of(elf, &sym, name);
        note_image_start(source, sym.st_value, name ? name : "");
        if (rank != RANK_END && !append(source, sym.st_value, sym.st_size, name, rank)) {
            return err_set(e, "symbols %s: out of host memory", path);
        }
    }
    return append_section_ends(source, elf) || err_set(e, "symbols %s: out of host memory", path);
}

bool symbols_add_elf(struct symbols *symbols, const char *path, const struct symbol_scope *scope,
                     struct err *e)
{
    struct file_bytes bytes;
    struct source source = {.scope = *scope};
    if (!file_read(path, "symbols", FILE_IMAGE_LIMIT, &bytes, e)) {
        return false;
    }
    bool done = loader_is_elf(&bytes)
                    ? loader_check_elf(path, &bytes, e) || err_prefix(e, "symbols ")
                    : err_set(e, "symbols %s: not an ELF file", path);
    if (done) {
        elf_version(EV_CURRENT);
        Elf *elf = elf_memory((char *)bytes.data, bytes.size);
        done = read_symtab(path, elf, &source, e);
        elf_end(elf);
    }
    file_free(&bytes);
    return add_source(symbols, &source, path, done, e);
}

/* One line of a System.map, NUL-terminated: false when it is not "address type name". */
static bool split_map_line(char *line, uint64_t *address, char *type, char **name)
{
    char *end;
    *address = strtoull(line, &end, 16);
    if (end == line || end[0] != ' ' || end[1] == '\0' || end[2] != ' ' || end[3] == '\0') {
        return false;
    }
    *type = end[1];
    *name = end + 3;
    return true;
}

static enum rank rank_of_map_type(char type)
{
    switch (type) {
    case 'T':
    case 'W':
        return RANK_LABEL_GLOBAL;
    case 't':
    case 'w':
        return RANK_LABEL;
    default:
        return RANK_END;
    }
}

static bool append_typed(struct source *source, uint64_t address, char type, const char *name)
{
    note_image_start(source, address, name);
    enum rank rank = is_assembler_local(name) ? RANK_END : rank_of_map_type(type);
    return append(source, address, 0, name, rank);
}

static bool read_map(const char *path, char *text, struct source *source, struct err *e)
{
    size_t line_number = 1;
    for (char *line = text, *next; *line != '\0'; line = next, line_number++) {
        uint64_t address;
        char type, *name;
        next = line + strcspn(line, "\n");
        if (*next == '\n') {
            *next++ = '\0';
        }
        if (!split_map_line(line, &address, &type, &name)) {
            return err_set(e, "symbols %s: line %zu: not \"address type name\"", path, line_number);
        }
        if (!append_typed(source, address, type, name)) {
            return err_set(e, "symbols %s: out of host memory", path);
        }
    }
    return true;
}

bool symbols_add_map(struct symbols *symbols, const char *path, const struct symbol_scope *scope,
                     struct err *e)
{
    struct file_bytes bytes;
    struct source source = {.scope = *scope};
    if (!file_read(path, "symbols", FILE_IMAGE_LIMIT, &bytes, e)) {
        return false;
    }
    bool done = read_map(path, (char *)bytes.data, &source, e);
    file_free(&bytes);
    return add_source(symbols, &source, path, done, e);
}

static bool read_table(const char *path, const struct file_bytes *bytes, struct source *source,
                       struct err *e)
{
    struct kallsyms table;
    uint64_t address;
    char type, name[KALLSYMS_NAME_MAX];
    if (!kallsyms_find(&table, bytes->data, bytes->size)) {
        return err_set(e, "symbols %s: no symbol table (kallsyms) in it that we know", path);
    }
    source->image_start = table.image_start;
    source->image_start_known = true;
    while (kallsyms_next(&table, &address, &type, name)) {
        if (!append_typed(source, address, type, name)) {
            return err_set(e, "symbols %s: out of host memory", path);
        }
    }
    return true;
}

bool symbols_add_image(struct symbols *symbols, const char *path, const struct symbol_scope *scope,
                       struct err *e)
{
    struct file_bytes bytes;
    struct source source = {.scope = *scope};
    if (!file_read(path, "symbols", FILE_IMAGE_LIMIT, &bytes, e)) {
        return false;
    }
    bool done = loader_unwrap_zboot(path, &bytes, e) && file_gunzip(path, &bytes, e) &&
                read_table(path, &bytes, &source, e);
    file_free(&bytes);
    return add_source(symbols, &source, path, done, e);
}

bool symbols_file_kind(const char *path, enum symbol_file *kind, struct err *e)
{
    struct file_bytes bytes;
    if (!file_read(path, "symbols", FILE_IMAGE_LIMIT, &bytes, e)) {
        return false;
    }
    bool gzip = bytes.size > 2 && bytes.data[0] == 0x1f && bytes.data[1] == 0x8b; /* RFC 1952 */
    *kind = loader_is_elf(&bytes)                       ? SYMBOL_FILE_ELF
            : gzip || memchr(bytes.data, 0, bytes.size) ? SYMBOL_FILE_IMAGE
                                                        : SYMBOL_FILE_MAP;
    file_free(&bytes);
    return true;
}

bool symbols_need_physical(const struct symbols *symbols)
{
    return symbols->need_physical;
}

static bool in_scope(const struct symbol_scope *scope, unsigned el, int context)
{
    if (!(scope->el_mask >> el & 1)) {
        return false;
    }
    switch (scope->context) {
    case SYMBOLS_ANY_VM:
        return context != SYMBOLS_NO_STAGE2;
    case SYMBOLS_HOST:
        return context == SYMBOLS_NO_STAGE2 || context == SYMBOLS_VMID_0;
    default:
        return context == scope->context;
    }
}

/* Index of the last symbol that starts at or before `at`, or `count` when there is none. */
static size_t last_before(const struct source *source, uint64_t at)
{
    size_t low = 0, high = source->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->symbols[middle].start <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? source->count : low - 1;
}

uint32_t symbols_lookup(const struct symbols *symbols, unsigned el, int context, va_t va, pa_t pa)
{
    for (size_t i = 0; i < symbols->source_count; i++) {
        const struct source *source = &symbols->sources[i];
        bool physical = source->scope.address == SYMBOL_PHYSICAL;
        if (!in_scope(&source->scope, el, context) || (physical && pa.v == PA_UNKNOWN)) {
            continue;
        }
        uint64_t linked = (physical ? pa.v : va.v) - source->scope.slide;
        size_t n = last_before(source, linked);
        if (n < source->count && linked < source->symbols[n].end) {
            return source->first_id + (uint32_t)n;
        }
    }
    return SYMBOL_UNKNOWN;
}

uint64_t symbols_offset(const struct symbols *symbols, uint32_t id, va_t va, pa_t pa)
{
    for (size_t i = 0; i < symbols->source_count; i++) {
        const struct source *source = &symbols->sources[i];
        if (id >= source->first_id && id - source->first_id < source->count) {
            bool physical = source->scope.address == SYMBOL_PHYSICAL;
            return (physical ? pa.v : va.v) - source->scope.slide -
                   source->symbols[id - source->first_id].start;
        }
    }
    return 0;
}

bool symbols_named(const struct symbols *symbols, const char *name, struct symbol_scope *scope,
                   va_t *at)
{
    for (size_t i = 0; i < symbols->source_count; i++) {
        const struct source *source = &symbols->sources[i];
        for (size_t n = 0; n < source->count; n++) {
            if (strcmp(source->symbols[n].name, name) == 0) {
                *scope = source->scope;
                *at = va(source->symbols[n].start + source->scope.slide);
                return true;
            }
        }
    }
    return false;
}

void symbols_each(const struct symbols *symbols, unsigned el, int context, symbols_see *see,
                  void *ctx)
{
    for (size_t i = 0; i < symbols->source_count; i++) {
        const struct source *source = &symbols->sources[i];
        uint64_t slide = source->scope.slide;
        for (size_t n = 0; n < source->count && in_scope(&source->scope, el, context); n++) {
            const struct symbol *symbol = &source->symbols[n];
            see(ctx, symbol->name, source->scope.address, symbol->start + slide,
                symbol->end + slide);
        }
    }
}

const char *symbols_name(const struct symbols *symbols, uint32_t id)
{
    for (size_t i = 0; i < symbols->source_count; i++) {
        const struct source *source = &symbols->sources[i];
        if (id >= source->first_id && id - source->first_id < source->count) {
            return source->symbols[id - source->first_id].name;
        }
    }
    return "?";
}

static void archive_symbol(struct symbol *symbol, struct archive *a)
{
    unsigned rank = symbol->rank;
    archive_u64(a, &symbol->start);
    archive_u64(a, &symbol->end);
    archive_string(a, &symbol->name, NAME_MAX_CHARS);
    archive_unsigned(a, &rank, RANK_END);
    symbol->rank = (enum rank)rank;
    if (symbol->name == NULL) {
        archive_refuse(a, "a symbol has no name");
    }
}

static void archive_source(struct source *source, struct archive *a)
{
    archive_unsigned(a, &source->scope.el_mask, 7);
    unsigned context = (unsigned)(source->scope.context - SYMBOLS_HOST);
    unsigned address = source->scope.address;
    archive_unsigned(a, &context, UINT16_MAX + 2);
    archive_unsigned(a, &address, SYMBOL_PHYSICAL);
    source->scope.context = (int)context + SYMBOLS_HOST;
    source->scope.address = (enum symbol_address)address;
    archive_u64(a, &source->scope.slide);
    archive_u32(a, &source->first_id);
    size_t count = source->count;
    archive_count(a, &count, UINT32_MAX, 3 * sizeof(uint64_t));
    if (a->is_loading) {
        source->symbols = calloc(count + 1, sizeof *source->symbols);
        BUG_ON(source->symbols == NULL);
        source->room = count + 1;
    }
    for (source->count = 0; source->count < count && !a->has_failed; source->count++) {
        archive_symbol(&source->symbols[source->count], a);
    }
}

void symbols_archive(struct symbols *symbols, struct archive *a)
{
    size_t count = symbols->source_count;
    archive_u32(a, &symbols->next_id);
    archive_count(a, &count, SOURCES_MAX, 4 * sizeof(uint64_t));
    for (size_t i = 0; i < count && !a->has_failed; i++) {
        if (a->is_loading) {
            struct source *more = realloc(symbols->sources, (i + 1) * sizeof *more);
            BUG_ON(more == NULL);
            symbols->sources = more;
            symbols->sources[i] = (struct source){.count = 0};
            symbols->source_count = i + 1;
        }
        archive_source(&symbols->sources[i], a);
        symbols->need_physical |= symbols->sources[i].scope.address == SYMBOL_PHYSICAL;
    }
}
