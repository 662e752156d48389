/** Tokenizers: patches, PCA of patches. */
@NullMarked
package org.ldae.tokenizers;

import org.jspecify.annotations.NullMarked;
