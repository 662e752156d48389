/** Image sources: readers for the common layouts, streaming and shuffled by seed. */
@NullMarked
package org.ldae.data;

import org.jspecify.annotations.NullMarked;
