/** The road from a diffusion model to a denoising autoencoder, one change at a time (paper, sections 4.1 to 4.3). */
@NullMarked
package org.ldae.deconstruction;

import org.jspecify.annotations.NullMarked;
