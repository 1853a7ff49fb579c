package dev.tidemill.connectors.kafka;

import dev.tidemill.storage.files.RecordSource;
import dev.tidemill.storage.files.RejectedRow;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The values of a partition's records; those without a value (tombstones) are passed over. Checks
 * at the end that as many records came as are between the offsets. One thread.
 */
final class TopicRecords implements RecordSource {
  private final PartitionReader reader;
  private final long from;
  private final long to;
  private final long expected;

  /** What was read since {@link #forget}, where that is wanted. */
  private final @Nullable List<ConsumerRecord<byte[], byte[]>> seen;

  private @Nullable ConsumerRecord<byte[], byte[]> record;
  private byte[] value = new byte[0];
  private long count;
  private long bytesRead;

  /**
   * Takes over {@code reader}, which reads from {@code from} to {@code to}.
   *
   * @param expected how many records there are to be, or -1
   * @param remembers whether the records of a batch are asked for once it is there
   */
  TopicRecords(PartitionReader reader, long from, long to, long expected, boolean remembers) {
    this.reader = reader;
    this.from = from;
    this.to = to;
    this.expected = expected;
    this.seen = remembers ? new ArrayList<>() : null;
  }

  @Override
  public boolean next() {
    while (true) {
      ConsumerRecord<byte[], byte[]> next = reader.next();
      record = next;
      if (next == null) {
        if (expected >= 0 && count != expected) {
          throw KafkaErrors.recordsCompacted(
              reader.partition().toString(), from, to, expected, count);
        }
        return false;
      }
      count++;
      byte[] bytes = next.value();
      if (bytes != null) {
        value = bytes;
        bytesRead += bytes.length;
        if (seen != null) {
          seen.add(next);
        }
        return true;
      }
    }
  }

  /** A record read since the last {@link #forget}, by its offset, which grows from call to call. */
  ConsumerRecord<byte[], byte[]> at(long offset) {
    List<ConsumerRecord<byte[], byte[]>> records = seen;
    if (records == null) {
      throw new IllegalStateException("records are not remembered");
    }
    int low = 0;
    int high = records.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (records.get(middle).offset() < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return records.get(low);
  }

  void forget() {
    if (seen != null) {
      seen.clear();
    }
  }

  int partition() {
    return reader.partition().partition();
  }

  @Override
  public byte[] bytes() {
    return value;
  }

  @Override
  public int start() {
    return 0;
  }

  @Override
  public int length() {
    return value.length;
  }

  @Override
  public long position() {
    ConsumerRecord<byte[], byte[]> current = record;
    return current == null ? to : current.offset();
  }

  @Override
  public RejectedRow rejected(long position, String column, String text, String problem) {
    return new RejectedRow(
        reader.partition().toString(), 0, position, position, column, text, problem);
  }

  @Override
  public long bytesRead() {
    return bytesRead;
  }

  @Override
  public void close() {
    reader.close();
  }
}
