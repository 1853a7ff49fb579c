package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.sql.parser.statement.FromLast;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * The functions of Tidemill's SQL: what validates, and what each becomes. An operator that is not
 * here does not exist, so whatever validates can be planned. The families are lists of their own,
 * from {@link NumberFunctions} to {@link AggregateFunctions}.
 */
public final class Functions {
  /** What a call of a function becomes. */
  @FunctionalInterface
  public interface Translation {
    /**
     * The call as a plan has it.
     *
     * @param arguments translated, of whatever types the validator let through
     * @param type of the result
     * @param position of the call, for errors
     */
    Expression translate(List<Expression> arguments, Type type, SqlParserPos position);
  }

  /** Functions of the standard that Calcite defines and the translator knows by kind. */
  private static final List<SqlOperator> STANDARD =
      List.of(
          CastOperator.CAST,
          CastOperator.TRY_CAST,
          CastOperator.SAFE_CAST,
          SqlStdOperatorTable.CAST,
          SqlLibraryOperators.TRY_CAST,
          SqlLibraryOperators.SAFE_CAST,
          SqlLibraryOperators.ILIKE,
          SqlLibraryOperators.NOT_ILIKE,
          SqlStdOperatorTable.COALESCE,
          SqlStdOperatorTable.NULLIF,
          SqlStdOperatorTable.ROW,
          SqlStdOperatorTable.DESCRIPTOR,
          SqlStdOperatorTable.TUMBLE,
          SqlStdOperatorTable.HOP,
          SqlStdOperatorTable.COUNT,
          SqlStdOperatorTable.SUM0,
          SqlStdOperatorTable.SINGLE_VALUE,
          SqlStdOperatorTable.GROUPING,
          SqlStdOperatorTable.GROUPING_ID,
          SqlStdOperatorTable.ROW_NUMBER,
          SqlStdOperatorTable.RANK,
          SqlStdOperatorTable.DENSE_RANK,
          SqlStdOperatorTable.PERCENT_RANK,
          SqlStdOperatorTable.CUME_DIST,
          SqlStdOperatorTable.NTILE,
          SqlStdOperatorTable.LAG,
          SqlStdOperatorTable.LEAD,
          SqlStdOperatorTable.FIRST_VALUE,
          SqlStdOperatorTable.LAST_VALUE,
          SqlStdOperatorTable.NTH_VALUE);

  /** What other calls are made of; nobody writes them. */
  private static final Set<String> INTERNAL =
      Set.of(
          "$SUM0",
          "SINGLE_VALUE",
          "TRANSLATE3",
          FromLast.NAME,
          CollectionMakers.COUNTS,
          JsonFunctions.ENTRIES,
          TimeFunctions.AS_NUMBER,
          TimeFunctions.AS_TIME);

  /** Operators that are no functions and that nothing here can run. */
  private static final Set<SqlKind> REFUSED =
      Set.of(
          SqlKind.OVERLAPS,
          SqlKind.CONTAINS,
          SqlKind.PRECEDES,
          SqlKind.IMMEDIATELY_PRECEDES,
          SqlKind.SUCCEEDS,
          SqlKind.IMMEDIATELY_SUCCEEDS,
          SqlKind.PERIOD_EQUALS);

  /** Operators that are ours here. */
  private static final Set<SqlKind> ARITHMETIC =
      Set.of(SqlKind.PLUS, SqlKind.MINUS, SqlKind.TIMES, SqlKind.DIVIDE, SqlKind.MOD);

  static final Functions INSTANCE = new Functions();

  private final Map<SqlOperator, Translation> translations;
  private final Map<SqlKind, SqlOperator> arithmetic;
  private final List<SqlOperator> operators;
  private final SqlOperatorTable table;

