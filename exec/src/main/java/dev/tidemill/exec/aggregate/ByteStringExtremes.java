package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.memory.StoredValues;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The greatest or least byte string of each group, compared as unsigned bytes; what the bytes are
 * of the values is the subclass's affair.
 */
abstract class ByteStringExtremes extends WeightedAccumulator {
  private final int sign;
  private final Type stateType;
  private final StoredValues extremes;
  private int groupCount;

  /**
   * @param stateType VARCHAR or VARBINARY: what a group's bytes are between two accumulators
   */
  ByteStringExtremes(boolean greatest, Type stateType, MemoryScope memory) {
    super(memory);
    this.sign = greatest ? 1 : -1;
    this.stateType = stateType;
    this.extremes = new StoredValues(memory);
  }

  /** The group's bytes, null while nothing was offered. */
  final byte @Nullable [] extreme(int group) {
    return extremes.get(group);
  }

  /** Keeps a copy of bytes[from, to) if it goes beyond what the group has. */
  final void offer(int group, byte[] bytes, int from, int to) {
    if (!extremes.has(group) || extremes.compare(group, bytes, from, to) * sign < 0) {
      extremes.set(group, bytes, from, to);
    }
  }

  @Override
  public final void ensure(int groups) {
    extremes.tidy(groupCount);
    extremes.ensure(groups);
    groupCount = Math.max(groupCount, groups);
  }

  @Override
  public final void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    ByteStringExtremes that = (ByteStringExtremes) other;
    for (int i = 0; i < count; i++) {
      byte[] theirs = that.extremes.get(from[i]);
      if (theirs != null) {
        offer(to[i], theirs, 0, theirs.length);
      }
    }
  }

  @Override
  public final List<Type> stateTypes() {
    return List.of(stateType);
  }

  @Override
  public final void writeState(int group, List<ColumnBuilder> state) {
    byte[] extreme = extremes.get(group);
    if (extreme == null) {
      state.get(0).appendNull();
    } else {
      state.get(0).appendBytes(extreme, 0, extreme.length);
    }
  }

  @Override
  public final void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    BytesColumn theirs = (BytesColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      if (!theirs.isNull(rows[i])) {
        byte[] bytes = theirs.bytesAt(rows[i]);
        offer(groups[i], bytes, 0, bytes.length);
      }
    }
  }

  @Override
  public final void addWeighted(
      @Nullable Column values, int[] rows, int[] groups, long[] weights, int count) {
    add(Objects.requireNonNull(values), rows, groups, count);
  }

  @Override
  public final void clear(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      extremes.set(groups[i], null);
    }
  }

  @Override
  public final void reset(int groups) {
    for (int group = 0; group < groups; group++) {
      extremes.set(group, null);
    }
  }

  @Override
  public void close() {
    extremes.close();
    super.close();
  }
}
