package dev.tidemill.sql.parser.statement;

/**
 * A parameter of CREATE FUNCTION.
 *
 * @param type its node is a {@link org.apache.calcite.sql.SqlDataTypeSpec}
 */
public record FunctionParameter(Name name, SqlFragment type) {}
