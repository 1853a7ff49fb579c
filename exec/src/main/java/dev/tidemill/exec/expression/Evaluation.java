package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One evaluation over one batch: its input, the values found so far, and all memory on the way,
 * which {@link #close()} gives back. A kernel takes buffers by {@link #allocate} and hands them
 * over with the column it makes of them, by {@link #done}; when it throws in between, they are
 * closed here.
 */
final class Evaluation implements AutoCloseable {
  final EvaluationContext context;
  final MemoryScope memory;
  final int length;
  private final @Nullable Column[] columns;
  private final @Nullable Value[] values;
  private final @Nullable Rows[] valueRows;
  private final List<Column> owned = new ArrayList<>();
  private final List<Buffer> pending = new ArrayList<>();
  private final List<Buffer> temporaries = new ArrayList<>();
  private final Map<Object, Column> derived = new IdentityHashMap<>();

  /** Borrows the columns. {@code nodes} bounds the ids of the nodes to be evaluated. */
  Evaluation(EvaluationContext context, @Nullable Column[] columns, int length, int nodes) {
    this.context = context;
    this.memory = context.memory();
    this.length = length;
    this.columns = columns;
    this.values = new Value[nodes];
    this.valueRows = new Rows[nodes];
  }

  /** Another evaluation over the same columns, whose values stay apart. */
  Evaluation again() {
    return new Evaluation(context, columns, length, values.length);
  }

  int columns() {
    return columns.length;
  }

  int nodes() {
    return values.length;
  }

  Column input(int index) {
    Column column = columns[index];
    if (column == null) {
      throw new IllegalStateException("no column " + index);
    }
    return column;
  }

  /** The value of node {@code id} if it was found for {@code rows} or more of them. */
  @Nullable Value found(int id, Rows rows) {
    Rows known = valueRows[id];
    return known != null && rows.within(known) ? values[id] : null;
  }

  void remember(int id, Rows rows, Value value) {
    values[id] = value;
    valueRows[id] = rows;
  }

  /** A buffer for the column in the making, content undefined. */
  Buffer allocate(long bytes) {
    Buffer buffer = memory.allocate(bytes);
    pending.add(buffer);
    return buffer;
  }

  Buffer allocateZeroed(long bytes) {
    Buffer buffer = memory.allocateZeroed(bytes);
    pending.add(buffer);
    return buffer;
  }

  /** A buffer of another column for the column in the making. */
  Buffer share(Buffer buffer) {
    pending.add(buffer.retain());
    return buffer;
  }

  /** Gives back a buffer that the column in the making does not need after all. */
  void discard(Buffer buffer) {
    pending.remove(buffer);
    buffer.close();
  }

  /** A buffer that lives until the end of the evaluation. */
  Buffer temporary(long bytes) {
    Buffer buffer = memory.allocate(bytes);
    temporaries.add(buffer);
    return buffer;
  }

  /** Takes a column over with all buffers allocated for it. */
  Vector done(Column column) {
    pending.clear();
    owned.add(column);
    return new Vector(column);
  }

  /** Takes over a column that was built elsewhere. */
  Column own(Column column) {
    owned.add(column);
    return column;
  }

  Vector fixed(Type type, int width, Buffer values, @Nullable Buffer validity) {
    return done(new FixedColumn(type, length, width, values, validity));
  }

  Vector bool(Buffer bits, @Nullable Buffer validity) {
    return done(new BooleanColumn(length, bits, validity));
  }

  static Scalar nullOf(Type type) {
    return new Scalar(type, null);
  }

  /** The value's column without a dictionary; a scalar's has one row. */
  Column column(Value value) {
    return switch (value) {
      case Vector vector when vector.column() instanceof DictionaryColumn codes ->
          derived.computeIfAbsent(codes, k -> own(Columns.decode(codes, memory)));
      case Vector vector -> vector.column();
      case Scalar scalar ->
          derived.computeIfAbsent(
              scalar, k -> own(Columns.constant(scalar.type(), scalar.value(), 1, memory)));
    };
  }

  /** A column as long as the batch without a dictionary. */
  Column fullColumn(Value value) {
    return value instanceof Scalar scalar
        ? own(Columns.constant(scalar.type(), scalar.value(), length, memory))
        : column(value);
  }

  /**
   * The validity of a column with a NULL wherever one of the columns (each as long as the batch)
   * has one.
   */
  @Nullable Buffer validity(Column a) {
    Buffer buffer = a.validityBuffer();
    return buffer == null ? null : share(buffer);
  }

  @Nullable Buffer validity(Column a, Column b) {
    if (!a.mayHaveNulls()) {
      return validity(b);
    }
    if (!b.mayHaveNulls() || a.validityAddress() == b.validityAddress()) {
      return validity(a);
    }
    Buffer both = allocate(Bits.bytes(length));
    for (long at = 0, end = Bits.bytes(length); at < end; at += 8) {
      Memory.putLong(
          both.address() + at,
          Memory.getLong(a.validityAddress() + at) & Memory.getLong(b.validityAddress() + at));
    }
    return both;
  }

  /** As {@link #validity(Column)} over all arguments; scalars are not NULL. */
  @Nullable Buffer validity(Value[] arguments) {
    Buffer result = null;
    boolean owns = false;
    for (Value argument : arguments) {
      if (!(argument instanceof Vector vector) || !vector.column().mayHaveNulls()) {
        continue;
      }
      Buffer next = vector.column().validityBuffer();
      if (next == null || next == result) {
        continue;
      }
      if (result == null) {
        result = next;
        continue;
      }
      Buffer both = owns ? result : allocate(Bits.bytes(length));
      for (long at = 0, end = Bits.bytes(length); at < end; at += 8) {
        Memory.putLong(
            both.address() + at,
            Memory.getLong(result.address() + at) & Memory.getLong(next.address() + at));
      }
      result = both;
      owns = true;
    }
    return result == null || owns ? result : share(result);
  }

  /**
   * An own copy of a validity bitmap, all ones if there is none; part of the column in the making.
   */
  Buffer ownValidity(Column column) {
    Buffer copy = allocate(Bits.bytes(length));
    if (column.mayHaveNulls()) {
      Memory.copy(column.validityAddress(), copy.address(), Bits.bytes(length));
    } else {
      Memory.fill(copy.address(), Bits.bytes(length), (byte) 0xff);
    }
    return copy;
  }

  @Override
  public void close() {
    pending.forEach(Buffer::close);
    temporaries.forEach(Buffer::close);
    owned.forEach(Column::close);
  }
}
