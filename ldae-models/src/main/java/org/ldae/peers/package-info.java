/** Other ways to train the same encoder, to compare with: masked autoencoding, and supervision from scratch or from weights. */
@NullMarked
package org.ldae.peers;

import org.jspecify.annotations.NullMarked;
