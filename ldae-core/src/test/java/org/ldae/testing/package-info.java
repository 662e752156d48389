/** Fixtures that the tests of all modules share. */
@NullMarked
package org.ldae.testing;

import org.jspecify.annotations.NullMarked;
