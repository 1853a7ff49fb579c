package dev.tidemill.streaming.pipeline;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the event time of a table has come, partition by partition.
 *
 * <pre>
 *   partition   greatest watermark value   rows last came   idle
 *   0           10:00:12                   10:00:20         no
 *   1           09:58:01                   09:58:07         yes      set aside: nothing for idle_timeout
 * </pre>
 *
 * @param ended whether nothing will ever come
 */
record TableTimes(boolean ended, List<Partition> partitions) {
  static final TableTimes NONE = new TableTimes(false, List.of());

  TableTimes {
    partitions = List.copyOf(partitions);
  }

  /**
   * A part of the table whose rows come in about the order of their times.
   *
   * @param micros the greatest value of the watermark expression, {@link Long#MIN_VALUE} where
   *     there is none yet
   * @param seenMicros the time of the last step in which rows of it came, or may have waited
   * @param idle whether it holds no watermark back
   */
  record Partition(String name, long micros, long seenMicros, boolean idle) {}

  /** The greatest value of a partition. */
  long micros(String partition) {
    Partition known = find(partition);
    return known == null ? Long.MIN_VALUE : known.micros();
  }

  private @Nullable Partition find(String name) {
    for (Partition partition : partitions) {
      if (partition.name().equals(name)) {
        return partition;
      }
    }
    return null;
  }

  /**
   * The times after a step.
   *
   * @param names of the partitions there are
   * @param maxima of the partitions of which rows came
   * @param waiting whether rows wait that the step did not take
   * @param timeoutMillis after what time without rows a partition is idle; 0 where none ever is
   */
  TableTimes after(
      List<String> names,
      Map<String, Long> maxima,
      boolean waiting,
      boolean ends,
      long stepMicros,
      long timeoutMillis) {
    Map<String, Partition> after = new LinkedHashMap<>();
    partitions.forEach(partition -> after.put(partition.name(), partition));
    names.forEach(
        name ->
            after.putIfAbsent(
                name, new Partition(name, Long.MIN_VALUE, stepMicros, /* idle= */ false)));
    after.replaceAll(
        (name, partition) -> {
          Long maximum = maxima.get(name);
          if (maximum != null) {
            return new Partition(
                name, Math.max(partition.micros(), maximum), stepMicros, /* idle= */ false);
          }
          if (waiting) {
            return new Partition(name, partition.micros(), stepMicros, partition.idle());
          }
          boolean idle =
              partition.idle()
                  || timeoutMillis > 0
                      && stepMicros - partition.seenMicros() >= timeoutMillis * 1000;
          return new Partition(name, partition.micros(), partition.seenMicros(), idle);
        });
    return new TableTimes(ended || ends, List.copyOf(after.values()));
  }

  byte[] encode() {
    List<byte[]> names = new ArrayList<>();
    int length = 5;
    for (Partition partition : partitions) {
      names.add(partition.name().getBytes(StandardCharsets.UTF_8));
      length += names.getLast().length + 21;
    }
    ByteBuffer buffer = ByteBuffer.allocate(length);
    buffer.put((byte) (ended ? 1 : 0)).putInt(partitions.size());
    for (int i = 0; i < names.size(); i++) {
      Partition partition = partitions.get(i);
      buffer.putInt(names.get(i).length).put(names.get(i));
      buffer.putLong(partition.micros()).putLong(partition.seenMicros());
      buffer.put((byte) (partition.idle() ? 1 : 0));
    }
    return buffer.array();
  }

  static TableTimes decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    boolean ended = buffer.get() == 1;
    int count = buffer.getInt();
    List<Partition> partitions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] name = new byte[buffer.getInt()];
      buffer.get(name);
      partitions.add(
          new Partition(
              new String(name, StandardCharsets.UTF_8),
              buffer.getLong(),
              buffer.getLong(),
              buffer.get() == 1));
    }
    return new TableTimes(ended, partitions);
  }

  /** Collects the maxima of a step. */
  static final class Maxima {
    private final Map<String, Long> byPartition = new HashMap<>();

    void clear() {
      byPartition.clear();
    }

    /** Rows of a partition came; {@code micros} is the greatest of their values. */
    void add(String partition, long micros) {
      byPartition.merge(partition, micros, Math::max);
    }

    Map<String, Long> all() {
      return byPartition;
    }
  }
}
