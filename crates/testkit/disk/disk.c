/* A disk that can lose power, fill up or die at a chosen moment, under any program: preloaded (LD_PRELOAD) it stands between
 * the program and the C library. Only files under DISK_ROOT matter; "-shm" files of SQLite are memory and do not.
 *
 * What would survive a power cut is kept in DISK_KEPT: `files/ID` holds what of a file was synced, `names` which names point
 * to which file according to the folders that were synced. Nothing else survives, neither a name nor a byte: stricter than
 * most file systems, and what POSIX promises. Real syncs are left out, because the machine does not lose power.
 *
 * DISK_DIE=PART:N   kills the program at its N-th change of a file whose path contains PART (PART$: ends so); a write is done by half.
 * DISK_STATE=FILE   its first byte: `f` the disk is full, `r` it is read-only, anything else: it works.
 * DISK_CLOCK=FILE   eight bytes: nanoseconds by which the wall clock is wrong.
 * DISK_LIES=1       syncs are promised and not done. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(ret, name, ...) \
    static ret (*real_##name)(__VA_ARGS__); \
    if (!real_##name) real_##name = (ret (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

enum { HANDLES = 65536, RANGES = 4096, ENTRIES = 65536 };

/* A name under the root: of a file (id > 0) or a folder (id < 0). */
typedef struct { char *path; int id; } Entry;
/* What was written to a file since it was last synced. */
typedef struct { off_t from[RANGES], to[RANGES]; int count, is_cut; } Dirt;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *root, *kept, *die_part, *state_file;
static size_t root_len;
static long die_at, changes;
static int lies, last_id, live_count, durable_count;
static Entry live[ENTRIES], durable[ENTRIES];
static Dirt *dirt[ENTRIES];
static int handle_id[HANDLES];        /* file behind a handle, 0 for none */
static char *handle_path[HANDLES];    /* path behind a handle under the root */
static int64_t *clock_wrong;

static int find(Entry *table, int count, const char *path) {
    for (int i = 0; i < count; i++) if (!strcmp(table[i].path, path)) return i;
    return -1;
}

static void drop(Entry *table, int *count, int at) {
    free(table[at].path);
    table[at] = table[--*count];
}

static void put(Entry *table, int *count, const char *path, int id) {
    int at = find(table, *count, path);
    if (at >= 0) { table[at].id = id; return; }
    if (*count == ENTRIES) abort();
    table[*count].path = strdup(path);
    table[(*count)++].id = id;
}

/* A name and all names below it. */
static void move(Entry *table, int count, const char *old, const char *new) {
    char path[PATH_MAX];
    size_t len = strlen(old);
    for (int i = 0; i < count; i++)
        if (!strncmp(table[i].path, old, len) && (!table[i].path[len] || table[i].path[len] == '/')) {
            snprintf(path, sizeof path, "%s%s", new, table[i].path + len);
            free(table[i].path);
            table[i].path = strdup(path);
        }
}

static void kept_path(char *out, int id) { snprintf(out, PATH_MAX, "%s/files/%d", kept, id); }

__attribute__((constructor)) static void begin(void) {
    const char *clock_file = getenv("DISK_CLOCK");
    if (clock_file) {
        int fd = open(clock_file, O_RDONLY);
        void *at = fd < 0 ? MAP_FAILED : mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0);
        if (at != MAP_FAILED) clock_wrong = at;
    }
    root = getenv("DISK_ROOT"), kept = getenv("DISK_KEPT"), state_file = getenv("DISK_STATE");
    lies = getenv("DISK_LIES") != NULL;
    char *die = getenv("DISK_DIE");
    if (die) {
        char *colon = strrchr(die, ':');
        die_at = atol(colon + 1);
        die_part = strndup(die, colon - die);
    }
    if (!root) return;
    root_len = strlen(root);
    if (!kept) return;
    char path[PATH_MAX], line[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/names", kept);
    FILE *names = fopen(path, "r");
    while (names && fgets(line, sizeof line, names)) {
        line[strcspn(line, "\n")] = 0;
        char *name;
        int id = (int)strtol(line, &name, 10);
        put(live, &live_count, name + 1, id);
        put(durable, &durable_count, name + 1, id);
        if (abs(id) > last_id) last_id = abs(id);
    }
    if (names) fclose(names);
}

