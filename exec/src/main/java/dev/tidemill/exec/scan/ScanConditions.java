package dev.tidemill.exec.scan;

import dev.tidemill.exec.expression.EvaluationContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The conditions of a scan in the order in which one worker asks them. What each costs, its columns
 * read included, and how many rows it rejects is measured as it goes, and those that reject most
 * for their cost come first; conditions that may fail stay behind all others, in the plan's order.
 */
final class ScanConditions {
  private static final int REORDERED_EVERY = 16;

  private final List<Entry> entries = new ArrayList<>();
  private int applied;

  private static final class Entry {
    private final ScanCondition condition;
    private double nanos;
    private double rowsIn;
    private double rowsOut;

    /** Nanoseconds for each row rejected. */
    private double rank;

    Entry(ScanCondition condition) {
      this.condition = condition;
    }

    boolean isFixed() {
      return !condition.isMovable();
    }

    double rank() {
      return rank;
    }

    void judge() {
      if (rowsIn > 0) {
        rank = nanos / Math.max(rowsIn - rowsOut, rowsIn / 1000);
      }
      nanos /= 2;
      rowsIn /= 2;
      rowsOut /= 2;
    }
  }

  void add(ScanCondition condition) {
    entries.add(new Entry(condition));
    entries.sort(Comparator.comparing(Entry::isFixed));
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Keeps those of {@code rows} that fulfil all conditions. */
  void apply(ScanRows rows, EvaluationContext context) {
    if (entries.size() > 1 && ++applied % REORDERED_EVERY == 0) {
      entries.forEach(Entry::judge);
      entries.sort(Comparator.comparing(Entry::isFixed).thenComparing(ScanConditions::order));
    }
    for (Entry entry : entries) {
      int before = rows.count();
      if (before == 0) {
        return;
      }
      long start = System.nanoTime();
      entry.condition.apply(rows, context);
      entry.nanos += System.nanoTime() - start;
      entry.rowsIn += before;
      entry.rowsOut += rows.count();
    }
  }

  private static int order(Entry a, Entry b) {
    return a.isFixed() ? 0 : Double.compare(a.rank(), b.rank());
  }
}
