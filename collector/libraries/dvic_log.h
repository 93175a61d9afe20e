/* Logs of a demo for Almanac, which reads /tmp/dvic_log_* of every machine. One header, C99 or C++, Linux.
 *
 *     #include "dvic_log.h"
 *     dvic_log("started"); dvic_warning("hot"); dvic_error("no camera");
 *
 * Never blocks and never fails: where no log can be written, none is. Each file that includes it writes a log of its
 * own, so include it in one, before other headers. Threads share it once one of them has written. MIT licence, as Almanac.
 */
#ifndef DVIC_LOG_H
#define DVIC_LOG_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define DVIC_MOST 50000000L /* bytes after which nothing more is written, so that no demo fills the disk */

static int dvic_file = -1;
static struct stat dvic_same; /* which file that is: a demo may close it, and open another by the same number */
static pid_t dvic_pid = 0;

/* The beginning of a small file as text, without the end of its line; empty if it can't be read. */
static void dvic_read(const char *path, char *text, size_t size) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, text, size - 1);
    if (file >= 0) close(file);
    text[length > 0 ? length : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

static void dvic_put(const char *text, size_t length) {
    struct stat told;
    struct rlimit most;
    if (dvic_file < 0 || fstat(dvic_file, &told) != 0 || told.st_size > DVIC_MOST) return;
    if (told.st_dev != dvic_same.st_dev || told.st_ino != dvic_same.st_ino) return;
    /* beyond this limit a write would end the demo by a signal */
    if (getrlimit(RLIMIT_FSIZE, &most) != 0) return;
    if (most.rlim_cur != RLIM_INFINITY && (rlim_t)told.st_size + length > most.rlim_cur) return;
    if (write(dvic_file, text, length) < 0) return;
}

/* Field 22 of /proc/self/stat; the name before it may hold anything. */
static unsigned long long dvic_start(void) {
    char stat[1024], *word;
    int field;
    dvic_read("/proc/self/stat", stat, sizeof stat);
    word = strrchr(stat, ')');
    for (field = 2; word != NULL && field < 22; field++) word = strchr(word + 1, ' ');
    return word == NULL ? 0 : strtoull(word, NULL, 10);
}

static void dvic_end(void) {
    if (dvic_pid == getpid()) dvic_put("dvic-log end\n", 13);
}

static void dvic_begin(void) {
    char path[64], line[1024], boot[64], program[600];
    unsigned char noise[12];
    size_t place, i;
    ssize_t length;
    int made, low, source = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (source < 0) return;
    length = read(source, noise, sizeof noise);
    close(source);
    if (length != (ssize_t)sizeof noise) return;
    place = (size_t)sprintf(path, "/tmp/dvic_log_");
    for (i = 0; i < sizeof noise; i++) place += (size_t)sprintf(path + place, "%02x", noise[i]);
    length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    for (i = 0; program[i] != '\0'; i++)
        if (program[i] == '\n') program[i] = ' ';
    dvic_read("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
    low = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (low < 0) return;
    dvic_file = fcntl(low, F_DUPFD_CLOEXEC, 3); /* never in the place of the standard streams, were they closed */
    close(low);
    if (dvic_file < 0 || fstat(dvic_file, &dvic_same) != 0 || fchmod(dvic_file, 0644) != 0) return;
    made = snprintf(line, sizeof line, "dvic-log 1 %ld %llu %s %lu %s\n", (long)getpid(), dvic_start(),
                    boot[0] ? boot : "-", (unsigned long)getuid(), program[0] ? program : "unknown");
    if (made > 0 && made < (int)sizeof line) dvic_put(line, (size_t)made);
}

static void dvic_write(const char *level, const char *text) {
    char line[1200], stamp[32];
    time_t now = time(NULL);
    struct tm parts;
    int kept = errno, made;
    if (dvic_pid != getpid()) { /* the first line, also after a fork */
        if (dvic_pid == 0) atexit(dvic_end);
        dvic_pid = getpid();
        dvic_file = -1;
        dvic_begin();
    }
    if (gmtime_r(&now, &parts) != NULL && strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0) {
        made = snprintf(line, sizeof line - 1, "%s %s : %.1000s", stamp, level, text == NULL ? "" : text);
        for (; made > 0 && strchr(line, '\n') != NULL;) *strchr(line, '\n') = ' ';
        if (made > 0) {
            strcat(line, "\n");
            dvic_put(line, strlen(line));
        }
    }
    errno = kept;
}

static inline void dvic_log(const char *text) { dvic_write("Log", text); }
static inline void dvic_warning(const char *text) { dvic_write("Warning", text); }
static inline void dvic_error(const char *text) { dvic_write("Error", text); }

#endif
