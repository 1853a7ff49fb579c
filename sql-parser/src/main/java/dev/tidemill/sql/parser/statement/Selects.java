package dev.tidemill.sql.parser.statement;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** SELECTs that statements are written out as. */
public final class Selects {
  private Selects() {}

  /** {@code SELECT columns FROM from WHERE condition}. */
  public static SqlSelect of(
      SqlNodeList columns,
      @Nullable SqlNode from,
      @Nullable SqlNode condition,
      SqlParserPos position) {
    return new SqlSelect(
        position, null, columns, from, condition, null, null, null, null, null, null, null, null);
  }

  /** {@code SELECT * FROM from}. */
  public static SqlSelect all(SqlNode from, SqlParserPos position) {
    return of(SqlNodeList.of(SqlIdentifier.star(position)), from, null, position);
  }
}
