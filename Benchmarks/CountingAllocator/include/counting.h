#ifndef COUNTING_H
#define COUNTING_H

#include <stddef.h>

/// How often memory was asked for since the program began.
unsigned long allocation_count(void);

#endif
