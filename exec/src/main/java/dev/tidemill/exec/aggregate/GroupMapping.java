package dev.tidemill.exec.aggregate;

/**
 * Where the groups of some partitions of one aggregation are in another: group {@code from[i]}
 * there is group {@code to[i]} here.
 *
 * @param partitions of the aggregation that the groups come from
 * @param firstPartition the first of the partitions
 * @param endPartition the one behind the last
 */
record GroupMapping(
    GroupPartitions partitions, int firstPartition, int endPartition, int[] from, int[] to) {
  int count() {
    return from.length;
  }
}
