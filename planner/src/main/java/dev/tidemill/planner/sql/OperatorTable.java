package dev.tidemill.planner.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.jspecify.annotations.Nullable;

/**
 * Operators by name, in any case; a function is one however it is written: with parentheses,
 * without, with a star.
 */
final class OperatorTable implements SqlOperatorTable {
  private final List<SqlOperator> operators;
  private final Map<String, List<SqlOperator>> byName = new HashMap<>();

  OperatorTable(List<SqlOperator> operators) {
    this.operators = List.copyOf(operators);
    for (SqlOperator operator : operators) {
      byName.computeIfAbsent(key(operator.getName()), n -> new ArrayList<>()).add(operator);
    }
  }

  @Override
  public void lookupOperatorOverloads(
      SqlIdentifier name,
      @Nullable SqlFunctionCategory category,
      SqlSyntax syntax,
      List<SqlOperator> found,
      SqlNameMatcher matcher) {
    if (!name.isSimple()) {
      return;
    }
    for (SqlOperator operator : byName.getOrDefault(key(name.getSimple()), List.of())) {
      boolean same =
          operator.getSyntax().family == syntax.family
              || isFunction(operator.getSyntax()) && isFunction(syntax);
      if (same) {
        found.add(operator);
      }
    }
  }

  private static boolean isFunction(SqlSyntax syntax) {
    return switch (syntax) {
      case FUNCTION, FUNCTION_STAR, FUNCTION_ID, FUNCTION_ID_CONSTANT, ORDERED_FUNCTION -> true;
      default -> false;
    };
  }

  @Override
  public List<SqlOperator> getOperatorList() {
    return operators;
  }

  private static String key(String name) {
    return name.toUpperCase(Locale.ROOT);
  }
}
