package dev.tidemill.sql.parser.grammar;

import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.jspecify.annotations.Nullable;

/**
 * {@code expression::type} while it is parsed, for its precedence; the call it makes is an ordinary
 * CAST.
 */
final class InfixCastOperator extends SqlBinaryOperator {
  static final InfixCastOperator INSTANCE = new InfixCastOperator();

  private static final int BINDS_LIKE_A_DOT = 94;

  private InfixCastOperator() {
    super("::", SqlKind.CAST, BINDS_LIKE_A_DOT, true, null, InferTypes.FIRST_KNOWN, null);
  }

  @Override
  public SqlCall createCall(
      @Nullable SqlLiteral qualifier, SqlParserPos position, @Nullable SqlNode... operands) {
    return SqlStdOperatorTable.CAST.createCall(position, operands);
  }
}
