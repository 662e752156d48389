/** The vocabulary: shapes, tokenizers, noise schedules, denoisers, random streams and progress. */
@NullMarked
package org.ldae.core;

import org.jspecify.annotations.NullMarked;
