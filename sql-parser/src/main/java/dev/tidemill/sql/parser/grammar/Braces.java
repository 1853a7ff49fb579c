package dev.tidemill.sql.parser.grammar;

import java.util.List;
import org.apache.calcite.sql.SqlLambda;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Nested values in the brackets and braces of DuckDB, as the calls they are short for. */
final class Braces {
  private Braces() {}

  /**
   * A ROW of names and values by turns: {@code {'a': 1}} is {@code NAMED_STRUCT('a', 1)}.
   *
   * @param fields names and values by turns
   */
  static SqlNode struct(List<SqlNode> fields, SqlParserPos position) {
    return InfixFunction.call("NAMED_STRUCT", position, fields);
  }

  /**
   * {@code [value FOR x IN list IF condition]}: LIST_TRANSFORM of what LIST_FILTER leaves.
   *
   * @param parameters the element, and its place
   */
  static SqlNode comprehension(
      SqlNode value,
      List<SqlNode> parameters,
      SqlNode list,
      @Nullable SqlNode condition,
      SqlParserPos position) {
    SqlNode chosen =
        condition == null
            ? list
            : InfixFunction.call("LIST_FILTER", position, list, lambda(parameters, condition));
    return InfixFunction.call("LIST_TRANSFORM", position, chosen, lambda(parameters, value));
  }

  private static SqlNode lambda(List<SqlNode> parameters, SqlNode body) {
    SqlParserPos position = body.getParserPosition();
    return new SqlLambda(position, new SqlNodeList(parameters, position), body);
  }
}
