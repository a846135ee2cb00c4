/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two ways to provide a scene's files and service: in the simulated world (disk_world.c,
 * service_world.c), or as a folder of this machine and a process of its own (fuzz/real). The scene
 * and the runner are the same for both.
 */
#ifndef FUZZ_BACKEND_H
#define FUZZ_BACKEND_H

#include "service.h"

#include <stddef.h>

/* The scene's files. Paths as in the scene: "/store/ntds.dit". */
struct disk_backend {
    void (*reset)(void); /* removes everything */
    /* False: no room, or no parent. The bytes are borrowed until reset(). */
    bool (*make_directory)(const char *path);
    bool (*put)(const char *path, const void *bytes, size_t n);
    bool (*put_pattern)(const char *path, uint64_t size); /* file_pattern_byte() */
    /* The content; valid until the next get(). False: no such file. */
    bool (*get)(const char *path, const uint8_t **bytes, uint64_t *size);
    bool (*exists)(const char *path); /* whether anything has that name */
    /* Keeps the files of the store for scene_restore(); NULL: nothing can change the store here. */
    void (*keep)(void);
    uint64_t (*version)(void);               /* of the names: another one if they differ */
    bool (*is_durable)(const char *path);    /* would be there after a crash, as it is now */
    void (*remember)(unsigned slot);         /* saves the files put so far, for recall() */
    bool (*recall)(unsigned slot);           /* false: nothing was remembered */
    const char *(*path)(const char *path);   /* as the server knows it; valid until the next call */
    const char *(*hash)(const char *phrase); /* its hash in an accounts file; the same */
};

/* The service's process: each function as described in service.h under the same name. */
struct service_backend {
    void (*open)(bool restore_mode);
    uint32_t (*start)(enum service_mode mode);
    void (*stop)(void);
    void (*kill)(void);
    void (*power_fail)(void); /* NULL: no machine can be stopped here */
    bool (*inspect)(struct ntdsb_server_counts *out);
    const char *(*endpoint)(bool tcp);
    bool (*arm)(const struct fault *f);
    void (*settle)(void);
    unsigned (*deaths)(void);
};

extern const struct disk_backend disk_world;
extern const struct service_backend service_world;

/* The scene's files; disk_world at first. */
extern const struct disk_backend *scene_disk;
/* Call it before the first scene. Both are borrowed until the process ends. */
void scene_set_backend(const struct disk_backend *disk, const struct service_backend *service);
/* For scene_set_backend(): defined in service.c. */
void service_set_backend(const struct service_backend *service);

#endif
