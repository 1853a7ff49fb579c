/** What can be wrong with SQL text: {@link dev.tidemill.sql.parser.error.ParserErrors}. */
@NullMarked
package dev.tidemill.sql.parser.error;

import org.jspecify.annotations.NullMarked;
