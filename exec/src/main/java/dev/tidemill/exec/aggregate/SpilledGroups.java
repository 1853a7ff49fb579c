package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.spill.SpilledRows;
import org.jspecify.annotations.Nullable;

/**
 * A frozen aggregation on disk, by {@value #PARTITIONS} ranges of the partitions of its keys'
 * hashes: the groups with their keys and states, a row each, in the order of {@link
 * GroupPartitions}; and the elements of DISTINCT calls, each with the place of its group in the
 * range, by {@value #SLICES} slices of their own hashes, so that a group may have more elements
 * than memory.
 */
final class SpilledGroups {
  static final int PARTITIONS = 64;
  static final int SLICES = 8;

  /** By range; null where it has no groups. */
  private final @Nullable SpilledRows[] groups = new SpilledRows[PARTITIONS];

  /** By call and range, then slice; null where there are none. */
  private final SpilledRows[][] @Nullable [] elements;

  SpilledGroups(int calls) {
    elements = new SpilledRows[calls][PARTITIONS][];
  }

  void setGroups(int partition, SpilledRows rows) {
    groups[partition] = rows;
  }

  void setElements(int call, int partition, SpilledRows[] slices) {
    elements[call][partition] = slices;
  }

  /** The groups of a range, or null. */
  @Nullable SpilledRows groups(int partition) {
    return groups[partition];
  }

  /** The elements of a DISTINCT call in a slice of a range, or null. */
  @Nullable SpilledRows elements(int call, int partition, int slice) {
    SpilledRows[] slices = elements[call][partition];
    return slices == null ? null : slices[slice];
  }

  /** How many groups a range has. */
  int count(int partition) {
    SpilledRows rows = groups[partition];
    return rows == null ? 0 : Math.toIntExact(rows.count());
  }
}
