/** The UNet of diffusion models: convolutions on the map of tokens, at several resolutions. */
@NullMarked
package org.ldae.unet;

import org.jspecify.annotations.NullMarked;
