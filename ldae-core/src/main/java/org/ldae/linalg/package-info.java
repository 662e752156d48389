/** Linear algebra in double precision that ND4J lacks or gets wrong: eigenvectors, Cholesky. */
@NullMarked
package org.ldae.linalg;

import org.jspecify.annotations.NullMarked;
