/** Picture files of every format to planes of 256 levels, and planes to other sizes. Not an API: use {@link org.ldae.data}. */
@NullMarked
package org.ldae.data.decoding;

import org.jspecify.annotations.NullMarked;
