/**
 * Typing SQL: where a statement ends, what its parts look like, what may come next. Start with
 * {@link dev.tidemill.shell.editing.SqlTokens}.
 */
@NullMarked
package dev.tidemill.shell.editing;

import org.jspecify.annotations.NullMarked;
