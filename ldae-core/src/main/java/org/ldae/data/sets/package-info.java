/** Sets on disk: folders, IDX, CIFAR, packed files, and downloads. Not an API: use {@link org.ldae.data.Dataset}. */
@NullMarked
package org.ldae.data.sets;

import org.jspecify.annotations.NullMarked;
