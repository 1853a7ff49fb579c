package dev.tidemill.sql.parser.statement;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * {@code array[from:to]}, a call with three operands; the first and the last element stand for
 * bounds that are left out.
 */
public final class SliceOperator extends SqlSpecialOperator {
  private static final int BINDS_LIKE_AN_INDEX = 100;

  private final boolean hasFrom;
  private final boolean hasTo;
  private final boolean isBounds;

  private SliceOperator(boolean hasFrom, boolean hasTo, boolean isBounds) {
    super("SLICE", SqlKind.OTHER, BINDS_LIKE_AN_INDEX, true, null, null, null);
    this.hasFrom = hasFrom;
    this.hasTo = hasTo;
    this.isBounds = isBounds;
  }

  /** {@code from:to}, which is in the brackets, until the parser knows what stands before them. */
  public static SqlNode bounds(
      @Nullable SqlNode from, @Nullable SqlNode to, SqlParserPos position) {
    return new SliceOperator(from != null, to != null, true)
        .createCall(
            position,
            from == null ? SqlLiteral.createExactNumeric("1", position) : from,
            to == null ? SqlLiteral.createExactNumeric("-1", position) : to);
  }

  /** The operator for what is in the brackets, if those are bounds, else null. */
  public static @Nullable SliceOperator of(SqlNode subscript) {
    return subscript instanceof SqlCall call
            && call.getOperator() instanceof SliceOperator operator
            && operator.isBounds
        ? new SliceOperator(operator.hasFrom, operator.hasTo, false)
        : null;
  }

  @Override
  public SqlCall createCall(
      @Nullable SqlLiteral qualifier, SqlParserPos position, @Nullable SqlNode... operands) {
    if (!isBounds && operands.length == 2 && operands[1] instanceof SqlCall bounds) {
      return super.createCall(
          qualifier, position, operands[0], bounds.operand(0), bounds.operand(1));
    }
    return super.createCall(qualifier, position, operands);
  }

  @Override
  public void unparse(SqlWriter writer, SqlCall call, int leftPrecedence, int rightPrecedence) {
    call.operand(0).unparse(writer, leftPrecedence, 0);
    SqlWriter.Frame frame = writer.startList("[", "]");
    if (hasFrom) {
      call.operand(1).unparse(writer, 0, 0);
    }
    writer.setNeedWhitespace(false);
    writer.print(":");
    if (hasTo) {
      call.operand(2).unparse(writer, 0, 0);
    }
    writer.endList(frame);
  }

  @Override
  public ReduceResult reduceExpr(int ordinal, TokenSequence list) {
    SqlNode left = list.node(ordinal - 1);
    SqlNode right = list.node(ordinal + 1);
    SqlParserPos position =
        SqlParserPos.sum(
            List.of(left.getParserPosition(), right.getParserPosition(), list.pos(ordinal)));
    return new ReduceResult(ordinal - 1, ordinal + 2, createCall(position, left, right));
  }
}
