package dev.tidemill.streaming;

import dev.tidemill.streaming.state.StateImage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * The snapshots of a query that its newest state is made of: one with all of it, and the changes
 * since, newest first. Eight of a level are followed by one of the next, which holds what they
 * hold; when all changes together are as big as the whole, the next holds all again:
 *
 * <pre>
 *   all ◀─ 2 ◀─ 2 ◀─ 1 ◀─ 1 ◀─ 0 ◀─ 0 ◀─ 0      the next of level 1 is based on the last 1
 * </pre>
 *
 * <p>So a chain is short and at most twice as big as the state, and what is written a second time
 * is little. Guarded by the {@link StepLock}.
 */
final class SnapshotChain {
  private static final int OF_A_LEVEL = 8;

  /** Newest first. */
  private final Deque<Snapshot> chain = new ArrayDeque<>();

  private Set<Long> names = Set.of();
  private Set<Long> olderNames = Set.of();
  private long step = -1;
  private long olderStep = -1;
  private long wholeBytes;
  private long changesBytes;
  private long recoveredBytes;
  private long nanos;

  /**
   * One that was written.
   *
   * @param name what it is called
   * @param step that it is of
   * @param nanos that it took
   */
  record Snapshot(long name, long step, int level, long bytes, long nanos) {}

  /** A state was read from snapshots of these names; the next begins anew. */
  void recovered(Set<Long> from, long ofStep, long stepBefore, long bytes) {
    chain.clear();
    recoveredBytes = bytes;
    names = Set.copyOf(from);
    olderNames = Set.of();
    step = ofStep;
    olderStep = stepBefore;
  }

  /** The level of the next snapshot. */
  int nextLevel() {
    if (chain.isEmpty() || changesBytes >= wholeBytes) {
      return StateImage.FULL;
    }
    int level = 0;
    int count = 0;
    for (Snapshot snapshot : chain) {
      if (snapshot.level > level) {
        break;
      }
      if (++count == OF_A_LEVEL) {
        level++;
        count = 0;
      }
    }
    return level;
  }

  /** What the snapshot is called that one of a level is based on, or -1. */
  long base(int level) {
    for (Snapshot snapshot : chain) {
      if (level < StateImage.FULL && snapshot.level >= level) {
        return snapshot.name;
      }
    }
    return -1;
  }

  /** One has been written, durably. */
  void add(Snapshot snapshot) {
    if (snapshot.level == StateImage.FULL) {
      chain.clear();
      wholeBytes = snapshot.bytes;
      changesBytes = 0;
    } else {
      while (chain.getFirst().level < snapshot.level) {
        chain.removeFirst();
      }
      changesBytes += snapshot.bytes;
    }
    chain.addFirst(snapshot);
    olderNames = names;
    olderStep = step;
    step = snapshot.step;
    nanos = snapshot.nanos;
    names = new HashSet<>();
    chain.forEach(of -> names.add(of.name));
  }

  /** What the snapshots are called that the last, and the one before it, are made of. */
  Set<Long> needed() {
    Set<Long> all = new HashSet<>(names);
    all.addAll(olderNames);
    return all;
  }

  /** The step that the last is of, or -1. */
  long step() {
    return step;
  }

  /** The same of the one before it, which serves where the last turns out to be damaged. */
  long olderStep() {
    return olderStep;
  }

  /** How long the last took to be written. */
  long nanos() {
    return nanos;
  }

  /** Bytes of the snapshots that the newest state is made of. */
  long bytes() {
    return chain.isEmpty() ? recoveredBytes : chain.stream().mapToLong(Snapshot::bytes).sum();
  }
}