/* The path if it lies under the root and matters, made whole. */
static const char *ours(const char *path, char *whole) {
    if (!root) return NULL;
    if (path[0] == '/') snprintf(whole, PATH_MAX, "%s", path);
    else {
        char here[PATH_MAX / 2];
        if (!getcwd(here, sizeof here)) return NULL;
        snprintf(whole, PATH_MAX, "%s/%s", here, path);
    }
    size_t len = strlen(whole);
    while (len > 1 && whole[len - 1] == '/') whole[--len] = 0;
    if (strncmp(whole, root, root_len) || (whole[root_len] && whole[root_len] != '/')) return NULL;
    return len > 4 && !strcmp(whole + len - 4, "-shm") ? NULL : whole;
}

/* Before a change: whether the program is to die in it. */
static int dies_at(const char *path) {
    if (!die_part) return 0;
    size_t part = strlen(die_part), len = strlen(path);
    int is_end = part && die_part[part - 1] == '$';
    int fits = is_end ? len >= part - 1 && !strncmp(path + len - (part - 1), die_part, part - 1) : strstr(path, die_part) != NULL;
    return fits && __sync_add_and_fetch(&changes, 1) == die_at;
}

static void die_now(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

/* Whether the disk takes no more; sets errno. */
static int refuses(void) {
    if (!state_file) return 0;
    REAL(int, open, const char *, int, ...);
    int fd = real_open(state_file, O_RDONLY);
    char state = 0;
    if (fd >= 0) { if (read(fd, &state, 1) != 1) state = 0; close(fd); }
    if (state != 'f' && state != 'r') return 0;
    errno = state == 'f' ? ENOSPC : EROFS;
    return 1;
}

static int is_tracked(int fd) { return fd >= 0 && fd < HANDLES && handle_path[fd]; }

static void opened(int fd, const char *path, int flags) {
    struct stat stat;
    if (fd < 0 || fd >= HANDLES || fstat(fd, &stat)) return;
    pthread_mutex_lock(&lock);
    free(handle_path[fd]);
    handle_path[fd] = strdup(path);
    handle_id[fd] = 0;
    if (S_ISREG(stat.st_mode)) {
        int at = find(live, live_count, path);
        if (at < 0) { put(live, &live_count, path, ++last_id); at = live_count - 1; }
        int id = handle_id[fd] = live[at].id;
        if (!dirt[id]) dirt[id] = calloc(1, sizeof(Dirt));
        if (flags & O_TRUNC) { dirt[id]->count = 0; dirt[id]->is_cut = 1; }
    }
    pthread_mutex_unlock(&lock);
}

static void wrote(int fd, off_t from, ssize_t length) {
    if (length <= 0 || !handle_id[fd]) return;
    pthread_mutex_lock(&lock);
    Dirt *d = dirt[handle_id[fd]];
    int last = d->count - 1;
    if (last >= 0 && d->to[last] == from) d->to[last] = from + length;
    else if (d->count == RANGES) {
        for (int i = 0; i < RANGES; i++) {
            if (d->from[i] < d->from[0]) d->from[0] = d->from[i];
            if (d->to[i] > d->to[0]) d->to[0] = d->to[i];
        }
        if (from < d->from[0]) d->from[0] = from;
        if (from + length > d->to[0]) d->to[0] = from + length;
        d->count = 1;
    } else { d->from[d->count] = from; d->to[d->count++] = from + length; }
    pthread_mutex_unlock(&lock);
}

/* What of the file was written becomes durable; not the file's name. */
static void sync_file(int fd) {
    REAL(int, open, const char *, int, ...);
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    REAL(int, ftruncate, int, off_t);
    char path[PATH_MAX], source[64];
    static char buffer[1 << 20];
    int id = handle_id[fd];
    Dirt *d = dirt[id];
    kept_path(path, id);
    int to = real_open(path, O_WRONLY | O_CREAT, 0600);
    /* The program's own handle may be open for writing only. */
    snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
    int from = real_open(source, O_RDONLY);
    struct stat stat;
    if (to < 0 || from < 0 || fstat(fd, &stat)) abort();
    if (d->is_cut && real_ftruncate(to, 0)) abort();
    for (int i = 0; i < d->count; i++)
        for (off_t at = d->from[i]; at < d->to[i];) {
            size_t want = d->to[i] - at < (off_t)sizeof buffer ? (size_t)(d->to[i] - at) : sizeof buffer;
            ssize_t got = pread(from, buffer, want, at);
            if (got <= 0) break;
            if (real_pwrite(to, buffer, got, at) != got) abort();
            at += got;
        }
    if (real_ftruncate(to, stat.st_size)) abort();
    d->count = d->is_cut = 0;
    close(to), close(from);
}

/* The names in the folder become durable. */
static void sync_folder(const char *folder) {
    REAL(int, rename, const char *, const char *);
    size_t len = strlen(folder);
    #define IS_IN(path) (!strncmp(path, folder, len) && (path)[len] == '/' && !strchr((path) + len + 1, '/'))
    /* A folder that got another name takes along what of it is durable. */
    for (int i = 0; i < durable_count; i++)
        for (int j = 0; durable[i].id < 0 && j < live_count; j++)
            if (live[j].id == durable[i].id && IS_IN(live[j].path) && strcmp(live[j].path, durable[i].path)) {
                char *old = strdup(durable[i].path);
                move(durable, durable_count, old, live[j].path);
                free(old);
            }
    for (int i = durable_count - 1; i >= 0; i--) if (IS_IN(durable[i].path)) drop(durable, &durable_count, i);
    for (int i = 0; i < live_count; i++) if (IS_IN(live[i].path)) put(durable, &durable_count, live[i].path, live[i].id);
    char path[PATH_MAX], draft[PATH_MAX];
    snprintf(path, sizeof path, "%s/names", kept), snprintf(draft, sizeof draft, "%s/draft", kept);
    FILE *names = fopen(draft, "w");
    if (!names) abort();
    for (int i = 0; i < durable_count; i++) fprintf(names, "%d %s\n", durable[i].id, durable[i].path);
    fclose(names);
    if (real_rename(draft, path)) abort();
}

static int synced(int fd) {
    if (dies_at(handle_path[fd])) die_now();
    if (refuses()) return -1;
    if (!kept || lies) return 0;
    pthread_mutex_lock(&lock);
    if (handle_id[fd]) sync_file(fd); else sync_folder(handle_path[fd]);
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) { REAL(int, fsync, int); return is_tracked(fd) ? synced(fd) : real_fsync(fd); }
int fdatasync(int fd) { REAL(int, fdatasync, int); return is_tracked(fd) ? synced(fd) : real_fdatasync(fd); }

#define OPEN(name, at_decl, at_use) \
    int name(at_decl const char *path, int flags, ...) { \
        static int (*real)(at_decl const char *, int, ...); \
        if (!real) real = (int (*)(at_decl const char *, int, ...))dlsym(RTLD_NEXT, #name); \
        char whole[PATH_MAX]; \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        const char *mine = ours(path, whole); \
        if (mine && flags & (O_CREAT | O_TRUNC)) { \
            if (dies_at(mine)) die_now(); \
            if (access(mine, F_OK) && refuses()) return -1; \
        } \
        int fd = real(at_use path, flags, mode); \
        if (mine) opened(fd, mine, flags); \
        return fd; \
    }
#define NOTHING
OPEN(open, NOTHING, NOTHING)
OPEN(open64, NOTHING, NOTHING)

int close(int fd) {
    REAL(int, close, int);
    if (is_tracked(fd)) {
        pthread_mutex_lock(&lock);
        free(handle_path[fd]);
        handle_path[fd] = NULL, handle_id[fd] = 0;
        pthread_mutex_unlock(&lock);
    }
    return real_close(fd);
}

/* A write is done by half when the program dies in it. */
#define WRITE(fd, length, half, whole, from) \
    if (is_tracked(fd)) { \
        if (dies_at(handle_path[fd])) { ssize_t unused = half; (void)unused; die_now(); } \
        if (refuses()) return -1; \
        off_t at = from; \
        ssize_t done = whole; \
        wrote(fd, at, done); \
        return done; \
    } \
    return whole

static off_t position(int fd) {
    struct stat stat;
    if (fcntl(fd, F_GETFL) & O_APPEND) return fstat(fd, &stat) ? 0 : stat.st_size;
    return lseek(fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *data, size_t length) {
    REAL(ssize_t, write, int, const void *, size_t);
    WRITE(fd, length, real_write(fd, data, length / 2), real_write(fd, data, length), position(fd));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    WRITE(fd, count, real_writev(fd, parts, count / 2), real_writev(fd, parts, count), position(fd));
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t from) {
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    WRITE(fd, length, real_pwrite(fd, data, length / 2, from), real_pwrite(fd, data, length, from), from);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t from) { return pwrite(fd, data, length, from); }

int ftruncate(int fd, off_t length) {
    REAL(int, ftruncate, int, off_t);
    if (is_tracked(fd)) {
        if (dies_at(handle_path[fd])) die_now();
        if (refuses()) return -1;
        if (!length && handle_id[fd]) {
            pthread_mutex_lock(&lock);
            dirt[handle_id[fd]]->count = 0, dirt[handle_id[fd]]->is_cut = 1;
            pthread_mutex_unlock(&lock);
        }
    }
    return real_ftruncate(fd, length);
}

int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

int rename(const char *old, const char *new) {
    REAL(int, rename, const char *, const char *);
    char from[PATH_MAX], to[PATH_MAX];
    const char *mine = ours(old, from), *target = ours(new, to);
    if (!mine || !target) return real_rename(old, new);
    if (dies_at(target)) die_now();
    if (refuses()) return -1;
    pthread_mutex_lock(&lock);
    int done = real_rename(old, new);
    if (!done) {
        int at = find(live, live_count, target);
        if (at >= 0) drop(live, &live_count, at);
        move(live, live_count, mine, target);
        /* Names in a folder may be durable before its own is; where that is durable too, it moves with the next sync. */
        if (find(durable, durable_count, mine) < 0) move(durable, durable_count, mine, target);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

static int removed(const char *mine, int done) {
    if (!done) {
        pthread_mutex_lock(&lock);
        int at = find(live, live_count, mine);
        if (at >= 0) drop(live, &live_count, at);
        pthread_mutex_unlock(&lock);
    }
    return done;
}

#define REMOVE(name) \
    int name(const char *path) { \
        REAL(int, name, const char *); \
        char whole[PATH_MAX]; \
        const char *mine = ours(path, whole); \
        if (!mine) return real_##name(path); \
        if (dies_at(mine)) die_now(); \
        if (refuses()) return -1; \
        return removed(mine, real_##name(path)); \
    }
REMOVE(unlink)
REMOVE(rmdir)

int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    char whole[PATH_MAX];
    const char *mine = ours(path, whole);
    if (mine && access(mine, F_OK) && refuses()) return -1;
    int done = real_mkdir(path, mode);
    if (mine && !done) {
        pthread_mutex_lock(&lock);
        put(live, &live_count, mine, -++last_id);
        pthread_mutex_unlock(&lock);
    }
    return done;
}

int linkat(int old_at, const char *old, int new_at, const char *new, int flags) {
    REAL(int, linkat, int, const char *, int, const char *, int);
    char from[PATH_MAX], to[PATH_MAX];
    const char *mine = ours(old, from), *target = ours(new, to);
    if (!target) return real_linkat(old_at, old, new_at, new, flags);
    if (dies_at(target)) die_now();
    if (refuses()) return -1;
    int done = real_linkat(old_at, old, new_at, new, flags);
    if (!done) {
        pthread_mutex_lock(&lock);
        int at = mine ? find(live, live_count, mine) : -1;
        put(live, &live_count, target, at >= 0 ? live[at].id : ++last_id);
        pthread_mutex_unlock(&lock);
    }
    return done;
}

/* Copies inside the kernel would pass unseen; callers fall back to reading and writing. */
ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t length, unsigned flags) {
    (void)in, (void)in_at, (void)out, (void)out_at, (void)length, (void)flags;
    errno = ENOSYS;
    return -1;
}

ssize_t sendfile64(int out, int in, off64_t *from, size_t count) {
    (void)out, (void)in, (void)from, (void)count;
    errno = ENOSYS;
    return -1;
}

int clock_gettime(clockid_t id, struct timespec *time) {
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    int done = real_clock_gettime(id, time);
    if (clock_wrong && id == CLOCK_REALTIME && !done) {
        int64_t nanos = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + *(volatile int64_t *)clock_wrong;
        time->tv_sec = nanos / 1000000000, time->tv_nsec = nanos % 1000000000;
    }
    return done;
}
