/** One way to run over many images: in chunks, on all workers, in one patch layout. */
@NullMarked
package org.ldae.inference;

import org.jspecify.annotations.NullMarked;
