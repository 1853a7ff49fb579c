package dev.tidemill.sql.parser.statement;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSetOperator;

/**
 * {@code UNION [ALL] BY NAME}: columns go together by their names, those that are missing are NULL.
 */
public final class UnionByName extends SqlSetOperator {
  private static final int BINDS_LIKE_UNION = 12;

  public static final UnionByName ALL = new UnionByName("UNION ALL", true);
  public static final UnionByName DISTINCT = new UnionByName("UNION", false);

  private UnionByName(String name, boolean all) {
    super(name, SqlKind.UNION, BINDS_LIKE_UNION, all);
  }

  /** Whether a node is such a union. */
  public static boolean isOne(SqlNode node) {
    return node instanceof SqlCall call && call.getOperator() instanceof UnionByName;
  }
}
