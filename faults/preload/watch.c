/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of the calls: their places, the fault, the ledger; and where the program begins and
 * ends.
 */
#include "watch.h"
#include "crash.h"
#include "serve.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern int __open(const char *path, int flags, ...); // NOLINT
extern int __close(int fd);                          // NOLINT

enum { ENDED = 1 /* of a block: was used */ };

static struct preload_shared *shared; /* NULL: nobody watches this process */
static struct preload_shared *told;   /* what is told of the processes that it begins */
static atomic_flag busy = ATOMIC_FLAG_INIT;
static struct range {
    uintptr_t low, high, base;
    bool libc;
} ranges[PRELOAD_OBJECTS];

/* A child of vfork() has this memory, too, and is not watched. */
static bool is_watched(void)
{
    return shared != NULL && shared->owner == getpid();
}

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
        ;
}

static void unlock(void)
{
    atomic_flag_clear_explicit(&busy, memory_order_release);
}

/* Enters an object that the table does not have. */
static int note_object(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    struct range r = {UINTPTR_MAX, 0, info->dlpi_addr, false};
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD) {
            uintptr_t low = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            r.low = low < r.low ? low : r.low;
            r.high = low + info->dlpi_phdr[i].p_memsz > r.high ? low + info->dlpi_phdr[i].p_memsz
                                                               : r.high;
        }
    for (uint32_t i = 0; i < shared->objects; i++)
        if (ranges[i].low == r.low)
            return 0;
    if (shared->objects == PRELOAD_OBJECTS)
        return 1;
    const char *slash = strrchr(info->dlpi_name, '/'),
               *name = slash != NULL ? slash + 1 : info->dlpi_name;
    r.libc = strncmp(name, "libc.so", 7) == 0 || strncmp(name, "ld-linux", 8) == 0 ||
             strncmp(name, "librundown_preload", 18) == 0;
    strncpy(shared->object[shared->objects], info->dlpi_name, PRELOAD_PATH - 1);
    ranges[shared->objects++] = r;
    return 0;
}

static int object_of(uintptr_t address)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        for (uint32_t i = 0; i < shared->objects; i++)
            if (address >= ranges[i].low && address < ranges[i].high)
                return (int)i;
        dl_iterate_phdr(note_object, NULL);
    }
    return NOWHERE;
}

/* The place of a call; NOWHERE: it is one of libc itself, or there is no room for it. */
static int place_of(enum fault_class class, const void *caller)
{
    int object = object_of((uintptr_t)caller - 1);
    if (object == NOWHERE || ranges[object].libc) {
        shared->inside_libc++;
        return NOWHERE;
    }
    uint64_t offset = (uintptr_t)caller - ranges[object].base;
    for (uint32_t i = 0; i < shared->places; i++)
        if (shared->place[i].offset == offset && shared->place[i].object == object &&
            shared->place[i].class == class)
            return (int)i;
    if (shared->places == PRELOAD_PLACES) {
        shared->lost_places++;
        return NOWHERE;
    }
    shared->place[shared->places] =
        (struct preload_place){(uint16_t)object, (uint16_t) class, 0, offset};
    return (int)shared->places++;
}

/* Whether the fault hits this call, and how. */
static struct fault_effect strike(const struct preload_place *place)
{
    const struct fault_effect none = {FAULT_GO_ON, 0};
    const struct preload_fault *f = &shared->fault;
    if (!f->armed || place->class != f->class ||
        (f->bound &&
         (place->offset != f->offset || strcmp(shared->object[place->object], f->object) != 0)))
        return none;
    if (++shared->matching < f->nth || shared->matching - f->nth >= f->limit)
        return none;
    struct fault_effect effect = f->effects[shared->fired++ == 0 ? 0 : 1];
    shared->struck = (uint32_t)(place - shared->place) + 1;
    if (fault_ends_process(effect)) {
        shared->killed = true;
        kill(getpid(), SIGKILL);
    }
    return effect;
}

bool preload_note_frame(uintptr_t address)
{
    int object = shared != NULL ? object_of(address) : NOWHERE;
    if (object != NOWHERE && !ranges[object].libc && shared->frames < PRELOAD_FRAMES)
        shared->frame[shared->frames++] =
            (struct preload_frame){(uint16_t)object, address - ranges[object].base};
    return shared != NULL && shared->frames < PRELOAD_FRAMES;
}

/* A call at a fault point. */
struct fault_effect preload_cross(enum fault_class class, const void *caller, int *place)
{
    struct fault_effect effect = {FAULT_GO_ON, 0};
    *place = NOWHERE;
    if (!is_watched())
        return effect;
    lock();
    *place = place_of(class, caller);
    if (*place != NOWHERE) {
        if (shared->crossings < PRELOAD_CROSSINGS)
            shared->crossing[shared->crossings] = (uint16_t)*place;
        shared->crossings++;
        effect = strike(&shared->place[*place]);
    }
    unlock();
    if (effect.action == FAULT_FAIL)
        errno = effect.value;
    return effect;
}

