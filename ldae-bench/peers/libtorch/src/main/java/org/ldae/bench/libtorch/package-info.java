/** libtorch, through DJL, as a peer of the speed report. */
@NullMarked
package org.ldae.bench.libtorch;

import org.jspecify.annotations.NullMarked;

