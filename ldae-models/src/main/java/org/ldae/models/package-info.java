/** Recipes, training and the latent denoising autoencoder. */
@NullMarked
package org.ldae.models;

import org.jspecify.annotations.NullMarked;
