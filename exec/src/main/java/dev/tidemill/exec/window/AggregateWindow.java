package dev.tidemill.exec.window;

import dev.tidemill.exec.aggregate.Accumulators;
import dev.tidemill.exec.aggregate.GroupedAccumulator;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate over the frame of each row. Frames that begin with their partition only ever grow:
 * one running state, to which each row is added once, gives all results in time linear in the rows,
 * one for all rows in a row whose frames are the same. Any other frame is put together from a
 * {@link FrameTree}, in time logarithmic in its size.
 */
final class AggregateWindow implements AutoCloseable {
  /** Results in the making that take more than this are finished. */
  private static final long MAX_PENDING_BYTES = 16L << 20;

  private final WindowCall.Aggregate call;
  private final WindowRows rows;
  private final Frames frames;
  private final MemoryScope memory;
  private final FrameValues values;
  private final boolean inOrder;
  private final RunningStates.@Nullable Places places;

  /** A group for each of the results in the making. */
  private final GroupedAccumulator results;

  /** What these take. */
  private final MemoryScope resultMemory;

  private final List<Column> parts = new ArrayList<>();
  private int pending;

  AggregateWindow(WindowCall.Aggregate call, WindowRows rows, Frames frames) {
    this(call, rows, frames, /* inOrder= */ false, /* places= */ null);
  }

  /**
   * @param inOrder whether the rows of a frame are added one after the other, so that its result
   *     does not depend on where it lies in the partition, not in the last digit either
   * @param places what a running aggregate of parts begins with, or null
   */
  AggregateWindow(
      WindowCall.Aggregate call,
      WindowRows rows,
      Frames frames,
      boolean inOrder,
      RunningStates.@Nullable Places places) {
    this.call = call;
    this.inOrder = inOrder;
    this.places = places;
    this.rows = rows;
    this.frames = frames;
    this.memory = rows.memory();
    List<Column> arguments = new ArrayList<>();
    for (int argument : call.arguments()) {
      arguments.add(Columns.decode(rows.rows().column(argument), memory));
    }
    this.values = new FrameValues(arguments);
    this.resultMemory = memory.part();
    this.results = newAccumulator(values.types(), resultMemory);
  }

  private GroupedAccumulator newAccumulator(List<Type> arguments, MemoryScope scope) {
    return Accumulators.of(
        call.function(), arguments, call.parameters(), call.user(), call.type(), scope);
  }

  /** The results of all rows, the caller's to close. */
  Column compute() {
    results.ensure(Batch.MAX_ROWS);
    boolean onlyGrows =
        call.frame().start() instanceof WindowFrame.UnboundedPreceding && !frames.hasExclusion();
    return onlyGrows ? computeRunning() : computeByTree();
  }

  private Column computeRunning() {
    int[] here = new int[1];
    int[] state = new int[1];
    try (HeapMemory heap = new HeapMemory(memory);
        GroupedAccumulator running = newAccumulator(values.types(), memory)) {
      int[] resultOfRow = heap.ints(rows.count());
      int count = 0;
      running.ensure(1);
      for (int partition = 0; partition < rows.partitionCount(); partition++) {
        rows.check();
        frames.partition(partition);
        running.reset(1);
        if (places != null) {
          places.begin(partition, running);
        }
        int first = rows.partitionFrom(partition);
        int added = first;
        for (int row = first; row < rows.partitionTo(partition); row++) {
          int to = frames.to(row);
          if (row == first || added < to) {
            if (added < to) {
              added = add(running, added, to);
            }
            here[0] = pending;
            results.merge(running, state, here, 1);
            next();
            count++;
          }
          resultOfRow[row] = count - 1;
        }
        if (places != null) {
          add(running, added, places.last(added));
        }
      }
      Column all = all();
      if (count == rows.count()) {
        return all;
      }
      try (all) {
        return Columns.take(all, resultOfRow, 0, rows.count(), memory);
      }
    }
  }

  /**
   * Adds rows to the running state, which is copied at some places on the way; gives {@code to}.
   */
  private int add(GroupedAccumulator running, int from, int to) {
    int added = from;
    while (places != null && places.next() <= to) {
      int place = places.next();
      if (added < place) {
        values.addRange(running, added, place);
        added = place;
      }
      places.copy(running);
    }
    if (added < to) {
      values.addRange(running, added, to);
    }
    return to;
  }

  private Column computeByTree() {
    int[] ranges = new int[2 * Frames.MAX_RANGES];
    try (FrameTree tree =
        new FrameTree(values, () -> newAccumulator(values.types(), memory), results)) {
      for (int partition = 0; partition < rows.partitionCount(); partition++) {
        rows.check();
        frames.partition(partition);
        if (inOrder) {
          tree.begin(rows.partitionFrom(partition));
        } else {
          tree.build(rows.partitionFrom(partition), rows.partitionTo(partition));
        }
        for (int row = rows.partitionFrom(partition); row < rows.partitionTo(partition); row++) {
          int count = frames.ranges(row, ranges);
          for (int i = 0; i < count; i++) {
            tree.add(ranges[2 * i], ranges[2 * i + 1], pending);
          }
          if (pending == Batch.MAX_ROWS - 1) {
            tree.flush();
          }
          next();
        }
        tree.flush();
      }
    }
    return all();
  }

  /** The next result comes next. */
  private void next() {
    pending++;
    if (pending == Batch.MAX_ROWS || resultMemory.used() > MAX_PENDING_BYTES) {
      flush();
    }
  }

  /** All results, the caller's to close. */
  private Column all() {
    flush();
    return Columns.concat(parts, call.type(), memory);
  }

  private void flush() {
    if (pending > 0) {
      rows.check();
      parts.add(results.result(0, pending, memory));
      results.reset(pending);
      pending = 0;
    }
  }

  @Override
  public void close() {
    parts.forEach(Column::close);
    results.close();
    values.close();
  }
}
