package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Calcite's positions as ours. */
public final class Positions {
  private Positions() {}

  /** The beginning, or null where there is none. */
  public static @Nullable SourcePosition of(@Nullable SqlParserPos position) {
    return position == null || position.getLineNum() < 1 || position.getColumnNum() < 1
        ? null
        : new SourcePosition(position.getLineNum(), position.getColumnNum());
  }
}
