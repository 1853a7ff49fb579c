package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a step ends. How many records lie between two offsets is known only by reading them,
 * so they are read here, and those that were read stay for the step that is cut, as far as {@link
 * RecordMemory} goes; what is more is counted, and read again by the step. Where memory is short a
 * cut ends early.
 *
 * <p>Records are taken in the order of their times over all partitions, so that a step that takes
 * only some of what waits takes the oldest, and no partition runs ahead of the others' event times.
 *
 * <p>Any thread.
 */
final class ReadAhead {
  private static final Duration POLL = Duration.ofMillis(100);

  private final TopicClient client;
  private final List<Part> parts = new ArrayList<>();
  private final RecordMemory memory;

  /**
   * A partition: its records from {@code from} to {@code next} without a gap, of which the first
   * {@code taken} are before the cut that is sought.
   */
  private static final class Part {
    final TopicPartition partition;
    long from;
    long next;
    final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    int taken;
    long count;
    long end;
    boolean assigned;

    Part(TopicPartition partition) {
      this.partition = partition;
    }

    boolean hasNext() {
      return taken < records.size();
    }

    /** Whether the next record is there and before the end. */
    boolean hasHead() {
      return hasNext() && head().offset() < end;
    }

    ConsumerRecord<byte[], byte[]> head() {
      return records.get(taken);
    }

    /** Whether all before the end has been taken, gaps at the end too. */
    boolean isDone() {
      return !hasHead() && next >= end;
    }

    long position() {
      return isDone()
          ? Math.max(end, from)
          : taken > 0 ? records.get(taken - 1).offset() + 1 : from;
    }
  }

  /**
   * @param tables what tables are charged to
   */
  ReadAhead(TopicClient client, MemoryScope tables) {
    this.client = client;
    this.memory = new RecordMemory(tables, "records of " + client.options().topic());
    TopicClient.whenGone(this, memory);
  }

  /**
   * What was found.
   *
   * @param positions behind the records taken
   * @param counts of the records taken
   */
  record Cut(long[] positions, long[] counts) {}

  /**
   * Goes on by at most {@code maxRows} records.
   *
   * @param from per partition where it begins
   * @param ends the last stable offsets
   */
  synchronized Cut cut(long[] from, long[] ends, long maxRows) {
    if (parts.size() > ends.length) {
      reset();
    }
    while (parts.size() < ends.length) {
      parts.add(new Part(client.partition(parts.size())));
    }
    try {
      return take(from, ends, maxRows);
    } catch (OffsetOutOfRangeException e) {
      Map.Entry<TopicPartition, Long> first =
          e.offsetOutOfRangePartitions().entrySet().iterator().next();
      reset();
      throw PartitionReader.outOfRange(client, first.getKey(), first.getValue());
    } catch (KafkaException e) {
      reset();
      throw KafkaErrors.failed(client.options(), e);
    } catch (RuntimeException e) {
      reset();
      throw e;
    }
  }

  private Cut take(long[] from, long[] ends, long maxRows) {
    boolean moved = false;
    for (int i = 0; i < ends.length; i++) {
      moved |= begin(parts.get(i), from[i], ends[i]);
    }
    if (moved) {
      point();
    }
    PriorityQueue<Part> heads =
        new PriorityQueue<>(
            Comparator.<Part>comparingLong(part -> part.head().timestamp())
                .thenComparingInt(part -> part.partition.partition()));
    for (int i = 0; i < ends.length; i++) {
      Part part = parts.get(i);
      fill(part);
      if (part.hasHead()) {
        heads.add(part);
      }
    }
    long rows = 0;
    while (rows < maxRows && !heads.isEmpty()) {
      Part part = heads.remove();
      part.taken++;
      part.count++;
      rows++;
      try {
        fill(part);
      } catch (TidemillException e) {
        if (e.kind() != ErrorKind.RESOURCE) {
          throw e;
        }
        // what was taken is a cut, too, and the step that reads it needs the memory
        Cut cut = cutHere(ends.length);
        reset();
        return cut;
      }
      if (part.hasHead()) {
        heads.add(part);
      }
    }
    return cutHere(ends.length);
  }

