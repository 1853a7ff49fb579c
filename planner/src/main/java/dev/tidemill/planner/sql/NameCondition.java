package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLambda;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlLikeOperator;

/**
 * The condition of {@code COLUMNS(c -> c LIKE 'a%' AND c <> 'ab')} on the name of a column. The
 * columns have to be known before the query is validated, so it is a few comparisons with
 * constants, and what AND, OR and NOT make of them.
 *
 * @param parameter the name of the lambda's parameter
 * @param condition its body
 */
record NameCondition(String parameter, SqlNode condition) {
  static NameCondition of(SqlLambda lambda) {
    SqlNodeList parameters = lambda.getParameters();
    if (parameters.size() != 1) {
      throw refused(lambda);
    }
    return new NameCondition(
        ((SqlIdentifier) parameters.get(0)).getSimple(), lambda.getExpression());
  }

  boolean holds(String name) {
    return holds(condition, name);
  }

  private boolean holds(SqlNode node, String name) {
    if (!(node instanceof SqlCall call)) {
      throw refused(node);
    }
    return switch (call.getKind()) {
      case AND -> call.getOperandList().stream().allMatch(part -> holds(part, name));
      case OR -> call.getOperandList().stream().anyMatch(part -> holds(part, name));
      case NOT -> !holds(call.operand(0), name);
      case EQUALS -> text(call.operand(0), name).equals(text(call.operand(1), name));
      case NOT_EQUALS -> !text(call.operand(0), name).equals(text(call.operand(1), name));
      case IN -> isAmong(call, name);
      case NOT_IN -> !isAmong(call, name);
      default ->
          call.getOperator() instanceof SqlLikeOperator like
              ? like(call, like, name)
              : function(call, name);
    };
  }

  private boolean isAmong(SqlCall call, String name) {
    if (!(call.operand(1) instanceof SqlNodeList values)) {
      throw refused(call);
    }
    String text = text(call.operand(0), name);
    return values.stream().anyMatch(value -> text(value, name).equals(text));
  }

  private boolean like(SqlCall call, SqlLikeOperator like, String name) {
    if (call.operandCount() != 2 || like.getKind() != SqlKind.LIKE) {
      throw refused(call);
    }
    int flags =
        like.getName().contains("ILIKE") ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
    String regex = StarColumns.likeRegex(text(call.operand(1), name));
    boolean matches = Pattern.compile(regex, flags).matcher(text(call.operand(0), name)).matches();
    return matches != like.isNegated();
  }

  private boolean function(SqlCall call, String name) {
    if (call.operandCount() != 2) {
      throw refused(call);
    }
    String value = text(call.operand(0), name);
    String other = text(call.operand(1), name);
    return switch (call.getOperator().getName().toUpperCase(Locale.ROOT)) {
      case "STARTS_WITH", "STARTSWITH", "PREFIX" -> value.startsWith(other);
      case "ENDS_WITH", "ENDSWITH", "SUFFIX" -> value.endsWith(other);
      case "CONTAINS" -> value.contains(other);
      case "REGEXP_LIKE", "REGEXP_MATCHES" -> {
        try {
          yield Pattern.compile(other).matcher(value).find();
        } catch (PatternSyntaxException e) {
          throw refused(call);
        }
      }
      default -> throw refused(call);
    };
  }

  private String text(SqlNode node, String name) {
    return switch (node) {
      case SqlIdentifier id when id.isSimple() && id.getSimple().equalsIgnoreCase(parameter) ->
          name;
      case SqlCharStringLiteral literal -> String.valueOf(literal.toValue());
      case SqlCall call
          when call.operandCount() == 1 && call.getOperator().getName().equalsIgnoreCase("LOWER") ->
          text(call.operand(0), name).toLowerCase(Locale.ROOT);
      case SqlCall call
          when call.operandCount() == 1 && call.getOperator().getName().equalsIgnoreCase("UPPER") ->
          text(call.operand(0), name).toUpperCase(Locale.ROOT);
      default -> throw refused(node);
    };
  }

  private static RuntimeException refused(SqlNode node) {
    return PlannerErrors.unsupported(
        "COLUMNS_LAMBDA",
        "this condition in COLUMNS, which takes LIKE, =, IN and STARTS_WITH of the name, with AND, OR and NOT,",
        Positions.of(node.getParserPosition()));
  }
}
