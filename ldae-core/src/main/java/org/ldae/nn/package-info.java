/** Layers with hand-written forward and backward passes, parameters and the optimiser. */
@NullMarked
package org.ldae.nn;

import org.jspecify.annotations.NullMarked;
