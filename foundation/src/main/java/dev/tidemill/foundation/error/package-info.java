/** The one exception type with its codes, kinds and positions. Depends on nothing. */
@NullMarked
package dev.tidemill.foundation.error;

import org.jspecify.annotations.NullMarked;