static size_t slot_of(const void *block)
{
    return (size_t)((uintptr_t)block >> 4) % PRELOAD_BLOCKS;
}

void *preload_keep(void *block, int place)
{
    if (block == NULL || place == NOWHERE || !is_watched())
        return block;
    lock();
    size_t i = slot_of(block), tried = 0;
    while (tried < PRELOAD_BLOCKS && shared->block[i].address > ENDED) {
        i = (i + 1) % PRELOAD_BLOCKS;
        tried++;
    }
    if (tried < PRELOAD_BLOCKS) {
        shared->block[i].address = (uintptr_t)block;
        shared->block[i].place = (uint32_t)place;
        shared->place[place].held++;
    } else {
        shared->lost_blocks++;
    }
    unlock();
    return block;
}

/* The block is released. Returns its place; NOWHERE: it is not in the ledger. */
int preload_drop(const void *block)
{
    int place = NOWHERE;
    if (block == NULL || !is_watched())
        return place;
    lock();
    size_t i = slot_of(block);
    for (size_t n = 0; n < PRELOAD_BLOCKS && shared->block[i].address != 0; n++) {
        if (shared->block[i].address == (uintptr_t)block) {
            shared->block[i].address = ENDED;
            place = (int)shared->block[i].place;
            shared->place[place].held--;
            break;
        }
        i = (i + 1) % PRELOAD_BLOCKS;
    }
    unlock();
    return place;
}

int preload_keep_descriptor(int fd, int place)
{
    if (place != NOWHERE && fd >= 0 && fd < PRELOAD_DESCRIPTORS && is_watched()) {
        lock();
        shared->descriptor[fd] = (uint16_t)(place + 1);
        shared->place[place].held++;
        unlock();
    }
    return fd;
}

void preload_drop_descriptor(int fd)
{
    if (fd < 0 || fd >= PRELOAD_DESCRIPTORS || !is_watched() || shared->descriptor[fd] == 0)
        return;
    lock();
    shared->place[shared->descriptor[fd] - 1].held--;
    shared->descriptor[fd] = 0;
    unlock();
}

/* Before a fork: a copy of all that is held goes with a child. */
static void count_inherited(void)
{
    uint32_t held = 0, descriptors = 0;
    if (shared == NULL)
        return;
    lock();
    for (uint32_t i = 0; i < shared->places; i++)
        held += shared->place[i].held;
    for (unsigned i = 0; i < PRELOAD_DESCRIPTORS; i++)
        descriptors += shared->descriptor[i] != 0;
    if (held - descriptors > shared->inherited_blocks)
        shared->inherited_blocks = held - descriptors;
    if (descriptors > shared->inherited_descriptors)
        shared->inherited_descriptors = descriptors;
    unlock();
}

static void leave_child(void)
{
    if (shared != NULL)
        shared->children++;
    shared = NULL;
}

void preload_count_static(void)
{
    if (told != NULL)
        told->statics++;
}

void preload_count_privileged(void)
{
    if (told != NULL)
        told->privileged++;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("RUNDOWN_PRELOAD");
    int fd = path != NULL ? __open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd == -1)
        return;
    struct preload_shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    __close(fd);
    if (s == MAP_FAILED)
        return;
    told = s;
    if (s->owner != 0) {
        s->programs++;
        return;
    }
    s->owner = getpid();
    pthread_atfork(count_inherited, NULL, leave_child);
    shared = s;
    dl_iterate_phdr(note_object, NULL);
    preload_await_crash();
}

/* A program that ends in the middle leaves what it holds then: that is told from a return of
 * main(). */
static int (*program)(int count, char **words, char **environment);

static int run_program(int count, char **words, char **environment)
{
    if (!preload_serve())
        _exit(0);
    if (shared != NULL)
        shared->owner = getpid();
    int code = program(count, words, environment);
    if (shared != NULL)
        shared->returned = true;
    return code;
}

/* Called by the start-up code of each program. */
typedef int start(int (*program)(int, char **, char **), int count, char **words,
                  void (*init)(void), void (*fini)(void), void (*linker_fini)(void),
                  void *stack_end);
extern start __libc_start_main; // NOLINT

int __libc_start_main(int (*entry)(int, char **, char **), int count, char **words, // NOLINT
                      void (*init)(void), void (*fini)(void), void (*linker_fini)(void),
                      void *stack_end)
{
    start *next;
    *(void **)&next = dlsym(RTLD_NEXT, "__libc_start_main");
    program = entry;
    return next(run_program, count, words, init, fini, linker_fini, stack_end);
}
