package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import java.math.BigDecimal;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * A window frame of GROUPS in a syntax tree that has ROWS and RANGE only. Without a width GROUPS
 * and RANGE are the same. With one the frame goes as one of ROWS whose widths are higher by {@link
 * #MARK} than they were written; frames of ROWS themselves may not be as wide as that.
 */
public final class GroupsFrame {
  private static final BigDecimal MARK = BigDecimal.TWO.pow(62);

  private GroupsFrame() {}

  /** Whether the tree takes a frame of these bounds for one of ROWS. */
  public static SqlLiteral isRows(
      @Nullable SqlNode lower, @Nullable SqlNode upper, SqlParserPos position) {
    return SqlLiteral.createBoolean(width(lower) != null || width(upper) != null, position);
  }

  /** The bound with its mark. */
  public static @Nullable SqlNode marked(@Nullable SqlNode bound) {
    SqlNode width = width(bound);
    if (bound == null || width == null) {
      return bound;
    }
    BigDecimal value = width instanceof SqlNumericLiteral number ? number.bigDecimalValue() : null;
    if (value == null
        || value.signum() < 0
        || value.stripTrailingZeros().scale() > 0
        || isMarked(value)) {
      throw ParserErrors.expected("the number of groups", String.valueOf(width), position(width));
    }
    SqlNode marked =
        SqlLiteral.createExactNumeric(
            value.add(MARK).toBigInteger().toString(), width.getParserPosition());
    return bound.getKind() == SqlKind.PRECEDING
        ? SqlWindow.createPreceding(marked, bound.getParserPosition())
        : SqlWindow.createFollowing(marked, bound.getParserPosition());
  }

  /** Refuses a bound of ROWS or RANGE that would be taken for a marked one. */
  public static void check(@Nullable SqlNode bound) {
    if (width(bound) instanceof SqlNumericLiteral number && isMarked(number.bigDecimalValue())) {
      throw ParserErrors.expected("a smaller number", String.valueOf(number), position(number));
    }
  }

  private static @Nullable SqlNode width(@Nullable SqlNode bound) {
    return bound instanceof SqlCall call
            && (call.getKind() == SqlKind.PRECEDING || call.getKind() == SqlKind.FOLLOWING)
        ? call.operand(0)
        : null;
  }

  private static SourcePosition position(SqlNode node) {
    SqlParserPos position = node.getParserPosition();
    return new SourcePosition(
        Math.max(1, position.getLineNum()), Math.max(1, position.getColumnNum()));
  }

  /** Whether the width of a frame of ROWS makes it one of GROUPS. */
  public static boolean isMarked(@Nullable BigDecimal width) {
    return width != null && width.compareTo(MARK) >= 0;
  }

  /** The width that was written. */
  public static BigDecimal unmarked(BigDecimal width) {
    return width.subtract(MARK);
  }
}
