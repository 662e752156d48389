/** One engine for everything trained by gradient: options, loop, shares of a batch, image feed. */
@NullMarked
package org.ldae.training;

import org.jspecify.annotations.NullMarked;