  private Cut cutHere(int partitions) {
    long[] positions = new long[partitions];
    long[] counts = new long[partitions];
    for (int i = 0; i < partitions; i++) {
      positions[i] = parts.get(i).position();
      counts[i] = parts.get(i).count;
    }
    return new Cut(positions, counts);
  }

  /** Puts a partition at an offset; whether what was read of it does not go on there. */
  private boolean begin(Part part, long at, long end) {
    part.end = end;
    part.taken = 0;
    part.count = 0;
    boolean goesOn = part.assigned && part.from <= at && at <= part.next;
    if (goesOn) {
      int gone = 0;
      while (gone < part.records.size() && part.records.get(gone).offset() < at) {
        memory.remove(part.records.get(gone));
        gone++;
      }
      part.records.subList(0, gone).clear();
      part.from = at;
      return false;
    }
    part.records.forEach(memory::remove);
    part.records.clear();
    part.from = at;
    part.next = at;
    return true;
  }

  /** Points the consumer at what is to be read next. */
  private void point() {
    Consumer<byte[], byte[]> open = memory.consumer();
    if (open == null) {
      open = client.borrow();
      memory.consumer(open, client.fetchBytes());
    }
    Map<TopicPartition, Long> places = new HashMap<>();
    for (Part part : parts) {
      places.put(part.partition, part.next);
      part.assigned = true;
    }
    TopicClient.seek(open, places);
  }

  /** Reads until a partition has a record that is not taken, or has none before its end. */
  private void fill(Part part) {
    if (part.hasNext() || part.next >= part.end) {
      return;
    }
    Consumer<byte[], byte[]> open = memory.consumer();
    if (open == null) {
      throw new IllegalStateException("no consumer");
    }
    makeRoom();
    long begun = System.nanoTime();
    long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(client.options().timeoutMillis());
    while (!part.hasNext() && part.next < part.end) {
      List<Part> wanted = parts.stream().filter(p -> !p.hasNext() && p.next < p.end).toList();
      open.pause(open.assignment());
      open.resume(wanted.stream().map(p -> p.partition).toList());
      ConsumerRecords<byte[], byte[]> polled = open.poll(POLL);
      for (Part read : wanted) {
        for (ConsumerRecord<byte[], byte[]> record : polled.records(read.partition)) {
          memory.add(record);
          read.records.add(record);
        }
        read.next = Math.max(read.next, open.position(read.partition));
      }
      if (polled.isEmpty() && System.nanoTime() - begun > timeoutNanos) {
        throw KafkaErrors.unreachable(
            client.options().servers(),
            client.options().timeoutMillis(),
            new TimeoutException("no records came"));
      }
    }
  }

  /** Forgets records that are taken where there are too many: they will be read again. */
  private void makeRoom() {
    if (!memory.isFull()) {
      return;
    }
    for (Part part : parts) {
      if (part.taken > 0) {
        part.from = part.records.get(part.taken - 1).offset() + 1;
        for (ConsumerRecord<byte[], byte[]> record : part.records.subList(0, part.taken)) {
          memory.remove(record);
        }
        part.records.subList(0, part.taken).clear();
        part.taken = 0;
      }
    }
  }

  /** The records of a partition between two offsets, or null where not all of them are here. */
  synchronized @Nullable List<ConsumerRecord<byte[], byte[]>> records(
      int partition, long from, long to) {
    if (partition >= parts.size()) {
      return null;
    }
    Part part = parts.get(partition);
    if (from < part.from || to > part.next) {
      return null;
    }
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : part.records) {
      if (record.offset() >= from && record.offset() < to) {
        found.add(record);
      }
    }
    return found;
  }

  private void reset() {
    parts.clear();
    memory.run();
  }
}
