package dev.tidemill.sql.parser.grammar;

import dev.tidemill.sql.parser.error.ParserErrors;
import dev.tidemill.sql.parser.statement.Selects;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.Util;

/**
 * {@code SELECT … USING SAMPLE}: of the rows of FROM, before WHERE, each with a probability, or so
 * many.
 *
 * <pre>
 *   SELECT a FROM t USING SAMPLE 10%    SELECT a FROM t WHERE RANDOM() &lt; 0.10
 *   SELECT a FROM t USING SAMPLE 5      SELECT a FROM (SELECT * FROM t ORDER BY RANDOM() LIMIT 5) AS t
 * </pre>
 */
record SampleClause(SqlNumericLiteral size, boolean isShare, SqlParserPos position) {
  private static final BigDecimal ALL = BigDecimal.valueOf(100);

  SampleClause {
    BigDecimal value = value(size);
    if (isShare ? value.compareTo(ALL) > 0 : value.stripTrailingZeros().scale() > 0) {
      throw ParserErrors.sampleSize(size.toValue(), Positions.of(size.getParserPosition()));
    }
  }

  SqlSelect of(SqlSelect query) {
    SqlNode from = query.getFrom();
    if (isShare) {
      SqlNode chance =
          SqlStdOperatorTable.LESS_THAN.createCall(
              position,
              random(),
              SqlLiteral.createExactNumeric(
                  value(size).movePointLeft(2).toPlainString(), size.getParserPosition()));
      SqlNode where = query.getWhere();
      query.setWhere(
          where == null ? chance : SqlStdOperatorTable.AND.createCall(position, chance, where));
    } else if (from != null) {
      query.setFrom(rows(from));
    }
    return query;
  }

  /** The table with the name it had. */
  private SqlNode rows(SqlNode table) {
    List<SqlNode> operands = new ArrayList<>();
    SqlNode all = Selects.all(table, position);
    operands.add(new SqlOrderBy(position, all, SqlNodeList.of(random()), null, size));
    switch (table) {
      case SqlJoin join ->
          throw ParserErrors.unsupported(
              "a sample of so many rows of a join",
              "a share is, as in USING SAMPLE 10%",
              Positions.of(position));
      case SqlCall as when as.getKind() == SqlKind.AS ->
          operands.addAll(as.getOperandList().subList(1, as.operandCount()));
      case SqlIdentifier name -> operands.add(new SqlIdentifier(Util.last(name.names), position));
      default -> operands.add(new SqlIdentifier("$sample", position));
    }
    return SqlStdOperatorTable.AS.createCall(position, operands);
  }

  private SqlNode random() {
    return new SqlUnresolvedFunction(
            new SqlIdentifier("RANDOM", position),
            null,
            null,
            null,
            null,
            SqlFunctionCategory.USER_DEFINED_FUNCTION)
        .createCall(position, List.of());
  }

  private static BigDecimal value(SqlNumericLiteral literal) {
    return new BigDecimal(String.valueOf(literal.toValue()));
  }
}
