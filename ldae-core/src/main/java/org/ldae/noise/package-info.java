/** Noise schedules, the times at which training visits them, and the weights of their errors. */
@NullMarked
package org.ldae.noise;

import org.jspecify.annotations.NullMarked;
