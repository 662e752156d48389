/** Image sources held in memory, and views over other sources. Not an API: use {@link org.ldae.data.ImageSource}. */
@NullMarked
package org.ldae.data.sources;

import org.jspecify.annotations.NullMarked;
