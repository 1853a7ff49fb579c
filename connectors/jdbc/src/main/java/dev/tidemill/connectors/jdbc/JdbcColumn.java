package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.type.Type;

/**
 * A column as the engine sees it.
 *
 * @param name as declared, or as the database has it
 * @param type the engine's
 * @param nullable whether the engine expects NULLs
 * @param rules what the database may be asked of it
 */
record JdbcColumn(
    String name, Type type, boolean nullable, DatabaseColumn actual, FilterRules rules) {
  JdbcColumn with(FilterRules others) {
    return new JdbcColumn(name, type, nullable, actual, others);
  }
}