  private Functions() {
    FunctionList functions = new FunctionList();
    STANDARD.forEach(functions::operator);
    WindowTableFunctions.operators().forEach(functions::operator);
    NestedValues.STAND_INS.forEach(functions::operator);
    for (SqlOperator operator : SqlStdOperatorTable.instance().getOperatorList()) {
      boolean known =
          operator instanceof SqlFunction
              || REFUSED.contains(operator.getKind())
              || isArithmetic(operator)
              || operator == SqlStdOperatorTable.CONCAT
              || operator == SqlStdOperatorTable.ITEM
              || STANDARD.contains(operator);
      if (!known) {
        functions.operator(operator);
      }
    }
    ArithmeticOperators.addTo(functions);
    NumberFunctions.addTo(functions);
    TextFunctions.addTo(functions);
    TimeFunctions.addTo(functions);
    ConditionalFunctions.addTo(functions);
    JsonFunctions.addTo(functions);
    CollectionFunctions.addTo(functions);
    CollectionMakers.addTo(functions);
    AggregateFunctions.addTo(functions);
    operators = functions.operators();
    translations = functions.translations();
    arithmetic = functions.arithmetic();
    table = new OperatorTable(operators);
  }

  public static Functions instance() {
    return INSTANCE;
  }

  SqlOperatorTable table() {
    return table;
  }

  /**
   * What becomes of calls of {@code operator}, or null if it is one that the translator knows by
   * kind.
   */
  public @Nullable Translation translation(SqlOperator operator) {
    return translations.get(operator);
  }

  /** The function of that name. */
  SqlOperator named(String name) {
    return operators.stream()
        .filter(operator -> operator.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  boolean isOurs(SqlOperator operator) {
    return translations.containsKey(operator);
  }

  /** Whether an aggregate is called so. */
  boolean isAggregate(String name) {
    return operators.stream().anyMatch(o -> o.isAggregator() && o.getName().equalsIgnoreCase(name));
  }

  /**
   * Whether an operator or an aggregate's other spelling has this name, or a part of the grammar.
   */
  boolean isTaken(String name) {
    return AggregateSpellings.NAMES.contains(name.toUpperCase(Locale.ROOT))
        || Macros.names().contains(name.toUpperCase(Locale.ROOT))
        || LambdaShape.of(name) != null
        || operators.stream().anyMatch(o -> o.getName().equalsIgnoreCase(name))
        || name.endsWith(UserFunctions.ROWS);
  }

  /** The names of all functions, sorted, upper case. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>(AggregateSpellings.NAMES);
    names.addAll(LambdaShape.names());
    names.addAll(Macros.names());
    for (SqlOperator operator : operators) {
      if (operator instanceof SqlFunction && !INTERNAL.contains(operator.getName())) {
        names.add(operator.getName().toUpperCase(Locale.ROOT));
      }
    }
    return Collections.unmodifiableSet(names);
  }

  /**
   * The operator with our result types that stands for {@code operator}, which may be Calcite's
   * own.
   */
  SqlOperator own(SqlOperator operator) {
    if (operator == SqlStdOperatorTable.CONCAT) {
      return Concatenation.INSTANCE;
    }
    if (operator == SqlStdOperatorTable.ITEM) {
      return NestedValues.ITEM;
    }
    return isArithmetic(operator)
        ? arithmetic.getOrDefault(operator.getKind(), operator)
        : operator;
  }

  /** The operator of a comparison. */
  static SqlOperator comparison(SqlKind kind) {
    return switch (kind) {
      case EQUALS -> SqlStdOperatorTable.EQUALS;
      case NOT_EQUALS -> SqlStdOperatorTable.NOT_EQUALS;
      case LESS_THAN -> SqlStdOperatorTable.LESS_THAN;
      case LESS_THAN_OR_EQUAL -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
      case GREATER_THAN -> SqlStdOperatorTable.GREATER_THAN;
      case GREATER_THAN_OR_EQUAL -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
      default -> throw new IllegalArgumentException(kind.name());
    };
  }

  /** Whether this is + - * / % or MOD; the difference of times with a unit is something else. */
  static boolean isArithmetic(SqlOperator operator) {
    return ARITHMETIC.contains(operator.getKind())
        && (operator.getSyntax() == SqlSyntax.BINARY || operator.getSyntax() == SqlSyntax.FUNCTION);
  }
}
