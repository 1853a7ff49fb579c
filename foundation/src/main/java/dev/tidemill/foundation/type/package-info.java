/**
 * SQL types, their physical form in columns, and their place in Arrow's {@code Schema}. Start with
 * {@link dev.tidemill.foundation.type.Type}.
 */
@NullMarked
package dev.tidemill.foundation.type;

import org.jspecify.annotations.NullMarked;
