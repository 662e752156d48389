/** Images in: sources and sets, how files are read, augmentation, batches and reading ahead. */
@NullMarked
package org.ldae.data;

import org.jspecify.annotations.NullMarked;
