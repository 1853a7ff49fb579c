/**
 * The grammar: what JavaCC makes of Calcite's template and of {@code src/main/codegen} (start at
 * {@code includes/statements.ftl}: our statements, one production each; {@code templates/Parser.jj}
 * lists what we change in Calcite's), and what its actions call. Not for other packages than {@link
 * dev.tidemill.sql.parser}, which opens the door; knows no tables.
 */
@NullMarked
package dev.tidemill.sql.parser.grammar;

import org.jspecify.annotations.NullMarked;
