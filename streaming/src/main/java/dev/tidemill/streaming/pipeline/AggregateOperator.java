package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.streaming.aggregate.Accumulator;
import dev.tidemill.streaming.aggregate.CallSite;
import dev.tidemill.streaming.state.KeyedValueState;
import dev.tidemill.streaming.state.QueryState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * GROUP BY and DISTINCT. The groups that a step touches are read from the state when their first
 * row comes, written back at its end, and give their old row back and their new row out once, if
 * these differ. A group that loses its last row is gone; the one group without keys is always
 * there.
 *
 * <p>A group that ends is dropped from the state (nothing comes for it any more). Where only final
 * rows are wanted, its row is given out then, and none before.
 *
 * <p>State: per group how many rows it has and an accumulator per call; what some calls keep of
 * values; when groups end.
 */
final class AggregateOperator extends DeltaOperator {
  private static final int FORMAT = 1;

  /** Of a group that is touched, and of each of its accumulators, on the heap, about. */
  private static final long GROUP_BYTES = 160;

  private final DeltaAggregatePlan plan;
  private final boolean atEnd;
  private final int[] keyColumns;
  private final RowCodec keyCodec;
  private final List<Type> types;
  private final RowFormat format;
  private final List<CallSite> calls = new ArrayList<>();
  private final KeyedValueState groups;
  private final @Nullable GroupEnds ends;
  private final EncodedRows keys = new EncodedRows();
  private final Map<RowBytes, Group> touched = new LinkedHashMap<>();

  /** {@code atEnd}: rows are given out when their group ends. */
  AggregateOperator(
      String name, DeltaAggregatePlan plan, boolean atEnd, QueryState state, Output output) {
    super(name, output);
    this.plan = plan;
    this.atEnd = atEnd;
    List<Type> inputTypes = plan.input().columns().stream().map(OutputColumn::type).toList();
    List<Type> keyTypes = plan.keys().stream().map(inputTypes::get).toList();
    this.keyColumns = plan.keys().stream().mapToInt(Integer::intValue).toArray();
    this.keyCodec = RowCodec.of(keyTypes);
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    this.format = RowFormat.of(plan.columns());
    for (int i = 0; i < plan.calls().size(); i++) {
      calls.add(
          new CallSite(
              plan.calls().get(i), inputTypes, plan.input().changing(), state, name + ".call" + i));
    }
    this.groups = state.keyedValue(name + ".groups");
    this.ends =
        plan.bound() == null ? null : new GroupEnds(name + ".ends", keyTypes, plan.bound(), state);
  }

  /** A group as it was before the step, and as it is now. */
  private final class Group {
    private final byte[] key;
    private final boolean existed;
    private final List<Accumulator> before = new ArrayList<>();
    private final List<Accumulator> now = new ArrayList<>();
    private long rows;

    Group(byte[] key, Step step) {
      step.charge(key.length + GROUP_BYTES * (1 + 2L * calls.size()));
      this.key = key;
      byte[] kept = groups.get(key);
      existed = kept != null;
      for (CallSite call : calls) {
        now.add(call.accumulator(key));
      }
      if (kept != null) {
        rows = read(kept, now);
        for (CallSite call : calls) {
          before.add(call.accumulator(key));
        }
        read(kept, before);
        before.replaceAll(Accumulator::frozen);
      }
    }

    boolean exists() {
      return rows != 0 || plan.keys().isEmpty();
    }
  }

