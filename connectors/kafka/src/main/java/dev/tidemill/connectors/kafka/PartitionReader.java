package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.memory.MemoryScope;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The committed records of a partition between two offsets, the second not behind the last stable
 * one. One thread.
 */
final class PartitionReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final TopicClient client;
  private final TopicPartition partition;
  private final long from;
  private final long to;
  private final MemoryScope scope;

  private @Nullable Consumer<byte[], byte[]> consumer;
  private Iterator<ConsumerRecord<byte[], byte[]>> fetched;
  private boolean reads;

  /**
   * Reads from the brokers.
   *
   * @param scope what the consumer's memory is charged to
   */
  PartitionReader(TopicClient client, int partition, long from, long to, MemoryScope scope) {
    this(client, partition, from, to, List.of(), scope);
    this.reads = from < to;
  }

  /** Gives what was read before: all there is between the offsets. */
  PartitionReader(
      TopicClient client,
      int partition,
      long from,
      long to,
      List<ConsumerRecord<byte[], byte[]>> records,
      MemoryScope scope) {
    this.scope = scope;
    this.client = client;
    this.partition = client.partition(partition);
    this.from = from;
    this.to = to;
    this.fetched = records.iterator();
  }

  TopicPartition partition() {
    return partition;
  }

  /** The next record, or null at the end. */
  @Nullable ConsumerRecord<byte[], byte[]> next() {
    while (true) {
      if (fetched.hasNext()) {
        ConsumerRecord<byte[], byte[]> record = fetched.next();
        if (record.offset() < to) {
          return record;
        }
        reads = false;
        return null;
      }
      if (!reads || !fetch()) {
        return null;
      }
    }
  }

  /** Waits for records; false where there are none before the end. */
  private boolean fetch() {
    long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(client.options().timeoutMillis());
    long begun = System.nanoTime();
    try {
      Consumer<byte[], byte[]> open = consumer;
      if (open == null) {
        scope.reserveHeap(client.fetchBytes());
        try {
          open = client.borrow();
        } catch (Throwable t) {
          scope.releaseHeap(client.fetchBytes());
          throw t;
        }
        consumer = open;
        TopicClient.seek(open, Map.of(partition, from));
      }
      while (true) {
        List<ConsumerRecord<byte[], byte[]>> records = open.poll(POLL).records(partition);
        if (!records.isEmpty()) {
          fetched = records.iterator();
          return true;
        }
        if (open.position(partition) >= to) {
          reads = false;
          return false;
        }
        if (System.nanoTime() - begun > timeoutNanos) {
          throw KafkaErrors.unreachable(
              client.options().servers(),
              client.options().timeoutMillis(),
              new TimeoutException("no records came"));
        }
      }
    } catch (OffsetOutOfRangeException e) {
      throw outOfRange(client, partition, from);
    } catch (KafkaException e) {
      throw KafkaErrors.failed(client.options(), e);
    }
  }

  /** What it means that there is no such offset. */
  static RuntimeException outOfRange(TopicClient client, TopicPartition partition, long wanted) {
    int count = partition.partition() + 1;
    long first = client.starts(count)[partition.partition()];
    return wanted < first
        ? KafkaErrors.recordsRemoved(partition.toString(), wanted, first)
        : KafkaErrors.shrunk(
            partition.toString(), wanted, client.ends(count)[partition.partition()]);
  }

  @Override
  public void close() {
    Consumer<byte[], byte[]> open = consumer;
    if (open != null) {
      consumer = null;
      scope.releaseHeap(client.fetchBytes());
      client.giveBack(open);
    }
  }
}
