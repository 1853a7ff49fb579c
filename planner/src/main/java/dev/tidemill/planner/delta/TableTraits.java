package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.storage.table.InputKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a table is to a standing query.
 *
 * @param kind whether it grows, has an end, or never changes
 * @param changing whether it removes rows too
 * @param stored its stored columns
 * @param watermark null where it declares none
 * @param key names of the stored columns of its enforced primary key, or of a kept result's, or
 *     none
 * @param keysOnly whether rows that go are told by their key only, so that the last row of each is
 *     to be kept
 * @param bounds of the result of a standing query what its watermark promises of columns, by name
 *     (see {@link dev.tidemill.plan.delta.TimeBound#plusMillis})
 */
public record TableTraits(
    InputKind kind,
    boolean changing,
    List<OutputColumn> stored,
    @Nullable Watermark watermark,
    List<String> key,
    boolean keysOnly,
    Map<String, Long> bounds) {
  public TableTraits {
    bounds = Map.copyOf(bounds);
    stored = List.copyOf(stored);
    key = List.copyOf(key);
  }

  /** A table that tells rows that go as they were. */
  public TableTraits(
      InputKind kind,
      boolean changing,
      List<OutputColumn> stored,
      @Nullable Watermark watermark,
      List<String> key) {
    this(kind, changing, stored, watermark, key, false, Map.of());
  }

  /** A table without watermark and key. */
  public static TableTraits of(InputKind kind, List<OutputColumn> stored) {
    return new TableTraits(kind, false, stored, null, List.of());
  }

  /** The same table with a watermark. */
  public TableTraits withWatermark(Watermark declared) {
    return new TableTraits(kind, changing, stored, declared, key, keysOnly, bounds);
  }

  boolean isStatic() {
    return kind == InputKind.STATIC;
  }

  /** The place of a stored column, or -1. */
  int storedIndex(String name) {
    for (int i = 0; i < stored.size(); i++) {
      if (stored.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * WATERMARK FOR column AS expression.
   *
   * @param column the time column's name
   * @param time the time column as an expression over the stored columns, a TIMESTAMP
   * @param maxAheadMillis how far ahead of the clock rows move it, or 0 where that is not bounded
   * @param idleTimeoutMillis after what time without rows a partition is idle, or 0 for never
   * @param watermark the watermark expression over the stored columns, a TIMESTAMP
   */
  public record Watermark(
      String column,
      Expression time,
      Expression watermark,
      long maxAheadMillis,
      long idleTimeoutMillis) {
    /** One that rows may move as far ahead as they are. */
    public Watermark(String column, Expression time, Expression watermark) {
      this(column, time, watermark, 0, 0);
    }
  }
}
