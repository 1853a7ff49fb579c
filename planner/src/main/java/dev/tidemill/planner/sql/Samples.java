package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.Selects;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSampleSpec;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * {@code t TABLESAMPLE BERNOULLI (10)} as {@code (SELECT * FROM t WHERE RANDOM() < 0.10) AS t}.
 * SYSTEM, which would take blocks of rows, takes rows.
 */
final class Samples extends SqlShuttle {
  private Samples() {}

  /** The query with such tables in the place of samples; the given node stays as it is. */
  static SqlNode opened(SqlNode query) {
    SqlNode opened = query.accept(new Samples());
    return opened == null ? query : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.getKind() != SqlKind.TABLESAMPLE) {
      return super.visit(call);
    }
    SqlParserPos position = call.getParserPosition();
    BigDecimal share = share(call.operand(1), position);
    SqlNode table = call.operand(0).accept(this);
    List<SqlNode> names = new ArrayList<>();
    if (table instanceof SqlCall as && as.getKind() == SqlKind.AS) {
      names.addAll(as.getOperandList().subList(1, as.operandCount()));
    } else if (table instanceof SqlIdentifier id) {
      names.add(new SqlIdentifier(Util.last(id.names), id.getParserPosition()));
    } else {
      names.add(new SqlIdentifier("$sample", position));
    }
    SqlNode condition =
        SqlStdOperatorTable.LESS_THAN.createCall(
            position,
            Spellings.call("RANDOM", position, List.of()),
            SqlLiteral.createExactNumeric(share.toPlainString(), position));
    List<SqlNode> operands = new ArrayList<>();
    operands.add(rows(table, condition, position));
    operands.addAll(names);
    return SqlStdOperatorTable.AS.createCall(position, operands);
  }

  private static BigDecimal share(SqlNode sample, SqlParserPos position) {
    Object value = ((SqlLiteral) sample).getValue();
    if (!(value instanceof SqlSampleSpec.SqlTableSampleSpec spec)) {
      throw PlannerErrors.unsupported("TABLESAMPLE SUBSTITUTE", Positions.of(position));
    }
    if (spec.isRepeatable()) {
      throw PlannerErrors.unsupported(
          "TABLESAMPLE_REPEATABLE",
          "TABLESAMPLE with REPEATABLE (a sample that is the same each time is WHERE MOD(id, 10) = 0)",
          Positions.of(position));
    }
    if (spec.sampleRate.compareTo(BigDecimal.ONE) > 0) {
      throw PlannerErrors.invalid(
          "a sample is of 0 to 100 percent, not "
              + spec.sampleRate.movePointRight(2).toPlainString(),
          Positions.of(position));
    }
    return spec.sampleRate;
  }

  private static SqlSelect rows(SqlNode table, SqlNode condition, SqlParserPos position) {
    return Selects.of(SqlNodeList.of(SqlIdentifier.star(position)), table, condition, position);
  }
}
