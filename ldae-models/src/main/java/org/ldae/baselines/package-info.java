/** Other ways to train the same encoder, to compare with: masked autoencoding, and supervision from scratch or from weights. */
@NullMarked
package org.ldae.baselines;

import org.jspecify.annotations.NullMarked;
