/** Tests on a cluster of executor processes. */
@NullMarked
package org.ldae.spark;

import org.jspecify.annotations.NullMarked;
