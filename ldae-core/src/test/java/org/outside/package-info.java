/** What a caller brings, without a change to the library. */
@NullMarked
package org.outside;

import org.jspecify.annotations.NullMarked;
