/* The small text files that tell PID 1 what to do: one thing a line. */
#ifndef VB_TEXT_FILE_H
#define VB_TEXT_FILE_H

#include <sys/types.h>

enum { MAX_FILE = 64 * 1024 };

/* Reads a whole file as text; its length, or -1 with errno (EFBIG when it does not fit). */
ssize_t read_text(const char *path, char text[MAX_FILE]);

/* Cuts the next line off a text: NULL when there is none left. An empty line is a line. */
char *next_line(char **text);

/* Cuts the next word off a line: NULL when there is none left. */
char *next_word(char **line);

#endif
