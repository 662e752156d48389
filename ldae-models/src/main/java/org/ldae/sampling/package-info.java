/** Samplers from noise to images, and the Frechet distance between sets of features. */
@NullMarked
package org.ldae.sampling;

import org.jspecify.annotations.NullMarked;
