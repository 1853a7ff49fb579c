package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An outer, semi, anti or mark join of two inputs that both change: of the keys that a step
 * touches, and of no others, the join of what was there is taken back and that of what is there now
 * given out. A row with a NULL that matches nothing needs no others to be joined, and is not kept.
 *
 * <p>State: the rows of each side by key; when keys end. A step costs as many rows as its keys
 * have.
 */
final class KeyedJoinOperator extends DeltaOperator {
  private final JoinBody body;
  private final List<JoinSide> sides;
  private final @Nullable KeyEnds ends;
  private final Map<RowBytes, Before> touched = new LinkedHashMap<>();

  /** Rows that match nothing, per side. */
  private final List<List<Batch>> alone = List.of(new ArrayList<>(), new ArrayList<>());

  private final RowFormat format;

  KeyedJoinOperator(String name, DeltaJoinPlan plan, QueryState state, Output output) {
    super(name, output);
    this.body = new JoinBody(plan);
    this.format = RowFormat.of(plan.columns());
    this.sides =
        List.of(
            new JoinSide(
                name + ".left", plan.left().columns(), plan.leftKeys(), plan.nullsMatch(), state),
            new JoinSide(
                name + ".right",
                plan.right().columns(),
                plan.rightKeys(),
                plan.nullsMatch(),
                state));
    this.ends =
        plan.bound() == null
            ? null
            : new KeyEnds(name + ".ends", sides.get(0).keyTypes(), plan.bound(), state);
  }

  /** What a key had before the step. */
  private final class Before {
    private static final long ENTRY_BYTES = 64;

    private final List<List<Entry>> rows = new ArrayList<>();

    Before(byte[] key, Step step) {
      step.charge(key.length + 4 * ENTRY_BYTES);
      for (JoinSide side : sides) {
        List<Entry> entries = new ArrayList<>();
        side.forEach(key, (row, weight) -> entries.add(new Entry(row, weight)));
        step.charge(entries.size() * ENTRY_BYTES);
        rows.add(entries);
      }
    }

    boolean isEmpty() {
      return rows.stream().allMatch(List::isEmpty);
    }
  }

  private static final class Entry {
    private final byte[] row;
    private final long weight;

    Entry(byte[] row, long weight) {
      this.row = row;
      this.weight = weight;
    }
  }

  @Override
  void begin(Step step) {
    forget();
  }

  @Override
  void close() {
    forget();
  }

  private void forget() {
    touched.clear();
    for (List<Batch> batches : alone) {
      batches.forEach(Batch::close);
      batches.clear();
    }
  }

  @Override
  void push(int input, Batch delta, Step step) {
    JoinSide side = sides.get(input);
    EncodedRows keys = side.keys(delta);
    EncodedRows rows = new EncodedRows();
    side.format().encode(delta, rows);
    int[] matchless = new int[delta.rowCount()];
    int count = 0;
    for (int i = 0; i < delta.rowCount(); i++) {
      int row = delta.row(i);
      if (side.canMatch(delta, row)) {
        RowBytes key = new RowBytes(keys.key(i));
        touched.computeIfAbsent(key, k -> new Before(k.value, step));
        side.add(key.value, rows.key(i), delta.weightAt(row));
      } else {
        matchless[count++] = row;
      }
    }
    if (count > 0) {
      alone.get(input).add(delta.select(new Selection(matchless, count)));
    }
  }

  @Override
  void finish(Step step) {
    RowChanges changes = new RowChanges(format, step);
    join(before(0, step.memory()), before(1, step.memory()), -1, changes, step);
    List<Batch> left = new ArrayList<>(sides.get(0).rowsOf(touched.keySet(), step.memory()));
    alone.get(0).forEach(batch -> left.add(batch.retain()));
    List<Batch> right = new ArrayList<>(sides.get(1).rowsOf(touched.keySet(), step.memory()));
    alone.get(1).forEach(batch -> right.add(batch.retain()));
    join(left, right, 1, changes, step);
    if (ends != null) {
      endKeys(ends, step);
    }
    forget();
    emitAll(changes.batches(), step);
  }

  private List<Batch> before(int side, MemoryScope memory) {
    try (RowFormat.Collector collector = sides.get(side).format().deltas(memory, touched.size())) {
      for (Before before : touched.values()) {
        before.rows.get(side).forEach(entry -> collector.add(entry.row, entry.weight));
      }
      return collector.batches();
    }
  }

  /** Adds a join's rows to the change; takes over the batches. */
  private void join(List<Batch> left, List<Batch> right, long sign, RowChanges changes, Step step) {
    try {
      if (left.isEmpty() && right.isEmpty()) {
        return;
      }
      for (Batch joined : body.join(left, right, step)) {
        try (joined) {
          changes.add(joined, sign);
        }
      }
    } finally {
      left.forEach(Batch::close);
      right.forEach(Batch::close);
    }
  }

  private void endKeys(KeyEnds known, Step step) {
    List<byte[]> came = new ArrayList<>();
    touched.forEach(
        (key, before) -> {
          if (before.isEmpty()) {
            came.add(key.value);
          }
        });
    known.set(came, step.memory());
    for (byte[] key : known.takeEnded(step.watermarkMicros())) {
      sides.forEach(side -> side.remove(key));
    }
  }
}
