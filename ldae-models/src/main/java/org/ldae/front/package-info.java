/** What stands before a network and is not learnt with it. */
@NullMarked
package org.ldae.front;

import org.jspecify.annotations.NullMarked;