  private static long read(byte[] kept, List<Accumulator> accumulators) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(kept))) {
      int version = in.readByte();
      if (version != FORMAT) {
        throw PipelineErrors.unknownVersion(version, FORMAT);
      }
      long rows = in.readLong();
      for (Accumulator accumulator : accumulators) {
        accumulator.read(in);
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] written(Group group) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(group.rows);
      for (Accumulator accumulator : group.now) {
        accumulator.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  void begin(Step step) {
    touched.clear();
  }

  @Override
  void push(int input, Batch delta, Step step) {
    keyCodec.encode(delta, keyColumns, keys);
    List<CallSite.Arguments> arguments = new ArrayList<>();
    try {
      for (CallSite call : calls) {
        arguments.add(call.arguments(delta, step.memory()));
      }
      Group group = null;
      for (int i = 0; i < delta.rowCount(); i++) {
        if (group == null || !keys.equal(i, keys, i - 1)) {
          group =
              touched.computeIfAbsent(new RowBytes(keys.key(i)), key -> new Group(key.value, step));
        }
        int row = delta.row(i);
        long weight = delta.weightAt(row);
        group.rows = Math.addExact(group.rows, weight);
        for (int c = 0; c < calls.size(); c++) {
          arguments.get(c).add(i, row, weight, group.key, group.now.get(c));
        }
      }
    } finally {
      arguments.forEach(CallSite.Arguments::close);
    }
  }

  @Override
  void finish(Step step) {
    if (plan.keys().isEmpty()) {
      touched.computeIfAbsent(new RowBytes(RowBytes.NONE), key -> new Group(key.value, step));
    }
    if (!atEnd) {
      giveOut(List.copyOf(touched.values()), step);
    }
    keep(step);
    if (ends != null) {
      end(ends.takeEnded(step.watermarkMicros()), step);
    }
    touched.clear();
  }

  /** Writes the touched groups back. */
  private void keep(Step step) {
    List<byte[]> came = new ArrayList<>();
    List<byte[]> went = new ArrayList<>();
    for (Group group : touched.values()) {
      if (group.exists()) {
        groups.put(group.key, written(group));
        if (!group.existed) {
          came.add(group.key);
        }
      } else {
        forget(group.key);
        if (group.existed) {
          went.add(group.key);
        }
      }
    }
    if (ends != null) {
      ends.set(came, step.memory());
      ends.remove(went, step.memory());
    }
  }

  private void forget(byte[] key) {
    groups.remove(key);
    calls.forEach(call -> call.forget(key));
  }

  /** Drops groups of which nothing comes any more. */
  private void end(List<byte[]> ended, Step step) {
    if (atEnd) {
      List<Group> last = new ArrayList<>();
      for (byte[] key : ended) {
        last.add(new Group(key, step));
      }
      giveOutFinal(last, step);
    }
    ended.forEach(this::forget);
  }

  /** Pushes the old and the new row of each group, where they differ. */
  private void giveOut(List<Group> changed, Step step) {
    int room = Batch.MAX_ROWS / 2;
    for (int from = 0; from < changed.size(); from += room) {
      List<Group> part = changed.subList(from, Math.min(changed.size(), from + room));
      try (BatchBuilder builder = BatchBuilder.ofDeltas(types, step.memory(), part.size() * 2)) {
        for (Group group : part) {
          if (group.existed) {
            append(builder, group.key, group.before, -1);
          }
          if (group.exists()) {
            append(builder, group.key, group.now, 1);
          }
        }
        try (Batch all = builder.build();
            Batch different = all.select(differing(all, part))) {
          emit(different, step);
        }
      }
    }
  }

  /**
   * Of the rows of {@code part} those that are not the old and the new row of a group, which are
   * equal.
   */
  private Selection differing(Batch rows, List<Group> part) {
    EncodedRows encoded = new EncodedRows();
    format.encode(rows, encoded);
    int[] selected = new int[rows.length()];
    int count = 0;
    int row = 0;
    for (Group group : part) {
      if (group.existed && group.exists()) {
        if (!encoded.equal(row, encoded, row + 1)) {
          selected[count++] = row;
          selected[count++] = row + 1;
        }
        row += 2;
      } else if (group.existed || group.exists()) {
        selected[count++] = row++;
      }
    }
    return new Selection(selected, count);
  }

  private void giveOutFinal(List<Group> last, Step step) {
    for (int from = 0; from < last.size(); from += Batch.MAX_ROWS) {
      List<Group> part = last.subList(from, Math.min(last.size(), from + Batch.MAX_ROWS));
      try (BatchBuilder builder = BatchBuilder.of(types, step.memory(), part.size())) {
        for (Group group : part) {
          append(builder, group.key, group.now, 1);
        }
        try (Batch rows = builder.build()) {
          emit(rows, step);
        }
      }
    }
  }

  private void append(
      BatchBuilder builder, byte[] key, List<Accumulator> accumulators, long weight) {
    List<ColumnBuilder> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(builder.column(i));
    }
    keyCodec.decode(key, columns.subList(0, keyColumns.length));
    for (int i = 0; i < accumulators.size(); i++) {
      accumulators.get(i).result(columns.get(keyColumns.length + i));
    }
    builder.endRow(weight);
  }
}
