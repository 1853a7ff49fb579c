package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a table holds of records that were read ahead: the memory that they are charged with, and
 * the consumer that reads. Both are given back when nobody has the table any more.
 */
final class RecordMemory implements Runnable {
  private static final long RECORD_BYTES = 150;
  private static final long MOST_BYTES = 32L << 20;
  private static final int PARTS_OF_BUDGET = 16;

  private final MemoryScope tables;
  private final String name;
  private @Nullable MemoryScope scope;
  private @Nullable Consumer<byte[], byte[]> consumer;
  private long bytes;
  private long consumerBytes;

  /**
   * @param tables what tables are charged to
   * @param name what is said to hold the memory
   */
  RecordMemory(MemoryScope tables, String name) {
    this.tables = tables;
    this.name = name;
  }

  /**
   * Charges a record.
   *
   * @throws TidemillException MEMORY_LIMIT_EXCEEDED; then it is not charged
   */
  synchronized void add(ConsumerRecord<byte[], byte[]> record) {
    charge(bytes(record));
  }

  private void charge(long more) {
    MemoryScope charged = scope;
    if (charged == null) {
      charged = tables.child(name);
      scope = charged;
    }
    charged.reserveHeap(more);
    bytes += more;
  }

  synchronized void remove(ConsumerRecord<byte[], byte[]> record) {
    release(bytes(record));
  }

  private void release(long less) {
    MemoryScope charged = scope;
    if (charged != null) {
      bytes -= less;
      charged.releaseHeap(less);
    }
  }

  /** Whether so much is held that what can be read again should go. */
  synchronized boolean isFull() {
    return bytes - consumerBytes > Math.min(MOST_BYTES, tables.budget() / PARTS_OF_BUDGET);
  }

  private static long bytes(ConsumerRecord<byte[], byte[]> record) {
    return RECORD_BYTES
        + Math.max(0, record.serializedKeySize())
        + Math.max(0, record.serializedValueSize());
  }

  synchronized @Nullable Consumer<byte[], byte[]> consumer() {
    return consumer;
  }

  /**
   * Takes over a consumer and charges what it may hold.
   *
   * @throws TidemillException MEMORY_LIMIT_EXCEEDED; then it is there, too
   */
  synchronized void consumer(Consumer<byte[], byte[]> open, long fetchBytes) {
    consumer = open;
    charge(fetchBytes);
    consumerBytes = fetchBytes;
  }

  /** Gives everything back. */
  @Override
  public synchronized void run() {
    Consumer<byte[], byte[]> open = consumer;
    consumer = null;
    consumerBytes = 0;
    release(bytes);
    MemoryScope charged = scope;
    scope = null;
    if (charged != null) {
      charged.close();
    }
    if (open != null) {
      TopicClient.closeQuietly(open);
    }
  }
}
