/** Linear algebra in double precision that ND4J lacks or gets wrong: eigenvectors, Cholesky, products of columns
 * split over threads. */
@NullMarked
package org.ldae.linalg;

import org.jspecify.annotations.NullMarked;
