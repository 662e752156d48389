/** The vocabulary: shapes, random streams, progress, files. */
@NullMarked
package org.ldae.core;

import org.jspecify.annotations.NullMarked;
