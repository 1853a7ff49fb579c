package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.planner.error.PlannerErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Table functions as what they are here: {@code f(x)} or {@code TABLE(f(x))}, alone or LATERAL, is
 * {@code UNNEST} of the ARRAY of all rows that f gives. So whatever holds of UNNEST holds of them,
 * in standing queries too. Those of users are that, and series, whose only column is called as the
 * table is.
 */
final class TableFunctions extends SqlShuttle {
  private static final Set<String> SERIES = Set.of("GENERATE_SERIES", "RANGE", "SEQUENCE");

  private final UserFunctions functions;

  private final Function<SqlNode, Type> types;

  private TableFunctions(UserFunctions functions, Function<SqlNode, Type> types) {
    this.functions = functions;
    this.types = types;
  }

  /**
   * A query without calls of table functions.
   *
   * @param types what the text of a type means
   */
  static SqlNode opened(SqlNode node, UserFunctions functions, Function<SqlNode, Type> types) {
    SqlNode opened = node.accept(new TableFunctions(functions, types));
    return opened == null ? node : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.getKind() == SqlKind.AS && call.operandCount() == 2) {
      String series = series(call.operand(0));
      if (series != null) {
        SqlNode rows = call.<SqlNode>operand(0).accept(this);
        SqlNode alias = call.operand(1);
        return named(((SqlCall) rows).operand(0), alias);
      }
    } else if (call.getKind() == SqlKind.AS && series(call.operand(0)) != null) {
      List<SqlNode> operands = new ArrayList<>(call.getOperandList());
      SqlNode rows = call.<SqlNode>operand(0).accept(this);
      operands.set(0, ((SqlCall) rows).operand(0));
      return call.getOperator().createCall(call.getParserPosition(), operands);
    }
    if (call.getKind() == SqlKind.LATERAL
        && call.operand(0) instanceof SqlCall table
        && table.getKind() == SqlKind.COLLECTION_TABLE) {
      SqlNode rows = rows(table);
      return rows == null ? super.visit(call) : rows;
    }
    if (call.getKind() == SqlKind.COLLECTION_TABLE) {
      SqlNode rows = rows(call);
      return rows == null ? super.visit(call) : rows;
    }
    return super.visit(call);
  }

  /** The name of a series that stands as a table, or null if it is none. */
  private static @Nullable String series(SqlNode table) {
    SqlNode plain =
        table.getKind() == SqlKind.LATERAL ? ((SqlCall) table).<SqlNode>operand(0) : table;
    if (plain.getKind() != SqlKind.COLLECTION_TABLE
        || !(((SqlCall) plain).operand(0) instanceof SqlCall call)) {
      return null;
    }
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    return SERIES.contains(name) ? name : null;
  }

  /** A table with one column of the same name. */
  private static SqlNode named(SqlNode rows, SqlNode name) {
    return SqlStdOperatorTable.AS.createCall(name.getParserPosition(), rows, name, name);
  }

  private @Nullable SqlNode rows(SqlCall table) {
    if (!(table.operand(0) instanceof SqlCall call)
        || !(call.getOperator() instanceof SqlFunction function)) {
      return null;
    }
    SqlParserPos position = call.getParserPosition();
    String series = series(table);
    if (series != null) {
      List<SqlNode> bounds = call.getOperandList().stream().map(o -> plain(o)).toList();
      return named(
          SqlStdOperatorTable.UNNEST.createCall(position, Spellings.call(series, position, bounds)),
          new SqlIdentifier(series.toLowerCase(Locale.ROOT), position));
    }
    if (call.getOperator().getName().equalsIgnoreCase("JSON_EACH")) {
      return jsonEach(call);
    }
    if (FileFunctions.isOne(call.getOperator().getName())) {
      return FileFunctions.table(call, types);
    }
    SqlIdentifier name = function.getNameAsId();
    String last = name.names.get(name.names.size() - 1);
    if (Functions.INSTANCE.isTaken(last) || UnsupportedFunctions.construct(last) != null) {
      return null;
    }
    SqlIdentifier placed = new SqlIdentifier(name.names, position);
    FunctionClass user = functions.function(last, placed);
    if (user == null) {
      throw PlannerErrors.functionNotFound(last, last, functions.names(), Positions.of(position));
    }
    if (user.kind() != FunctionClass.Kind.TABLE) {
      throw PlannerErrors.noTableFunction(user.function(), Positions.of(position));
    }
    List<SqlNode> operands = call.getOperandList().stream().map(o -> plain(o)).toList();
    return SqlStdOperatorTable.UNNEST.createCall(
        position, Spellings.call(last + UserFunctions.ROWS, position, operands));
  }

  /** JSON_EACH(json [, path]) as the rows of its members or elements. */
  private SqlNode jsonEach(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    if (call.operandCount() < 1 || call.operandCount() > 2) {
      throw PlannerErrors.argumentsInvalid(
          "JSON_EACH takes JSON and, if it is of a part, a path", Positions.of(position));
    }
    List<SqlNode> operands = new ArrayList<>();
    call.getOperandList().forEach(operand -> operands.add(plain(operand)));
    if (operands.size() == 1) {
      operands.add(SqlLiteral.createCharString("$", position));
    }
    return SqlStdOperatorTable.UNNEST.createCall(
        position, Spellings.call(JsonFunctions.ENTRIES, position, operands));
  }

  private SqlNode plain(SqlNode operand) {
    SqlNode visited = operand.accept(this);
    return visited == null ? operand : visited;
  }
}
