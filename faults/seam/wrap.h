/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other side of the seam: the functions that the target's calls arrive at. One prototype for
 * each name in wrapped.txt; each behaves as the manual page of the plain name says.
 */
#ifndef FAULTS_WRAP_H
#define FAULTS_WRAP_H

#include <crypt.h>
#include <dirent.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size);
int __wrap_posix_memalign(void **out, size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);
wchar_t *__wrap_wcsdup(const wchar_t *text);
int __wrap_asprintf(char **out, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_vasprintf(char **out, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/* As _FORTIFY_SOURCE calls them. */
int __wrap___asprintf_chk(char **out, int flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int __wrap___vasprintf_chk(char **out, int flag, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
ssize_t __wrap_getdelim(char **line, size_t *n, int end, FILE *stream);
ssize_t __wrap_getline(char **line, size_t *n, FILE *stream);
void __wrap_free(void *block);
void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
int __wrap_munmap(void *address, size_t length);
int __wrap_mlock(const void *address, size_t length);
int __wrap_munlock(const void *address, size_t length);
int __wrap_madvise(void *address, size_t length, int advice);

int __wrap_socket(int domain, int type, int protocol);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
ssize_t __wrap_send(int fd, const void *bytes, size_t n, int flags);
ssize_t __wrap_recv(int fd, void *room, size_t n, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *length);
int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t length);
int __wrap_eventfd(unsigned count, int flags);

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int __wrap_eventfd_read(int fd, eventfd_t *value);
int __wrap_eventfd_write(int fd, eventfd_t value);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
int __wrap_close(int fd);
long __wrap_syscall(long number, ...);

int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...);
char *__wrap_realpath(const char *path, char *out);
ssize_t __wrap_read(int fd, void *room, size_t n);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t offset);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_posix_fadvise(int fd, off_t offset, off_t length, int advice);
int __wrap_fchown(int fd, uid_t owner, gid_t group);
ssize_t __wrap_pread(int fd, void *room, size_t n, off_t offset);
int __wrap_fstat(int fd, struct stat *out);
int __wrap_fstatat(int directory, const char *path, struct stat *out, int flags);
int __wrap_stat(const char *path, struct stat *out);
int __wrap_lstat(const char *path, struct stat *out);
int __wrap_access(const char *path, int mode);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_renameat(int from_directory, const char *from, int to_directory, const char *to);
int __wrap_unlinkat(int directory, const char *path, int flags);
int __wrap_mkdirat(int directory, const char *path, mode_t mode);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_mkdir(const char *path, mode_t mode);
DIR *__wrap_opendir(const char *path);
DIR *__wrap_fdopendir(int fd);
struct dirent *__wrap_readdir(DIR *stream);
int __wrap_closedir(DIR *stream);
int __wrap_flock(int fd, int operation);

int __wrap_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int __wrap_puts(const char *text);
int __wrap_putchar(int c);
int __wrap_fprintf(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_vfprintf(FILE *stream, const char *format, va_list arguments);
int __wrap_fputs(const char *text, FILE *stream);
int __wrap_fputc(int c, FILE *stream);
size_t __wrap_fwrite(const void *bytes, size_t size, size_t count, FILE *stream);
int __wrap_fflush(FILE *stream);
FILE *__wrap_open_memstream(char **text, size_t *n);
int __wrap_fclose(FILE *stream);
int __wrap_ferror(FILE *stream);

mode_t __wrap_umask(mode_t mask);
uid_t __wrap_geteuid(void);
gid_t __wrap_getegid(void);
int __wrap_isatty(int fd);
sighandler_t __wrap_signal(int number, sighandler_t handler);
int __wrap_sigaction(int number, const struct sigaction *action, struct sigaction *old);
int __wrap_fcntl(int fd, int command, ...);

int __wrap_clock_gettime(clockid_t clock, struct timespec *out);
ssize_t __wrap_getrandom(void *room, size_t n, unsigned flags);
int __wrap_gethostname(char *out, size_t n);
int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out);
void __wrap_freeaddrinfo(struct addrinfo *list);
char *__wrap_crypt_r(const char *phrase, const char *setting, struct crypt_data *data);
char *__wrap_secure_getenv(const char *name);

#endif
