package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.streaming.state.OrderedMultisetState;
import dev.tidemill.streaming.state.QueryState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * When keys end: keys in the order of the time after which nothing comes for them any more.
 *
 * <p>State: one ordered multiset with an entry per key: the end in microseconds, 8 bytes in the
 * order of time, then the key.
 */
final class KeyEnds {
  private final OrderedMultisetState ends;
  private final RowCodec codec;
  private final TimeBound bound;
  private final long perSecond;

  /** Of keys with columns of {@code keyTypes}; {@code bound} is of one of them. */
  KeyEnds(String name, List<Type> keyTypes, TimeBound bound, QueryState state) {
    this.ends = state.orderedMultiset(name);
    this.codec = RowCodec.of(keyTypes);
    this.bound = bound;
    this.perSecond = EventTimes.perSecond(keyTypes.get(bound.column()));
  }

  /** Adds keys, unless they are there already. */
  void set(List<byte[]> keys, MemoryScope memory) {
    change(keys, true, memory);
  }

  /** Takes keys away, where they are there. */
  void remove(List<byte[]> keys, MemoryScope memory) {
    change(keys, false, memory);
  }

  private void change(List<byte[]> keys, boolean present, MemoryScope memory) {
    if (keys.isEmpty()) {
      return;
    }
    List<ColumnBuilder> builders = new ArrayList<>();
    try {
      for (Type type : codec.types()) {
        builders.add(ColumnBuilder.of(type, memory, keys.size()));
      }
      for (byte[] key : keys) {
        codec.decode(key, builders);
      }
      try (Column column = builders.get(bound.column()).build()) {
        FixedColumn times = (FixedColumn) column;
        for (int i = 0; i < keys.size(); i++) {
          if (!times.isNull(i)) {
            byte[] entry = entry(times.longAt(i), keys.get(i));
            boolean known = ends.weight(RowBytes.NONE, entry) != 0;
            if (known != present) {
              ends.add(RowBytes.NONE, entry, present ? 1 : -1);
            }
          }
        }
      }
    } finally {
      builders.forEach(ColumnBuilder::close);
    }
  }

  private byte[] entry(long time, byte[] key) {
    long end = EventTimes.plusMillis(EventTimes.microsCeil(time, perSecond), bound.plusMillis());
    return ByteBuffer.allocate(8 + key.length).putLong(end ^ Long.MIN_VALUE).put(key).array();
  }

  /** The keys that have ended, which are then forgotten here. */
  List<byte[]> takeEnded(long watermarkMicros) {
    List<byte[]> entries = new ArrayList<>();
    ends.forEachAscending(
        RowBytes.NONE,
        (entry, weight) -> {
          if ((ByteBuffer.wrap(entry).getLong() ^ Long.MIN_VALUE) > watermarkMicros) {
            return false;
          }
          entries.add(entry);
          return true;
        });
    List<byte[]> keys = new ArrayList<>();
    for (byte[] entry : entries) {
      ends.add(RowBytes.NONE, entry, -1);
      keys.add(Arrays.copyOfRange(entry, 8, entry.length));
    }
    return keys;
  }
}
