/**
 * The border to Calcite: its type system, operator table, catalog reader, validator and converter bent to Tidemill's
 * SQL, and its errors in our words. Start with {@link dev.tidemill.planner.sql.SqlCompiler}.
 */
@NullMarked
package dev.tidemill.planner.sql;

import org.jspecify.annotations.NullMarked;
