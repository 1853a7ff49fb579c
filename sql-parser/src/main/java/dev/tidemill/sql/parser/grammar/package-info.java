/**
 * The grammar: what JavaCC makes of Calcite's template and of {@code src/main/codegen} ({@code includes/statements.ftl} is
 * the place to start: our statements, one production each), and what its actions call. Not for other packages than
 * {@link dev.tidemill.sql.parser}, which opens the door; knows no tables.
 */
@NullMarked
package dev.tidemill.sql.parser.grammar;

import org.jspecify.annotations.NullMarked;
