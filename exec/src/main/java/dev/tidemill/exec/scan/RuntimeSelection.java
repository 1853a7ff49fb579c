package dev.tidemill.exec.scan;

import dev.tidemill.exec.pipeline.OperatorCounters;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.ValueBits;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RuntimeFilter} at work for one worker. Where the column comes as codes it is asked once
 * per entry of the dictionary.
 */
final class RuntimeSelection {
  /** After so many rows a filter has to show that it is of use. */
  private static final long TRIAL_ROWS = 1 << 16;

  private final RuntimeFilter filter;
  private final Counts counts;

  /** Whose entries {@link #accepted} speaks of; by identity, it may be closed already. */
  private @Nullable Column dictionary;

  private boolean[] accepted = new boolean[0];

  /** The filter's when {@link #accepted} was made. */
  private int version;

  /** What all workers of a run have seen of a filter. */
  static final class Counts {
    private final LongAdder tested = new LongAdder();
    private final LongAdder passed = new LongAdder();
    private final OperatorCounters counters;
    private volatile boolean useless;

    Counts(OperatorCounters counters) {
      this.counters = counters;
    }

    private void add(int rows, int kept) {
      tested.add(rows);
      passed.add(kept);
      counters.addFilteredRows((long) rows - kept);
    }

    /** Whether nearly all rows pass, so that asking costs more than it saves. */
    boolean isUseless() {
      if (!useless) {
        long rows = tested.sum();
        useless = rows >= TRIAL_ROWS && passed.sum() > rows - rows / 8;
      }
      return useless;
    }
  }

  RuntimeSelection(RuntimeFilter filter, Counts counts) {
    this.filter = filter;
    this.counts = counts;
  }

  int column() {
    return filter.column();
  }

  boolean isUseless() {
    return counts.isUseless();
  }

  /** Keeps the rows that pass, where that needs no reading of the column; else says false. */
  boolean keepUnread(ScanRows rows) {
    ValueBits bits = filter.bits();
    int before = rows.count();
    if (bits == null || !rows.keepAmong(filter.column(), bits)) {
      return false;
    }
    counts.add(before, rows.count());
    return true;
  }

  /**
   * Those of the selected rows that pass; null where these are all that stand in {@code values}.
   */
  @Nullable Selection select(
      Column values, int length, @Nullable Selection selection, MemoryScope scope) {
    if (!filter.isKnown()) {
      return selection;
    }
    int count = selection == null ? length : selection.count();
    int[] rows = selection == null ? Worker.allRows(length) : selection.rows();
    int[] passed = new int[count];
    int kept =
        values instanceof DictionaryColumn codes
            ? selectCodes(codes, rows, count, passed, scope)
            : filter.select(values, rows, count, passed);
    counts.add(count, kept);
    return kept == count ? selection : new Selection(passed, kept);
  }

  private int selectCodes(
      DictionaryColumn codes, int[] rows, int count, int[] passed, MemoryScope scope) {
    Column entries = codes.dictionary();
    int now = filter.version();
    if (entries != dictionary || now != version) {
      version = now;
      boolean big = entries.length() > 2L * count;
      dictionary = entries;
      accepted = big ? new boolean[0] : accepted(entries);
      if (big) {
        return selectDecoded(codes, rows, count, passed, scope);
      }
    } else if (accepted.length < entries.length()) {
      accepted = accepted(entries);
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      passed[kept] = row;
      kept += accepted[codes.codeAt(row)] && !codes.isNull(row) ? 1 : 0;
    }
    return kept;
  }

  private boolean[] accepted(Column entries) {
    int[] numbers = new int[entries.length()];
    Arrays.setAll(numbers, i -> i);
    int kept = filter.select(entries, numbers, numbers.length, numbers);
    boolean[] answers = new boolean[Math.max(1, entries.length())];
    for (int i = 0; i < kept; i++) {
      answers[numbers[i]] = true;
    }
    return answers;
  }

  /** A dictionary with more entries than rows may never be seen again. */
  private int selectDecoded(
      DictionaryColumn codes, int[] rows, int count, int[] passed, MemoryScope scope) {
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = codes.isNull(rows[i]) ? -1 : codes.codeAt(rows[i]);
    }
    try (Column values = Columns.take(codes.dictionary(), places, 0, count, scope)) {
      Arrays.setAll(places, i -> i);
      int kept = filter.select(values, places, count, places);
      for (int i = 0; i < kept; i++) {
        passed[i] = rows[places[i]];
      }
      return kept;
    }
  }
}
