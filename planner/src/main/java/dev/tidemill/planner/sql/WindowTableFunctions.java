package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.Selects;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlWindowTableFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandMetadata;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * The window functions of tables that Calcite lacks, or knows in another form. PARTITION BY of
 * their table becomes a second descriptor before anything is validated:
 *
 * <pre>
 *   SESSION(TABLE t PARTITION BY a, b, DESCRIPTOR(ts), gap)
 *   SESSION(TABLE t, DESCRIPTOR(ts), DESCRIPTOR(a, b), gap)
 * </pre>
 */
final class WindowTableFunctions {
  static final String CUMULATE = "CUMULATE";
  static final String SESSION = "SESSION";
  static final String TUMBLE_ROWS = "TUMBLE_ROWS";

  private static final Set<String> PARTITIONED = Set.of(SESSION, TUMBLE_ROWS);
  private static final Set<String> NAMES = Set.of("TUMBLE", "HOP", CUMULATE, SESSION, TUMBLE_ROWS);

  private WindowTableFunctions() {}

  /** Those that are not Calcite's own. */
  static List<SqlOperator> operators() {
    return List.of(
        new TimeFunction(CUMULATE, 5),
        new TimeFunction(SESSION, 4),
        new RowCountFunction(TUMBLE_ROWS, 4));
  }

  /** Whether a function is a window function of tables. */
  static boolean isOne(String name) {
    return NAMES.contains(name.toUpperCase(Locale.ROOT));
  }

  /**
   * A query whose window functions have descriptors in place of PARTITION BY, and a SELECT where
   * their table is {@code (… UNION ALL …)}: of another query Calcite takes each part for a table.
   * In joins they stand in a SELECT, since descriptors are resolved among all tables of FROM.
   */
  static SqlNode plain(SqlNode query) {
    SqlNode plain = query.accept(new Descriptors());
    return plain == null ? query : plain;
  }

  private static final class Descriptors extends SqlShuttle {
    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      SqlNode visited = super.visit(call);
      if (visited instanceof SqlJoin join) {
        join.setLeft(apart(join.getLeft()));
        join.setRight(apart(join.getRight()));
        return join;
      }
      if (!(visited instanceof SqlCall function)
          || !isOne(function.getOperator().getName())
          || function.operandCount() == 0
          || function.operand(0) == null) {
        return visited;
      }
      return selecting(
          function.operand(0).getKind() == SqlKind.SET_SEMANTICS_TABLE
              ? described(function)
              : function);
    }

    private static SqlCall described(SqlCall function) {
      String name = function.getOperator().getName().toUpperCase(Locale.ROOT);
      SqlCall table = function.operand(0);
      SqlNodeList keys = table.operand(1);
      SqlNodeList order = table.operand(2);
      if (order != null && !order.isEmpty()) {
        throw PlannerErrors.unsupported(
            "ORDER_BY_OF_A_WINDOWED_TABLE",
            "ORDER BY of the table of " + name + ", which goes by its time,",
            Positions.of(order.getParserPosition()));
      }
      if (!PARTITIONED.contains(name)) {
        throw PlannerErrors.invalid(
            name + " has no PARTITION BY: its windows are the same for all rows",
            Positions.of(keys.getParserPosition()));
      }
      List<SqlNode> operands = new ArrayList<>(function.getOperandList());
      operands.set(0, table.operand(0));
      operands.add(
          Math.min(2, operands.size()),
          SqlStdOperatorTable.DESCRIPTOR.createCall(keys.getParserPosition(), keys.getList()));
      return function.getOperator().createCall(function.getParserPosition(), operands);
    }

    /**
     * A side of a join; a window function as a query of its own, in which nothing but its table has
     * the names that its descriptors say.
     */
    private static SqlNode apart(SqlNode side) {
      if (side.getKind() == SqlKind.AS) {
        SqlCall as = (SqlCall) side;
        List<SqlNode> operands = new ArrayList<>(as.getOperandList());
        operands.set(0, apart(operands.get(0)));
        return as.getOperator().createCall(as.getParserPosition(), operands);
      }
      return side instanceof SqlCall table
              && table.getKind() == SqlKind.COLLECTION_TABLE
              && table.operand(0) instanceof SqlCall function
              && isOne(function.getOperator().getName())
          ? Selects.all(side, side.getParserPosition())
          : side;
    }

