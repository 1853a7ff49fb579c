package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a column of strings in any order of rows; rows never written are ''. Belongs to the column
 * in the making.
 */
final class BytesWriter {
  private static final int FIRST_BYTES = 1 << 12;
  private static final int MAX_BYTES = 1 << 20;

  private final Evaluation evaluation;
  private final Buffer views;
  private final List<Buffer> data = new ArrayList<>();
  private long used;
  private long room;

  BytesWriter(Evaluation evaluation) {
    this.evaluation = evaluation;
    this.views = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 16L);
  }

  private long view(int row) {
    return views.address() + ((long) row << 4);
  }

  /**
   * Where a value of {@code length} bytes, more than {@link BytesColumn#INLINE}, is to be written.
   */
  private long reserve(int length) {
    if (used + length > room) {
      room =
          Math.max(length, (long) Math.min(MAX_BYTES, FIRST_BYTES << Math.min(8, 2 * data.size())));
      data.add(evaluation.allocate(room));
      used = 0;
    }
    long at = data.getLast().address() + used;
    used += length;
    return at;
  }

  void put(int row, byte[] bytes, int length) {
    long view = view(row);
    if (length <= BytesColumn.INLINE) {
      Memory.putInt(view, length);
      Memory.copyFromArray(bytes, 0, view + 4, length);
    } else {
      long at = reserve(length);
      Memory.copyFromArray(bytes, 0, at, length);
      BytesColumn.putView(view, at, length, data.size() - 1, (int) (at - data.getLast().address()));
    }
  }

  void put(int row, long address, int length) {
    if (length <= BytesColumn.INLINE) {
      BytesColumn.putView(view(row), address, length, 0, 0);
    } else {
      long at = reserve(length);
      Memory.copy(address, at, length);
      BytesColumn.putView(
          view(row), at, length, data.size() - 1, (int) (at - data.getLast().address()));
    }
  }

  /**
   * Where the {@code length} bytes of a row are to be written, before {@link #end} and all other
   * calls. No byte behind them.
   */
  long begin(int row, int length) {
    return length <= BytesColumn.INLINE ? view(row) + 4 : reserve(length);
  }

  /** The bytes of a row stand where {@link #begin} said. */
  void end(int row, long at, int length) {
    if (length <= BytesColumn.INLINE) {
      Memory.putInt(view(row), length);
    } else {
      BytesColumn.putView(
          view(row), at, length, data.size() - 1, (int) (at - data.getLast().address()));
    }
  }

  Vector done(Type type, @Nullable Buffer validity) {
    return evaluation.done(new BytesColumn(type, evaluation.length, views, data, validity));
  }
}
