/**
 * The border to Calcite: its type system, operator table, catalog reader, validator and converter
 * bent to Tidemill's SQL, its errors in our words, and the translation of its trees into the
 * algebra of {@code planner.logical}. Start with {@link dev.tidemill.planner.sql.SqlCompiler}, then
 * {@link dev.tidemill.planner.sql.RelTranslator}.
 */
@NullMarked
package dev.tidemill.planner.sql;

import org.jspecify.annotations.NullMarked;
