package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.spill.HashPart;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Merges the groups of one partition of spilled tables, in as many parts of their hashes as memory
 * asks for: a part that turns out too large is given up and taken in halves. The elements of a
 * DISTINCT call come slice by slice, a slice again in parts, so that neither groups nor the
 * elements of one group need fit together. One thread.
 */
final class SpilledMerge {
  /** A table below this is not worth splitting. */
  private static final int SMALL_BYTES = 1 << 16;

  private final List<SpilledGroups> tables;
  private final int partition;
  private final int calls;
  private final Supplier<GroupedAggregation> newSet;
  private final MemoryShare share;
  private final MemoryScope memory;
  private final Run run;

  /**
   * @param calls how many there are
   * @param newSet makes an empty aggregation of the kind that was spilled
   */
  SpilledMerge(
      List<SpilledGroups> tables,
      int partition,
      int calls,
      Supplier<GroupedAggregation> newSet,
      MemoryShare share,
      MemoryScope memory,
      Run run) {
    this.tables = tables;
    this.partition = partition;
    this.calls = calls;
    this.newSet = newSet;
    this.share = share;
    this.memory = memory;
    this.run = run;
  }

  /** Gives finished aggregations of disjoint groups to {@code taker} until it says no. */
  boolean push(HashPart part, Predicate<GroupedAggregation> taker) {
    boolean merged;
    try (GroupedAggregation set = newSet.get();
        HeapMemory heap = new HeapMemory(memory)) {
      List<int[]> ids = new ArrayList<>();
      merged = mergeGroups(set, part, ids, heap);
      if (merged) {
        if (ids.stream().noneMatch(SpilledMerge::anyGroup)) {
          return true;
        }
        for (int call = 0; call < calls; call++) {
          DistinctState distinct = set.distinct(call);
          for (int slice = 0; distinct != null && slice < SpilledGroups.SLICES; slice++) {
            mergeElements(set, distinct, call, slice, HashPart.ALL, ids);
          }
        }
        set.finish();
        return taker.test(set);
      }
    }
    return push(part.lower(), taker) && push(part.upper(), taker);
  }

  private static boolean anyGroup(int[] ids) {
    for (int id : ids) {
      if (id >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Says false if the part has to be split. */
  private boolean mergeGroups(
      GroupedAggregation set, HashPart part, List<int[]> ids, HeapMemory heap) {
    int[] blockIds = new int[Batch.MAX_ROWS];
    for (SpilledGroups table : tables) {
      SpilledRows rows = table.groups(partition);
      int[] tableIds = heap.ints(table.count(partition));
      ids.add(tableIds);
      int place = 0;
      for (int block = 0; rows != null && block < rows.blockCount(); block++) {
        run.check();
        if (part.canSplit() && isTooLarge(set)) {
          return false;
        }
        try (Batch batch = rows.block(block, memory)) {
          set.mergeRows(batch, part, blockIds);
          System.arraycopy(blockIds, 0, tableIds, place, batch.length());
          place += batch.length();
        }
      }
    }
    return !(part.canSplit() && isTooLarge(set));
  }

  private void mergeElements(
      GroupedAggregation set,
      DistinctState distinct,
      int call,
      int slice,
      HashPart part,
      List<int[]> ids) {
    long before = set.bytes();
    for (int i = 0; i < tables.size(); i++) {
      SpilledRows rows = tables.get(i).elements(call, partition, slice);
      for (int block = 0; rows != null && block < rows.blockCount(); block++) {
        run.check();
        try (Batch batch = rows.block(block, memory)) {
          distinct.mergeElements(batch, ids.get(i), part);
        }
        if (part.canSplit() && isTooLarge(set) && set.bytes() - before > SMALL_BYTES) {
          distinct.dropElements();
          mergeElements(set, distinct, call, slice, part.lower(), ids);
          mergeElements(set, distinct, call, slice, part.upper(), ids);
          return;
        }
      }
    }
    distinct.drain(set.groupCount());
  }

  /** Whether the next growth might be too much. */
  private boolean isTooLarge(GroupedAggregation set) {
    return set.bytes() > SMALL_BYTES
        && (set.bytes() > share.size() / (3L * run.threads()) || share.isFull(set.bytes() * 2));
  }
}