    private static SqlCall selecting(SqlCall function) {
      SqlNode table = function.operand(0);
      SqlNode query =
          table.getKind() == SqlKind.ARGUMENT_ASSIGNMENT ? ((SqlCall) table).operand(0) : table;
      if (!query.isA(SqlKind.QUERY)
          || query.getKind() == SqlKind.SELECT
          || query.getKind() == SqlKind.EXPLICIT_TABLE) {
        return function;
      }
      SqlNode select = Selects.all(query, query.getParserPosition());
      if (table != query) {
        select =
            ((SqlCall) table)
                .getOperator()
                .createCall(table.getParserPosition(), select, ((SqlCall) table).operand(1));
      }
      List<SqlNode> operands = new ArrayList<>(function.getOperandList());
      operands.set(0, select);
      return function.getOperator().createCall(function.getParserPosition(), operands);
    }
  }

  /** Adds {@code window_start} and {@code window_end} as timestamps. */
  private static final class TimeFunction extends SqlWindowTableFunction {
    TimeFunction(String name, int most) {
      super(name, new Operands(name, most));
    }
  }

  /** Adds {@code window_start} and {@code window_end} as numbers of rows. */
  private static final class RowCountFunction extends SqlWindowTableFunction {
    RowCountFunction(String name, int most) {
      super(name, new Operands(name, most));
    }

    @Override
    public SqlReturnTypeInference getRowTypeInference() {
      return binding -> {
        RelDataType input = binding.getOperandType(0);
        return binding
            .getTypeFactory()
            .builder()
            .kind(input.getStructKind())
            .addAll(input.getFieldList())
            .add("window_start", SqlTypeName.BIGINT)
            .add("window_end", SqlTypeName.BIGINT)
            .build();
      };
    }
  }

  /** A table, a descriptor of its time, perhaps one of keys, and what {@link TimeWindows} reads. */
  private record Operands(String function, int most) implements SqlOperandMetadata {
    @Override
    public List<RelDataType> paramTypes(RelDataTypeFactory factory) {
      return Collections.nCopies(most, factory.createSqlType(SqlTypeName.ANY));
    }

    @Override
    public List<String> paramNames() {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < most; i++) {
        names.add("operand" + i);
      }
      return names;
    }

    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
      List<SqlNode> operands = binding.operands();
      RelDataType row = binding.getValidator().getValidatedNodeType(operands.get(0));
      if (!row.isStruct() || operands.get(1).getKind() != SqlKind.DESCRIPTOR) {
        throw PlannerErrors.windowArguments(
            function, Positions.of(binding.getCall().getParserPosition()));
      }
      for (SqlNode operand : operands) {
        if (operand.getKind() == SqlKind.DESCRIPTOR) {
          ((SqlCall) operand).getOperandList().forEach(column -> check(column, row));
        }
      }
      return true;
    }

    private void check(SqlNode column, RelDataType row) {
      if (!(column instanceof SqlIdentifier name) || !name.isSimple()) {
        throw PlannerErrors.invalid(
            "PARTITION BY of "
                + function
                + " takes columns of the table: compute them in a subquery",
            Positions.of(column.getParserPosition()));
      }
      if (row.getFieldNames().stream().noneMatch(name.getSimple()::equalsIgnoreCase)) {
        throw PlannerErrors.columnNotFound(
            name.getSimple(), null, row.getFieldNames(), Positions.of(column.getParserPosition()));
      }
    }

    @Override
    public SqlOperandCountRange getOperandCountRange() {
      return SqlOperandCountRanges.between(2, most);
    }

    @Override
    public String getAllowedSignatures(SqlOperator operator, String name) {
      return name + "(TABLE t, DESCRIPTOR(time), …)";
    }
  }
}
