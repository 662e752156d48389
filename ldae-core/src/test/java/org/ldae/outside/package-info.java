/** What a user writes: from outside of the library's packages, with nothing but what is public. */
@NullMarked
package org.ldae.outside;

import org.jspecify.annotations.NullMarked;
