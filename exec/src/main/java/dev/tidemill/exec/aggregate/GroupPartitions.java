package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.hash.KeyGroups;
import dev.tidemill.foundation.memory.Longs;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * The groups of an aggregation in the order of their partitions, the {@value KeyGroups#COUNT} key
 * groups of their keys' hashes: the same key is in the same partition everywhere.
 */
final class GroupPartitions {
  private final int[] order;
  private final int[] starts;

  private GroupPartitions(int[] order, int[] starts) {
    this.order = order;
    this.starts = starts;
  }

  /**
   * Of {@code count} groups with these keys; what stays is reserved in {@code heap}. They are the
   * same for the same keys, whatever the columns' layout.
   */
  static GroupPartitions ofKeys(List<Column> keys, int count, HeapMemory heap) {
    long[] hashes = heap.longs(count);
    if (keys.isEmpty()) {
      Arrays.fill(hashes, Hash.mix(0));
    } else {
      Hash.hash(keys.getFirst(), count, hashes);
      for (Column key : keys.subList(1, keys.size())) {
        Hash.combine(key, count, hashes);
      }
    }
    GroupPartitions partitions = of(group -> hashes[group], count, heap);
    heap.release(count * 8L);
    return partitions;
  }

  /** Of {@code count} groups whose keys have these hashes. */
  static GroupPartitions ofHashes(Longs hashes, int count, HeapMemory heap) {
    return of(hashes::get, count, heap);
  }

  /** Of the groups of a table whose keys are packed. */
  static GroupPartitions ofPacked(GroupTable table, HeapMemory heap) {
    int count = table.groupCount();
    long[] hashes = heap.longs(count);
    table.hashes(hashes);
    GroupPartitions partitions = of(group -> hashes[group], count, heap);
    heap.release(count * 8L);
    return partitions;
  }

  private static GroupPartitions of(IntToLongFunction hashes, int count, HeapMemory heap) {
    int[] starts = new int[KeyGroups.COUNT + 1];
    for (int group = 0; group < count; group++) {
      starts[KeyGroups.of(hashes.applyAsLong(group)) + 1]++;
    }
    for (int partition = 0; partition < KeyGroups.COUNT; partition++) {
      starts[partition + 1] += starts[partition];
    }
    int[] order = heap.ints(count);
    int[] next = starts.clone();
    for (int group = 0; group < count; group++) {
      order[next[KeyGroups.of(hashes.applyAsLong(group))]++] = group;
    }
    return new GroupPartitions(order, starts);
  }

  int groupCount() {
    return order.length;
  }

  /** How many groups are in the partitions before this one. */
  int start(int partition) {
    return starts[partition];
  }

  /** The group at a place of the order. */
  int group(int place) {
    return order[place];
  }

  /** The groups of partitions. */
  int[] groups(int firstPartition, int endPartition) {
    return Arrays.copyOfRange(order, starts[firstPartition], starts[endPartition]);
  }
}
