package dev.tidemill.sql.parser.statement;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.jspecify.annotations.Nullable;

/**
 * {@code SELECT DISTINCT ON (a, b) …}, for which the syntax tree has no place: a mark in the place
 * of QUALIFY, with the keys and what QUALIFY says.
 */
public final class DistinctOn extends SqlSpecialOperator {
  private static final DistinctOn INSTANCE = new DistinctOn();

  private DistinctOn() {
    super("DISTINCT ON", SqlKind.OTHER);
  }

  /** The mark. */
  public static SqlNode marked(SqlNodeList keys, @Nullable SqlNode qualify) {
    return qualify == null
        ? INSTANCE.createCall(keys.getParserPosition(), List.<SqlNode>of(keys))
        : INSTANCE.createCall(keys.getParserPosition(), keys, qualify);
  }

  /** The keys, if this is the mark, else null. */
  public static @Nullable SqlNodeList keys(@Nullable SqlNode qualify) {
    return qualify instanceof SqlCall call && call.getOperator() == INSTANCE
        ? call.operand(0)
        : null;
  }

  /** What QUALIFY says beside the mark, or null. */
  public static @Nullable SqlNode qualify(SqlNode mark) {
    SqlCall call = (SqlCall) mark;
    return call.operandCount() > 1 ? call.operand(1) : null;
  }
}
