/** Tokenizers whose tokens are affine functions of their own patch: PCA, and autoencoders trained on exact moments (paper, section 4.2). */
@NullMarked
package org.ldae.tokenizers.linear;

import org.jspecify.annotations.NullMarked;
