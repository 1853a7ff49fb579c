package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.streaming.rows.KeyedRows;
import dev.tidemill.streaming.rows.KeyedState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rows of two sides as state, and when the rows themselves end, which follows from their times. A
 * row without a time ends at once: nothing that compares it is TRUE.
 */
final class RowEnds extends StateBeside {
  private final KeyedState state;
  private final MemoryScope memory;
  private final List<Side> sides = new ArrayList<>();

  /** The rows of a side that ends. */
  private final class Side {
    private final int number;
    private final int column;
    private final GroupEnds ends;

    /** Rows from here on have no end yet. */
    private int known;

    private int knownThen;

    Side(int number, TimeBound bound) {
      this.number = number;
      this.column = bound.column();
      this.ends = new GroupEnds(rows().types().get(column), bound, memory);
      state
          .side(number)
          .onRenumbering(
              (live, count) -> {
                ends.renumber(live, count);
                known = count;
              });
    }

    private KeyedRows rows() {
      return Objects.requireNonNull(state.side(number).rows());
    }

    private void addNew() {
      int count = rows().length();
      while (known < count) {
        int part = Math.min(Batch.MAX_ROWS, count - known);
        int[] fresh = new int[part];
        for (int i = 0; i < part; i++) {
          fresh[i] = known + i;
        }
        try (Column times = rows().take(column, fresh, part, memory)) {
          ends.add(times, fresh, part);
          for (int i = 0; times.mayHaveNulls() && i < part; i++) {
            if (times.isNull(i)) {
              ends.addEnded(fresh[i]);
            }
          }
        }
        known += part;
      }
    }
  }

  /**
   * @param left of a column of the left side, or null
   * @param right of a column of the right side, or null
   * @param memory its own, closed with it
   */
  RowEnds(
      KeyedState state, @Nullable TimeBound left, @Nullable TimeBound right, MemoryScope memory) {
    super(state);
    this.state = state;
    this.memory = memory;
    if (left != null) {
      sides.add(new Side(0, left));
    }
    if (right != null) {
      sides.add(new Side(1, right));
    }
  }

  /** The rows of a side that have ended, each once; they are the caller's to remove. */
  int[] take(int number, long watermarkMicros) {
    for (Side side : sides) {
      if (side.number == number) {
        side.addNew();
        return side.ends.take(watermarkMicros, row -> side.rows().weight(row) != 0);
      }
    }
    return new int[0];
  }

  @Override
  public void commit() {
    sides.forEach(side -> side.ends.commit());
    state.commit();
    sides.forEach(side -> side.knownThen = side.known);
  }

  @Override
  public void rollback() {
    state.rollback();
    sides.forEach(
        side -> {
          side.ends.rollback();
          side.known = side.knownThen;
        });
  }

  @Override
  public void restored() {
    state.restored();
    for (Side side : sides) {
      side.addNew();
      side.ends.commit();
      side.knownThen = side.known;
    }
  }

  @Override
  public long bytes() {
    return state.bytes() + memory.used() + memory.onDisk();
  }

  @Override
  public void close() {
    sides.forEach(side -> side.ends.close());
    memory.close();
    state.close();
  }
}
