package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Flags;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * MIN, MAX and the folds of truth and bits, for values of a word, in words of the same order:
 * numbers and times as they are, truth as 0 and 1, floating point by its bits with those of
 * negative numbers but the sign turned (NaN the greatest). NULL over no rows.
 */
final class WordAccumulator extends WeightedAccumulator {
  /** How two words become one. */
  enum Fold {
    LEAST,
    GREATEST,
    AND,
    OR,
    XOR
  }

  private final Fold fold;
  private final Type type;
  private final Longs words;
  private final Flags seen;
  private long[] scratch = new long[Batch.MAX_ROWS];

  WordAccumulator(Fold fold, Type type, MemoryScope memory) {
    super(memory);
    this.fold = fold;
    this.type = type;
    this.words = new Longs(memory);
    this.seen = new Flags(memory);
  }

  @Override
  public void ensure(int groups) {
    words.ensure(groups);
    seen.ensure(groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    if (scratch.length < count) {
      scratch = new long[count];
    }
    read(values, rows, count);
    switch (fold) {
      case LEAST -> {
        for (int i = 0; i < count; i++) {
          int group = groups[i];
          if (!seen.get(group) || scratch[i] < words.get(group)) {
            words.set(group, scratch[i]);
            seen.set(group, true);
          }
        }
      }
      case GREATEST -> {
        for (int i = 0; i < count; i++) {
          int group = groups[i];
          if (!seen.get(group) || scratch[i] > words.get(group)) {
            words.set(group, scratch[i]);
            seen.set(group, true);
          }
        }
      }
      case AND, OR, XOR -> {
        for (int i = 0; i < count; i++) {
          add(groups[i], scratch[i]);
        }
      }
    }
  }

  @Override
  public void addWeighted(
      @Nullable Column values, int[] rows, int[] groups, long[] weights, int count) {
    add(Objects.requireNonNull(values), rows, groups, count);
  }

  @Override
  public void clear(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      seen.set(groups[i], false);
    }
  }

  private void read(Column values, int[] rows, int count) {
    if (values instanceof BooleanColumn booleans) {
      for (int i = 0; i < count; i++) {
        scratch[i] = booleans.booleanAt(rows[i]) ? 1 : 0;
      }
      return;
    }
    FixedColumn fixed = (FixedColumn) values;
    if (isFloating()) {
      for (int i = 0; i < count; i++) {
        scratch[i] = turned(Double.doubleToLongBits(fixed.doubleAt(rows[i])));
      }
    } else {
      for (int i = 0; i < count; i++) {
        scratch[i] = fixed.longAt(rows[i]);
      }
    }
  }

  private boolean isFloating() {
    return type instanceof Type.DoubleType || type instanceof Type.Real;
  }

  /** Its own inverse. */
  private static long turned(long bits) {
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  private void add(int group, long word) {
    words.set(
        group,
        !seen.get(group)
            ? word
            : switch (fold) {
              case LEAST -> Math.min(words.get(group), word);
              case GREATEST -> Math.max(words.get(group), word);
              case AND -> words.get(group) & word;
              case OR -> words.get(group) | word;
              case XOR -> words.get(group) ^ word;
            });
    seen.set(group, true);
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    WordAccumulator that = (WordAccumulator) other;
    for (int i = 0; i < count; i++) {
      if (that.seen.get(from[i])) {
        add(to[i], that.words.get(from[i]));
      }
    }
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.BIGINT);
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    if (seen.get(group)) {
      state.get(0).appendLong(words.get(group));
    } else {
      state.get(0).appendNull();
    }
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    FixedColumn theirs = (FixedColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      if (!theirs.isNull(rows[i])) {
        add(groups[i], theirs.longAt(rows[i]));
      }
    }
  }

  @Override
  public void reset(int groups) {
    seen.clear(0, groups);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, count)) {
      for (int group = from; group < from + count; group++) {
        if (!seen.get(group)) {
          builder.appendNull();
        } else if (type instanceof Type.Bool) {
          builder.appendBoolean(words.get(group) != 0);
        } else if (isFloating()) {
          builder.appendDouble(Double.longBitsToDouble(turned(words.get(group))));
        } else {
          builder.appendLong(words.get(group));
        }
      }
      return builder.build();
    }
  }

  @Override
  public void close() {
    words.close();
    seen.close();
    super.close();
  }
}
