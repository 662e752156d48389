/** The compute floor: kernels over float32 row-major buffers, portable and CPU. */
@NullMarked
package org.ldae.compute;

import org.jspecify.annotations.NullMarked;
