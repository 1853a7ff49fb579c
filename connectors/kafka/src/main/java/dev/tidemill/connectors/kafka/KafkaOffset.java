package dev.tidemill.connectors.kafka;

import dev.tidemill.storage.table.Offset;
import java.util.Arrays;

/**
 * A place in a topic: per partition, from 0 on, the offset of the next record and how many records
 * were counted from the beginning of the table's reading; partitions that came later begin at 0.
 *
 * <pre>
 *   1 mVbxGLfzTSGGqe0hYk2UfA 0 120:118 97:97      topic, beginning, then partitions 0 and 1
 * </pre>
 *
 * <p>Offsets have gaps where transactions end or were aborted, so that only the counts tell how
 * many records lie between two places. -1 is a count that is not known.
 *
 * @param topicId the topic's own identity: a topic of the same name that is created anew has
 *     another
 * @param beginning which beginning the counts are from
 */
record KafkaOffset(String topicId, long beginning, long[] positions, long[] counts) {
  private static final String VERSION = "1";

  /** Where no count is known. */
  static KafkaOffset uncounted(String topicId, long beginning, long[] positions) {
    long[] counts = new long[positions.length];
    Arrays.fill(counts, -1);
    return new KafkaOffset(topicId, beginning, positions, counts);
  }

  Offset toOffset() {
    StringBuilder text = new StringBuilder(VERSION);
    text.append(' ').append(topicId).append(' ').append(beginning);
    for (int i = 0; i < positions.length; i++) {
      text.append(' ').append(positions[i]);
      if (counts[i] >= 0) {
        text.append(':').append(counts[i]);
      }
    }
    return new Offset(text.toString());
  }

  static KafkaOffset parse(Offset offset) {
    String[] parts = offset.text().split(" ", -1);
    if (parts.length < 3 || !parts[0].equals(VERSION)) {
      throw KafkaErrors.badOffset(offset.text());
    }
    try {
      long[] positions = new long[parts.length - 3];
      long[] counts = new long[positions.length];
      for (int i = 0; i < positions.length; i++) {
        String part = parts[i + 3];
        int colon = part.indexOf(':');
        positions[i] = Long.parseLong(colon < 0 ? part : part.substring(0, colon));
        counts[i] = colon < 0 ? -1 : Long.parseLong(part.substring(colon + 1));
      }
      return new KafkaOffset(parts[1], Long.parseLong(parts[2]), positions, counts);
    } catch (NumberFormatException e) {
      throw KafkaErrors.badOffset(offset.text());
    }
  }

  int partitions() {
    return positions.length;
  }

  long position(int partition) {
    return partition < positions.length ? positions[partition] : 0;
  }

  long count(int partition) {
    return partition < counts.length ? counts[partition] : 0;
  }

  /** How many records of a partition lie between here and {@code to}, or -1. */
  long countTo(KafkaOffset to, int partition) {
    boolean known = beginning == to.beginning && count(partition) >= 0 && to.count(partition) >= 0;
    return known ? to.count(partition) - count(partition) : -1;
  }
}
