/** The convolutional variational autoencoder of latent diffusion, with its perceptual and adversarial losses (paper, Tab. 1 and 2). */
@NullMarked
package org.ldae.tokenizers.conv;

import org.jspecify.annotations.NullMarked;
