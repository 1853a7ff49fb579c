package dev.tidemill.sql.parser.grammar;

import java.util.Arrays;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.jspecify.annotations.Nullable;

/**
 * {@code json -> path} and {@code json ->> path} while they are parsed, for their precedence; the
 * call they make is one of JSON_EXTRACT or JSON_EXTRACT_STRING. A number is the place of an
 * element.
 */
final class JsonPathOperator extends SqlBinaryOperator {
  static final JsonPathOperator JSON = new JsonPathOperator("->", "JSON_EXTRACT");
  static final JsonPathOperator TEXT = new JsonPathOperator("->>", "JSON_EXTRACT_STRING");

  private static final int BINDS_BEFORE_CONCATENATION = 62;

  private final String function;

  private JsonPathOperator(String name, String function) {
    super(
        name, SqlKind.OTHER, BINDS_BEFORE_CONCATENATION, true, null, InferTypes.FIRST_KNOWN, null);
    this.function = function;
  }

  @Override
  public SqlCall createCall(
      @Nullable SqlLiteral qualifier, SqlParserPos position, @Nullable SqlNode... operands) {
    SqlNode path = operands[1];
    SqlNode text =
        path instanceof SqlNumericLiteral number && number.isInteger()
            ? SqlLiteral.createCharString("$[" + number.toValue() + "]", number.getParserPosition())
            : path;
    return new SqlUnresolvedFunction(
            new SqlIdentifier(function, position),
            null,
            null,
            null,
            null,
            SqlFunctionCategory.USER_DEFINED_FUNCTION)
        .createCall(position, Arrays.asList(operands[0], text));
  }
}
