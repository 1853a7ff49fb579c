package dev.tidemill.sql.parser.statement;

/** A column in CREATE TABLE or ALTER TABLE … ADD COLUMN. */
public sealed interface ColumnDefinition {
  Name name();

  /**
   * A column with data of its own.
   *
   * @param type its node is a {@link org.apache.calcite.sql.SqlDataTypeSpec}
   */
  record Physical(Name name, SqlFragment type, boolean notNull) implements ColumnDefinition {}

  /** {@code name AS expression}; {@code AS PROCTIME()} is an expression like any other. */
  record Computed(Name name, SqlFragment expression) implements ColumnDefinition {}
}
